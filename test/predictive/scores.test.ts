/// <reference path="../../src/jstat.d.ts" />
import jStat from "jstat";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { gaussianPrediction } from "../../src/likelihood/gaussian-prediction.ts";
import { coverage, meanLogDensity, rootMeanSquareError } from "../../src/predictive/scores.ts";
import { normals } from "../support/random-numbers.ts";

const prediction = gaussianPrediction({ rows: 3, outputs: 1, mean: Float64Array.of(0, 1, 2), covariance: Float64Array.of(0.75, 3, 0) }, [0.25]);
const targets = [0.5, 3, 2.1];

describe("scores", () => {
  it("mean log density is that of jStat's normal distribution", () => {
    const sd = [1, Math.sqrt(3.25), 0.5];
    const expected = targets.reduce((sum, t, n) => sum + Math.log(jStat.normal.pdf(t, n, sd[n])) / 3, 0);
    expect(meanLogDensity(prediction, targets)).toBeCloseTo(expected, 12);
  });

  it("root mean square error is in the units of the targets", () => {
    expect(rootMeanSquareError(prediction, targets)).toBeCloseTo(Math.sqrt((0.25 + 4 + 0.01) / 3), 12);
  });

  it("coverage counts targets inside the interval, ends included", () => {
    // |t - f| in standard deviations: 0.5, 1.109, 0.2.
    expect(coverage(prediction, targets, 0.5)).toBeCloseTo(2 / 3, 12);
    expect(coverage(prediction, targets, 0.1)).toBe(0);
    expect(coverage(prediction, targets, 0.99)).toBe(1);
    const { lower, upper } = prediction.interval(0.7);
    expect(coverage(prediction, lower, 0.7)).toBe(1);
    expect(coverage(prediction, upper, 0.7)).toBe(1);
  });

  it("coverage of exact draws is the level", () => {
    const count = 4000;
    const wide = gaussianPrediction({ rows: count, outputs: 1, mean: new Float64Array(count), covariance: new Float64Array(count).fill(0.75) }, [0.25]);
    const draws = normals(count, 4);
    for (const level of [0.1, 0.5, 0.9, 0.95]) expect(Math.abs(coverage(wide, draws, level) - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / count));
  });

  it("refuse targets of another shape, and levels that are no probabilities", () => {
    for (const score of [meanLogDensity, rootMeanSquareError]) {
      expect(() => score(prediction, [1, 2])).toThrow(/^targets: expected 3 x 1.*got 2 x 1/);
      expect(() => score(prediction, [[1, 2, 3]])).toThrow(InvalidArgumentError);
      expect(() => score(prediction, [1, 2, Number.NaN])).toThrow(/^targets: expected finite numbers/);
    }
    expect(() => coverage(prediction, [1], 0.5)).toThrow(/^targets: /);
    expect(() => coverage(prediction, targets, 1.5)).toThrow(/^level: /);
  });

  it("refuse a prediction that was not awaited", () => {
    const promise = Promise.resolve(prediction) as unknown as typeof prediction;
    for (const score of [meanLogDensity, rootMeanSquareError, coverage]) expect(() => score(promise, targets, 0.5)).toThrow(/^prediction: expected a value made by predict\(\).*Await it first/);
  });
});
