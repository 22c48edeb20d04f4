import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { bestPooling, pooledMoments, pooledStudentT } from "../../src/likelihood/pooled-student-t.ts";
import { studentDraw } from "../../src/likelihood/student-t-density.ts";
import { random } from "../../src/random.ts";
import { normals } from "../support/random-numbers.ts";

const prediction = { mean: new Matrix([[1, -2], [3, 0]]), variance: new Matrix([[0.5, 0.2], [2, 0]]) };
const noise = Float64Array.of(0.3, 4);
const pooled = pooledStudentT(prediction, noise, { spread: 0.5, degreesOfFreedom: 4 });
/** sqrt(0.5 (v + s^2)). */
const scales = [[0.4, 2.1], [1.15, 2]].map((row) => row.map(Math.sqrt));

/** Student's t distribution of 4 degrees of freedom, whose integral is elementary. */
const cumulative = (z: number): number => 0.5 + ((3 / 8) * z * (1 - (z * z) / (12 * (1 + (z * z) / 4)))) / Math.sqrt(1 + (z * z) / 4);
const density = (z: number): number => (3 / 8) * (1 + (z * z) / 4) ** -2.5;
/** cumulative(QUANTILE) = 0.95. */
const QUANTILE = 2.131846786326649;

describe("the distribution in place of a mixture", () => {
  it("has the density and the cumulative probability of Student's t, of the mixture's mean and a share of its squared scale", () => {
    const at = [[1.7, -5], [2, 0.4]];
    const z = (n: number, k: number): number => (at[n][k] - prediction.mean.get(n, k)) / scales[n][k];
    const probabilities = pooled.cumulativeProbability(at);
    const logDensities = pooled.logDensity(at);
    for (const n of [0, 1]) {
      for (const k of [0, 1]) expect(probabilities.get(n, k)).toBeCloseTo(cumulative(z(n, k)), 9);
      expect(logDensities[n]).toBeCloseTo([0, 1].reduce((sum, k) => sum + Math.log(density(z(n, k)) / scales[n][k]), 0), 9);
    }
  });

  it("has the intervals and variances of it", () => {
    const { lower, upper } = pooled.interval(0.9);
    const certain = pooled.meanInterval(0.9);
    for (const n of [0, 1]) {
      for (const k of [0, 1]) {
        expect(upper.get(n, k)).toBeCloseTo(prediction.mean.get(n, k) + QUANTILE * scales[n][k], 9);
        expect(lower.get(n, k)).toBeCloseTo(prediction.mean.get(n, k) - QUANTILE * scales[n][k], 9);
        expect(certain.upper.get(n, k)).toBeCloseTo(prediction.mean.get(n, k) + QUANTILE * Math.sqrt(0.5 * prediction.variance.get(n, k)), 9);
        // nu / (nu - 2) = 2 times the squared scales.
        expect(pooled.totalVariance.get(n, k)).toBeCloseTo(2 * scales[n][k] ** 2, 12);
        expect(pooled.variance.get(n, k)).toBeCloseTo(prediction.variance.get(n, k), 12);
        expect(pooled.noiseVariance.get(n, k)).toBeCloseTo(noise[k], 12);
      }
    }
    expect(() => pooled.interval(1)).toThrow(/^level/);
    expect(() => pooled.logDensity([[1], [2]])).toThrow(/^targets: expected 2 x 2/);
  });

  it("is scored as a normal distribution where it is as good as one", () => {
    const single = { mean: new Matrix([[1]]), variance: new Matrix([[3]]) };
    const normal = pooledStudentT(single, Float64Array.of(1), { spread: 1, degreesOfFreedom: 1e6 });
    // Gneiting & Raftery (2007), with standard deviation 2: at the mean, 2 (sqrt(2) - 1) / sqrt(pi).
    expect(normal.rankedProbabilityScore([[1]]).get(0, 0)).toBeCloseTo((2 * (Math.SQRT2 - 1)) / Math.sqrt(Math.PI), 5);
  });
});

describe("the moments of a mixture", () => {
  it("are its mean and variance", () => {
    const [a, b] = [{ mean: Float64Array.of(1, 5), squaredScale: Float64Array.of(2, 0.1) }, { mean: Float64Array.of(3, 5), squaredScale: Float64Array.of(4, 0.3) }];
    const { mean, squaredScale } = pooledMoments([a, b], [0.25, 0.75]);
    expect(Array.from(mean)).toEqual([2.5, 5]);
    // Second moments less the squared mean: 0.25 (2 + 1) + 0.75 (4 + 9) - 6.25.
    expect(squaredScale[0]).toBeCloseTo(4.25, 12);
    expect(squaredScale[1]).toBeCloseTo(0.25, 12);
  });
});

describe("the pooling that held-out targets choose", () => {
  const count = 4000;
  const squaredScale = Float64Array.from({ length: count }, (_, n) => 1 + (n % 5));
  const mean = Float64Array.from({ length: count }, (_, n) => n % 7);

  it("has the scale and the tails that the targets have", () => {
    const source = random(3);
    const targets = mean.map((m, n) => m + Math.sqrt(0.5 * squaredScale[n]) * studentDraw(4, source));
    expect(bestPooling({ mean, squaredScale }, targets)).toEqual({ spread: 0.5, degreesOfFreedom: 4 });
  });

  it("changes nothing for normal targets of the scale predicted", () => {
    const z = normals(count, 2);
    const { spread, degreesOfFreedom } = bestPooling({ mean, squaredScale }, mean.map((m, n) => m + Math.sqrt(squaredScale[n]) * z[n]));
    expect(spread).toBe(1);
    expect(degreesOfFreedom).toBeGreaterThanOrEqual(30);
  });
});
