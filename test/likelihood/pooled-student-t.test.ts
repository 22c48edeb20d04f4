import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { bestPooling, pooledMoments, pooledStudentT } from "../../src/likelihood/pooled-student-t.ts";
import { studentDraw } from "../../src/likelihood/student-t-density.ts";
import { random } from "../../src/random.ts";
import { normals } from "../support/random-numbers.ts";

const prediction = { mean: new Matrix([[1, -2], [3, 0]]), variance: new Matrix([[0.5, 0.2], [2, 0]]) };
const noise = Float64Array.of(0.3, 4);
const level = { slope: 0, centre: 0, unit: 1 };
const pooled = pooledStudentT(prediction, noise, { spread: 0.5, degreesOfFreedom: 4, trends: [level, level] });
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

  it("has scales that follow the predictions of each output, but not beyond three standard deviations", () => {
    const [rising, falling] = [{ slope: 0.5, centre: 1, unit: 1 }, { slope: -0.1, centre: -2, unit: 0.1 }];
    const trending = pooledStudentT(prediction, noise, { spread: 0.5, degreesOfFreedom: 4, trends: [rising, falling] });
    const factors = [[1, 1], [Math.exp(0.5 * 2), Math.exp(-0.1 * 3)]];
    const [{ lower, upper }, certain] = [trending.interval(0.9), trending.meanInterval(0.9)];
    for (const n of [0, 1]) {
      for (const k of [0, 1]) {
        expect(upper.get(n, k) - lower.get(n, k)).toBeCloseTo(2 * QUANTILE * scales[n][k] * factors[n][k], 9);
        expect(certain.upper.get(n, k) - prediction.mean.get(n, k)).toBeCloseTo(QUANTILE * factors[n][k] * Math.sqrt(0.5 * prediction.variance.get(n, k)), 9);
        expect(trending.noiseVariance.get(n, k)).toBeCloseTo(factors[n][k] ** 2 * noise[k], 12);
        expect(trending.totalVariance.get(n, k)).toBeCloseTo(trending.variance.get(n, k) + trending.noiseVariance.get(n, k), 12);
      }
    }
  });

  it("is scored as a normal distribution where it is as good as one", () => {
    const single = { mean: new Matrix([[1]]), variance: new Matrix([[3]]) };
    const normal = pooledStudentT(single, Float64Array.of(1), { spread: 1, degreesOfFreedom: 1e6, trends: [level] });
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
    const { spread, degreesOfFreedom, trends } = bestPooling({ mean, squaredScale }, targets, 1);
    expect([spread, degreesOfFreedom, trends[0].slope]).toEqual([0.5, 4, 0]);
    expect(trends[0].centre).toBeCloseTo(3, 2);
    expect(trends[0].unit).toBeCloseTo(2, 2);
  });

  it("changes nothing for normal targets of the scale predicted", () => {
    const z = normals(count, 2);
    const { spread, degreesOfFreedom } = bestPooling({ mean, squaredScale }, mean.map((m, n) => m + Math.sqrt(squaredScale[n]) * z[n]), 1);
    expect(spread).toBe(1);
    expect(degreesOfFreedom).toBeGreaterThanOrEqual(30);
  });

  it("finds for each output the trend that its scale has, and what scale and tails are left", () => {
    const source = random(5);
    const both = Float64Array.from({ length: 2 * count }, (_, i) => Math.floor(i / 2) % 7);
    const ones = both.map(() => 1);
    // exp(slope u), u standard deviations of the predictions 0 to 6, which are 2: of the first output rising, of the second falling.
    const targets = both.map((m, i) => m + Math.sqrt(0.5) * Math.exp((i % 2 === 0 ? 0.4 : -0.2) * ((m - 3) / 2)) * studentDraw(4, source));
    const { spread, degreesOfFreedom, trends } = bestPooling({ mean: both, squaredScale: ones }, targets, 2);
    expect(trends.map(({ slope }) => slope)).toEqual([0.4, -0.2]);
    expect(spread).toBe(0.5);
    expect(degreesOfFreedom).toBe(4);
  });

  it("has no trend where all predictions are the same, and none that few examples suggest by chance", () => {
    const z = normals(20, 4);
    expect(bestPooling({ mean: z.map(() => 2), squaredScale: z.map(() => 1) }, z.map((value) => 2 + value), 1).trends).toEqual([{ slope: 0, centre: 2, unit: 1 }]);
    const slopes = Array.from({ length: 20 }, (_, seed) => bestPooling({ mean: z, squaredScale: z.map(() => 1) }, normals(20, seed).map((e, n) => z[n] + e), 1).trends[0].slope);
    expect(slopes.filter((slope) => slope !== 0).length).toBeLessThan(6);
    // Nor one where most predictions are small and few are far off, whose scales do not average out.
    const skewed = normals(count, 6).map((value) => Math.exp(1.5 * value));
    expect(bestPooling({ mean: skewed, squaredScale: skewed.map(() => 1) }, normals(count, 7).map((e, n) => skewed[n] + e), 1).trends[0].slope).toBe(0);
  });
});
