/// <reference path="../jstat.d.ts" />
import jStat from "jstat";
import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { wholeNumber } from "../errors.ts";
import { toMatrix } from "../model/derivatives.ts";
import { entries } from "./entries.ts";
import { logPeakOfPoisson } from "./log-gamma.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import type { Marginals } from "./moments.ts";
import { normalQuantile } from "./normal-quantile.ts";
import type { Interval, Prediction } from "./prediction.ts";
import { average, logIntegral } from "./quadrature.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions of counts at N inputs. With a Gaussian log rate, counts have a Poisson-lognormal distribution (Aitchison & Ho 1989); its
 * probabilities are integrals over the log rate, taken numerically.
 *
 * Of K counts, each is taken by itself: `logDensity` is $\sum_k \log \int \mathrm{Poisson}(t_k; e_k e^{f}) \, \mathcal N(f; m_k, s_k^2) \, df$, and leaves out what the counts of an example have in common
 * through the posterior over the weights. Predictions by {@link sampled} have it, as averages of products.
 *
 * @category Predictions
 */
export interface PoissonPrediction extends Prediction {
  /** Expected count, $\mathrm E[\lambda] = e\, e^{m + s^2 / 2}$ for exposure $e$ and a log rate of mean $m$ and variance $s^2$; infinite where that overflows: N x K. */
  readonly mean: Matrix;
  /** Epistemic variance, that of the rate $\lambda$, $\mathrm E[\lambda]^2 (e^{s^2} - 1)$: N x K. */
  readonly variance: Matrix;
  /** Aleatoric variance, that of a count at a given rate, on average: $\mathrm E[\lambda]$, N x K. */
  readonly noiseVariance: Matrix;
  /** Variance of a new count, the sum of the two: N x K. */
  readonly totalVariance: Matrix;
  /** The exposure of each count: N x K. */
  readonly exposure: Matrix;
  /** The log rate at the mode, for exposure 1: N x K. */
  readonly logRate: Matrix;
  /** Its epistemic variance: N x K. */
  readonly logRateVariance: Matrix;
  /** $p(t = \text{count} \mid x, D)$: N x K. */
  probability(count: number): Matrix;
  /** The probability of at most so many events, for one count or N x K of them: N x K. */
  cumulativeProbability(at: number | MatrixLike): Matrix;
  /** The central interval of counts, which a new count falls into with at least the given probability, default 0.95. */
  interval(level?: number): Interval;
  /** Interval of the rate $\lambda$, at the given exposure, that the posterior over weights leaves open. */
  rateInterval(level?: number): Interval;
}

/** The prediction for Gaussian log rates, their correlations neglected; `encode` gives counts and log exposures. */
export function poissonPrediction({ mean, variance }: Marginals, outputs: number, exposures: Float64Array, encode: (targets: MatrixLike) => Table): PoissonPrediction {
  const rows = mean.length / outputs;
  const table = (value: (logRate: number, s2: number, i: number) => number): Matrix => toMatrix(mean.map((m, i) => value(m + Math.log(exposures[i]), variance[i], i)), rows, outputs);
  const expected = (m: number, s2: number): number => Math.exp(m + 0.5 * s2);
  // As one exponential, so that a variance that overflows does not meet a rate that underflows.
  const ofRate = (m: number, s2: number): number => Math.exp(2 * m + 2 * s2 + Math.log1p(-Math.exp(-s2)));
  return {
    mean: table(expected),
    variance: table(ofRate),
    noiseVariance: table(expected),
    totalVariance: table((m, s2) => expected(m, s2) + ofRate(m, s2)),
    exposure: toMatrix(exposures, rows, outputs),
    logRate: toMatrix(mean, rows, outputs),
    logRateVariance: toMatrix(variance, rows, outputs),
    probability: (count) => {
      wholeNumber("count", count, 0);
      return table((m, s2) => Math.exp(logProbability(count, m, s2)));
    },
    cumulativeProbability: (at) => {
      const counts = entries("at", at, rows, outputs);
      return table((m, s2, i) => (counts[i] < 0 ? 0 : atMost(Math.floor(counts[i]), m, s2)));
    },
    interval: (level = 0.95) => {
      const width = normalQuantile(level);
      const end = (sign: number): Matrix => table((m, s2) => quantile(0.5 + 0.5 * sign * level, m, s2, Math.exp(m + sign * width * Math.sqrt(s2))));
      return { lower: end(-1), upper: end(1) };
    },
    rateInterval: (level = 0.95) => {
      const width = normalQuantile(level);
      const end = (sign: number): Matrix => table((m, s2) => Math.exp(m + sign * width * Math.sqrt(s2)));
      return { lower: end(-1), upper: end(1) };
    },
    logDensity: (targets) => {
      const { data } = encode(targets);
      const at = (i: number): number => i + Math.floor(i / outputs) * outputs;
      return rowSums(mean.map((m, i) => logProbability(data[at(i)], m + data[at(i) + outputs], variance[i])), outputs);
    },
  };
}

