import { wholeNumber } from "../errors.ts";

/**
 * How probabilities are put into bins.
 *
 * @category Calibration
 */
export interface Binning {
  /** For messages and plots. */
  readonly name: string;
  /** The ends of the bins for such probabilities, from the lowest to the highest, one more than there are bins. A probability that is an end belongs to the bin below it. */
  edges(probabilities: Float64Array): Float64Array;
}

/**
 * Bins of equal width over 0 .. 1, as in Guo et al. (2017). Comparable between models; where most probabilities are near 1, most bins hold few examples.
 *
 * @category Calibration
 * @param count - Default 15.
 * @example
 * ```ts
 * import { equalWidthBins, expectedCalibrationError } from "laplace-ts";
 * const probabilities = [[0.9, 0.1], [0.6, 0.4], [0.1, 0.9], [0.2, 0.8]];
 * console.log(expectedCalibrationError({ probabilities }, [0, 1, 1, 1], { bins: equalWidthBins(5) }).toFixed(2)); // 0.25
 * ```
 */
export function equalWidthBins(count = 15): Binning {
  wholeNumber("count", count, 1);
  return { name: `${count} bins of equal width`, edges: () => Float64Array.from({ length: count + 1 }, (_, i) => i / count) };
}

/**
 * Bins between quantiles of the probabilities, with as many examples in each; equal probabilities stay together. Every bin then says as much as the others, and the calibration error
 * is less biased (Nixon et al. 2019; Roelofs et al. 2022).
 *
 * @category Calibration
 * @param count - Default 15; never more than there are different probabilities.
 * @example
 * ```ts
 * import { equalMassBins, reliabilityBins } from "laplace-ts";
 * const probability = [0.55, 0.6, 0.7, 0.8, 0.9, 0.95];
 * console.log(reliabilityBins({ probability }, [1, 0, 1, 0, 1, 1], { bins: equalMassBins(3) }).map(({ count }) => count).join(" ")); // 2 2 2
 * ```
 */
export function equalMassBins(count = 15): Binning {
  wholeNumber("count", count, 1);
  return {
    name: `${count} bins of equal mass`,
    edges: (probabilities) => {
      const sorted = probabilities.slice().sort();
      return Float64Array.from({ length: count + 1 }, (_, i) => quantile(sorted, i / count));
    },
  };
}

/** Interpolated linearly between order statistics. */
function quantile(sorted: Float64Array, level: number): number {
  const position = level * (sorted.length - 1);
  const below = Math.floor(position);
  const above = Math.min(sorted.length - 1, below + 1);
  return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
}

/** The bin of a probability: the number of inner edges below it. */
export function binOf(edges: Float64Array, probability: number): number {
  let [low, high] = [1, edges.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edges[middle] < probability) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
