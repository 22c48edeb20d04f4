import { logSumExp } from "./softmax.ts";

/** Where a density has fallen to exp(-40) of its peak, what lies beyond is below rounding. */
const DEPTH = 40;
/** At least so many intervals over the stretch that matters. */
const INTERVALS = 100;

/** So many doublings of a width come to the end of any stretch. */
const TRIES = 100;

/** An unnormalised density of one variable: its logarithm, which is concave. */
export interface Peak {
  readonly log: (x: number) => number;
  /** Where it is largest. */
  readonly mode: number;
  /** About how wide it is there. */
  readonly width: number;
  /** The longest step that does not miss a feature of it that is narrower than the whole. */
  readonly step: number;
}

/**
 * The log of $\int e^{g(x)} dx$ for concave g, by the trapezoidal rule over all of the stretch that matters. For analytic integrands that fall off at
 * both ends its error falls as exp(-c / step) (Trefethen & Weideman 2014).
 */
export function logIntegral(peak: Peak): number {
  const { from, step, intervals } = stretch(peak);
  return logSumExp(Float64Array.from({ length: intervals + 1 }, (_, i) => peak.log(from + i * step))) + Math.log(step);
}

/** The average of a function over a density, which need not be normalised but whose log should be about 0 at its mode. */
export function average(value: (x: number) => number, density: Peak): number {
  const { from, step, intervals } = stretch(density);
  let [sum, total] = [0, 0];
  for (let i = 0; i <= intervals; i++) {
    const weight = Math.exp(density.log(from + i * step));
    sum += weight * value(from + i * step);
    total += weight;
  }
  return sum / total;
}

function stretch({ log, mode, width, step }: Peak): { readonly from: number; readonly step: number; readonly intervals: number } {
  const least = log(mode) - DEPTH;
  const [from, to] = [end(log, mode, -width, least), end(log, mode, width, least)];
  const intervals = Math.max(INTERVALS, Math.ceil((to - from) / step));
  return { from, step: (to - from) / intervals, intervals };
}

/** Where the log has fallen to `least`, or up to a tenth further from the mode. */
function end(log: (x: number) => number, mode: number, width: number, least: number): number {
  let distance = width;
  for (let tries = 0; tries < TRIES && log(mode + distance) > least; tries++) distance *= 2;
  for (let tries = 0; tries < TRIES && log(mode + 0.9 * distance) <= least; tries++) distance *= 0.9;
  return mode + distance;
}
