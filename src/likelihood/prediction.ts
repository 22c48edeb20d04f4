import type { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";

/**
 * Gaussian outputs $f \sim \mathcal N(\text{mean}, \text{covariance})$ at N inputs, before the likelihood has its say. Of their covariance, as much is given as is known and of use: all of it,
 * variances, or nothing where there is none.
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
  /** N x K x K. Absent where outputs do not correlate, or nobody asks how they do: then their variances are given, or they are certain. */
  readonly covariance?: Float64Array;
  /** N x K, without covariance. Absent where outputs are certain, as for known weights. */
  readonly variance?: Float64Array;
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
 * How unsure a prediction of classes is, and why: the entropy of the predicted probabilities, taken apart into what is left where the weights are
 * known and what the weights being unknown adds (Depeweg et al. 2018). In nats, a row for each example.
 *
 * @category Predictions
 */
export interface ClassUncertainty {
  /** All of it, the entropy $H(\mathrm E[p])$ of the averaged probabilities. */
  readonly entropy: Matrix;
  /** Aleatoric part, $\mathrm E[H(p)]$: classes that overlap; more data would not reduce it. */
  readonly expectedEntropy: Matrix;
  /** Epistemic part, $H(\mathrm E[p]) - \mathrm E[H(p)]$, the mutual information of class and weights: what more data would tell. */
  readonly mutualInformation: Matrix;
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
