import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { diagonalBlocks } from "../../src/likelihood/diagonal-blocks.ts";
import { functionLikelihood } from "../../src/likelihood/function-likelihood.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { monteCarlo } from "../../src/likelihood/link.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import type { OutputMoments, Prediction } from "../../src/likelihood/prediction.ts";
import type { RegressionPrediction } from "../../src/likelihood/regression-prediction.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

/** Random Gaussian outputs: 3 examples of K, correlated. */
function moments(outputs: number, seed: number, size = 0.5): OutputMoments & { readonly covariance: Float64Array } {
  const [rows, numbers] = [3, normals(3 * outputs * (1 + outputs), seed)];
  const covariance = new Float64Array(rows * outputs * outputs);
  for (let n = 0; n < rows; n++) {
    const root = Matrix.from1DArray(outputs, outputs, numbers.subarray(3 * outputs + n * outputs * outputs, 3 * outputs + (n + 1) * outputs * outputs)).mul(size);
    covariance.set(root.mmul(root.transpose()).to1DArray(), n * outputs * outputs);
  }
  return { rows, outputs, mean: numbers.slice(0, 3 * outputs), covariance };
}

const studentLike = functionLikelihood({ logDensity: ([f], [t]) => Math.log(0.375) - 2.5 * Math.log(1 + (t - f) ** 2 / 4), information: () => [5 / 7] });

interface Row {
  readonly likelihood: Likelihood;
  readonly outputs: number;
  readonly targets: number[][];
}

const rows: readonly Row[] = [
  { likelihood: gaussian({ noise: 0.5 }), outputs: 2, targets: [[0, 1], [1, 1], [-1, 2]] },
  { likelihood: measurements(), outputs: 1, targets: [[0, 0.5], [1, 1], [-1, 2]] },
  { likelihood: heteroscedastic(), outputs: 2, targets: [[0], [1], [-1]] },
  { likelihood: bernoulli(), outputs: 2, targets: [[0, 1], [1, 1], [0, 0]] },
  { likelihood: categorical(), outputs: 3, targets: [[0], [2], [1]] },
  { likelihood: poisson(), outputs: 2, targets: [[0, 1], [3, 1], [2, 5]] },
  { likelihood: studentT({ scale: 0.5, degreesOfFreedom: 3 }), outputs: 2, targets: [[0, 1], [1, 1], [-1, 2]] },
  { likelihood: studentLike, outputs: 1, targets: [[0], [1], [-1]] },
];

/** All numbers of a prediction, intervals included. */
function numbersOf(prediction: Prediction): number[] {
  const parts = Object.entries(prediction).sort(([a], [b]) => (a < b ? -1 : 1));
  return parts.flatMap(([, part]: [string, unknown]) => {
    if (part instanceof Matrix) return part.to1DArray();
    if (Array.isArray(part)) return part as number[];
    if (typeof part !== "function" || !/nterval/.test(part.name)) return [];
    const { lower, upper } = (part as RegressionPrediction["interval"])(0.8);
    return [...lower.to1DArray(), ...upper.to1DArray()];
  });
}

describe.each(rows)("mixed predictions of a $likelihood.name likelihood", ({ likelihood, outputs, targets }) => {
  const predictions = [1, 2, 3].map((seed) => likelihood.predict(moments(outputs, seed)));
  const mix = (parts: readonly Prediction[], weights: readonly number[]): Prediction => likelihood.mix!(parts, Float64Array.from(weights, Math.log));

  it("of the same prediction are that prediction", () => {
    const [first] = predictions;
    const same = mix([first, first, first], [0.2, 0.3, 0.5]);
    expect(Object.keys(same).sort()).toEqual(Object.keys(first).sort());
    expectClose(numbersOf(same), numbersOf(first), 1e-7);
    expect(numbersOf(same).length).toBeGreaterThan(3 * outputs);
    expectClose(same.logDensity(targets), first.logDensity(targets), 1e-12);
  });

  it("of which one has all the weight are that one", () => {
    const one = mix(predictions, [0, 1, 0]);
    expectClose(numbersOf(one), numbersOf(predictions[1]), 1e-7);
    expectClose(one.logDensity(targets), predictions[1].logDensity(targets), 1e-12);
  });

  it("are of certain outputs what they are of outputs with a covariance of zeros, and of independent ones what they are with a diagonal one", () => {
    const { rows, mean } = moments(outputs, 4);
    const variance = mean.map((value) => value * value);
    const cases = [
      [{ rows, outputs, mean }, new Float64Array(mean.length * outputs)],
      [{ rows, outputs, mean, variance }, diagonalBlocks(variance, outputs)],
    ] as const;
    for (const [given, covariance] of cases) {
      const [short, long] = [likelihood.predict(given), likelihood.predict({ rows, outputs, mean, covariance })];
      expectClose(numbersOf(short), numbersOf(long), 1e-7);
      expectClose(short.logDensity(targets), long.logDensity(targets), 1e-11);
    }
  });

  it("have the average density", () => {
    const weights = [0.5, 0.2, 0.3];
    const densities = predictions.map((prediction) => prediction.logDensity(targets).map(Math.exp));
    expectClose(mix(predictions, weights).logDensity(targets).map(Math.exp), densities[0].map((_, n) => weights.reduce((sum, w, i) => sum + w * densities[i][n], 0)), 1e-12);
  });
});

