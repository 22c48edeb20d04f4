import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { toMatrix } from "../model/derivatives.ts";
import { alike, entries } from "./entries.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import { marginals } from "./moments.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { mixtureCumulative, mixtureLogDensity, mixtureQuantile, type NormalMixture } from "./normal-mixture.ts";
import type { Interval, OutputMoments } from "./prediction.ts";
import { mixtureRankedScore } from "./ranked-probability-score.ts";
import type { RegressionPrediction } from "./regression-prediction.ts";
import { scoresByQuadrature } from "./score-by-quadrature.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions with noise that depends on the input. A new target has a mixture of normal distributions, over what the log standard deviation $s$ of the
 * noise may be; with $s \sim \mathcal N(\bar s, v)$ its `noiseVariance` is $\mathrm E[e^{2s}] = e^{2 \bar s + 2v}$.
 *
 * `interval` and `logDensity` go by the mixture itself, integrated numerically over $s$, with the covariance of mean and noise. Columns
 * of targets are taken one by one: their correlations through the posterior are not in `logDensity`.
 *
 * @category Predictions
 */
export interface HeteroscedasticPrediction extends RegressionPrediction {
  /** The log standard deviation of the noise at the mode: N x K. */
  readonly logNoise: Matrix;
  /** Its epistemic variance: N x K. */
  readonly logNoiseVariance: Matrix;
  /** Interval of the standard deviation of the noise that the posterior over weights leaves open. */
  noiseInterval(level?: number): Interval;
}

/** Moments of the mean m and the log standard deviation s of each target: N x K each. */
interface LocationAndScale extends Readonly<Record<string, Float64Array>> {
  readonly mean: Float64Array;
  readonly logNoise: Float64Array;
  readonly variance: Float64Array;
  readonly covariance: Float64Array;
  readonly logNoiseVariance: Float64Array;
}

/** What is kept of 2K outputs, means before log standard deviations. */
export function locationAndScale(moments: OutputMoments): LocationAndScale {
  const { rows, outputs, mean, covariance } = moments;
  const spread = marginals(moments).variance;
  const targets = outputs / 2;
  const each = (value: (row: number, k: number) => number): Float64Array => Float64Array.from({ length: rows * targets }, (_, i) => value(Math.floor(i / targets), i % targets));
  return {
    mean: each((n, k) => mean[n * outputs + k]),
    logNoise: each((n, k) => mean[n * outputs + targets + k]),
    variance: each((n, k) => spread[n * outputs + k]),
    covariance: each((n, k) => (covariance === undefined ? 0 : covariance[(n * outputs + k) * outputs + targets + k])),
    logNoiseVariance: each((n, k) => spread[n * outputs + targets + k]),
  };
}

/** The prediction for K columns of targets; `encode` checks them. */
export function heteroscedasticPrediction(kept: LocationAndScale, columns: number, encode: (targets: MatrixLike) => Table): HeteroscedasticPrediction {
  const { mean, logNoise, variance, logNoiseVariance } = kept;
  const table = (values: Float64Array): Matrix => toMatrix(values, mean.length / columns, columns);
  const noiseVariance = logNoise.map((s, i) => Math.exp(2 * s + 2 * logNoiseVariance[i]));
  const totalVariance = variance.map((v, i) => v + noiseVariance[i]);
  const ends = (level: number, end: (i: number, width: number) => number): Interval => {
    const width = normalQuantile(level);
    return { lower: table(mean.map((_, i) => end(i, -width))), upper: table(mean.map((_, i) => end(i, width))) };
  };
  return {
    mean: table(mean),
    variance: table(variance),
    noiseVariance: table(noiseVariance),
    totalVariance: table(totalVariance),
    logNoise: table(logNoise),
    logNoiseVariance: table(logNoiseVariance),
    cumulativeProbability: (at) => table(entries("at", at, mean.length / columns, columns).map((t, i) => mixtureCumulative(mixture(kept, i, Number.isFinite(t) ? t : mean[i]), t))),
    interval: (level = 0.95) => ends(level, (i, width) => mixtureQuantile(mixture(kept, i), 0.5 + 0.5 * Math.sign(width) * level, mean[i], Math.sqrt(variance[i]) + Math.exp(logNoise[i]))),
    meanInterval: (level = 0.95) => ends(level, (i, width) => mean[i] + width * Math.sqrt(variance[i])),
    noiseInterval: (level = 0.95) => ends(level, (i, width) => Math.exp(logNoise[i] + width * Math.sqrt(logNoiseVariance[i]))),
    rankedProbabilityScore: (targets) => table(encode(targets).data.map((t, i) => mixtureRankedScore(mixture(kept, i, t), t))),
    logDensity: (targets) => rowSums(encode(targets).data.map((t, i) => mixtureLogDensity(mixture(kept, i, t), t)), columns),
  };
}

