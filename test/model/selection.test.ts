import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { byName, largestMagnitude, largestMarginalVariance, randomSelection, selectedIndices, type SelectionSize } from "../../src/model/selection.ts";

/** A linear model with the given weights. */
const withWeights = (parameters: readonly number[]) => mlp([parameters.length, 1], { biases: false, parameters });
const chosen = (parameters: readonly number[], rule: Parameters<typeof selectedIndices>[1]): number[] => Array.from(selectedIndices(withWeights(parameters), rule));

const weights = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 1, maxLength: 12 });

describe("largestMagnitude", () => {
  it("takes the largest, of equals the first", () => {
    expect(chosen([1, -3, 2, 3, -3], largestMagnitude({ count: 2 }))).toEqual([1, 3]);
    expect(chosen([0, 0, 0], largestMagnitude({ count: 2 }))).toEqual([0, 1]);
    fc.assert(
      fc.property(weights, fc.nat(), (values, n) => {
        const count = 1 + (n % values.length);
        const sorted = values.map((w, i) => ({ size: Math.abs(w), i })).sort((a, b) => b.size - a.size || a.i - b.i);
        expect(chosen(values, largestMagnitude({ count }))).toEqual(sorted.slice(0, count).map(({ i }) => i).sort((a, b) => a - b));
      }),
    );
  });

  it("takes a share, rounded, and one parameter at least", () => {
    const values = [9, 8, 7, 6, 5, 4, 3, 2, 1, 0];
    expect(chosen(values, largestMagnitude({ share: 0.3 }))).toEqual([0, 1, 2]);
    expect(chosen(values, largestMagnitude({ share: 0.26 }))).toEqual([0, 1, 2]);
    expect(chosen(values, largestMagnitude({ share: 1e-6 }))).toEqual([0]);
    expect(chosen(values, largestMagnitude({ share: 1 }))).toHaveLength(10);
  });
});

describe("largestMarginalVariance", () => {
  it("takes the largest of the variances, whatever the weights", () => {
    expect(chosen([9, 9, 0, 0], largestMarginalVariance([0.1, 0, 5, 0.2], { count: 2 }))).toEqual([2, 3]);
    expect(chosen([9, 9, 0, 0], largestMarginalVariance(Float64Array.of(1, 1, 1, 1), { share: 0.5 }))).toEqual([0, 1]);
  });

  it("keeps variances of its own", () => {
    const variances = [1, 2, 3];
    const rule = largestMarginalVariance(variances, { count: 1 });
    variances[0] = 9;
    expect(chosen([0, 0, 0], rule)).toEqual([2]);
  });

  it("refuses what are no variances", () => {
    expect(() => largestMarginalVariance([1, -1], { count: 1 })).toThrow(/finite numbers of at least 0, got -1 at index 1/);
    expect(() => largestMarginalVariance([1, NaN], { count: 1 })).toThrow(InvalidArgumentError);
    expect(() => largestMarginalVariance([Infinity], { count: 1 })).toThrow(InvalidArgumentError);
    expect(() => largestMarginalVariance({} as number[], { count: 1 })).toThrow(/marginalVariance/);
    expect(() => chosen([1, 2, 3], largestMarginalVariance([1, 2], { count: 1 }))).toThrow(/^variances: expected 3 numbers, one for each parameter of the model, got 2/);
  });
});

describe("byName", () => {
  const network = mlp([2, 3, 1]);
  it("takes tensors and whole layers", () => {
    expect(Array.from(selectedIndices(network, byName("layer1.biases")))).toEqual([6, 7, 8]);
    expect(Array.from(selectedIndices(network, byName("layer2")))).toEqual([9, 10, 11, 12]);
    expect(Array.from(selectedIndices(network, byName("layer2", "layer2.biases", "layer1.biases")))).toEqual([6, 7, 8, 9, 10, 11, 12]);
    expect(Array.from(selectedIndices(functionModel({ parameters: [1, 2], value: () => 0 }), byName("parameters")))).toEqual([0, 1]);
  });

  it("tells layers 1 and 10 apart", () => {
    const deep = mlp(Array<number>(11).fill(1));
    expect(Array.from(selectedIndices(deep, byName("layer1")))).toEqual([0, 1]);
  });

  it("lists the names there are", () => {
    expect(() => selectedIndices(network, byName("layer1", "layer3"))).toThrow(/^names: expected any of "layer1\.weights", "layer1\.biases", "layer2\.weights", "layer2\.biases", got "layer3"/);
    expect(() => byName(1 as unknown as string)).toThrow(/^names\[0\]: expected a name/);
    expect(() => selectedIndices(network, byName())).toThrow(/at least one parameter/);
  });
});

describe("randomSelection", () => {
  it("takes as many as asked for, by the seed", () => {
    const zeros = Array<number>(20).fill(0);
    const one = chosen(zeros, randomSelection({ count: 6, seed: 1 }));
    expect(new Set(one).size).toBe(6);
    expect(chosen(zeros, randomSelection({ count: 6, seed: 1 }))).toEqual(one);
    expect(chosen(zeros, randomSelection({ count: 6, seed: 2 }))).not.toEqual(one);
    expect(chosen(zeros, randomSelection({ share: 1 }))).toEqual(Array.from(zeros.keys()));
  });

  it("takes every pair equally often", () => {
    const counts = new Map<string, number>();
    const draws = 3000;
    for (let seed = 0; seed < draws; seed++) {
      const key = chosen([0, 0, 0, 0], randomSelection({ count: 2, seed })).join();
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - draws / 6)).toBeLessThan(4.5 * Math.sqrt(draws * (1 / 6) * (5 / 6)));
  });
});

describe("sizes", () => {
  it.each([
    [{}, /^size: expected either \{ count \} or \{ share \}, got neither/],
    [{ count: 1, share: 0.5 }, /got both/],
    [{ count: 0 }, /^size\.count: .*at least 1, got 0/],
    [{ count: 1.5 }, /got 1\.5/],
    [{ share: 0 }, /^size\.share: .*above 0 and at most 1, got 0/],
    [{ share: 1.1 }, /got 1\.1/],
    [{ share: "a half" }, /got "a half"/],
    [{ number: 3 }, /unknown option "number"/],
    [5, /got 5/],
  ])("%j are refused", (size, message) => {
    expect(() => largestMagnitude(size as SelectionSize)).toThrow(InvalidArgumentError);
    expect(() => largestMagnitude(size as SelectionSize)).toThrow(message);
    expect(() => largestMarginalVariance([1], size as SelectionSize)).toThrow(message);
    expect(() => randomSelection(size as SelectionSize)).toThrow(InvalidArgumentError);
  });

  it("cannot be more than there is", () => {
    expect(() => chosen([1, 2], largestMagnitude({ count: 3 }))).toThrow(/^size\.count: expected at most 2, the number of parameters, got 3/);
  });
});
