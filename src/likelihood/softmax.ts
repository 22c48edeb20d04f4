/**
 * Class probabilities $e^{f_k} / \sum_j e^{f_j}$ from logits, without overflow.
 *
 * @category Likelihoods
 * @example
 * ```ts
 * import { softmax } from "laplace-ts";
 * console.log(Array.from(softmax([2, 1, 0]), (p) => p.toFixed(2)).join(" ")); // 0.67 0.24 0.09
 * ```
 */
export function softmax(logits: ArrayLike<number>): Float64Array {
  return logSoftmax(logits).map(Math.exp);
}

/** f_k - log sum_j exp(f_j). */
export function logSoftmax(logits: ArrayLike<number>): Float64Array {
  const total = logSumExp(logits);
  const logs = new Float64Array(logits.length);
  for (let k = 0; k < logs.length; k++) logs[k] = logits[k] - total;
  return logs;
}

/** log sum_k exp(f_k) without overflow. */
export function logSumExp(values: ArrayLike<number>): number {
  let largest = -Infinity;
  for (let k = 0; k < values.length; k++) largest = Math.max(largest, values[k]);
  if (largest === -Infinity) return largest;
  let sum = 0;
  for (let k = 0; k < values.length; k++) sum += Math.exp(values[k] - largest);
  return largest + Math.log(sum);
}

/** log((1 - p_k) / p_k) = log sum_j exp(f_j - f_k) over j other than k. */
export function logOddsAgainst(logits: ArrayLike<number>, k: number): number {
  let largest = -Infinity;
  for (let j = 0; j < logits.length; j++) if (j !== k) largest = Math.max(largest, logits[j]);
  let sum = 0;
  for (let j = 0; j < logits.length; j++) if (j !== k) sum += Math.exp(logits[j] - largest);
  return largest - logits[k] + Math.log(sum);
}

/** The entropy of softmax(f), in nats. */
export function softmaxEntropy(logits: ArrayLike<number>): number {
  return entropyOf(logSoftmax(logits));
}

/** -sum_k p_k log p_k, from log p; classes of probability 0 add nothing. */
export function entropyOf(logProbabilities: Float64Array): number {
  return logProbabilities.reduce((sum, value) => (value === -Infinity ? sum : sum - Math.exp(value) * value), 0);
}
