import { describe, expect, it } from "vitest";
import { estimatedStudentT, type StudentTEstimation } from "../../src/likelihood/student-t-estimate.ts";
import { studentLogDensity } from "../../src/likelihood/student-t-density.ts";
import { random } from "../../src/random.ts";
import scipy from "../fixtures/scipy-t.json" with { type: "json" };
import { expectRelativelyClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { differences } from "../support/sixth-order-differences.ts";

const start = { scale: 1, degreesOfFreedom: 4 };
const both: StudentTEstimation = { moves: { scale: true, degreesOfFreedom: true }, effectiveParameters: 0, leastScale: 1e-9 };

/** What is to be as large as can be. */
function evidence(residuals: Float64Array, scale: number, nu: number, gamma: number): number {
  return residuals.reduce((sum, r) => sum + studentLogDensity(r / scale, nu) - Math.log(scale), 0) - 0.5 * gamma * Math.log((nu + 1) / (nu + 3) / scale ** 2);
}

function normalResiduals(count: number, seed: number): Float64Array {
  const source = random(seed);
  return Float64Array.from({ length: count }, () => source.normal());
}

describe("estimatedStudentT", () => {
  it.each(scipy.maximumLikelihood)("finds the maximum likelihood of SciPy's residuals", ({ residuals, degreesOfFreedom, scale, logLikelihood }) => {
    const found = estimatedStudentT(Float64Array.from(residuals), start, both);
    // Nelder and Mead's method has half of the digits.
    expectRelativelyClose([found.scale, found.degreesOfFreedom], [scale, degreesOfFreedom], 1e-6);
    expectRelativelyClose([evidence(Float64Array.from(residuals), found.scale, found.degreesOfFreedom, 0)], [logLikelihood], 1e-12);
  });

  it("takes both to where the evidence has no slope, wherever it starts", () => {
    fc.assert(
      fc.property(fc.record({ seed: fc.nat(1000), count: fc.integer({ min: 20, max: 60 }), share: fc.double({ min: 0, max: 0.6, noNaN: true }), from: fc.constantFrom(1e-6, 1, 1e6) }), ({ seed, count, share, from }) => {
        const residuals = normalResiduals(count, seed).map((r, i) => (i % 7 === 0 ? 6 * r : r));
        const gamma = share * count;
        const { scale, degreesOfFreedom: nu } = estimatedStudentT(residuals, { scale: from, degreesOfFreedom: 4 }, { ...both, effectiveParameters: gamma });
        const [inScale, inFreedom] = differences(([logScale, logNu]) => [evidence(residuals, Math.exp(logScale), Math.exp(logNu), gamma)], [Math.log(scale), Math.log(nu)]);
        expect(Math.abs(inScale)).toBeLessThan(1e-8 * count);
        if (nu === 1000) expect(inFreedom).toBeGreaterThan(-1e-9);
        else if (nu === 2.1) expect(inFreedom).toBeLessThan(1e-9);
        else expect(Math.abs(inFreedom)).toBeLessThan(1e-8 * count);
      }),
      { numRuns: 60 },
    );
  });

  it("finds the greatest of several maxima", () => {
    const grid = Array.from({ length: 60 }, (_, i) => 2.1 * (1000 / 2.1) ** (i / 59));
    const freedomAlone = { ...both, moves: { scale: true, degreesOfFreedom: false } };
    // Small ones among residuals of two sizes: here are such as have a maximum inside and one at an end.
    for (let seed = 0; seed < 300; seed++) {
      const source = random(seed);
      const count = 6 + Math.floor(source.uniform() * 30);
      const residuals = Float64Array.from({ length: count }, (_, i) => (seed % 2 ? source.normal() ** 3 : source.uniform() * (i < 0.6 * count ? 0.01 : 1)));
      const effectiveParameters = source.uniform() * 0.9 * count;
      const best = (nu: number): number => evidence(residuals, estimatedStudentT(residuals, { scale: 1, degreesOfFreedom: nu }, { ...freedomAlone, effectiveParameters }).scale, nu, effectiveParameters);
      const { degreesOfFreedom } = estimatedStudentT(residuals, start, { ...both, effectiveParameters });
      expect(best(degreesOfFreedom), `seed ${seed}`).toBeGreaterThan(Math.max(...grid.map(best)) - 1e-3);
    }
  });

  it("is MacKay's noise where the degrees of freedom are many, and finds as many in Gaussian residuals", () => {
    const residuals = normalResiduals(200, 3);
    const square = residuals.reduce((sum, r) => sum + r * r, 0);
    const { scale } = estimatedStudentT(residuals, { scale: 1, degreesOfFreedom: 1e10 }, { ...both, moves: { scale: true, degreesOfFreedom: false }, effectiveParameters: 30 });
    expectRelativelyClose([scale], [Math.sqrt(square / 170)], 1e-8);
    const even = Float64Array.from({ length: 99 }, (_, i) => i - 49);
    expect(estimatedStudentT(even, start, both).degreesOfFreedom).toBe(1000);
  });

  it.each([
    { small: 4, large: 3, gamma: 0, degreesOfFreedom: 1000 },
    { small: 5, large: 3, gamma: 0, degreesOfFreedom: 2.1 },
    { small: 6, large: 4, gamma: 1, degreesOfFreedom: 1000 },
  ])("takes the better end where the evidence falls from both towards the middle: $small small residuals and $large large ones", ({ small, large, gamma, degreesOfFreedom }) => {
    const residuals = Float64Array.from({ length: small + large }, (_, i) => (i < small ? (0.05 * (i + 1)) / small : 0.5 + (0.5 * (i + 1 - small)) / large));
    const highest = (nu: number): number => {
      const { scale } = estimatedStudentT(residuals, { scale: 1, degreesOfFreedom: nu }, { ...both, moves: { scale: true, degreesOfFreedom: false }, effectiveParameters: gamma });
      return evidence(residuals, scale, nu, gamma);
    };
    const [worse, best] = [highest(2.1), highest(1000)].sort((a, b) => a - b);
    expect(highest(2.2)).toBeLessThan(highest(2.1));
    expect(highest(900)).toBeLessThan(highest(1000));
    expect(best - worse).toBeGreaterThan(0.1);
    const found = estimatedStudentT(residuals, start, { ...both, effectiveParameters: gamma });
    expect(found.degreesOfFreedom).toBe(degreesOfFreedom);
    expectRelativelyClose([evidence(residuals, found.scale, found.degreesOfFreedom, gamma)], [best], 1e-10);
  });

  it("holds what is not to move", () => {
    const residuals = normalResiduals(50, 1).map((r) => r ** 3);
    const scaled = estimatedStudentT(residuals, start, { ...both, moves: { scale: true, degreesOfFreedom: false } });
    expect(scaled.degreesOfFreedom).toBe(4);
    const shaped = estimatedStudentT(residuals, { scale: 0.1, degreesOfFreedom: 50 }, { ...both, moves: { scale: false, degreesOfFreedom: true } });
    expect(shaped.scale).toBe(0.1);
    expect(shaped.degreesOfFreedom).toBe(2.1);
  });

  it("has a scale left where nothing else says so: no residuals, all freedom taken, one value", () => {
    expect(estimatedStudentT(new Float64Array(10), start, { ...both, leastScale: 0.01 }).scale).toBe(0.01);
    for (const residuals of [Float64Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0), Float64Array.of(3), Float64Array.of(1e200, 1, -1, 2)]) {
      for (const effectiveParameters of [0, residuals.length, 5 * residuals.length]) {
        const { scale, degreesOfFreedom } = estimatedStudentT(residuals, start, { ...both, effectiveParameters });
        expect(scale).toBeGreaterThan(0);
        expect(Number.isFinite(scale)).toBe(true);
        expect(degreesOfFreedom >= 2.1 && degreesOfFreedom <= 1000).toBe(true);
      }
    }
  });
});
