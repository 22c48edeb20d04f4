/**
 * Derivatives by central differences, for functions that give none.
 *
 * @module
 */

import { NotFiniteError } from "../errors.ts";

const EPSILON = 2 ** -52;

/** Steps are shortened by tens, at most so often. */
const SHORTENINGS = 12;

type VectorFunction = (w: Float64Array) => Float64Array;

interface Bracket {
  readonly above: Float64Array;
  readonly below: Float64Array;
  /** How far apart the two points really are, after rounding. */
  readonly distance: number;
}

/** w with another entry i. */
function moved(w: Float64Array, i: number, value: number): Float64Array {
  const point = w.slice();
  point[i] = value;
  return point;
}

/** g at w_i + h and at w_i - h. */
function bracket(g: VectorFunction, w: Float64Array, i: number, h: number): Bracket {
  const at = (value: number): Float64Array => g(moved(w, i, value));
  const [high, low] = [w[i] + h, w[i] - h];
  return { above: at(high), below: at(low), distance: high - low };
}

/**
 * The bracket of a step that is short enough: h, or h / 10, h / 100, ... if g bends over it by more than `bend` of its size, or is
 * not defined at its ends. So parameters of 1e-7 get the short steps that they need, without being told apart from 0.
 */
function shortBracket(g: VectorFunction, w: Float64Array, i: number, h: number, bend: number, centre: Float64Array): Bracket & { readonly h: number } {
  for (let tries = 0; ; tries++, h /= 10) {
    try {
      const found = bracket(g, w, i, h);
      if (tries === SHORTENINGS || bendOf(found, centre) <= bend) return { ...found, h };
    } catch (error) {
      if (!(error instanceof NotFiniteError) || tries === SHORTENINGS) throw error;
    }
  }
}

/** Largest |g(w + h) + g(w - h) - 2 g(w)|, as a share of the largest |g|. */
function bendOf({ above, below }: Bracket, centre: Float64Array): number {
  let [bent, size] = [0, 0];
  for (let m = 0; m < centre.length; m++) {
    bent = Math.max(bent, Math.abs(above[m] + below[m] - 2 * centre[m]));
    size = Math.max(size, Math.abs(above[m]), Math.abs(below[m]), Math.abs(centre[m]));
  }
  return size === 0 ? 0 : bent / size;
}

/**
 * The M x W Jacobian of g: R^W -> R^M at `w`, (g(w + h) - g(w - h)) / 2h with h = eps^(1/3) max(1, |w_i|), where rounding
 * and truncation balance (Nocedal & Wright 2006, section 8.1), or shorter where g bends much over that.
 */
export function centralDifferences(g: VectorFunction, w: Float64Array): Float64Array {
  const centre = g(w);
  const jacobian = new Float64Array(centre.length * w.length);
  for (let i = 0; i < w.length; i++) {
    const { above, below, distance } = shortBracket(g, w, i, Math.cbrt(EPSILON) * Math.max(1, Math.abs(w[i])), 1e-8, centre);
    for (let m = 0; m < centre.length; m++) jacobian[m * w.length + i] = (above[m] - below[m]) / distance;
  }
  return jacobian;
}

/** The W x W Hessian of a scalar g at `w` by second central differences with steps of eps^(1/4) max(1, |w_i|), or shorter. */
export function secondDifferences(g: (w: Float64Array) => number, w: Float64Array): Float64Array {
  const width = w.length;
  const centre = Float64Array.of(g(w));
  const hessian = new Float64Array(width * width);
  const steps = new Float64Array(width);
  for (let i = 0; i < width; i++) {
    const { above, below, h } = shortBracket((point) => Float64Array.of(g(point)), w, i, EPSILON ** 0.25 * Math.max(1, Math.abs(w[i])), 1e-6, centre);
    steps[i] = h;
    hessian[i * width + i] = (above[0] - 2 * centre[0] + below[0]) / h ** 2;
  }
  const at = (i: number, a: number, j: number, b: number): number => g(moved(moved(w, i, w[i] + a * steps[i]), j, w[j] + b * steps[j]));
  for (let i = 0; i < width; i++) {
    for (let j = 0; j < i; j++) {
      const mixed = (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * steps[i] * steps[j]);
      hessian[i * width + j] = hessian[j * width + i] = mixed;
    }
  }
  return hessian;
}