describe("a mixture of Gaussian predictions", () => {
  const likelihood = gaussian({ noise: 0.3 });
  const weights = Float64Array.of(0.7, 0.3);

  it("has the moments of a sample from it", () => {
    const parts = [moments(2, 4), moments(2, 5)];
    const mixed = likelihood.mix!(parts.map((part) => likelihood.predict(part)), weights.map(Math.log));
    for (let n = 0; n < 3; n++) {
      // E[f f'] - E[f] E[f]'.
      const second = Matrix.zeros(2, 2);
      const centre = Matrix.zeros(2, 1);
      parts.forEach(({ mean, covariance }, i) => {
        const m = Matrix.columnVector(mean.slice(2 * n, 2 * n + 2));
        second.add(Matrix.from1DArray(2, 2, covariance.slice(4 * n, 4 * n + 4)).add(m.mmul(m.transpose())).mul(weights[i]));
        centre.add(m.mul(weights[i]));
      });
      const expected = second.sub(centre.mmul(centre.transpose()));
      expectClose(mixed.outputCovariance(n).to1DArray(), expected.to1DArray(), 1e-13);
      expectClose(mixed.mean.getRow(n), centre.to1DArray(), 1e-14);
      expectClose(mixed.variance.getRow(n), expected.diagonal(), 1e-13);
      expectClose(mixed.totalVariance.getRow(n), expected.diagonal().map((v) => v + 0.09), 1e-13);
    }
  });

  it("has intervals that hold the probability they say, half of the rest on either side", () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 0.01, max: 0.999, noNaN: true }), fc.double({ min: 0.001, max: 0.999, noNaN: true }), (seed, level, weight) => {
        const parts = [seed, seed + 1].map((s) => likelihood.predict(moments(1, s, 0.05)));
        const mixed = likelihood.mix!(parts, Float64Array.of(Math.log(weight), Math.log1p(-weight)));
        const { lower, upper } = mixed.interval(level);
        expectClose(mixed.cumulativeProbability(lower).to1DArray(), [1, 1, 1].map(() => 0.5 - 0.5 * level), 1e-8);
        expectClose(mixed.cumulativeProbability(upper).to1DArray(), [1, 1, 1].map(() => 0.5 + 0.5 * level), 1e-8);
      }),
      { numRuns: 40 },
    );
  });

  it("integrates its density to its cumulative probability", () => {
    const parts = [6, 7].map((seed) => likelihood.predict(moments(1, seed)));
    const mixed = likelihood.mix!(parts, weights.map(Math.log));
    const sums = [0, 0, 0];
    for (let t = -15; t < 0.5; t += 0.005) mixed.logDensity([t + 0.0025, t + 0.0025, t + 0.0025]).forEach((value, n) => (sums[n] += 0.005 * Math.exp(value)));
    expectClose(mixed.cumulativeProbability(0.5).to1DArray(), sums, 1e-5);
  });

  it("of certain functions has the sample's quantiles for the function", () => {
    const parts = Array.from({ length: 100 }, (_, i) => likelihood.predict({ rows: 1, outputs: 1, mean: Float64Array.of((i * 37) % 100), covariance: new Float64Array(1) }));
    const mixed = likelihood.mix!(parts, new Float64Array(100).fill(-Math.log(100)));
    const { lower, upper } = mixed.meanInterval(0.875);
    expectClose([lower.get(0, 0), upper.get(0, 0)], [6, 93], 1e-8);
    expect(mixed.variance.get(0, 0)).toBeCloseTo(833.25, 9);
  });
});

