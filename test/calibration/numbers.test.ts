import { Matrix } from "ml-matrix";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { continuousRankedProbabilityScore } from "../../src/calibration/continuous-ranked-probability-score.ts";
import { coverageCurve, probabilityIntegralTransform } from "../../src/calibration/coverage-curve.ts";
import { scoresByQuadrature } from "../../src/likelihood/score-by-quadrature.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import type { RegressionPrediction } from "../../src/likelihood/regression-prediction.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
import { coverage } from "../../src/predictive/scores.ts";
import { random } from "../../src/random.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

interface Fixture {
  readonly normal: readonly { readonly mean: number; readonly deviation: number; readonly target: number; readonly crps: number }[];
  readonly mixture: { readonly weights: number[]; readonly means: number[]; readonly deviations: number[]; readonly cases: readonly { readonly target: number; readonly crps: number }[] };
  readonly studentT: readonly { readonly degreesOfFreedom: number; readonly mean: number; readonly scale: number; readonly target: number; readonly crps: number }[];
}

const fixture = JSON.parse(readFileSync(new URL("../fixtures/scikit-learn-calibration.json", import.meta.url), "utf8")) as Fixture;

const one = (mean: number) => ({ rows: 1, outputs: 1, mean: Float64Array.of(mean) });
const score = (prediction: RegressionPrediction, target: number): number => continuousRankedProbabilityScore(prediction, [target]);
/** From cumulative probabilities alone. */
const byQuadrature = (prediction: RegressionPrediction, targets: readonly number[]): number => scoresByQuadrature(prediction, Float64Array.from(targets)).mean();

describe("continuousRankedProbabilityScore", () => {
  it.each(fixture.normal)("of a normal prediction is SciPy's quadrature of the definition: $target of N($mean, $deviation^2)", ({ mean, deviation, target, crps }) => {
    const prediction = gaussian({ noise: deviation }).predict(one(mean));
    expect(score(prediction, target) / crps).toBeCloseTo(1, 9);
    expect(byQuadrature(prediction, [target]) / crps).toBeCloseTo(1, 8);
  });

  it.each(fixture.mixture.cases)("of a mixture of normals likewise: $target", ({ target, crps }) => {
    const { weights, means, deviations } = fixture.mixture;
    const parts = means.map((mean, i) => gaussian({ noise: 0.1 }).predict({ ...one(mean), variance: Float64Array.of(deviations[i] ** 2 - 0.01) }));
    const prediction = gaussian().mix!(parts, Float64Array.from(weights, Math.log)) as RegressionPrediction;
    expect(score(prediction, target) / crps).toBeCloseTo(1, 9);
    expect(byQuadrature(prediction, [target]) / crps).toBeCloseTo(1, 7);
  });

  it("of a mixture goes target by target", () => {
    const parts = [[0, 3], [1, -2]].map((means) => gaussian({ noise: 0.5 }).predict({ rows: 2, outputs: 1, mean: Float64Array.from(means) }));
    const prediction = gaussian().mix!(parts, Float64Array.of(Math.log(0.4), Math.log(0.6))) as RegressionPrediction;
    const targets = [0.7, 2];
    const scores = prediction.rankedProbabilityScore(targets).to1DArray();
    scoresByQuadrature(prediction, Float64Array.from(targets)).to1DArray().forEach((expected, i) => expect(scores[i] / expected).toBeCloseTo(1, 7));
  });

  it.each(fixture.studentT)("of Student's t is the closed form of Jordan, Krüger & Lerch (2019): $degreesOfFreedom degrees of freedom", ({ degreesOfFreedom, mean, scale, target, crps }) => {
    expect(score(studentT({ scale, degreesOfFreedom }).predict(one(mean)), target) / crps).toBeCloseTo(1, 8);
  });

  it("by quadrature is the closed form for mixtures of normals of any widths and places, to 1e-6", () => {
    const source = random(1);
    for (let run = 0; run < 10; run++) {
      const parts = Array.from({ length: 3 }, () => gaussian({ noise: 10 ** (-2.5 * source.uniform()) }).predict(one(3 * source.normal())));
      const prediction = gaussian().mix!(parts, Float64Array.from([0.1, 0.3, 0.6], Math.log)) as RegressionPrediction;
      const target = 4 * source.normal();
      expect(byQuadrature(prediction, [target]) / score(prediction, target)).toBeCloseTo(1, 6);
    }
  });

  it("of noise that depends on the input is that of the mixture, by its closed form and by quadrature", () => {
    const prediction = heteroscedastic().predict({ rows: 2, outputs: 2, mean: Float64Array.of(1, -1, 0, 0.5), covariance: Float64Array.of(0.3, 0.1, 0.1, 0.2, 0.5, -0.2, -0.2, 0.4) });
    const targets = [1.5, -3];
    expect(continuousRankedProbabilityScore(prediction, targets) / byQuadrature(prediction, targets)).toBeCloseTo(1, 7);
    const mixed = heteroscedastic().mix!([prediction, prediction], Float64Array.of(Math.log(0.3), Math.log(0.7))) as RegressionPrediction;
    expect(continuousRankedProbabilityScore(mixed, targets) / continuousRankedProbabilityScore(prediction, targets)).toBeCloseTo(1, 7);
  });

  it("of a certain prediction is the absolute error", () => {
    const prediction = gaussian().mix!([1, 1].map((mean) => gaussian({ noise: 1e-100 }).predict(one(mean))), Float64Array.of(Math.log(0.5), Math.log(0.5))) as RegressionPrediction;
    expect(score(prediction, 3)).toBeCloseTo(2, 12);
    expect(byQuadrature(prediction, [3])).toBeCloseTo(2, 12);
  });

  it("scales and shifts with the targets, is symmetric, and never below 0", () => {
    const number = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(number, fc.double({ min: 1e-3, max: 100, noNaN: true }), number, fc.boolean(), (mean, scale, z, heavy) => {
        const at = (m: number, s: number, t: number): number => score((heavy ? studentT({ scale: s, degreesOfFreedom: 3 }) : gaussian({ noise: s })).predict(one(m)), t);
        const standard = at(0, 1, z);
        expect(standard).toBeGreaterThan(0);
        expect(at(mean, scale, mean + scale * z) / (scale * standard)).toBeCloseTo(1, 6);
        expect(at(0, 1, -z) / standard).toBeCloseTo(1, 8);
      }),
      { numRuns: 20 },
    );
  });

  it("is the mean over examples and outputs, and least on average for the distribution that targets have", () => {
    const count = 3000;
    const targets = normals(count, 5);
    const scores = [0.5, 1, 2].map((noise) => continuousRankedProbabilityScore(gaussian({ noise }).predict({ rows: count / 2, outputs: 2, mean: new Float64Array(count) }), { data: targets, shape: [count / 2, 2] }));
    expect(scores[1]).toBeLessThan(scores[0]);
    expect(scores[1]).toBeLessThan(scores[2]);
    // E|X - X'| / 2 = 1 / sqrt(pi).
    expect(scores[1]).toBeCloseTo(1 / Math.sqrt(Math.PI), 1);
  });

  it("refuses targets that do not fit, and predictions that are no numbers", () => {
    const prediction = gaussian({ noise: 1 }).predict(one(0));
    for (const made of [prediction, studentT({ scale: 1, degreesOfFreedom: 3 }).predict(one(0))]) expect(() => continuousRankedProbabilityScore(made, [1, 2])).toThrow(/^targets: expected 1.*got 2 x 1/);
    expect(() => continuousRankedProbabilityScore(poisson().predict({ ...one(0), variance: Float64Array.of(1) }) as never, [1])).toThrow(/^prediction: /);
    expect(() => continuousRankedProbabilityScore(Promise.resolve(prediction) as never, [1])).toThrow(/Await it first/);
  });
});

