import { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";
import { NotPositiveDefiniteError } from "../errors.ts";
import { cholesky, logDeterminant } from "../linalg/cholesky.ts";
import { solveLower } from "../linalg/triangular.ts";
import { toMatrix } from "../model/derivatives.ts";
import { alike, entries } from "./entries.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import { covarianceOf, marginals } from "./moments.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalCumulative } from "./normal-mixture.ts";
import type { Interval, OutputMoments } from "./prediction.ts";
import { mixtureRankedScore, normalRankedScore } from "./ranked-probability-score.ts";
import type { RegressionPrediction } from "./regression-prediction.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions of a Gaussian likelihood at N inputs, in the units of the targets; the mean is the output at the mode.
 *
 * @category Predictions
 */
export interface GaussianPrediction extends RegressionPrediction {
  /** Epistemic covariance of the K outputs of example n: K x K. */
  outputCovariance(example: number): Matrix;
  judged?(targets: MatrixLike): {
    /** N x K. */
    readonly values: Matrix;
    /** Of values with these error bars. */
    readonly prediction: GaussianPrediction;
  };
}

/** Targets to be scored, N x K, and the variance of their noise: K numbers, or N x K. */
interface Scored {
  readonly values: Float64Array;
  readonly noiseVariance: ArrayLike<number>;
}

/**
 * t_n ~ N(f_n, C_n + diag(noiseVariance)) for outputs f_n with covariance C_n; `noiseVariance` has K numbers, or N x K. Targets to be scored
 * may bring their own, as `read` says.
 */
export function gaussianPrediction(moments: OutputMoments, noiseVariance: ArrayLike<number>, read?: (targets: MatrixLike) => Scored): GaussianPrediction {
  const { rows, outputs } = moments;
  const { variance } = marginals(moments);
  const table = (value: (n: number, k: number) => number): Matrix => {
    const result = Matrix.zeros(rows, outputs);
    for (let n = 0; n < rows; n++) for (let k = 0; k < outputs; k++) result.set(n, k, value(n, k));
    return result;
  };
  const epistemic = (n: number, k: number): number => variance[n * outputs + k];
  const mean = table((n, k) => moments.mean[n * outputs + k]);
  const noise = (n: number, k: number): number => noiseVariance[(n * outputs + k) % noiseVariance.length];
  const totalVariance = table((n, k) => epistemic(n, k) + noise(n, k));
  const scoredOf = read ?? ((targets: MatrixLike): Scored => ({ values: alike(mean, targets), noiseVariance }));
  const around = (variance: (n: number, k: number) => number, level: number): Interval => {
    const width = normalQuantile(level);
    const end = (sign: number) => table((n, k) => mean.get(n, k) + sign * width * Math.sqrt(variance(n, k)));
    return { lower: end(-1), upper: end(1) };
  };
  return {
    mean,
    variance: table(epistemic),
    noiseVariance: table(noise),
    totalVariance,
    outputCovariance: (example) => Matrix.from1DArray(outputs, outputs, covarianceOf(moments, example)),
    cumulativeProbability: (at) => {
      const ts = entries("at", at, rows, outputs);
      return table((n, k) => normalCumulative(ts[n * outputs + k], mean.get(n, k), totalVariance.get(n, k)));
    },
    interval: (level = 0.95) => around((n, k) => totalVariance.get(n, k), level),
    meanInterval: (level = 0.95) => around(epistemic, level),
    rankedProbabilityScore: (targets) => {
      const scored = scoredOf(targets);
      return table((n, k) => normalRankedScore(scored.values[n * outputs + k], mean.get(n, k), epistemic(n, k) + scored.noiseVariance[(n * outputs + k) % scored.noiseVariance.length]));
    },
    logDensity: (targets) => logDensity(moments, scoredOf(targets)),
    ...(read && {
      judged: (targets: MatrixLike) => {
        const scored = read(targets);
        return { values: toMatrix(scored.values, rows, outputs), prediction: gaussianPrediction(moments, scored.noiseVariance) };
      },
    }),
  };
}

