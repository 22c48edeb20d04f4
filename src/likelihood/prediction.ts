import type { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";

/**
 * Gaussian outputs $f \sim \mathcal N(\text{mean}, \text{covariance})$ at N inputs, before the likelihood has its say.
 *
 * @category Predictions
 */
export interface OutputMoments {
  /** N. */
  readonly rows: number;
  /** K. */
  readonly outputs: number;
  /** N x K. */
  readonly mean: Float64Array;
  /** N x K x K. */
  readonly covariance: Float64Array;
}

/**
 * What every prediction has.
 *
 * @category Predictions
 */
export interface Prediction {
  /** $\log p(t_n \mid x_n, D)$ under the predictive distribution, for judging by held-out data: N. */
  logDensity(targets: MatrixLike): Float64Array;
}

/**
 * The two ends of an interval, each N x K.
 *
 * @category Predictions
 */
export interface Interval {
  /** The lower end. */
  readonly lower: Matrix;
  /** The upper end. */
  readonly upper: Matrix;
}
