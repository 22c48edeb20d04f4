import type { Matrix } from "ml-matrix";
import { NotFiniteError } from "../errors.ts";
import { toMatrix } from "../model/derivatives.ts";
import type { Interval } from "./prediction.ts";
import type { RegressionPrediction } from "./regression-prediction.ts";

/** Points and weights of Gauss and Legendre on -1 .. 1. */
const RULE = gaussLegendre(10);
/** Where the sum no longer changes by more than this share of it, it is good. */
const PRECISION = 1e-7;
/** The longest panel is halved so many times at most. */
const HALVINGS = 9;
/** What the squared tail adds beyond the ends is less than this share of the width. */
const NEGLIGIBLE = 1e-10;
/** In hyperbolic sines, the ends reach exp(64) widths at most. */
const FARTHEST = 64;

/**
 * The continuous ranked probability score of each target, the integral of (F(x) - [x >= t])^2, from cumulative probabilities and one interval. With x = c + w sinh(s) for the centre c and half the width w of the middle half of the
 * distribution, its body and its tails, however heavy, are of the size of 1 in s; the step at t is where panels meet.
 */
export function scoresByQuadrature({ cumulativeProbability, interval, mean: { rows, columns } }: Pick<RegressionPrediction, "cumulativeProbability" | "interval" | "mean">, targets: Float64Array): Matrix {
  const [lower, upper] = ends(interval(0.5));
  const width = upper.map((end, i) => 0.5 * (end - lower[i]));
  const centre = upper.map((end, i) => 0.5 * (end + lower[i]));
  const cumulative = (at: Float64Array): ArrayLike<number> => cumulativeProbability(toMatrix(at, rows, columns)).to1DArray();
  const place = (s: number, i: number): number => centre[i] + width[i] * Math.sinh(s);

  const isCertain = width.map((w) => (w > 0 ? 0 : 1));
  let reach = 4;
  for (; reach < FARTHEST; reach = Math.min(FARTHEST, 1.5 * reach)) {
    const [below, above] = [-reach, reach].map((s) => cumulative(width.map((_, i) => place(s, i))));
    const isOver = width.every((_, i) => isCertain[i] === 1 || Math.max(below[i], 1 - above[i]) ** 2 * Math.sinh(reach) < NEGLIGIBLE);
    if (isOver) break;
  }

  const step = targets.map((t, i) => (isCertain[i] === 1 ? 0 : Math.asinh((t - centre[i]) / width[i])));
  /** The integral in s between two ends of each entry, of the squared distance of F from 0 or 1. */
  const side = (from: (i: number) => number, to: (i: number) => number, panels: number, distance: (probability: number) => number): Float64Array => {
    const sum = new Float64Array(targets.length);
    for (let panel = 0; panel < panels; panel++) {
      for (const { point, weight } of RULE) {
        const half = (i: number): number => (0.5 * (to(i) - from(i))) / panels;
        const s = sum.map((_, i) => from(i) + (2 * panel + 1 + point) * half(i));
        const probabilities = cumulative(s.map(place));
        for (let i = 0; i < sum.length; i++) sum[i] += weight * half(i) * distance(probabilities[i]) ** 2 * width[i] * Math.cosh(s[i]);
      }
    }
    return sum;
  };
  const farBelow = (i: number): number => Math.min(step[i], -reach);
  const farAbove = (i: number): number => Math.max(step[i], reach);
  const integral = (panels: number): Float64Array => {
    const below = side(farBelow, (i) => step[i], panels, (p) => p);
    const above = side((i) => step[i], farAbove, panels, (p) => 1 - p);
    return below.map((value, i) => (isCertain[i] === 1 ? Math.abs(targets[i] - centre[i]) : value + above[i]));
  };

  let panels = Math.ceil(reach);
  let scores = integral(panels);
  for (let halving = 0; halving < HALVINGS; halving++) {
    panels *= 2;
    const finer = integral(panels);
    // Where there is no number, more panels make none.
    const isDone = !finer.some((score, i) => Math.abs(score - scores[i]) > PRECISION * score);
    scores = finer;
    if (isDone) break;
  }
  const bad = scores.findIndex((score) => !Number.isFinite(score));
  if (bad >= 0) throw new NotFiniteError(`The ranked probability score of example ${Math.floor(bad / columns)} is ${scores[bad]}: its distribution has too heavy tails, or its target is too far off.`);
  return toMatrix(scores, rows, columns);
}

function ends({ lower, upper }: Interval): readonly [Float64Array, Float64Array] {
  return [Float64Array.from(lower.to1DArray()), Float64Array.from(upper.to1DArray())];
}

interface RulePoint {
  readonly point: number;
  readonly weight: number;
}

/** Roots of the Legendre polynomial by Newton's method (Abramowitz & Stegun 1964, 25.4.29 and 22.16.6). */
function gaussLegendre(count: number): readonly RulePoint[] {
  return Array.from({ length: count }, (_, i) => {
    let x = Math.cos((Math.PI * (i + 0.75)) / (count + 0.5));
    let slope = 1;
    for (let tries = 0; tries < 20; tries++) {
      let [previous, value] = [1, x];
      for (let k = 2; k <= count; k++) [previous, value] = [value, ((2 * k - 1) * x * value - (k - 1) * previous) / k];
      slope = (count * (x * value - previous)) / (x * x - 1);
      x -= value / slope;
    }
    return { point: x, weight: 2 / ((1 - x * x) * slope * slope) };
  });
}
