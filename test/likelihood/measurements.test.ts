import { describe, expect, it } from "vitest";
import { continuousRankedProbabilityScore } from "../../src/calibration/continuous-ranked-probability-score.ts";
import { coverageCurve, probabilityIntegralTransform } from "../../src/calibration/coverage-curve.ts";
import type { MatrixLike } from "../../src/data.ts";
import { fit } from "../../src/fit.ts";
import type { GaussianPrediction } from "../../src/likelihood/gaussian-prediction.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { measurements, type MeasurementsOptions } from "../../src/likelihood/measurements.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { coverage, meanLogDensity, rootMeanSquareError } from "../../src/predictive/scores.ts";
import { random } from "../../src/random.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";

describe("measurements", () => {
  const inputs = Array.from(normals(12, 1), (x) => [x]);
  const values = inputs.map(([x], n) => 2 * x + 0.3 * normals(12, 2)[n]);

  it("with equal error bars are a Gaussian likelihood of known noise, evidence and predictions included", async () => {
    const line = mlp([1, 1]);
    const of = async (likelihood: ReturnType<typeof gaussian> | ReturnType<typeof measurements>, targets: number[][]) => {
      const { model, prior } = await train(line, likelihood, { inputs, targets });
      return laplace(model, likelihood, { inputs, targets }, { prior });
    };
    const bars = values.map((value) => [value, 0.2]);
    const known = await of(gaussian({ noise: 0.3, fixed: true }), values.map((value) => [value]));
    const given = await of(measurements({ scale: 1.5 }), bars);
    expect(given.logEvidence).toBeCloseTo(known.logEvidence, 9);
    expectClose(given.mean, known.mean, 1e-8);
    const [there, here] = [await predict(known, inputs), await predict(given, inputs, { errorBars: 0.2 } as object)];
    expectClose(here.logDensity(bars), there.logDensity(values), 1e-8);
    expectClose(here.totalVariance.to1DArray(), there.totalVariance.to1DArray(), 1e-8);
  });

  it("are weighted least squares", async () => {
    const sigma = values.map((_, n) => 0.1 + 0.2 * n);
    const data = { inputs, targets: values.map((value, n) => [value, sigma[n]]) };
    const { model } = await train(mlp([1, 1], { biases: false }), measurements(), data);
    const weighted = (of: (n: number) => number): number => sigma.reduce((sum, s, n) => sum + of(n) / (s * s), 0);
    // The prior adds 1 to the denominator.
    expect(model.parameters[0]).toBeCloseTo(weighted((n) => inputs[n][0] * values[n]) / (weighted((n) => inputs[n][0] ** 2) + 1), 9);
  });

  it("predict the quantity itself, or measurements of it with their own error bars", () => {
    const moments = { rows: 2, outputs: 1, mean: Float64Array.of(1, 2), covariance: Float64Array.of(0.5, 0.25) };
    const likelihood = measurements({ scale: 2 });
    const itself = likelihood.predict(moments);
    expect(itself.noiseVariance.to1DArray()).toEqual([0, 0]);
    expect(itself.interval(0.9)).toEqual(itself.meanInterval(0.9));
    const measured = likelihood.predict(moments, { errorBars: [0.1, 0.5] });
    expectClose(measured.totalVariance.to1DArray(), [0.5 + 0.04, 0.25 + 1], 1e-15);
    // What is scored brings its error bars along.
    expectClose(itself.logDensity([[1.5, 0.1], [0, 0.5]]), [gaussian({ noise: 0.2 }).predict(moments).logDensity([1.5, 0])[0], gaussian({ noise: 1 }).predict(moments).logDensity([1.5, 0])[1]], 1e-14);
  });

  it("are scored by the error bars that the targets bring, or by those of the prediction, and by none not at all", () => {
    const likelihood = measurements({ scale: 2 });
    const moments = { rows: 3, outputs: 1, mean: Float64Array.of(1, 2, 0), variance: Float64Array.of(0.5, 0.25, 0.1) };
    const [values, bars] = [[1.5, 0, 0.9], [0.1, 0.9, 0.3]];
    const pairs = values.map((value, n) => [value, bars[n]]);
    const other = { ...moments, mean: Float64Array.of(2, 1, 1) };
    const weights = Float64Array.of(Math.log(0.4), Math.log(0.6));
    const of = (options?: object) => [likelihood.predict(moments, options), likelihood.mix!([likelihood.predict(moments, options), likelihood.predict(other, options)], weights)];
    const scores = [meanLogDensity, continuousRankedProbabilityScore, (p: GaussianPrediction, t: MatrixLike) => coverage(p, t, 0.6), (p: GaussianPrediction, t: MatrixLike) => probabilityIntegralTransform(p, t).get(1, 0), (p: GaussianPrediction, t: MatrixLike) => coverageCurve(p, t, [0.6])[0].coverage];
    const [without, given, wrong] = [of(), of({ errorBars: bars }), of({ errorBars: 5 })];
    for (const score of scores) {
      [0, 1].forEach((i) => {
        const expected = score(given[i], values);
        expect(score(without[i], pairs)).toBeCloseTo(expected, 12);
        expect(score(wrong[i], pairs)).toBeCloseTo(expected, 12);
        expect(() => score(without[i], values)).toThrow(/^targets: expected 3 x 2.*got 3 x 1\. Give the targets their error bars, or predict with them, \{ errorBars \}/);
      });
    }
    expect(coverageCurve(without[0], pairs)[0].count).toBe(3);
    expect(coverage(given[0], values, 0.6)).not.toBe(coverage(wrong[0], values, 0.6));
    expect(given[0].logDensity(values)[1]).toBeCloseTo(gaussian({ noise: 1.8 }).predict(moments).logDensity(values)[1], 12);
    for (const prediction of [...without, ...given]) expect(rootMeanSquareError(prediction, pairs)).toBe(rootMeanSquareError(prediction, values));
  });

  it("are fitted in one call, in any units", async () => {
    const source = random(6);
    const draw = (count: number) => {
      const x = Array.from({ length: count }, () => [4 * source.uniform() - 2]);
      const bars = x.map(([a]) => (a > 0 ? 30 : 3));
      return { x, bars, t: x.map(([a], n) => 1000 + 100 * Math.sin(2 * a) + bars[n] * source.normal()) };
    };
    const { x, bars, t } = draw(80);
    const fitted = await fit(mlp([1, 5, 1], { seed: 1 }), measurements(), { inputs: x, targets: t.map((value, n) => [value, bars[n]]) });
    expect(fitted.posterior.distanceFromMode).toBeLessThan(0.1);
    const { variance } = await fitted.predict([[-1], [1]]);
    expect(variance.get(1, 0)).toBeGreaterThan(3 * variance.get(0, 0));
    const test = draw(300);
    const prediction = await fitted.predict(test.x, { errorBars: test.bars });
    const share = coverage(prediction, test.t, 0.9);
    expect(share).toBeGreaterThan(0.84);
    expect(share).toBeLessThan(0.97);
  });

  it("refuse what does not fit", () => {
    const likelihood = measurements();
    expect(() => likelihood.encode([1, 2], 2, 1)).toThrow(/^targets: expected 2 x 2, for each output of the model a column of values, and then for each a column of error bars, got 2 x 1/);
    expect(() => likelihood.encode([[1, 0.1], [2, 0]], 2, 1)).toThrow(/^targets: expected error bars above 0 after the values, got 0 in row 1/);
    expect(() => measurements({ scale: 0 })).toThrow(/^scale: /);
    expect(() => measurements({ noise: 1 } as MeasurementsOptions)).toThrow(/^options\.noise: /);
    const moments = { rows: 1, outputs: 1, mean: Float64Array.of(1), covariance: Float64Array.of(0.5) };
    expect(() => likelihood.predict(moments, { errorBars: -1 })).toThrow(/^errorBars: expected finite numbers of at least 0, got -1/);
    expect(() => likelihood.predict(moments, { errorBars: [1, 2] })).toThrow(/^errorBars: expected a number, or 1 x 1, got 2 x 1/);
    expect(() => likelihood.predict(moments).logDensity([1])).toThrow(/^targets: expected 1 x 2/);
  });
});
