import type { Table } from "../data.ts";
import { unitScale } from "../model/standardized.ts";

/** What likelihoods without a noise scale have in common: beta = 1, so that E_0 is the whole of -log p. */
export const withoutNoise = {
  precision: 1,
  noiseParameters: 0,
  outputScale: (_: Table, outputs: number) => unitScale(outputs),
  logLikelihood: (energy: number) => -energy,
  reestimate<L>(this: L): L {
    return this;
  },
};

/** The sum of the numbers of each row of an N x K table: N. */
export function rowSums(values: Float64Array, columns: number): Float64Array {
  // -0 is what can be added to any number, 0 and -0 included, without changing it.
  const sums = new Float64Array(values.length / columns).fill(-0);
  for (let i = 0; i < values.length; i++) sums[Math.floor(i / columns)] += values[i];
  return sums;
}
