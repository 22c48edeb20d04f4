/// <reference path="../../src/jstat.d.ts" />
import jStat from "jstat";
import { describe, expect, it } from "vitest";
import { coverageCurve } from "../../src/calibration/coverage-curve.ts";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { gaussianPrediction } from "../../src/likelihood/gaussian-prediction.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
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

  it("coverage goes by cumulative probabilities, one for each target, where numbers are real, and agrees with the intervals", () => {
    const student = (mean: number) => studentT({ scale: 1, degreesOfFreedom: 3 }).predict({ rows: 9, outputs: 1, mean: new Float64Array(9).fill(mean), variance: new Float64Array(9).fill(0.5) });
    const mixed = studentT().mix!([student(0), student(3)], Float64Array.of(Math.log(0.3), Math.log(0.7))) as typeof prediction;
    const at = [-6, -2, -1, 0, 1, 2.5, 4, 5, 12];
    const { lower, upper } = mixed.interval(0.8);
    const inside = at.filter((t) => lower.get(0, 0) <= t && t <= upper.get(0, 0)).length;
    expect([0, 9]).not.toContain(inside);
    let evaluations = 0;
    const watched = {
      ...mixed,
      interval: () => { throw new Error("no interval is needed"); },
      cumulativeProbability: (targets: MatrixLike | number) => {
        evaluations++;
        return mixed.cumulativeProbability(targets);
      },
    };
    expect(coverage(watched, at, 0.8)).toBeCloseTo(inside / 9, 12);
    expect(coverageCurve(watched, at)).toHaveLength(20);
    expect(evaluations).toBe(2);
  });

  it("coverage of counts goes by their intervals, whose ends have a probability of their own", () => {
    const counts = poisson().predict({ rows: 2, outputs: 1, mean: Float64Array.of(0, 0), variance: new Float64Array(2) });
    const { lower, upper } = counts.interval(0.5);
    expect([lower.get(0, 0), upper.get(0, 0)]).toEqual([0, 2]);
    // The probability of at most 2 is 0.92.
    expect(coverage(counts, [2, 3], 0.5)).toBe(0.5);
  });

  it("coverage of what is certain is whether it came", () => {
    expect(coverage(measurements().predict({ rows: 2, outputs: 1, mean: Float64Array.of(1, 1) }, { errorBars: 0 }), [1, 1.1], 0.5)).toBe(0.5);
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
