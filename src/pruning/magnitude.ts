import { smallest, zeroedAt, type PruningMethod } from "./method.ts";

/**
 * Removes the weights of least magnitude $\vert w_i \vert$ (Han et al. 2015): what every other method has to be better than. It knows nothing of the data.
 *
 * @category Pruning
 * @example
 * ```ts
 * import { gaussian, isotropic, mlp, magnitude, prune, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => [source.normal(), source.normal()]);
 * const data = { inputs, targets: inputs.map(([a]) => Math.tanh(2 * a) + 0.1 * source.normal()) };
 * const { steps, best } = await prune(mlp([2, 4, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(0.1), method: magnitude() });
 * console.log(steps[0].weights, "->", best.weights); // 17 -> 2
 * ```
 */
export function magnitude(): PruningMethod {
  return {
    name: "magnitude",
    remove: ({ posterior: { mean }, count }) => {
      const removed = smallest(mean.map(Math.abs), count);
      return Promise.resolve({ removed, weights: zeroedAt(mean, removed) });
    },
  };
}
