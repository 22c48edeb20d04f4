import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { logGammaHalfStep, logGamma } from "../../src/likelihood/log-gamma.ts";
import { studentDraw } from "../../src/likelihood/student-t-density.ts";
import type { StudentTPrediction } from "../../src/likelihood/student-t-prediction.ts";
import { studentT, type StudentTOptions } from "../../src/likelihood/student-t.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { random } from "../../src/random.ts";
import scipy from "../fixtures/scipy-t.json" with { type: "json" };
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";

/** One output with the given mean and epistemic variance, for each of several examples. */
function predicted(options: StudentTOptions, mean: readonly number[], variance: number): StudentTPrediction {
  return studentT(options).predict({ rows: mean.length, outputs: 1, mean: Float64Array.from(mean), covariance: new Float64Array(mean.length).fill(variance) });
}

describe.each(scipy.cases)("scipy.stats.t with $degreesOfFreedom degrees of freedom", ({ degreesOfFreedom, scale, residuals, logDensity, cumulative, variance, levels, upper }) => {
  const zeros = residuals.map(() => 0);
  const prediction = predicted({ scale, degreesOfFreedom }, zeros, 0);

  it("has the same log density, as likelihood and as prediction", () => {
    const likelihood = studentT({ scale, degreesOfFreedom });
    expectRelativelyClose(likelihood.logDensity(Float64Array.from(zeros), likelihood.encode(residuals, residuals.length, 1)), logDensity, 1e-9);
    expectRelativelyClose(prediction.logDensity(residuals), logDensity, 1e-9);
  });

  it("has the same cumulative probabilities, quantiles and variance", () => {
    const at = residuals.map((r) => [r]);
    expectClose(prediction.cumulativeProbability(at).to1DArray(), cumulative, 1e-12);
    for (const [i, level] of levels.entries()) {
      const ends = prediction.interval(level);
      expectRelativelyClose([ends.upper.get(0, 0), -ends.lower.get(0, 0)], [upper[i], upper[i]], 1e-9);
    }
    expect(prediction.noiseVariance.get(0, 0)).toBeCloseTo(variance ?? Infinity, 10);
    expect(prediction.totalVariance.get(0, 0)).toBeCloseTo(variance ?? Infinity, 10);
  });
});

