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

/** The prediction for Gaussian logits; `encode` checks targets. */
export function categoricalPrediction({ rows, outputs, mean, covariance }: OutputMoments, link: Link, encode: (targets: MatrixLike) => Table): CategoricalPrediction {
  const logProbabilities = new Float64Array(rows * outputs);
  const block = outputs * outputs;
  for (let n = 0; n < rows; n++) logProbabilities.set(link.logProbabilities(mean.subarray(n * outputs, (n + 1) * outputs), covariance.subarray(n * block, (n + 1) * block)), n * outputs);
  const probabilities = logProbabilities.map(Math.exp);
  const matrix = (values: Float64Array): Matrix => Matrix.from1DArray(rows, outputs, values);
  return {
    probabilities: matrix(probabilities),
    labels: Array.from({ length: rows }, (_, n) => {
      const row = logProbabilities.subarray(n * outputs, (n + 1) * outputs);
      return row.indexOf(row.reduce((a, b) => Math.max(a, b)));
    }),
    logits: matrix(mean),
    logitVariance: matrix(mean.map((_, i) => covariance[i * outputs + (i % outputs)])),
    logDensity: (targets) => encode(targets).data.map((label, n) => logProbabilities[n * outputs + label]),
  };
}