describe("a mixture of heteroscedastic predictions", () => {
  it("has intervals at which its cumulative probability is what it should be", () => {
    const likelihood = heteroscedastic();
    const mixed = likelihood.mix!([1, 2].map((seed) => likelihood.predict(moments(2, seed))), Float64Array.of(Math.log(0.4), Math.log(0.6)));
    const { lower, upper } = mixed.interval(0.9);
    expectClose(mixed.cumulativeProbability(lower).to1DArray(), [0.05, 0.05, 0.05], 1e-8);
    expectClose(mixed.cumulativeProbability(upper).to1DArray(), [0.95, 0.95, 0.95], 1e-8);
    const noise = mixed.noiseInterval(0.5);
    for (let n = 0; n < 3; n++) expect(noise.lower.get(n, 0)).toBeLessThan(noise.upper.get(n, 0));
  });
});

describe("a mixture of Poisson predictions", () => {
  const likelihood = poisson();
  const mixed = likelihood.mix!([1, 2].map((seed) => likelihood.predict(moments(1, seed), { exposure: 5 })), Float64Array.of(Math.log(0.4), Math.log(0.6)));

  it("has the moments and cumulative probabilities of its probabilities", () => {
    const counts = Array.from({ length: 1500 }, (_, c) => mixed.probability(c).to1DArray());
    const moment = (power: number): number[] => [0, 1, 2].map((n) => counts.reduce((sum, p, c) => sum + p[n] * c ** power, 0));
    expectClose(mixed.mean.to1DArray(), moment(1), 1e-6);
    expectClose(mixed.totalVariance.to1DArray(), moment(2).map((value, n) => value - moment(1)[n] ** 2), 1e-4);
    expectClose(mixed.cumulativeProbability(7.5).to1DArray(), [0, 1, 2].map((n) => counts.slice(0, 8).reduce((sum, p) => sum + p[n], 0)), 1e-4);
    expect(mixed.cumulativeProbability(-0.5).to1DArray()).toEqual([0, 0, 0]);
  });

  it("has whole numbers for the ends of intervals, no further apart than need be", () => {
    const { lower, upper } = mixed.interval(0.8);
    const below = (m: Matrix): number[] => mixed.cumulativeProbability(Matrix.sub(m, 1)).to1DArray();
    mixed.cumulativeProbability(lower).to1DArray().forEach((p) => expect(p).toBeGreaterThanOrEqual(0.1));
    mixed.cumulativeProbability(upper).to1DArray().forEach((p) => expect(p).toBeGreaterThanOrEqual(0.9));
    below(lower).forEach((p) => expect(p).toBeLessThan(0.1));
    below(upper).forEach((p) => expect(p).toBeLessThan(0.9));
    [...lower.to1DArray(), ...upper.to1DArray()].forEach((count) => expect(Number.isInteger(count)).toBe(true));
  });

  it("has the rate's interval at the exposure", () => {
    const { lower, upper } = mixed.rateInterval(0.6);
    const one = likelihood.mix!([1, 2].map((seed) => likelihood.predict(moments(1, seed))), Float64Array.of(Math.log(0.4), Math.log(0.6))).rateInterval(0.6);
    expectClose([...lower.to1DArray(), ...upper.to1DArray()], [...one.lower.to1DArray(), ...one.upper.to1DArray()].map((rate) => 5 * rate), 1e-12);
  });
});

describe("mixtures of class predictions", () => {
  it("average probabilities, and label by the average", () => {
    const certain = (logits: number[]): OutputMoments => ({ rows: 1, outputs: 3, mean: Float64Array.from(logits), covariance: new Float64Array(9) });
    const parts = [[0, 1, 1.5], [0, 1, -9], [0, 1, 1.2]].map((logits) => categorical().predict(certain(logits)));
    const mixed = categorical().mix!(parts, new Float64Array(3).fill(-Math.log(3)));
    expect(parts.map(({ labels }) => labels[0])).toEqual([2, 1, 2]);
    expectClose(mixed.probabilities.to1DArray(), [0, 1, 2].map((k) => parts.reduce((sum, p) => sum + p.probabilities.get(0, k) / 3, 0)), 1e-14);
    expect(mixed.labels).toEqual([1]);
    expect(mixed.logDensity([2])[0]).toBeCloseTo(Math.log(mixed.probabilities.get(0, 2)), 12);
  });

  it("have an interval of the probability from the mixture of the logits", () => {
    const part = (logit: number): OutputMoments => ({ rows: 1, outputs: 1, mean: Float64Array.of(logit), covariance: Float64Array.of(0.01) });
    const mixed = bernoulli().mix!([-3, 3].map((logit) => bernoulli().predict(part(logit))), new Float64Array(2).fill(-Math.LN2));
    const { lower, upper } = mixed.probabilityInterval(0.5);
    // Half of each component on either side.
    expectClose([lower.get(0, 0), upper.get(0, 0)], [1 / (1 + Math.exp(3)), 1 / (1 + Math.exp(-3))], 1e-9);
    expect(mixed.probability.get(0, 0)).toBeCloseTo(0.5, 14);
  });
});

