import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { mlp } from "../../src/model/mlp.ts";
import { random } from "../../src/random.ts";

const likelihood = bernoulli();
const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe("bernoulli", () => {
  it("has probabilities that add up to one", () => {
    for (const f of [-3, 0, 0.7, 5]) {
      const [one, zero] = [1, 0].map((t) => Math.exp(likelihood.logDensity(Float64Array.of(f), likelihood.encode([t], 1, 1))[0]));
      expect(one).toBeCloseTo(1 / (1 + Math.exp(-f)), 14);
      expect(one + zero).toBeCloseTo(1, 14);
    }
  });

  it.each([40, 800])("is accurate for a logit of +-%d", (size) => {
    const f = Float64Array.of(size, size, -size, -size);
    const targets = likelihood.encode([1, 0, 1, 0], 4, 1);
    const tiny = Math.exp(-size);
    const right = -Math.log1p(tiny);
    expect(Array.from(likelihood.logDensity(f, targets))).toEqual([right, -size + right, -size + right, right]);
    // One example at a time, lest the wrong ones drown the right ones.
    for (const [logit, t] of [[size, 1], [-size, 0]]) expect(likelihood.energy(Float64Array.of(logit), likelihood.encode([t], 1, 1))).toBe(-right);
    expect(Array.from(likelihood.gradient(f, targets))).toEqual([-tiny, 1, -1, tiny].map((g) => (Math.abs(g) === tiny ? g / (1 + tiny) : g)));
    const slope = tiny / (1 + tiny) ** 2;
    for (const h of likelihood.hessian(f, targets)) expect(h === slope || relative(h, slope) < 1e-15).toBe(true);
    expect(Array.from(likelihood.factor(f, targets).data).every(Number.isFinite)).toBe(true);
  });

  it("has nothing to re-estimate", () => {
    expect(likelihood.reestimate(1, 10, 2)).toBe(likelihood);
    expect(likelihood.precision).toBe(1);
  });

  it("takes labels in a column or one-hot rows, in any form", () => {
    const column = likelihood.encode([0, 1, 1], 3, 1);
    expect(column).toEqual({ data: Float64Array.of(0, 1, 1), rows: 3, columns: 1 });
    const forms: MatrixLike[] = [[[0], [1], [1]], [[1, 0], [0, 1], [0, 1]], Uint8Array.of(0, 1, 1), new Matrix([[1, 0], [0, 1], [0, 1]])];
    for (const form of forms) expect(likelihood.encode(form, 3, 1)).toEqual(column);
    expect(likelihood.encode([[0, 1]], 1, 1).data).toEqual(Float64Array.of(1));
  });

  it.each<[what: string, targets: unknown, message: RegExp]>([
    ["another label", [0, 2, 1], /expected labels 0 or 1, got 2 in row 1/],
    ["a negative label", [0, 1, -1], /got -1 in row 2/],
    ["a probability", [0, 0.5, 1], /got 0\.5 in row 1/],
    ["too few", [0, 1], /expected 3 labels, one for each input, got 2 x 1/],
    ["three columns", [[0, 1, 0], [1, 0, 0], [1, 0, 0]], /got 3 x 3/],
    ["rows that are not one-hot", [[1, 1], [0, 1], [0, 1]], /expected one-hot rows, \[1, 0\] or \[0, 1\], got \[1, 1\] in row 0/],
    ["rows of probabilities", [[0.5, 0.5], [0, 1], [0, 1]], /got 0\.5 in row 0/],
    ["rows that add up to 1 by accident", [[2, -1], [0, 1], [0, 1]], /got -1 in row 0/],
    ["NaN", [0, Number.NaN, 1], /expected finite numbers, got NaN/],
    ["strings", ["0", "1", "1"], /expected numbers, got "0"/],
    ["booleans", [true, false, true], /expected numbers, got true/],
    ["nothing", [], /expected at least one row/],
  ])("refuses targets with %s", (_, targets, message) => {
    const encode = (): unknown => likelihood.encode(targets as MatrixLike, 3, 1);
    expect(encode).toThrow(InvalidArgumentError);
    expect(encode).toThrow(/^targets/);
    expect(encode).toThrow(message);
  });

  it("refuses labels of classes for a model with several outputs, and too few labels", () => {
    expect(() => likelihood.encode([0, 1], 2, 2)).toThrow(/^targets: expected 2 x 2 labels, one for each output of the model, got 2 x 1\. Use categorical\(\)/);
    expect(() => likelihood.encode([[0, 1], [1, 1]], 2, 3)).toThrow(/^targets: expected 2 x 3 labels, one for each output of the model, got 2 x 2/);
    expect(() => likelihood.encode([[0, 1], [1, 2]], 2, 2)).toThrow(/expected labels 0 or 1, got 2 in row 1/);
  });
});

describe("bernoulli of several labels", () => {
  it("is a product of Bernoulli distributions, of which any number may be 1", () => {
    const f = Float64Array.of(0.3, -1, 2);
    const all = Array.from({ length: 8 }, (_, code) => [code & 1, (code >> 1) & 1, (code >> 2) & 1]);
    const densities = all.map((t) => likelihood.logDensity(f, likelihood.encode([t], 1, 3))[0]);
    expect(densities.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 14);
    const each = [0, 1, 2].map((k) => likelihood.logDensity(f.subarray(k, k + 1), likelihood.encode([all[5][k]], 1, 1))[0]);
    expect(densities[5]).toBeCloseTo(each.reduce((sum, value) => sum + value, 0), 14);
  });

  it("predicts each label as if it were the only one", () => {
    const [mean, variances] = [Float64Array.of(1, -2, 0.5, 3), [2, 0.3, 1, 4]];
    const covariance = Float64Array.of(2, 0.1, 0.1, 0.3, 1, -0.5, -0.5, 4);
    const both = likelihood.predict({ rows: 2, outputs: 2, mean, covariance });
    const apart = likelihood.predict({ rows: 4, outputs: 1, mean, covariance: Float64Array.from(variances) });
    expect(both.probability.to1DArray()).toEqual(apart.probability.to1DArray());
    expect(both.logitVariance.to2DArray()).toEqual([[2, 0.3], [1, 4]]);
    expect(both.probabilityInterval(0.8).upper.to1DArray()).toEqual(apart.probabilityInterval(0.8).upper.to1DArray());
    const [a, b, c, d] = apart.logDensity([1, 0, 0, 1]);
    expect(Array.from(both.logDensity([[1, 0], [0, 1]]))).toEqual([a + b, c + d]);
  });

  it("goes from labels to probabilities in one call", async () => {
    const source = random(4);
    const inputs = Array.from({ length: 80 }, () => [2 * source.normal(), 2 * source.normal()]);
    const targets = inputs.map(([x, y]) => [x, y, x + y].map((value) => (value + 0.3 * source.normal() > 0 ? 1 : 0)));
    const { probability } = await (await fit(mlp([2, 3]), likelihood, { inputs, targets })).predict([[3, -2], [-3, 3]]);
    expect(probability.to2DArray().map((row) => row.map((p) => Math.round(p)))).toEqual([[1, 0, expect.any(Number)], [0, 1, expect.any(Number)]]);
    expect(Math.abs(probability.get(1, 2) - 0.5)).toBeLessThan(0.3);
  });
});
