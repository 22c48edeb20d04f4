import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { InvalidArgumentError, describe } from "../errors.ts";
import { entropyParts } from "./class-uncertainty.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { toMatrix } from "../model/derivatives.ts";
import type { Marginals } from "./moments.ts";
import type { ClassUncertainty, Interval, Prediction } from "./prediction.ts";
import { average } from "./quadrature.ts";
import { sigmoid, softplus } from "../sigmoid.ts";
import { rowSums } from "./without-noise.ts";

/**
 * Predictions for two classes, or for K labels that do not exclude each other, at N inputs.
 *
 * Labels are taken one by one: `logDensity` is $\sum_k \log p(t_k \mid x, D)$ with the moderated probability of each, and leaves out what labels of an example have in common through the posterior
 * over the weights. Predictions by {@link sampled} have it, as averages of products, $\log \frac1S \sum_s \prod_k p(t_k \mid f_k(x; w_s))$.
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
  /** Entropy, its aleatoric part and its epistemic part, the mutual information, of each label: N x K. All are averages over the logit by quadrature. */
  uncertainty(): ClassUncertainty;
}

/**
 * MacKay's moderated output (MacKay 1992c; Spiegelhalter & Lauritzen 1990; Bishop 2006, eqs. 4.153 and 4.154), the sigmoid averaged over a Gaussian logit:
 * $p = \sigma(\kappa(s^2)\, a)$, $\kappa(s^2) = (1 + \pi s^2 / 8)^{-1/2}$.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { moderated, sigmoid } from "laplace-ts";
 * console.log(sigmoid(2).toFixed(2), moderated(2, 0).toFixed(2), moderated(2, 10).toFixed(2)); // 0.88 0.88 0.71
 * ```
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
    uncertainty: () => {
      const [ones, zeros] = [1, -1].map((sign) => mean.map((a, i) => averageOver(sign * a, variance[i], sigmoid)));
      const expected = mean.map((a, i) => averageOver(a, variance[i], (f) => binaryEntropy(sigmoid(f), sigmoid(-f))));
      return entropyParts(ones.map((p, i) => binaryEntropy(p, zeros[i])), expected, outputs);
    },
    logDensity: (targets) => {
      const labels = encode(targets).data;
      // log sigmoid(a) = -softplus(-a), which neither cancels nor underflows where the logit is large.
      return rowSums(mean.map((a, i) => -softplus(moderatedLogit(labels[i] === 1 ? -a : a, variance[i]))), outputs);
    },
  };
}

/** A mixture of such predictions. */
export function mixedBernoulli(predictions: Iterable<BernoulliPrediction>, logWeights: Float64Array): BernoulliPrediction {
  const { folded, average: mean, normalInterval, logDensity } = mixing(predictions, logWeights);
  const { probability, ...logits } = folded({ probability: averageOf((p) => p.probability), logit: averageOf((p) => p.logit), logitVariance: varianceOf((p) => p.logit, (p) => p.logitVariance) });
  return {
    probability,
    ...logits,
    probabilityInterval: (level = 0.95) => {
      const { lower, upper } = normalInterval((p) => p.logit, (p) => p.logitVariance, level);
      return { lower: lower.apply(toProbability), upper: upper.apply(toProbability) };
    },
    uncertainty: () => {
      const entropy = Float64Array.from(probability.to1DArray(), (p) => binaryEntropy(p, 1 - p));
      return entropyParts(entropy, Float64Array.from(mean((p) => p.uncertainty().expectedEntropy).to1DArray()), probability.columns);
    },
    logDensity,
  };
}

function toProbability(this: Matrix, row: number, column: number): void {
  this.set(row, column, sigmoid(this.get(row, column)));
}

/** -p log p - q log q for q = 1 - p, which is given lest it cancel. */
function binaryEntropy(p: number, q: number): number {
  return (p > 0 ? -p * Math.log(p) : 0) + (q > 0 ? -q * Math.log(q) : 0);
}

/** Steps over which the sigmoid is smooth. */
const STEP = 0.5;

/** The average of a function of the logit over its distribution, by the trapezoidal rule. */
function averageOver(logit: number, variance: number, value: (logit: number) => number): number {
  if (variance === 0) return value(logit);
  const deviation = Math.sqrt(variance);
  return average((z) => value(logit + deviation * z), { log: (z) => -0.5 * z * z, mode: 0, width: 1, step: STEP / deviation });
}
