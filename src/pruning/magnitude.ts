import { smallest, zeroedAt, type PruningMethod } from "./method.ts";

/**
 * Removes the weights of least magnitude $\vert w_i \vert$ (Han et al. 2015): what every other method has to be better than. It knows nothing of the data.
 *
 * @category Pruning
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
