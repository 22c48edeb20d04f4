import type { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";
import type { Interval, Prediction } from "./prediction.ts";

/**
 * Predictions of numbers at N inputs, in the units of the targets.
 *
 * @category Predictions
 */
export interface RegressionPrediction extends Prediction {
  /** The mean of the prediction, N x K. */
  readonly mean: Matrix;
  /** Epistemic variance of the mean, from the posterior over weights alone, N x K: small where there were data, large far from them. */
  readonly variance: Matrix;
  /** Aleatoric variance, of the noise, N x K. */
  readonly noiseVariance: Matrix;
  /** Variance of a new target, the sum of the two, N x K. */
  readonly totalVariance: Matrix;
  /** The probability that a new target is at most so large, for one number or N x K of them: N x K. */
  cumulativeProbability(at: number | MatrixLike): Matrix;
  /** The central interval that a new target falls into with the given probability, default 0.95. */
  interval(level?: number): Interval;
  /** The same for the noise-free function. */
  meanInterval(level?: number): Interval;
  /** The continuous ranked probability score of each target, N x K: {@link continuousRankedProbabilityScore} is its mean. */
  rankedProbabilityScore(targets: MatrixLike): Matrix;
  /**
   * Where targets bring error bars of their own, as those of {@link measurements} do: their values, N x K, and the prediction of values with such error bars, by which scores judge them. Absent for other likelihoods.
   */
  judged?(targets: MatrixLike): {
    /** N x K. */
    readonly values: Matrix;
    /** Of values with these error bars. */
    readonly prediction: RegressionPrediction;
  };
}