/** A mixture of such predictions. */
export function mixedPoisson(predictions: Iterable<PoissonPrediction>, logWeights: Float64Array): PoissonPrediction {
  const { folded, average, normalInterval, interval, logDensity } = mixing(predictions, logWeights);
  const [{ exposure }] = predictions;
  return {
    exposure,
    ...folded({
      mean: averageOf((p) => p.mean),
      variance: varianceOf((p) => p.mean, (p) => p.variance),
      noiseVariance: averageOf((p) => p.noiseVariance),
      totalVariance: varianceOf((p) => p.mean, (p) => p.totalVariance),
      logRate: averageOf((p) => p.logRate),
      logRateVariance: varianceOf((p) => p.logRate, (p) => p.logRateVariance),
    }),
    probability: (count) => average((p) => p.probability(count)),
    cumulativeProbability: (at) => average((p) => p.cumulativeProbability(at)),
    interval: (level = 0.95) => interval((p, at) => p.cumulativeProbability(at), (p) => p.interval(level), level, "whole"),
    rateInterval: (level = 0.95) => {
      const { lower, upper } = normalInterval((p) => p.logRate, (p) => p.logRateVariance, level);
      return { lower: lower.exp().mul(exposure), upper: upper.exp().mul(exposure) };
    },
    logDensity,
  };
}

/** Steps over which exp(-exp(f)) is smooth. */
const STEP = 0.25;

/** e^u - 1 - u, which cancels where u is small. */
function bend(u: number): number {
  if (Math.abs(u) > 0.05) return Math.expm1(u) - u;
  return 0.5 * u * u * (1 + (u / 3) * (1 + (u / 4) * (1 + (u / 5) * (1 + (u / 6) * (1 + (u / 7) * (1 + (u / 8) * (1 + u / 9)))))));
}

/** log of the integral of Poisson(t; e^f) N(f; m, s2) over f. */
function logProbability(count: number, m: number, s2: number): number {
  const highest = logPeakOfPoisson(count);
  const atRate = (f: number): number => (count === 0 ? -Math.exp(f) : highest - count * bend(f - Math.log(count)));
  if (s2 === 0) return atRate(m);
  const mode = peak(count, m, s2);
  const log = (f: number): number => atRate(f) - (f - m) ** 2 / (2 * s2) - 0.5 * Math.log(2 * Math.PI * s2);
  return logIntegral({ log, mode, width: 1 / Math.sqrt(Math.exp(mode) + 1 / s2), step: STEP });
}

/** e^f of what is more than this overflows; no count comes near it. */
const LARGEST_LOG_RATE = 700;

/** Where t f - e^f - (f - m)^2 / 2 s2 is largest, by Newton's method from above, which comes down to it without overshooting. */
function peak(count: number, m: number, s2: number): number {
  let f = Math.min(m + s2 * count, Math.max(m, Math.log(count)), LARGEST_LOG_RATE);
  for (let step = -Infinity; step < -1e-8 * (1 + Math.abs(f)); f += step) step = (count - Math.exp(f) - (f - m) / s2) / (Math.exp(f) + 1 / s2);
  return f;
}

/** The least count that is not exceeded with the given probability, looked for around `guess`. */
function quantile(level: number, m: number, s2: number, guess: number): number {
  if (guess === Infinity) return guess;
  let [below, above, step] = [Math.floor(guess), Math.floor(guess), Math.ceil(Math.sqrt(guess)) + 1];
  for (; below >= 0 && atMost(below, m, s2) >= level; step *= 2) below = Math.max(-1, below - step);
  for (; atMost(above, m, s2) < level; step *= 2) above += step;
  for (;;) {
    const middle = Math.floor((below + above) / 2);
    // Beyond 2^53 not every whole number is to be had.
    if (middle <= below || middle >= above) return above;
    if (atMost(middle, m, s2) < level) below = middle;
    else above = middle;
  }
}

/** A log rate known better than this share of what one count tells of it is taken to be known so well: an error of 5e-5 in a probability. */
const NARROW = 0.01;

/**
 * The probability of at most c events. With P(t <= c | f) = Prob(g > f), g the log of a Gamma(c + 1) variable, it is the probability that g exceeds
 * the log rate, the average of Phi((g - m) / s). The log density of g is here taken from its mode, lest it cancel for large c.
 */
function atMost(count: number, m: number, s2: number): number {
  if (count === Infinity) return 1;
  const shape = count + 1;
  const s = Math.max(Math.sqrt(s2), NARROW / Math.sqrt(shape));
  const offset = Math.log(shape) - m;
  return average((u) => 0.5 + 0.5 * jStat.erf((u + offset) / (s * Math.SQRT2)), { log: (u) => -shape * bend(u), mode: 0, width: 1 / Math.sqrt(shape), step: Math.min(STEP, s / 3) });
}
