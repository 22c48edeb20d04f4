import { laplace } from "../posterior/laplace.ts";
import { diagonal } from "../structure/diagonal.ts";
import { smallest, zeroedAt, type PruningMethod, type PruningTask } from "./method.ts";

/**
 * Optimal Brain Damage (LeCun, Denker & Solla 1990): removes the weights of least saliency
 * $$s_i = \tfrac12 P_{ii} w_i^2, \qquad P = H + A,$$
 * by which the training loss rises when weight $i$ alone is set to zero, to second order at a mode. $H$ is the curvature of the data error that {@link prune} was given, the {@link outerProduct} unless it was
 * told otherwise, and $A$ the precision of the prior, since the loss has the weight decay in it: $s_i$ is half the squared signal-to-noise ratio of a weight whose
 * neighbours are known. Correlations between weights are left out, so that nobody else moves: $O(N K W)$ operations and $O(W)$ memory, for networks of any size.
 *
 * @category Pruning
 * @example
 * ```ts
 * import { gaussian, isotropic, mlp, optimalBrainDamage, prune, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => [source.normal(), source.normal()]);
 * const data = { inputs, targets: inputs.map(([a]) => Math.tanh(2 * a) + 0.1 * source.normal()) };
 * const { steps, best } = await prune(mlp([2, 4, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(0.1), method: optimalBrainDamage() });
 * console.log(steps[0].weights, "->", best.weights); // 17 -> 2
 * ```
 */
export function optimalBrainDamage(): PruningMethod {
  return {
    name: "optimal brain damage",
    remove: async (task) => {
      const { posterior: { mean }, count } = task;
      const precisions = await precisionDiagonal(task);
      const saliencies = mean.map((w, i) => 0.5 * precisions[i] * w ** 2);
      const removed = smallest(saliencies, count);
      return { removed, weights: zeroedAt(mean, removed), predictedIncrease: removed.reduce((sum, i) => sum + saliencies[i], 0) };
    },
  };
}

/** diag(H + A): W. */
async function precisionDiagonal({ posterior: { model, likelihood, prior, curvature }, data, job }: PruningTask): Promise<Float64Array> {
  const independent = await laplace(model, likelihood, data, { ...job, prior, curvature, structure: diagonal() });
  return independent.marginalVariance.map((variance) => 1 / variance);
}
