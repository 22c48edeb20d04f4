import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";

const likelihood = categorical();

describe("categorical", () => {
  it("has probabilities that add up to one and are the softmax", () => {
    const f = Float64Array.of(0.3, -1, 2);
    const densities = [0, 1, 2].map((t) => likelihood.logDensity(f, likelihood.encode([t], 1, 3))[0]);
    expectClose(densities.map(Math.exp), softmax(f), 1e-15);
    expect(densities.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 14);
  });

  it("with two classes is a Bernoulli likelihood of the difference of the logits, however saturated", () => {
    const logits = fc.double({ min: -700, max: 700, noNaN: true });
    fc.assert(
      fc.property(logits, fc.constantFrom(0, 1), (f, t) => {
        const [pair, single] = [Float64Array.of(0, f), Float64Array.of(f)];
        const [two, one] = [likelihood.encode([t], 1, 2), bernoulli().encode([t], 1, 1)];
        expectRelativelyClose(likelihood.logDensity(pair, two), bernoulli().logDensity(single, one), 1e-12);
        expectRelativelyClose([likelihood.energy(pair, two)], [bernoulli().energy(single, one)], 1e-12);
        const [g] = bernoulli().gradient(single, one);
        expectRelativelyClose(likelihood.gradient(pair, two), [-g, g], 1e-12);
        const [h] = bernoulli().hessian(single, one);
        expectRelativelyClose(likelihood.hessian(pair, two), [h, -h, -h, h], 1e-12);
      }),
    );
  });

  it("has the sum of its factors in one piece, however saturated", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 5 }), fc.array(fc.double({ min: -300, max: 300, noNaN: true }), { minLength: 10, maxLength: 10 }), (classes, logits) => {
        const rows = Math.floor(logits.length / classes);
        const f = Float64Array.from(logits.slice(0, rows * classes));
        const targets = likelihood.encode(Array<number>(rows).fill(0), rows, classes);
        const { data, columns } = likelihood.factor(f, targets);
        const expected = Matrix.zeros(classes, classes);
        for (let n = 0; n < rows; n++) {
          const factor = Matrix.from1DArray(classes, columns, data.subarray(n * classes * columns, (n + 1) * classes * columns));
          expected.add(factor.mmul(factor.transpose()));
        }
        const sum = Matrix.from1DArray(classes, classes, likelihood.factorSum!(f, targets));
        expectClose(sum.to1DArray(), expected.to1DArray(), 1e-12);
        expectRelativelyClose(sum.diagonal(), expected.diagonal(), 1e-12);
      }),
    );
  });

  it.each([40, 800])("is accurate for logits of +-%d", (size) => {
    const f = Float64Array.of(size, 0, 0, -size, 0, 0);
    const targets = likelihood.encode([0, 0], 2, 3);
    const tiny = Math.exp(-size);
    expectRelativelyClose(likelihood.logDensity(f, targets), [-Math.log1p(2 * tiny), -size - Math.log(2 + tiny)], 1e-12);
    expectRelativelyClose(likelihood.gradient(f, targets), [(-2 * tiny) / (1 + 2 * tiny), tiny / (1 + 2 * tiny), tiny / (1 + 2 * tiny), -2 / (2 + tiny), 1 / (2 + tiny), 1 / (2 + tiny)], 1e-12);
    const hessian = likelihood.hessian(f, targets);
    expectRelativelyClose(hessian.subarray(0, 3), [2 * tiny, -tiny, -tiny], 1e-12);
    expectRelativelyClose(hessian.subarray(9, 14), [tiny / 2, -tiny / 4, -tiny / 4, -tiny / 4, 0.25], 1e-12);
    expect(Array.from(likelihood.factor(f, targets).data).every(Number.isFinite)).toBe(true);
  });

  it("does not change when all logits move together", () => {
    const targets = likelihood.encode([1], 1, 3);
    const f = Float64Array.of(1, 2, 4);
    const moved = f.map((value) => value + 1024);
    expectRelativelyClose(likelihood.logDensity(moved, targets), likelihood.logDensity(f, targets), 1e-15);
    expectRelativelyClose(likelihood.hessian(moved, targets), likelihood.hessian(f, targets), 1e-12);
  });

  it("has nothing to re-estimate", () => {
    expect(likelihood.reestimate(1, 10, 2)).toBe(likelihood);
    expect(likelihood.precision).toBe(1);
  });

  it("takes labels or one-hot rows, in any form", () => {
    const column = likelihood.encode([0, 2, 1], 3, 3);
    expect(column).toEqual({ data: Float64Array.of(0, 2, 1), rows: 3, columns: 1 });
    const oneHot = [[1, 0, 0], [0, 0, 1], [0, 1, 0]];
    const forms: MatrixLike[] = [[[0], [2], [1]], oneHot, Uint8Array.of(0, 2, 1), new Matrix(oneHot), { data: oneHot.flat(), shape: [3, 3] }];
    for (const form of forms) expect(likelihood.encode(form, 3, 3)).toEqual(column);
  });

  it.each<[what: string, targets: unknown, message: RegExp]>([
    ["a label too high", [0, 3, 1], /expected whole labels 0 \.\. 2, got 3 in row 1/],
    ["a negative label", [0, 1, -1], /got -1 in row 2/],
    ["half a label", [0, 0.5, 1], /got 0\.5 in row 1/],
    ["too few", [0, 1], /expected 3 labels, or 3 x 3 one-hot rows, got 2 x 1/],
    ["two columns", [[0, 1], [0, 1], [1, 0]], /got 3 x 2/],
    ["two ones in a row", [[1, 0, 0], [1, 1, 0], [0, 0, 1]], /expected one-hot rows with a single 1 and zeros, got \[1, 1, 0\] in row 1/],
    ["no one in a row", [[1, 0, 0], [0, 0, 0], [0, 0, 1]], /got \[0, 0, 0\] in row 1/],
    ["probabilities", [[0.2, 0.3, 0.5], [1, 0, 0], [0, 0, 1]], /got \[0\.2, 0\.3, 0\.5\] in row 0/],
    ["NaN", [0, Number.NaN, 1], /expected finite numbers, got NaN/],
    ["strings", ["setosa", "virginica", "setosa"], /expected numbers, got "setosa"/],
    ["nothing", [], /expected at least one row/],
  ])("refuses targets with %s", (_, targets, message) => {
    const encode = (): unknown => likelihood.encode(targets as MatrixLike, 3, 3);
    expect(encode).toThrow(InvalidArgumentError);
    expect(encode).toThrow(/^targets/);
    expect(encode).toThrow(message);
  });

  it("refuses a model with one output", () => {
    expect(() => likelihood.encode([0, 1], 2, 1)).toThrow(/^model: expected an output for each of two or more classes, got 1 output\. Use bernoulli\(\)/);
  });
});
