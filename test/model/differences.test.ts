import { describe, expect, it } from "vitest";
import { centralDifferences, secondDifferences } from "../../src/model/differences.ts";
import { distance, expectClose } from "../support/close.ts";

// g(a, b) = [exp(a) b^2, sin(a b)] and its derivatives, also where weights are large.
const g = (w: Float64Array): Float64Array => Float64Array.of(Math.exp(w[0] / 100) * w[1] ** 2, Math.sin(w[0] * w[1]));
const jacobianOf = ([a, b]: Float64Array): number[] => [(Math.exp(a / 100) * b ** 2) / 100, 2 * Math.exp(a / 100) * b, b * Math.cos(a * b), a * Math.cos(a * b)];

describe("centralDifferences", () => {
  it("has a relative error of about 1e-10", () => {
    for (const point of [[0.3, -0.7], [1, 2], [0, 0]]) {
      const w = Float64Array.from(point);
      expectClose(centralDifferences(g, w), jacobianOf(w), 1e-9);
    }
  });

  it("scales its steps with the weights", () => {
    const square = (w: Float64Array): Float64Array => Float64Array.of(w[0] ** 2);
    expectClose(centralDifferences(square, Float64Array.of(1e8)), [2e8], 1e-9);
  });

  it("leaves the point as it was", () => {
    const w = Float64Array.of(0.1, 0.2);
    centralDifferences(g, w);
    secondDifferences((point) => g(point)[0], w);
    expect(Array.from(w)).toEqual([0.1, 0.2]);
  });
});

describe("secondDifferences", () => {
  it("has a relative error of about 1e-7 and is symmetric", () => {
    // d2/dw2 of exp(a b) + a^2 c
    const f = ([a, b, c]: Float64Array): number => Math.exp(a * b) + a * a * c;
    const [a, b, c] = [0.4, -0.8, 1.5];
    const e = Math.exp(a * b);
    const expected = [b * b * e + 2 * c, e * (1 + a * b), 2 * a, e * (1 + a * b), a * a * e, 0, 2 * a, 0, 0];
    const hessian = secondDifferences(f, Float64Array.of(a, b, c));
    expect(distance(hessian, expected)).toBeLessThan(3e-7);
    expect([hessian[1], hessian[2], hessian[5]]).toEqual([hessian[3], hessian[6], hessian[7]]);
  });
});
