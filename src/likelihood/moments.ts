import { diagonalBlocks } from "./diagonal-blocks.ts";
import type { OutputMoments } from "./prediction.ts";

/** Means and variances of outputs, N x K each: what predictions keep that take outputs one by one. */
export interface Marginals extends Readonly<Record<string, Float64Array>> {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Means and variances, without the covariances between outputs. */
export function marginals({ outputs, mean, covariance, variance = new Float64Array(mean.length) }: OutputMoments): Marginals {
  return { mean, variance: covariance === undefined ? variance : mean.map((_, i) => covariance[i * outputs + (i % outputs)]) };
}

/** What is known of outputs that correlate, in arrays by name. */
export type Correlated = Readonly<Record<string, Float64Array>> & Pick<OutputMoments, "mean" | "covariance" | "variance">;

/** Means and as much of the covariance as there is. */
export function correlated({ mean, covariance, variance }: OutputMoments): Correlated {
  return { mean, ...(covariance && { covariance }), ...(variance && { variance }) };
}

/** The covariance of the outputs of example n: K x K, not to be written to. */
export function covarianceOf({ outputs, covariance, variance }: OutputMoments, n: number): Float64Array {
  if (covariance !== undefined) return covariance.subarray(n * outputs * outputs, (n + 1) * outputs * outputs);
  return variance === undefined ? new Float64Array(outputs * outputs) : diagonalBlocks(variance.subarray(n * outputs, (n + 1) * outputs), outputs);
}

/** Whether the outputs are certain: everything follows from their mean. */
export function areCertain({ covariance, variance }: OutputMoments): boolean {
  return covariance === undefined && variance === undefined;
}
