/**
 * The logistic sigmoid $\sigma(a) = 1 / (1 + e^{-a})$, with full relative accuracy in both tails.
 *
 * @category Likelihoods
 * @example
 * ```ts
 * import { sigmoid } from "laplace-ts";
 * console.log(sigmoid(0), sigmoid(2).toFixed(2)); // 0.5 0.88
 * ```
 */
export function sigmoid(a: number): number {
  return a >= 0 ? 1 / (1 + Math.exp(-a)) : Math.exp(a) / (1 + Math.exp(a));
}

/** log(1 + exp(a)) without overflow: -log of the sigmoid of -a. */
export function softplus(a: number): number {
  return Math.max(a, 0) + Math.log1p(Math.exp(-Math.abs(a)));
}
