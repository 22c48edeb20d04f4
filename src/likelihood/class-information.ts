import { random } from "../random.ts";

/** Standard normals in pairs of opposite sign, so that the draws have a mean of 0: `count` x K. */
export function normalDraws(count: number, classes: number): Float64Array {
  const source = random(0);
  const draws = new Float64Array(count * classes);
  const half = (count / 2) * classes;
  for (let i = 0; i < half; i++) {
    draws[i] = source.normal();
    draws[half + i] = -draws[i];
  }
  return draws;
}

/** The mutual information of the class and the logits f ~ N(m, C), H(E[p]) - E[H(p)] with p = softmax(f), by the draws f = m + L z: never below 0, whatever the draws. */
export function mutualInformationFrom(draws: Float64Array, mean: Float64Array, covariance: Float64Array): number {
  const classes = mean.length;
  const count = draws.length / classes;
  const root = semidefiniteCholesky(covariance, classes);
  const p = new Float64Array(classes);
  const average = new Float64Array(classes);
  let expected = 0;
  for (let s = 0; s < draws.length; s += classes) {
    let largest = -Infinity;
    for (let k = 0; k < classes; k++) {
      let logit = mean[k];
      for (let j = 0; j <= k; j++) logit += root[k * classes + j] * draws[s + j];
      p[k] = logit;
      if (logit > largest) largest = logit;
    }
    let [total, weighted] = [0, 0];
    for (let k = 0; k < classes; k++) {
      const above = p[k] - largest;
      p[k] = Math.exp(above);
      total += p[k];
      weighted += p[k] * above;
    }
    // H = log Z - sum_k p_k (f_k - max).
    expected += Math.log(total) - weighted / total;
    for (let k = 0; k < classes; k++) average[k] += p[k] / total;
  }
  let entropy = 0;
  for (let k = 0; k < classes; k++) if (average[k] > 0) entropy -= (average[k] / count) * Math.log(average[k] / count);
  return Math.max(0, entropy - expected / count);
}

/** Pivots below this share of their variance are rounding errors. */
const LEAST_PIVOT = 1e-13;

/** L with L L' = C, lower triangular, for a C that may be singular: where a pivot is 0, so is its column. */
function semidefiniteCholesky(covariance: Float64Array, n: number): Float64Array {
  const root = new Float64Array(n * n);
  for (let j = 0; j < n; j++) {
    let pivot = covariance[j * n + j];
    for (let i = 0; i < j; i++) pivot -= root[j * n + i] ** 2;
    if (!(pivot > LEAST_PIVOT * covariance[j * n + j])) continue;
    root[j * n + j] = Math.sqrt(pivot);
    for (let k = j + 1; k < n; k++) {
      let value = covariance[k * n + j];
      for (let i = 0; i < j; i++) value -= root[k * n + i] * root[j * n + i];
      root[k * n + j] = value / root[j * n + j];
    }
  }
  return root;
}
