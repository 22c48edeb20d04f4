import type { OutputMoments } from "./prediction.ts";

/** Means and variances of outputs, N x K each: what predictions keep that take outputs one by one. */
export interface Marginals extends Readonly<Record<string, Float64Array>> {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

/** Means and variances, without the covariances between outputs. */
export function marginals({ outputs, mean, covariance }: OutputMoments): Marginals {
  return { mean, variance: mean.map((_, i) => covariance[i * outputs + (i % outputs)]) };
}