describe("coverageCurve", () => {
  const count = 2000;
  const honest = gaussian({ noise: 1 }).predict({ rows: count, outputs: 1, mean: new Float64Array(count) });
  const targets = normals(count, 6);

  it("of honest error bars is the diagonal, within what chance does", () => {
    const curve = coverageCurve(honest, targets);
    expect(curve).toHaveLength(20);
    for (const point of curve) {
      expect(point.count).toBe(count);
      expect(point.coverage).toBe(coverage(honest, targets, point.level));
      expect(Math.abs(point.coverage - point.level)).toBeLessThan(4 * Math.sqrt((point.level * (1 - point.level)) / count));
    }
  });

  it("is below it where error bars are too narrow, and never falls", () => {
    const curve = coverageCurve(gaussian({ noise: 0.3 }).predict({ rows: count, outputs: 1, mean: new Float64Array(count) }), targets, [0.2, 0.5, 0.9]);
    curve.forEach((point, i) => {
      expect(point.coverage).toBeLessThan(0.6 * point.level);
      if (i > 0) expect(point.coverage).toBeGreaterThanOrEqual(curve[i - 1].coverage);
    });
  });

  it("refuses no levels, and levels that are none", () => {
    expect(() => coverageCurve(honest, targets, [])).toThrow(/^levels: /);
    expect(() => coverageCurve(honest, targets, [1.5])).toThrow(/^level: /);
    expect(() => coverageCurve(honest, [1], [0.5])).toThrow(/^targets: /);
  });
});

describe("probabilityIntegralTransform", () => {
  it("is uniform for honest predictions, of every kind", () => {
    const count = 4000;
    const targets = normals(count, 7);
    const u = Float64Array.from(probabilityIntegralTransform(gaussian({ noise: 1 }).predict({ rows: count / 2, outputs: 2, mean: new Float64Array(count) }), { data: targets, shape: [count / 2, 2] }).to1DArray()).sort();
    // Kolmogorov's distance, beyond 1.95 / sqrt(N) once in a thousand.
    expect(u.reduce((most, value, i) => Math.max(most, Math.abs(value - (i + 0.5) / count)), 0)).toBeLessThan(1.95 / Math.sqrt(count));
    const student = studentT({ scale: 1, degreesOfFreedom: 4 }).predict(one(2));
    const { upper } = student.interval(0.8);
    expect(probabilityIntegralTransform(student, upper).get(0, 0)).toBeCloseTo(0.9, 9);
  });

  it("refuses targets of another shape", () => {
    expect(() => probabilityIntegralTransform(gaussian({ noise: 1 }).predict(one(0)), [[1, 2]])).toThrow(/^targets: expected 1 x 1/);
    expect(() => probabilityIntegralTransform({} as never, [1])).toThrow(/^prediction: /);
  });
});

it("quadrature gives no score that is not a number", () => {
  const prediction = { ...studentT({ scale: 1, degreesOfFreedom: 3 }).predict(one(0)), cumulativeProbability: () => Matrix.ones(1, 1).mul(Number.NaN) };
  expect(() => scoresByQuadrature(prediction, Float64Array.of(1))).toThrow(/ranked probability score of example 0/);
});
