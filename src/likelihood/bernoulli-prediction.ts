import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { InvalidArgumentError, describe } from "../errors.ts";
import { normalQuantile } from "./gaussian-prediction.ts";
import { toMatrix } from "../model/derivatives.ts";
import type { Marginals } from "./moments.ts";
import type { Interval, Prediction } from "./prediction.ts";
import { sigmoid, softplus } from "../sigmoid.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions for two classes, or for K labels that do not exclude each other, at N inputs.
 *
 * @category Predictions
 */
export interface BernoulliPrediction extends Prediction {
  /** $p(t = 1 \mid x, D)$, moderated by the uncertainty of the logit: N x K, K = 1 for two classes. */
  readonly probability: Matrix;
  /** The logits at the mode: N x K. */
  readonly logit: Matrix;
  /** Their epistemic variances: N x K. */
  readonly logitVariance: Matrix;
  /** Interval of the probability of class 1, or of each label, that the posterior over weights leaves open, default level 0.95: N x K. */
  probabilityInterval(level?: number): Interval;
}

/**
 * MacKay's moderated output (MacKay 1992c; Spiegelhalter & Lauritzen 1990; Bishop 2006, eqs. 4.153 and 4.154), the sigmoid averaged over a Gaussian logit:
 * $p = \sigma(\kappa(s^2)\, a)$, $\kappa(s^2) = (1 + \pi s^2 / 8)^{-1/2}$.
 *
 * @category Predictions
 */
export function moderated(logit: number, variance: number): number {
  if (!(variance >= 0)) throw new InvalidArgumentError({ argument: "variance", expected: "a number of at least 0", received: describe(variance) });
  return sigmoid(moderatedLogit(logit, variance));
}

/** kappa(s^2) a. */
function moderatedLogit(logit: number, variance: number): number {
  return logit / Math.sqrt(1 + (Math.PI / 8) * variance);
}

/** The prediction for Gaussian logits, their correlations neglected; `encode` checks targets. */
export function bernoulliPrediction({ mean, variance }: Marginals, outputs: number, encode: (targets: MatrixLike) => Table): BernoulliPrediction {
  const table = (values: Float64Array): Matrix => toMatrix(values, mean.length / outputs, outputs);
  return {
    probability: table(mean.map((a, n) => moderated(a, variance[n]))),
    logit: table(mean),
    logitVariance: table(variance),
    probabilityInterval: (level = 0.95) => {
      const width = normalQuantile(level);
      const end = (sign: number): Matrix => table(mean.map((a, n) => sigmoid(a + sign * width * Math.sqrt(variance[n]))));
      return { lower: end(-1), upper: end(1) };
    },
    logDensity: (targets) => {
      const labels = encode(targets).data;
      // log sigmoid(a) = -softplus(-a), which neither cancels nor underflows where the logit is large.
      return rowSums(mean.map((a, i) => -softplus(moderatedLogit(labels[i] === 1 ? -a : a, variance[i]))), outputs);
    },
  };
}
