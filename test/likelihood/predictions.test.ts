import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError, NotPositiveDefiniteError } from "../../src/errors.ts";
import { moderated } from "../../src/likelihood/bernoulli-prediction.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical, type CategoricalPredictionOptions } from "../../src/likelihood/categorical.ts";
import { gaussianPrediction } from "../../src/likelihood/gaussian-prediction.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { normalQuantile } from "../../src/likelihood/normal-quantile.ts";
import type { OutputMoments } from "../../src/likelihood/prediction.ts";
import { sigmoid } from "../../src/sigmoid.ts";
import netlab from "../fixtures/netlab-softmax.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

/** Two examples of two correlated outputs. */
const moments: OutputMoments = { rows: 2, outputs: 2, mean: Float64Array.of(1, 2, 3, 4), covariance: Float64Array.of(2, 1, 1, 3, 0.5, -0.2, -0.2, 0.4) };

describe("a Gaussian prediction", () => {
  const prediction = gaussianPrediction(moments, [0.25, 1]);

  it("keeps epistemic and noise variance apart", () => {
    expect(prediction.mean.to2DArray()).toEqual([[1, 2], [3, 4]]);
    expect(prediction.variance.to2DArray()).toEqual([[2, 3], [0.5, 0.4]]);
    expect(prediction.noiseVariance.to2DArray()).toEqual([[0.25, 1], [0.25, 1]]);
    expect(prediction.totalVariance.to2DArray()).toEqual([[2.25, 4], [0.75, 1.4]]);
    expect(prediction.outputCovariance(1).to2DArray()).toEqual([[0.5, -0.2], [-0.2, 0.4]]);
    expectClose(gaussian({ noise: 0.5 }).predict(moments).noiseVariance.to1DArray(), [0.25, 0.25, 0.25, 0.25], 1e-15);
  });

  it("has central intervals of the asked probability, for targets and for the function", () => {
    const { lower, upper } = prediction.interval();
    expectClose([lower.get(0, 1), upper.get(0, 1)], [2 - 1.959963984540054 * 2, 2 + 1.959963984540054 * 2], 1e-12);
    const mean = prediction.meanInterval(0.5);
    expectClose([mean.lower.get(0, 0), mean.upper.get(0, 0)], [1 - 0.6744897501960817 * Math.SQRT2, 1 + 0.6744897501960817 * Math.SQRT2], 1e-12);
  });

  it("has the log density of a normal distribution with the outputs' covariance", () => {
    const targets = [[0, 3], [3, 5]];
    const expected = targets.map((row, n) => {
      const total = Matrix.add(prediction.outputCovariance(n), Matrix.diag([0.25, 1]));
      const [[a, b], [, d]] = total.to2DArray();
      const determinant = a * d - b * b;
      const [r, s] = row.map((t, k) => t - prediction.mean.get(n, k));
      return -Math.log(2 * Math.PI) - 0.5 * Math.log(determinant) - (0.5 * (d * r * r - 2 * b * r * s + a * s * s)) / determinant;
    });
    expectClose(prediction.logDensity(targets), expected, 1e-13);
  });

  it("refuses targets of another shape, and a covariance without room", () => {
    expect(() => prediction.logDensity([1, 2])).toThrow(/^targets: expected 2 x 2, as the prediction, got 2 x 1/);
    expect(() => prediction.logDensity([[1, 2], [3, Number.NaN]])).toThrow(InvalidArgumentError);
    const flat = gaussianPrediction({ rows: 1, outputs: 2, mean: new Float64Array(2), covariance: Float64Array.of(1, 1, 1, 1) }, [0, 0]);
    expect(() => flat.logDensity([[0, 0]])).toThrow(NotPositiveDefiniteError);
  });
});

describe("normalQuantile", () => {
  it("agrees with Python's statistics.NormalDist", () => {
    const known = [[0.5, 0.6744897501960817], [0.68, 0.9944578832097535], [0.9, 1.6448536269514729], [0.95, 1.959963984540054], [0.99, 2.5758293035489004], [0.999999, 4.891638475692932]];
    for (const [level, expected] of known) expect(normalQuantile(level)).toBeCloseTo(expected, 10);
  });

  it.each([0, 1, -0.5, 95, Number.NaN, "0.95"])("refuses the level %o", (level) => {
    expect(() => normalQuantile(level as number)).toThrow(/^level: expected a probability between 0 and 1, as 0\.95, got /);
  });
});

