import { dot } from "../linalg/vector.ts";
import type { Search, SearchPoint } from "./search.ts";

/** A point along the search direction. */
interface Trial<P extends SearchPoint> {
  readonly point: P;
  /** How far along. */
  readonly step: number;
  /** The slope of the loss along the direction there. */
  readonly slope: number;
}

/** Sufficient decrease and curvature, the usual constants for quasi-Newton steps (Nocedal & Wright 2006, section 3.1). */
const DECREASE = 1e-4;
const CURVATURE = 0.9;
/** Losses that agree to this are taken for equal, and slopes decide. */
const ROUNDING = 1e-11;
const MOST_TRIALS = 40;

/**
 * A point along a descent direction that meets the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 3.5 and 3.6 with
 * cubic interpolation), or undefined if there is none within reach. Steps into infinite losses are shortened.
 *
 * Where losses differ by rounding alone, the approximate conditions of Hager & Zhang (2005, eq. 4.1) are taken: they look at
 * slopes, which can still tell points apart there.
 */
export function* lineSearch<P extends SearchPoint>(start: P, direction: Float64Array, firstStep: number): Search<P, P | undefined> {
  const origin: Trial<P> = { point: start, step: 0, slope: dot(start.gradient, direction) };
  if (!(origin.slope < 0)) return undefined;

  let low = origin;
  let high: Trial<P> | undefined;
  let step = firstStep;
  for (let trials = 0; trials < MOST_TRIALS; trials++) {
    const point = yield start.weights.map((w, i) => w + step * direction[i]);
    const trial = { point, step, slope: dot(point.gradient, direction) };
    if (accepts(origin, trial)) return trial.point;
    if (rises(origin, trial) || trial.point.loss >= low.point.loss) high = trial;
    else {
      // The minimum lies where the slope points: beyond the trial, or back towards the old low end.
      if (trial.slope * (high === undefined ? 1 : high.step - low.step) >= 0) high = low;
      low = trial;
    }
    step = high === undefined ? 3 * step : between(low, high);
    if (Math.abs(step - low.step) <= 1e-16 * step) break;
  }
  return low !== origin && low.point.loss < start.loss ? low.point : undefined;
}

function rises(origin: Trial<SearchPoint>, { point, step }: Trial<SearchPoint>): boolean {
  return !(point.loss <= origin.point.loss + DECREASE * step * origin.slope);
}

function accepts(origin: Trial<SearchPoint>, trial: Trial<SearchPoint>): boolean {
  if (!Number.isFinite(trial.point.loss) || Math.abs(trial.slope) > -CURVATURE * origin.slope) return false;
  if (!rises(origin, trial)) return true;
  return trial.point.loss <= origin.point.loss * (1 + ROUNDING) && trial.slope <= (2 * DECREASE - 1) * origin.slope;
}

/** The minimum of the cubic through both ends (Nocedal & Wright, eq. 3.59), kept away from the ends; the middle if there is none. */
function between(low: Trial<SearchPoint>, high: Trial<SearchPoint>): number {
  const width = high.step - low.step;
  const middle = low.step + 0.5 * width;
  if (!Number.isFinite(high.point.loss)) return low.step + 0.1 * width;
  const d1 = low.slope + high.slope - (3 * (low.point.loss - high.point.loss)) / (low.step - high.step);
  const square = d1 * d1 - low.slope * high.slope;
  if (!(square >= 0)) return middle;
  const d2 = Math.sign(width) * Math.sqrt(square);
  const cubic = high.step - (width * (high.slope + d2 - d1)) / (high.slope - low.slope + 2 * d2);
  if (!Number.isFinite(cubic)) return middle;
  const share = (cubic - low.step) / width;
  return low.step + Math.min(0.9, Math.max(0.1, share)) * width;
}