/** A mixture of such predictions. */
export function mixedHeteroscedastic(predictions: Iterable<HeteroscedasticPrediction>, logWeights: Float64Array): HeteroscedasticPrediction {
  const { folded, average, normalInterval, interval, logDensity } = mixing(predictions, logWeights);
  const prediction: HeteroscedasticPrediction = {
    ...folded({
      mean: averageOf((p) => p.mean),
      variance: varianceOf((p) => p.mean, (p) => p.variance),
      noiseVariance: averageOf((p) => p.noiseVariance),
      totalVariance: varianceOf((p) => p.mean, (p) => p.totalVariance),
      logNoise: averageOf((p) => p.logNoise),
      logNoiseVariance: varianceOf((p) => p.logNoise, (p) => p.logNoiseVariance),
    }),
    cumulativeProbability: (at) => average((p) => p.cumulativeProbability(at)),
    interval: (level = 0.95) => interval((p, at) => p.cumulativeProbability(at), (p) => p.interval(level), level),
    meanInterval: (level = 0.95) => normalInterval((p) => p.mean, (p) => p.variance, level),
    noiseInterval: (level = 0.95) => {
      const { lower, upper } = normalInterval((p) => p.logNoise, (p) => p.logNoiseVariance, level);
      return { lower: lower.exp(), upper: upper.exp() };
    },
    rankedProbabilityScore: (targets) => scoresByQuadrature(prediction, alike(prediction.mean, targets)),
    logDensity,
  };
  return prediction;
}

/** So many standard deviations of s hold all of its probability. */
const REACH = 8;
/** And the most that a target may be off, which draws s with it. */
const FAR_REACH = 36;
/** The longest step in s over which exp(-exp(-2s)) is smooth. */
const STEP = 0.15;

/** The distribution of target i given the log noise at points along it; the points reach out to where a target t far off becomes likely. */
function mixture({ mean, logNoise, variance, covariance, logNoiseVariance }: LocationAndScale, i: number, t = mean[i]): NormalMixture {
  const deviation = Math.sqrt(logNoiseVariance[i]);
  if (deviation === 0) return { weights: Float64Array.of(1), means: Float64Array.of(mean[i]), variances: Float64Array.of(variance[i] + Math.exp(2 * logNoise[i])) };
  const surprise = Math.log(Math.abs(t - mean[i])) - logNoise[i];
  const reach = Math.min(FAR_REACH, Math.max(REACH, surprise / deviation));
  const points = Math.ceil((REACH + reach) / Math.min(0.5, STEP / deviation)) + 1;
  const z = Float64Array.from({ length: points }, (_, p) => -REACH + ((REACH + reach) * p) / (points - 1));
  const density = z.map((value) => Math.exp(-0.5 * value * value));
  const total = density.reduce((sum, value) => sum + value, 0);
  const slope = covariance[i] / deviation;
  const rest = Math.max(0, variance[i] - slope * slope);
  return { weights: density.map((value) => value / total), means: z.map((value) => mean[i] + slope * value), variances: z.map((value) => rest + Math.exp(2 * (logNoise[i] + deviation * value))) };
}
