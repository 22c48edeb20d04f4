import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { toMatrix } from "../model/derivatives.ts";
import { alike, entries } from "./entries.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import type { Marginals } from "./moments.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalStudentCumulative, normalStudentInterval, normalStudentLogDensity, scaleMixture } from "./normal-student.ts";
import type { Interval } from "./prediction.ts";
import type { RegressionPrediction } from "./regression-prediction.ts";
import { scoresByQuadrature } from "./score-by-quadrature.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions under noise of Student's t distribution. A new target is the sum of a Gaussian output and of that noise; its log density, intervals and cumulative
 * probabilities are those of the sum, integrated numerically. For 2 degrees of freedom and fewer the variance of the noise is infinite, and so are `noiseVariance` and
 * `totalVariance`; the others are as good as ever.
 *
 * Columns of targets are taken one by one: their correlations through the posterior are not in `logDensity`.
 *
 * @category Predictions
 */
export type StudentTPrediction = RegressionPrediction;

/** The noise of each of K outputs. */
interface StudentTNoise {
  readonly degreesOfFreedom: number;
  readonly scales: Float64Array;
}

/** The prediction for Gaussian outputs; `encode` checks targets. */
export function studentTPrediction({ mean, variance }: Marginals, { degreesOfFreedom, scales }: StudentTNoise, encode: (targets: MatrixLike) => Table): StudentTPrediction {
  const columns = scales.length;
  const table = (values: Float64Array): Matrix => toMatrix(values, mean.length / columns, columns);
  const noiseOf = scales.map((scale) => (degreesOfFreedom > 2 ? (scale * scale * degreesOfFreedom) / (degreesOfFreedom - 2) : Infinity));
  const mixture = scaleMixture(degreesOfFreedom);
  const around = (widths: Float64Array): Interval => ({ lower: table(mean.map((m, i) => m - widths[i])), upper: table(mean.map((m, i) => m + widths[i])) });
  const prediction: StudentTPrediction = {
    mean: table(mean),
    variance: table(variance),
    noiseVariance: table(mean.map((_, i) => noiseOf[i % columns])),
    totalVariance: table(variance.map((v, i) => v + noiseOf[i % columns])),
    cumulativeProbability: (at) => table(entries("at", at, mean.length / columns, columns).map((t, i) => normalStudentCumulative(mixture, t - mean[i], variance[i], scales[i % columns]))),
    interval: (level = 0.95) => {
      normalQuantile(level);
      return around(variance.map((v, i) => normalStudentInterval(mixture, level, v, scales[i % columns])));
    },
    meanInterval: (level = 0.95) => {
      const width = normalQuantile(level);
      return around(variance.map((v) => width * Math.sqrt(v)));
    },
    rankedProbabilityScore: (targets) => scoresByQuadrature(prediction, encode(targets).data),
    logDensity: (targets) => rowSums(encode(targets).data.map((t, i) => normalStudentLogDensity(mixture, t - mean[i], variance[i], scales[i % columns])), columns),
  };
  return prediction;
}

/** A mixture of such predictions. */
export function mixedStudentT(predictions: Iterable<StudentTPrediction>, logWeights: Float64Array): StudentTPrediction {
  const { folded, average, normalInterval, interval, logDensity } = mixing(predictions, logWeights);
  const prediction: StudentTPrediction = {
    ...folded({
      mean: averageOf((p) => p.mean),
      variance: varianceOf((p) => p.mean, (p) => p.variance),
      noiseVariance: averageOf((p) => p.noiseVariance),
      totalVariance: varianceOf((p) => p.mean, (p) => p.totalVariance),
    }),
    cumulativeProbability: (at) => average((p) => p.cumulativeProbability(at)),
    interval: (level = 0.95) => interval((p, at) => p.cumulativeProbability(at), (p) => p.interval(level), level),
    meanInterval: (level = 0.95) => normalInterval((p) => p.mean, (p) => p.variance, level),
    rankedProbabilityScore: (targets) => scoresByQuadrature(prediction, alike(prediction.mean, targets)),
    logDensity,
  };
  return prediction;
}
