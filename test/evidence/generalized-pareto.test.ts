import { describe, expect, it } from "vitest";
import { fitGeneralizedPareto, generalizedParetoQuantile } from "../../src/evidence/generalized-pareto.ts";
import { paretoSmoothed } from "../../src/evidence/pareto-smoothing.ts";
import { random } from "../../src/random.ts";
import scipy from "../fixtures/scipy-genpareto.json" with { type: "json" };
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

describe.each(scipy.cases)("a generalised Pareto distribution of shape $shape", ({ shape, scale, sample, mleShape, mleScale, probabilities, quantiles }) => {
  it("has SciPy's quantiles", () => {
    expectRelativelyClose(probabilities.map((p) => generalizedParetoQuantile({ shape, scale }, p)), quantiles, 1e-12);
  });

  it("is fitted to a sample as SciPy fits it by maximum likelihood, within a fraction of the standard error", () => {
    const fitted = fitGeneralizedPareto(Float64Array.from(sample));
    const error = (1 + Math.max(0, shape)) / Math.sqrt(sample.length);
    expect(Math.abs(fitted.shape - mleShape)).toBeLessThan(0.5 * error);
    expect(Math.abs(fitted.scale / mleScale - 1)).toBeLessThan(0.5 * error);
  });

  it("scales with its sample", () => {
    const fitted = fitGeneralizedPareto(Float64Array.from(sample));
    const larger = fitGeneralizedPareto(Float64Array.from(sample, (x) => 1000 * x));
    expectRelativelyClose([larger.shape, larger.scale], [fitted.shape, 1000 * fitted.scale], 1e-10);
  });
});

describe("the quantiles of an exponential distribution, of shape 0", () => {
  it("are -sigma log(1 - p), and those of nearly 0 near them", () => {
    for (const p of [0, 0.1, 0.9]) {
      expect(generalizedParetoQuantile({ shape: 0, scale: 2 }, p)).toBeCloseTo(-2 * Math.log(1 - p), 14);
      expect(generalizedParetoQuantile({ shape: 1e-9, scale: 2 }, p)).toBeCloseTo(-2 * Math.log(1 - p), 7);
    }
  });
});

describe("Pareto smoothing", () => {
  const logRatios = normals(500, 1).map((z) => 2 * z);

  it("replaces the largest 3 sqrt(S) ratios and keeps their order, none above the largest", () => {
    const { logRatios: smoothed } = paretoSmoothed(logRatios);
    const order = Array.from(logRatios, (_, s) => s).sort((a, b) => logRatios[b] - logRatios[a]);
    const tail = Math.ceil(3 * Math.sqrt(500));
    for (const s of order.slice(tail)) expect(smoothed[s]).toBe(logRatios[s]);
    const changed = order.slice(0, tail);
    expect(changed.filter((s) => smoothed[s] !== logRatios[s]).length).toBeGreaterThan(tail - 3);
    for (let i = 1; i < tail; i++) expect(smoothed[changed[i]]).toBeLessThanOrEqual(smoothed[changed[i - 1]]);
    expect(smoothed[changed[tail - 1]]).toBeGreaterThanOrEqual(logRatios[order[tail]]);
    expect(smoothed[changed[0]]).toBeLessThanOrEqual(logRatios[order[0]]);
  });

  it("finds the shape of ratios with a Pareto tail", () => {
    for (const shape of [0.3, 0.7, 1.2]) {
      const source = random(4);
      // u^-k has the tail P(r > x) = x^(-1/k).
      const pareto = Float64Array.from({ length: 40000 }, () => -shape * Math.log(1 - source.uniform()));
      expect(Math.abs(paretoSmoothed(pareto).shape - shape)).toBeLessThan((3 * (1 + shape)) / Math.sqrt(600));
    }
  });

  it("does not depend on a common factor or on the order", () => {
    fc.assert(
      fc.property(fc.integer({ min: 25, max: 200 }), fc.integer(), fc.double({ min: -2000, max: 2000, noNaN: true }), (count, seed, shift) => {
        const ratios = normals(count, seed);
        const smoothed = paretoSmoothed(ratios);
        const other = paretoSmoothed(ratios.map((r) => r + shift).reverse());
        expect(other.shape).toBeCloseTo(smoothed.shape, 6);
        expectClose(other.logRatios.reverse().map((r) => r - shift), smoothed.logRatios, 1e-6);
      }),
      { numRuns: 30 },
    );
  });

  it("of equal ratios leaves them alone; of few ratios, or ties, the shape is not known", () => {
    expect(paretoSmoothed(new Float64Array(100).fill(-3))).toEqual({ shape: -Infinity, logRatios: new Float64Array(100).fill(-3) });
    expect(paretoSmoothed(normals(15, 1)).shape).toBe(Infinity);
    const tied = Float64Array.from({ length: 100 }, (_, s) => (s < 3 ? s : -1));
    expect(paretoSmoothed(tied)).toEqual({ shape: Infinity, logRatios: tied });
    const dead = Float64Array.from({ length: 100 }, (_, s) => (s < 3 ? s : -Infinity));
    expect(paretoSmoothed(dead)).toEqual({ shape: Infinity, logRatios: dead });
  });
});