/** A mixture of Gaussian predictions: with the same noise in all, the mean's distribution with that noise. */
export function mixedGaussian(predictions: Iterable<GaussianPrediction>, logWeights: Float64Array): GaussianPrediction {
  const { folded, average, normalInterval, ofNormals, logDensity: mixedLogDensity } = mixing(predictions, logWeights);
  const { mean, ...variances } = folded({
    mean: averageOf((p) => p.mean),
    variance: varianceOf((p) => p.mean, (p) => p.variance),
    noiseVariance: averageOf((p) => p.noiseVariance),
    totalVariance: varianceOf((p) => p.mean, (p) => p.totalVariance),
  });
  const [first] = predictions;
  /** Each component's prediction of values with the error bars that the targets bring. */
  const judged = (targets: MatrixLike): { readonly values: Matrix; readonly prediction: GaussianPrediction } => {
    const parts = { *[Symbol.iterator]() { for (const part of predictions) yield part.judged!(targets).prediction; } };
    return { values: first.judged!(targets).values, prediction: mixedGaussian(parts, logWeights) };
  };
  return {
    mean,
    ...variances,
    outputCovariance: (example) => {
      const centre = Matrix.rowVector(mean.getRow(example));
      return average((p) => {
        const deviation = Matrix.rowVector(p.mean.getRow(example)).sub(centre);
        return p.outputCovariance(example).clone().add(deviation.transpose().mmul(deviation));
      });
    },
    cumulativeProbability: (at) => average((p) => p.cumulativeProbability(at)),
    interval: (level = 0.95) => normalInterval((p) => p.mean, (p) => p.totalVariance, level),
    meanInterval: (level = 0.95) => normalInterval((p) => p.mean, (p) => p.variance, level),
    rankedProbabilityScore: (targets) => {
      if (first.judged !== undefined) {
        const { values, prediction } = judged(targets);
        return prediction.rankedProbabilityScore(values);
      }
      const ts = alike(mean, targets);
      return ofNormals((p) => p.mean, (p) => p.totalVariance, (mixture, at) => mixtureRankedScore(mixture, ts[at]));
    },
    logDensity: mixedLogDensity,
    ...(first.judged && { judged }),
  };
}

/** log N(t_n; f_n, S_n) = -1/2 [ K log(2 pi) + log det S_n + |L_n^-1 (t_n - f_n)|^2 ], S_n = C_n + diag(noise) = L_n L_n'. */
function logDensity(moments: OutputMoments, { values, noiseVariance }: Scored): Float64Array {
  const { rows, outputs, mean } = moments;
  if (moments.covariance === undefined) return independentLogDensity(moments, { values, noiseVariance });
  return Float64Array.from({ length: rows }, (_, n) => {
    const total = covarianceOf(moments, n).slice();
    for (let k = 0; k < outputs; k++) total[k * outputs + k] += noiseVariance[(n * outputs + k) % noiseVariance.length];
    if (cholesky(total, outputs) >= 0) throw withoutVariance(n);
    const residual = Float64Array.from({ length: outputs }, (_, k) => values[n * outputs + k] - mean[n * outputs + k]);
    solveLower(total, outputs, residual, 1);
    const distance = residual.reduce((sum, r) => sum + r * r, 0);
    return -0.5 * (outputs * Math.log(2 * Math.PI) + logDeterminant(total, outputs) + distance);
  });
}

/** The same where outputs do not correlate. */
function independentLogDensity(moments: OutputMoments, { values, noiseVariance }: Scored): Float64Array {
  const { mean, variance } = marginals(moments);
  const densities = mean.map((m, i) => {
    const total = variance[i] + noiseVariance[i % noiseVariance.length];
    if (!(total > 0)) throw withoutVariance(Math.floor(i / moments.outputs));
    return -0.5 * (Math.log(2 * Math.PI * total) + (values[i] - m) ** 2 / total);
  });
  return rowSums(densities, moments.outputs);
}

function withoutVariance(example: number): NotPositiveDefiniteError {
  return new NotPositiveDefiniteError(`The predictive covariance of example ${example}`, 0, "The noise is too small beside the epistemic covariance of the outputs to be told from 0.");
}
