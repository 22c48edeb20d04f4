import { toNumbers } from "../data.ts";
import { InvalidArgumentError, describe } from "../errors.ts";

/** Steps of expectation maximisation at most, and the share by which weights still move when it has converged. */
const STEPS = 1000;
const CONVERGED = 1e-6;

/**
 * Weights of models whose predictions are mixed that predict held-out data best: stacking of predictive distributions (Yao, Vehtari, Simpson & Gelman 2018b, eq. 4),
 * $$\max_{\pi} \sum_n \log \sum_i \pi_i\, p_i(t_n \mid x_n, \text{data without } n).$$
 * The maximum is one; expectation maximisation climbs to it.
 *
 * @category Evidence
 * @param logDensities - For each model the log densities of the same held-out examples, as {@link crossValidate} gives them.
 * @returns The weights, which add up to 1.
 * @throws {@link InvalidArgumentError} when there are none, or not as many for each model.
 * @example
 * ```ts
 * import { stackingWeights } from "laplace-ts";
 * const right = [-1, -1, -5];
 * const other = [-2, -3, -1];
 * const [a, b] = stackingWeights([right, other]);
 * console.log(a > b, (a + b).toFixed(3)); // true 1.000
 * ```
 */
export function stackingWeights(logDensities: readonly ArrayLike<number>[]): Float64Array {
  if (!(logDensities?.length > 0) || typeof logDensities !== "object") throw new InvalidArgumentError({ argument: "logDensities", expected: "an array of log densities for each model", received: describe(logDensities) });
  const values = logDensities.map((one, i) => toNumbers(`logDensities[${i}]`, one));
  const models = values.length;
  const count = values[0].length;
  values.forEach((one, i) => {
    if (one.length !== count || count === 0) throw new InvalidArgumentError({ argument: `logDensities[${i}]`, expected: count === 0 ? "at least one log density" : `${count} log densities, as the first has`, received: `${one.length}` });
    const bad = one.findIndex((value) => Number.isNaN(value) || value === Infinity);
    if (bad >= 0) throw new InvalidArgumentError({ argument: `logDensities[${i}]`, expected: "log densities that are numbers below infinity", received: `${one[bad]} for example ${bad}` });
  });
  // Only the ratios within an example matter; an example that no model expects says nothing.
  const highest = values[0].map((_, n) => values.reduce((most, one) => Math.max(most, one[n]), -Infinity));
  const densities = values.map((one) => one.map((value, n) => (highest[n] === -Infinity ? 1 : Math.exp(value - highest[n]))));

  let weights = new Float64Array(models).fill(1 / models);
  for (let step = 0; step < STEPS; step++) {
    const next = new Float64Array(models);
    for (let n = 0; n < count; n++) {
      let total = 0;
      for (let i = 0; i < models; i++) total += weights[i] * densities[i][n];
      for (let i = 0; i < models; i++) next[i] += (weights[i] * densities[i][n]) / total / count;
    }
    const change = next.reduce((most, weight, i) => Math.max(most, Math.abs(weight - weights[i])), 0);
    weights = next;
    if (change < CONVERGED) break;
  }
  return weights;
}