describe("the uncertainty of mixed class predictions", () => {
  const entropyOf = (p: readonly number[]): number => -p.reduce((sum, value) => sum + value * Math.log(value), 0);

  it("has what the components disagree about in its epistemic part", () => {
    const logits = [[2, 0, -1], [-1, 1, 3]];
    const parts = logits.map((row) => categorical().predict({ rows: 1, outputs: 3, mean: Float64Array.from(row), covariance: new Float64Array(9) }, { link: monteCarlo({ samples: 2 }) }));
    const mixed = categorical().mix!(parts, Float64Array.of(Math.log(0.25), Math.log(0.75)));
    const { entropy, expectedEntropy, mutualInformation } = mixed.uncertainty();
    const within = 0.25 * entropyOf(Array.from(softmax(logits[0]))) + 0.75 * entropyOf(Array.from(softmax(logits[1])));
    expect(entropy.get(0, 0)).toBeCloseTo(entropyOf(mixed.probabilities.getRow(0)), 12);
    expect(expectedEntropy.get(0, 0)).toBeCloseTo(within, 12);
    expect(mutualInformation.get(0, 0)).toBeCloseTo(entropyOf(mixed.probabilities.getRow(0)) - within, 12);
  });

  it("is there for labels, too", () => {
    const parts = [1, 2].map((seed) => bernoulli().predict(moments(2, seed)));
    const mixed = bernoulli().mix!(parts, Float64Array.of(Math.log(0.25), Math.log(0.75)));
    const [p, { entropy, expectedEntropy }] = [mixed.probability.get(1, 1), mixed.uncertainty()];
    expect(entropy.get(1, 1)).toBeCloseTo(entropyOf([p, 1 - p]), 12);
    expect(expectedEntropy.get(1, 1)).toBeCloseTo(0.25 * parts[0].uncertainty().expectedEntropy.get(1, 1) + 0.75 * parts[1].uncertainty().expectedEntropy.get(1, 1), 12);
  });
});

describe("cumulativeProbability", () => {
  it("of a Gaussian is that of Python's statistics.NormalDist", () => {
    const prediction = gaussian({ noise: 0.6 }).predict({ rows: 1, outputs: 1, mean: Float64Array.of(1), covariance: Float64Array.of(0.64) });
    expectClose([-1, 1, 2.5].map((t) => prediction.cumulativeProbability(t).get(0, 0)), [0.022750131948179198, 0.5, 0.9331927987311419], 1e-14);
  });

  it("of heteroscedastic and Poisson predictions agrees with their intervals", () => {
    const spread = heteroscedastic().predict(moments(2, 8));
    expectClose(spread.cumulativeProbability(spread.interval(0.6).upper).to1DArray(), [0.8, 0.8, 0.8], 1e-8);
    expectClose(spread.cumulativeProbability(Infinity).to1DArray(), [1, 1, 1], 1e-14);
    const counts = poisson().predict({ rows: 1, outputs: 1, mean: Float64Array.of(Math.log(2)), covariance: new Float64Array(1) });
    expect(counts.cumulativeProbability(3).get(0, 0)).toBeCloseTo(Math.exp(-2) * (1 + 2 + 2 + 4 / 3), 4);
  });

  it("takes a number or as many as there are targets", () => {
    const prediction = gaussian({ noise: 0.6 }).predict(moments(2, 9));
    const table = [[0, 1], [2, 3], [4, 5]];
    expect(prediction.cumulativeProbability(table).get(1, 1)).toBe(prediction.cumulativeProbability(3).get(1, 1));
    expect(() => prediction.cumulativeProbability([1, 2])).toThrow(/^at: expected a number, or 3 x 2, got 2 x 1/);
    expect(() => prediction.cumulativeProbability(Number.NaN)).toThrow(InvalidArgumentError);
  });
});
