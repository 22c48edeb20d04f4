import { digamma } from "./log-gamma.ts";
import { studentLogDensity } from "./student-t-density.ts";

/** Scale and degrees of freedom. */
export interface StudentTParameters {
  readonly scale: number;
  readonly degreesOfFreedom: number;
}

/** What the estimate is told. */
export interface StudentTEstimation {
  /** Which of them move. */
  readonly moves: { readonly scale: boolean; readonly degreesOfFreedom: boolean };
  /** gamma. */
  readonly effectiveParameters: number;
  /** The scale gets no smaller: no data are free of rounding. */
  readonly leastScale: number;
}

/** Below the first the variance is about to be infinite, at the second the distribution is Gaussian in effect. */
const [FEWEST, MOST] = [2.1, 1000];
/** Where the slope is looked at: there may be a maximum between two of them though it falls, or rises, at both ends. */
const LOG_NU = [FEWEST, 4, 8, 20, 100, MOST].map(Math.log);
/** The share of the degrees of freedom that is left to the noise where effective parameters take all. */
const LEAST_FREEDOM = 1e-3;

/**
 * Scale and degrees of freedom of the greatest evidence, given N residuals: with $c = \frac{\nu + 1}{(\nu + 3) s^2}$, in proportion to which the outer product grows, and
 * $\partial \log\det P / \partial \log c = \gamma$ held, as MacKay (1992a) does, the maximum of
 * $$\sum_n \log t_\nu(r_n / s) - N \log s - \frac\gamma2 \log c.$$
 * In s that is where the weighted squares come to what the parameters leave, $\sum \frac{\nu + 1}{\nu + z^2} z^2 = N - \gamma$: MacKay's noise where all weights are 1.
 */
export function estimatedStudentT(residuals: Float64Array, start: StudentTParameters, { moves, effectiveParameters, leastScale }: StudentTEstimation): StudentTParameters {
  const freedom = Math.max(residuals.length - effectiveParameters, LEAST_FREEDOM * residuals.length);
  const gamma = residuals.length - freedom;
  const squares = residuals.map((r) => r * r);
  const scaleOf = (nu: number): number => (moves.scale ? scaleFor(squares, nu, freedom, start.scale, leastScale) : start.scale);
  if (!moves.degreesOfFreedom) return { scale: scaleOf(start.degreesOfFreedom), degreesOfFreedom: start.degreesOfFreedom };
  // The scale is where its own derivative is 0, so that along these the other is all of the slope.
  // It falls as nu^-2, and times that is good to look for a root of.
  const slope = (logNu: number): number => Math.exp(2 * logNu) * slopeInDegreesOfFreedom(squares, scaleOf(Math.exp(logNu)), Math.exp(logNu), gamma);
  const slopes = LOG_NU.map(slope);
  const [first, last] = [slopes[0], slopes[slopes.length - 1]];
  const value = (nu: number): number => objective(residuals, scaleOf(nu), nu, gamma);
  // Maxima: where the slope changes its sign, and ends from which it does not lead inwards.
  const candidates = [...(first > 0 ? [] : [FEWEST]), ...(last < 0 ? [] : [MOST])];
  LOG_NU.forEach((log, i) => {
    if (i > 0 && slopes[i - 1] > 0 && slopes[i] <= 0) candidates.push(Math.exp(root(slope, [LOG_NU[i - 1], slopes[i - 1]], [log, slopes[i]])));
  });
  const degreesOfFreedom = candidates.reduce((best, nu) => (value(nu) > value(best) ? nu : best));
  return { scale: scaleOf(degreesOfFreedom), degreesOfFreedom };
}

function objective(residuals: Float64Array, scale: number, nu: number, gamma: number): number {
  const logDensity = residuals.reduce((sum, r) => sum + studentLogDensity(r / scale, nu), 0);
  return logDensity - residuals.length * Math.log(scale) - 0.5 * gamma * Math.log((nu + 1) / (nu + 3) / (scale * scale));
}

/** Its derivative with respect to nu. */
function slopeInDegreesOfFreedom(squares: Float64Array, scale: number, nu: number, gamma: number): number {
  const unit = 1 / (scale * scale * nu);
  let sum = 0;
  for (const square of squares) {
    const ratio = square * unit;
    sum += ((nu + 1) * (ratio / (1 + ratio))) / nu - Math.log1p(ratio);
  }
  return 0.5 * (sum + squares.length * (digamma(0.5 * (nu + 1)) - digamma(0.5 * nu) - 1 / nu) - gamma * (1 / (nu + 1) - 1 / (nu + 3)));
}

/** The s at which the sum of (nu + 1) z^2 / (nu + z^2), which falls in s, is the freedom: Newton's method in log s, kept between bounds. */
function scaleFor(squares: Float64Array, nu: number, freedom: number, start: number, least: number): number {
  const at = (logScale: number): { excess: number; slope: number } => {
    const unit = Math.exp(-2 * logScale) / nu;
    let [sum, slope] = [0, 0];
    for (const square of squares) {
      const share = square === 0 ? 0 : 1 / (1 + 1 / (square * unit));
      sum += share;
      slope -= 2 * share * (1 - share);
    }
    return { excess: (nu + 1) * sum - freedom, slope: (nu + 1) * slope };
  };
  let [low, high] = [Math.log(least), Infinity];
  if (!(at(low).excess > 0)) return least;
  let here = Math.max(low, Math.log(start));
  for (let tries = 0; tries < 200; tries++) {
    const { excess, slope } = at(here);
    if (excess > 0) low = here;
    else high = here;
    const newton = here - Math.max(-2, Math.min(2, excess / slope));
    const next = newton > low && newton < high ? newton : high === Infinity ? low + 2 : 0.5 * (low + high);
    if (Math.abs(next - here) < 1e-13 * (1 + Math.abs(here))) break;
    here = next;
  }
  return Math.exp(here);
}

type Point = readonly [x: number, value: number];

/** Where f changes its sign between two points, by false position with the Illinois rule (Dowell & Jarratt 1971). */
function root(f: (x: number) => number, a: Point, b: Point): number {
  let [[x0, y0], [x1, y1]] = [a, b];
  for (let tries = 0; tries < 200 && Math.abs(x1 - x0) > 1e-12; tries++) {
    const x = (x0 * y1 - x1 * y0) / (y1 - y0);
    const y = f(x);
    if (y === 0) return x;
    if (y > 0 === y1 > 0) y0 *= 0.5;
    else [x0, y0] = [x1, y1];
    if (Math.abs(x - x1) < 1e-12) return x;
    [x1, y1] = [x, y];
  }
  return x1;
}