describe("a Student-t prediction", () => {
  it.each(scipy.convolution)("is Student's t convolved with the outputs' Gaussian: $degreesOfFreedom, scale $scale, variance $variance, at $residual", ({ degreesOfFreedom, scale, variance, residual, logDensity }) => {
    expectRelativelyClose(predicted({ scale, degreesOfFreedom }, [-1], variance).logDensity([residual - 1]), [logDensity], 1e-10);
  });

  it("has a density that integrates to its cumulative probability", () => {
    const prediction = predicted({ scale: 0.5, degreesOfFreedom: 3 }, [0.2], 0.3);
    let sum = prediction.cumulativeProbability(-3).get(0, 0);
    for (let i = 0; i < 420; i++) sum += 0.01 * Math.exp(prediction.logDensity([-2.995 + 0.01 * i])[0]);
    expect(Math.abs(prediction.cumulativeProbability(1.2).get(0, 0) - sum)).toBeLessThan(1e-5);
  });

  it("has intervals that hold the probability they say, half of the rest on either side", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.3, max: 2000, noNaN: true }), fc.double({ min: 0.001, max: 0.9999, noNaN: true }), fc.constantFrom(0, 1e-6, 0.1, 1, 1e4), (degreesOfFreedom, level, variance) => {
        const prediction = predicted({ scale: 0.7, degreesOfFreedom }, [2], variance);
        const { lower, upper } = prediction.interval(level);
        expectClose([prediction.cumulativeProbability(lower).get(0, 0), prediction.cumulativeProbability(upper).get(0, 0)], [0.5 - 0.5 * level, 0.5 + 0.5 * level], 1e-9);
      }),
      { numRuns: 60 },
    );
  });

  it("is that of a Gaussian likelihood where the degrees of freedom are many", () => {
    const moments = { rows: 2, outputs: 2, mean: Float64Array.of(1, 2, 3, 4), covariance: Float64Array.of(1, 0, 0, 2, 0.5, 0, 0, 0.1) };
    const [heavy, normal] = [studentT({ scale: 0.6, degreesOfFreedom: 1e7, scales: [1, 2] }).predict(moments), gaussian({ noise: 0.6, scales: [1, 2] }).predict(moments)];
    const targets = [[1, 0], [2.5, 4]];
    expectClose(heavy.logDensity(targets), normal.logDensity(targets), 1e-5);
    for (const name of ["mean", "variance", "noiseVariance", "totalVariance"] as const) expectClose(heavy[name].to1DArray(), normal[name].to1DArray(), 1e-6);
    expectClose(heavy.interval(0.9).lower.to1DArray(), normal.interval(0.9).lower.to1DArray(), 1e-6);
    expect(heavy.meanInterval(0.9)).toEqual(normal.meanInterval(0.9));
  });

  it("has numbers for all that is asked of it where the variance is infinite, and in a mixture", () => {
    const likelihood = studentT({ scale: 1, degreesOfFreedom: 1.5 });
    const parts = [0, 1].map((mean) => likelihood.predict({ rows: 1, outputs: 1, mean: Float64Array.of(mean), covariance: Float64Array.of(0.5) }));
    for (const prediction of [parts[0], likelihood.mix!(parts, Float64Array.of(Math.log(0.5), Math.log(0.5)))]) {
      expect(prediction.totalVariance.get(0, 0)).toBe(Infinity);
      const { lower, upper } = prediction.interval();
      expect(upper.get(0, 0) - lower.get(0, 0)).toBeGreaterThan(8);
      expect(Number.isFinite(prediction.logDensity([1e200])[0])).toBe(true);
    }
  });

  it("refuses a level that is no probability, and targets of another shape", () => {
    const prediction = predicted({ scale: 1 }, [0], 1);
    expect(() => prediction.interval(1)).toThrow(/^level: expected a probability/);
    expect(() => prediction.logDensity([1, 2])).toThrow(/^targets: expected 1 x 1/);
  });
});