describe("a Bernoulli prediction", () => {
  const logits = { rows: 3, outputs: 1, mean: Float64Array.of(0, 2, -3), covariance: Float64Array.of(4, 1, 0) };
  const prediction = bernoulli().predict(logits);

  it("moderates the output (MacKay 1992c)", () => {
    const kappa = (variance: number): number => 1 / Math.sqrt(1 + (Math.PI * variance) / 8);
    expectClose(prediction.probability.to1DArray(), [0.5, sigmoid(kappa(1) * 2), sigmoid(-3)], 1e-15);
    expect(prediction.logit.to1DArray()).toEqual([0, 2, -3]);
    expect(prediction.logitVariance.to1DArray()).toEqual([4, 1, 0]);
  });

  it("is within 0.02 of the integral of the sigmoid over the logit", () => {
    for (const [a, s] of [[0.5, 0.5], [2, 1], [-1, 3], [4, 2]]) {
      let integral = 0;
      for (let z = -8; z < 8; z += 0.01) integral += (0.01 * sigmoid(a + s * z) * Math.exp(-0.5 * z * z)) / Math.sqrt(2 * Math.PI);
      expect(Math.abs(moderated(a, s * s) - integral)).toBeLessThan(0.02);
    }
  });

  it("has the interval of the probability that the logit's has", () => {
    const { lower, upper } = prediction.probabilityInterval(0.9);
    expectClose([lower.get(0, 0), upper.get(0, 0), lower.get(2, 0)], [sigmoid(-2 * 1.6448536269514729), sigmoid(2 * 1.6448536269514729), sigmoid(-3)], 1e-12);
    expect(() => prediction.probabilityInterval(1)).toThrow(/^level: /);
  });

  it("scores labels, also where a logit is saturated and wrong", () => {
    const p = prediction.probability.to1DArray();
    expectClose(prediction.logDensity([1, 0, 1]), [Math.log(p[0]), Math.log(1 - p[1]), Math.log(p[2])], 1e-13);
    const saturated = bernoulli().predict({ rows: 2, outputs: 1, mean: Float64Array.of(800, 800), covariance: new Float64Array(2) });
    expect(Array.from(saturated.logDensity([1, 0]))).toEqual([-0, -800]);
    expect(() => prediction.logDensity([0, 1])).toThrow(/^targets: /);
  });
});

describe("a categorical prediction", () => {
  const logits = { rows: 2, outputs: 3, mean: Float64Array.of(0, 1, 5, 3, 2, 1), covariance: Float64Array.of(1, 0, 0, 0, 2, 0, 0, 0, 30, 0, 0, 0, 0, 0, 0, 0, 0, 0) };
  const prediction = categorical().predict(logits);

  it("has probabilities, labels, logits and their variances", () => {
    for (let n = 0; n < 2; n++) expect(prediction.probabilities.getRow(n).reduce((a, b) => a + b)).toBeCloseTo(1, 14);
    expect(prediction.labels).toEqual([2, 0]);
    expect(prediction.logits.to2DArray()).toEqual([[0, 1, 5], [3, 2, 1]]);
    expect(prediction.logitVariance.to2DArray()).toEqual([[1, 2, 30], [0, 0, 0]]);
  });

  it("scores labels and one-hot rows alike", () => {
    const expected = [Math.log(prediction.probabilities.get(0, 1)), Math.log(prediction.probabilities.get(1, 0))];
    expectClose(prediction.logDensity([1, 0]), expected, 1e-14);
    expect(prediction.logDensity([[0, 1, 0], [1, 0, 0]])).toEqual(prediction.logDensity([1, 0]));
    expect(() => prediction.logDensity([1, 3])).toThrow(/^targets: expected whole labels 0 \.\. 2/);
  });

  it("without variance is Netlab's softmax", () => {
    const rows = netlab.a_test.length;
    const certain = categorical().predict({ rows, outputs: 3, mean: Float64Array.from(netlab.a_test.flat()), covariance: new Float64Array(rows * 9) });
    expectClose(certain.probabilities.to1DArray(), netlab.y_test.flat(), 1e-14);
  });

  it("refuses a link that is none", () => {
    expect(() => categorical().predict(logits, { link: "probit" } as unknown as CategoricalPredictionOptions)).toThrow(/^link: expected a value made by probit\(\), .* or monteCarlo\(\), got "probit"\. Pass probit\(\)/);
    expect(() => categorical().predict(logits, { links: 1 } as object)).toThrow(/^options\.links: /);
  });
});
