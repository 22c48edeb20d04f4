import { fitGeneralizedPareto, generalizedParetoQuantile } from "./generalized-pareto.ts";

/** Importance ratios with their largest smoothed. */
export interface SmoothedRatios {
  /** k-hat, the shape of their tail. */
  readonly shape: number;
  /** Their logarithms, in the order given. */
  readonly logRatios: Float64Array;
}

/** A tail of fewer ratios tells nothing of its shape. */
const FEWEST = 5;
/** Logarithms of ratios that differ by less are equal but for rounding. */
const EQUAL = 1e-8;
/** The estimate is drawn towards 1/2 as by so many exceedances (Vehtari et al. 2024, appendix C). */
const PRIOR_COUNT = 10;

/**
 * Pareto smoothing (Vehtari, Simpson, Gelman, Yao & Gabry 2024): the $\min(S / 5, 3 \sqrt S)$ largest ratios are replaced by the expected order statistics of the
 * generalised Pareto distribution that fits them, none above the largest. Ratios that are all equal have no tail, and the shape $-\infty$.
 */
export function paretoSmoothed(logRatios: Float64Array): SmoothedRatios {
  const count = logRatios.length;
  const order = Uint32Array.from(logRatios, (_, s) => s).sort((a, b) => logRatios[a] - logRatios[b]);
  const largest = logRatios[order[count - 1]];
  const tail = Math.ceil(Math.min(0.2 * count, 3 * Math.sqrt(count)));
  if (largest - logRatios[order[0]] < EQUAL) return { shape: -Infinity, logRatios };
  if (tail < FEWEST) return { shape: Infinity, logRatios };

  const inTail = order.subarray(count - tail);
  // Relative to the largest, so that nothing overflows.
  const cutoff = Math.exp(logRatios[order[count - tail - 1]] - largest);
  const exceedances = Float64Array.from(inTail, (s) => Math.exp(logRatios[s] - largest) - cutoff);
  if (!(exceedances[Math.floor(tail / 4 + 0.5) - 1] > 0)) return { shape: Infinity, logRatios };
  const fitted = fitGeneralizedPareto(exceedances);
  const shape = (tail * fitted.shape + PRIOR_COUNT * 0.5) / (tail + PRIOR_COUNT);
  const smoothed = logRatios.slice();
  inTail.forEach((s, i) => (smoothed[s] = largest + Math.min(0, Math.log(cutoff + generalizedParetoQuantile({ shape, scale: fitted.scale }, (i + 0.5) / tail)))));
  return { shape, logRatios: smoothed };
}
