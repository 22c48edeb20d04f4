import { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import type { Link } from "./link.ts";
import type { OutputMoments, Prediction } from "./prediction.ts";

/**
 * Predictions for K classes at N inputs.
 *
 * @category Predictions
 */
export interface CategoricalPrediction extends Prediction {
  /** $p(t = k \mid x, D)$, N x K, rows summing to 1. */
  readonly probabilities: Matrix;
  /** The most probable class of each example: N. */
  readonly labels: readonly number[];
  /** The logits at the mode: N x K. */
  readonly logits: Matrix;
  /** Their epistemic variances: N x K. */
  readonly logitVariance: Matrix;
}

/** What a prediction keeps of Gaussian logits: N x K each. */
interface IntegratedLogits extends Readonly<Record<string, Float64Array>> {
  readonly logits: Float64Array;
  readonly logitVariance: Float64Array;
  readonly logProbabilities: Float64Array;
}

/** The link integrated over the logits of a batch. */
export function integrated({ rows, outputs, mean, covariance }: OutputMoments, link: Link): IntegratedLogits {
  const logProbabilities = new Float64Array(rows * outputs);
  const block = outputs * outputs;
  for (let n = 0; n < rows; n++) logProbabilities.set(link.logProbabilities(mean.subarray(n * outputs, (n + 1) * outputs), covariance.subarray(n * block, (n + 1) * block)), n * outputs);
  return { logits: mean, logitVariance: mean.map((_, i) => covariance[i * outputs + (i % outputs)]), logProbabilities };
}

/** The prediction for N examples of K classes; `encode` checks targets. */
export function categoricalPrediction({ logits, logitVariance, logProbabilities }: IntegratedLogits, rows: number, classes: number, encode: (targets: MatrixLike) => Table): CategoricalPrediction {
  const matrix = (values: Float64Array): Matrix => Matrix.from1DArray(rows, classes, values);
  return {
    probabilities: matrix(logProbabilities.map(Math.exp)),
    labels: Array.from({ length: rows }, (_, n) => {
      const row = logProbabilities.subarray(n * classes, (n + 1) * classes);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    }),
    logits: matrix(logits),
    logitVariance: matrix(logitVariance),
    logDensity: (targets) => encode(targets).data.map((label, n) => logProbabilities[n * classes + label]),
  };
}