describe("studentT", () => {
  it("has finite derivatives at any residual", () => {
    const likelihood = studentT({ scale: 1e-3, degreesOfFreedom: 4 });
    for (const f of [0, 1e-300, 1e150, 1e300]) {
      const [outputs, targets] = [Float64Array.of(f), likelihood.encode([-f], 1, 1)];
      expect(Number.isFinite(likelihood.gradient(outputs, targets)[0])).toBe(true);
      expect(Number.isFinite(likelihood.hessian(outputs, targets)[0])).toBe(true);
    }
  });

  it("standardises by what is not far out", () => {
    const likelihood = studentT();
    const targets = [-2, -1, 0, 1, 2, 0.5, -0.5, 1e6];
    const { shift, scale } = likelihood.outputScale(likelihood.encode(targets, 8, 1), 1);
    expect(Math.abs(shift[0])).toBeLessThan(2);
    expect(scale[0]).toBeLessThan(5);
    const plain = targets.slice(0, 7);
    expect(likelihood.outputScale(likelihood.encode(plain, 7, 1), 1)).toEqual(gaussian().outputScale(gaussian().encode(plain, 7, 1), 1));
    const rare = [0, 0, 0, 0, 0, 0, 0, 3];
    expect(likelihood.outputScale(likelihood.encode(rare, 8, 1), 1)).toEqual(gaussian().outputScale(gaussian().encode(rare, 8, 1), 1));
  });

  it("re-estimates the scale of outputs of different units from residuals in these units", () => {
    const source = random(3);
    const [residuals, outputs] = [Float64Array.from({ length: 40 }, () => source.normal()), new Float64Array(80)];
    const alike = studentT({ scale: 1, degreesOfFreedom: 4 });
    const unlike = studentT({ scale: 1, degreesOfFreedom: 4, scales: [1, 1000] });
    const table = (unit: number): Table => ({ rows: 40, columns: 2, data: outputs.map((_, i) => (i % 2 === 0 ? residuals[i / 2] : unit * residuals[(i - 1) / 2])) });
    const [one, other] = [alike.reestimateFrom!(outputs, table(1), Float64Array.of(5)), unlike.reestimateFrom!(outputs, table(1000), Float64Array.of(5))];
    expectRelativelyClose([other.scale, other.degreesOfFreedom], [one.scale, one.degreesOfFreedom], 1e-9);
  });

  it.each([1, 1e7])("keeps a scale where the model fits the targets exactly, a share of what they vary by: in units of %d", (unit) => {
    const targets = Float64Array.from([-1, 1, -1, 1], (t) => unit * t);
    const exactly = { rows: 4, columns: 1, data: targets };
    expectRelativelyClose([studentT({ scale: 1, degreesOfFreedom: 4 }).reestimateFrom!(targets, exactly, Float64Array.of(1)).scale], [1e-5 * unit], 1e-12);
    // One output, whose scale is a multiple of 4 units.
    expectRelativelyClose([studentT({ scale: 1, degreesOfFreedom: 4, scales: [4 * unit] }).reestimateFrom!(targets, exactly, Float64Array.of(1)).scale], [0.25e-5], 1e-12);
  });

  it("draws from its distribution", () => {
    const source = random(4);
    const draws = Array.from({ length: 4000 }, () => studentDraw(3, source)).sort((a, b) => a - b);
    // Kolmogorov and Smirnov's distance: 1.95 / sqrt(n) is exceeded once in a thousand times.
    const cumulative = predicted({ scale: 1, degreesOfFreedom: 3 }, draws, 0).cumulativeProbability(0).to1DArray();
    const distance = cumulative.reduce((most, value, i) => Math.max(most, Math.abs(1 - value - (i + 0.5) / draws.length)), 0);
    expect(distance).toBeLessThan(1.95 / Math.sqrt(draws.length));
    const likelihood = studentT({ scale: 0.1, degreesOfFreedom: 5, scales: [1, 100] });
    expect(likelihood.draw!(Float64Array.of(3, 4), new Float64Array(2), random(1))[0]).toBeCloseTo(3 + 0.1 * studentDraw(5, random(1)), 14);
  });

  it("refuses what makes no likelihood", () => {
    expect(() => studentT({ scale: 0 })).toThrow(InvalidArgumentError);
    expect(() => studentT({ degreesOfFreedom: -1 })).toThrow(/^degreesOfFreedom: expected/);
    expect(() => studentT({ degreesOfFreedom: Infinity })).toThrow(/^degreesOfFreedom: expected/);
    expect(() => studentT({ scale: 1e-200 })).toThrow(/^scale: expected a number between/);
    expect(() => studentT({ fixed: true, scale: 1 })).toThrow(/^degreesOfFreedom: expected a known value, as fixed is true/);
    expect(() => studentT({ fixed: "scale" })).toThrow(/^scale: expected a known value/);
    expect(() => studentT({ fixed: "noise" as never })).toThrow(/^fixed: expected true, false, "scale" or "degreesOfFreedom", got "noise"/);
    expect(() => studentT({ scale: 1, scales: [1, 2] }).encode([1], 1, 1)).toThrow(/^scales: expected 1 numbers/);
    expect(() => studentT({ scale: 1 }).encode([1, 2], 1, 1)).toThrow(/^targets: expected 1 x 1/);
    expect(studentT({ scale: 1, degreesOfFreedom: 4, fixed: true }).description).toBe("student t, scale 1.000, 4.000 degrees of freedom (known)");
  });
});

describe("logGammaHalfStep", () => {
  it("is the difference of two log Gammas, and keeps its digits where they are large", () => {
    for (const x of [0.01, 0.5, 1, 3.7, 15.9, 16.1, 40]) expect(Math.abs(logGammaHalfStep(x) - (logGamma(x + 0.5) - logGamma(x) - 0.5 * Math.log(x)))).toBeLessThan(1e-13);
    expect(Math.abs(8e8 * logGammaHalfStep(1e8) + 1)).toBeLessThan(1e-10);
  });
});
