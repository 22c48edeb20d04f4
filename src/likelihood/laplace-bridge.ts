import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { remakeable } from "../recipe.ts";
import type { AveragedSoftmax, Link } from "./link.ts";
import { digamma } from "./log-gamma.ts";
import { logSoftmax, logSumExp, softmaxEntropy } from "./softmax.ts";

/**
 * Options of {@link laplaceBridge}.
 *
 * @category Predictions
 */
export interface LaplaceBridgeOptions {
  /**
   * Whether logits are first divided by $\sqrt c$, $c$ the mean of their variances over $\sqrt{K / 2}$, and variances by $c$, which keeps the approximation in the range where it is good (as
   * laplace-torch's `bridge_norm`). Default false, as published.
   */
  readonly normalize?: boolean;
}

/**
 * The Laplace bridge (MacKay 1998; Hobbhahn, Kristiadi & Hennig 2022, eq. 9): the Dirichlet distribution over class probabilities whose Laplace approximation in
 * the logits is the given Gaussian,
 * $$\alpha_k = \frac1{C_{kk}} \left( 1 - \frac2K + \frac{e^{m_k}}{K^2} \sum_l e^{-m_l} \right), \qquad p_k = \frac{\alpha_k}{\sum_l \alpha_l},$$
 * after a projection that makes the logits add up to zero, $m - C 1\, (1^\top m) / (1^\top C 1)$ and $C - C 1 1^\top C / (1^\top C 1)$. Without draws it gives a whole distribution over
 * probabilities, and so {@link CategoricalPrediction.uncertainty}. Where the logits have no variance, it is the softmax.
 *
 * It is crude for large variances; `normalize` helps there.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { categorical, fit, mlp, laplaceBridge } from "laplace-ts";
 * const data = { inputs: [[0, 2], [2, -1], [-2, -1], [0, 1], [1, -1], [-1, -1]], targets: [0, 1, 2, 0, 1, 2] };
 * const fitted = await fit(mlp([2, 3], { seed: 1 }), categorical(), data);
 * const { probabilities } = await fitted.predict([[0, 2], [0, 20]], { link: laplaceBridge({ normalize: true }) });
 * console.log([0, 1].map((n) => probabilities.get(n, 0).toFixed(2)).join(" ")); // 0.78 0.78
 * ```
 */
export function laplaceBridge(options: LaplaceBridgeOptions = {}): Link {
  knownOptions("options", options, ["normalize"]);
  const { normalize = false } = options;
  if (typeof normalize !== "boolean") throw new InvalidArgumentError({ argument: "normalize", expected: "true or false", received: describe(normalize) });
  const withEntropy = (mean: Float64Array, covariance: Float64Array): AveragedSoftmax => {
    const logAlpha = logConcentrations(mean, covariance, normalize);
    return logAlpha === undefined ? { logProbabilities: logSoftmax(mean), expectedEntropy: softmaxEntropy(mean) } : { logProbabilities: logSoftmax(logAlpha), expectedEntropy: dirichletEntropy(logAlpha) };
  };
  const link: Link = { name: normalize ? "normalised Laplace bridge" : "Laplace bridge", logProbabilities: (mean, covariance) => withEntropy(mean, covariance).logProbabilities, withEntropy };
  return remakeable(link, "laplaceBridge", () => ({ normalize }));
}

/** Variances below this share of the largest are rounding errors. */
const LEAST_VARIANCE = 1e-14;

/** log alpha, or undefined where the logits have no variance. */
function logConcentrations(mean: Float64Array, covariance: Float64Array, normalize: boolean): Float64Array | undefined {
  const classes = mean.length;
  const rowSums = mean.map((_, k) => covariance.subarray(k * classes, (k + 1) * classes).reduce((a, b) => a + b, 0));
  const total = rowSums.reduce((a, b) => a + b, 0);
  const sum = mean.reduce((a, b) => a + b, 0);
  const largest = mean.reduce((most, _, k) => Math.max(most, covariance[k * (classes + 1)]), 0);
  if (largest === 0) return undefined;
  // Logits whose sum has no variance have their sum moved evenly.
  const certain = total <= LEAST_VARIANCE * largest;
  let m = mean.map((value, k) => value - (certain ? sum / classes : (rowSums[k] * sum) / total));
  let variance = mean.map((_, k) => Math.max(LEAST_VARIANCE * largest, covariance[k * (classes + 1)] - (certain ? 0 : rowSums[k] ** 2 / total)));
  if (normalize) {
    const c = variance.reduce((a, b) => a + b, 0) / classes / Math.sqrt(classes / 2);
    m = m.map((value) => value / Math.sqrt(c));
    variance = variance.map((value) => value / c);
  }
  const opposite = logSumExp(m.map((value) => -value));
  return m.map((value, k) => logSumExp([Math.log(1 - 2 / classes), value + opposite - 2 * Math.log(classes)]) - Math.log(variance[k]));
}

/** E[H(p)] = psi(a + 1) - sum_k (a_k / a) psi(a_k + 1), with a the sum of all a_k. */
function dirichletEntropy(logAlpha: Float64Array): number {
  const total = logSumExp(logAlpha);
  // psi(x + 1) is log x where x is so large that its exponential might overflow.
  const psi = (logX: number): number => (logX > 50 ? logX : digamma(Math.exp(logX) + 1));
  return logAlpha.reduce((sum, value) => sum - Math.exp(value - total) * psi(value), psi(total));
}
