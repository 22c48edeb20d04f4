/**
 * Derivatives by central differences, for functions that give none.
 *
 * @module
 */

const EPSILON = 2 ** -52;

/**
 * The M x W Jacobian of g: R^W -> R^M at `w`, (g(w + h) - g(w - h)) / 2h with h = eps^(1/3) max(1, |w_i|), where rounding
 * and truncation balance (Nocedal & Wright 2006, section 8.1).
 */
export function centralDifferences(g: (w: Float64Array) => Float64Array, w: Float64Array): Float64Array {
  const point = w.slice();
  let jacobian: Float64Array | undefined;
  for (let i = 0; i < w.length; i++) {
    const [above, below, distance] = bracket(point, i, Math.cbrt(EPSILON), g);
    jacobian ??= new Float64Array(above.length * w.length);
    for (let m = 0; m < above.length; m++) jacobian[m * w.length + i] = (above[m] - below[m]) / distance;
  }
  return jacobian as Float64Array;
}

/** g above and below w_i, and how far apart the two points really are. */
function bracket<T>(point: Float64Array, i: number, step: number, g: (w: Float64Array) => T): [above: T, below: T, distance: number] {
  const centre = point[i];
  const h = step * Math.max(1, Math.abs(centre));
  const [high, low] = [centre + h, centre - h];
  point[i] = high;
  const above = g(point);
  point[i] = low;
  const below = g(point);
  point[i] = centre;
  return [above, below, high - low];
}

/** The W x W Hessian of a scalar g at `w` by second central differences with steps of eps^(1/4) max(1, |w_i|). */
export function secondDifferences(g: (w: Float64Array) => number, w: Float64Array): Float64Array {
  const width = w.length;
  const steps = w.map((value) => EPSILON ** 0.25 * Math.max(1, Math.abs(value)));
  const at = (i: number, a: number, j: number, b: number): number => {
    const point = w.slice();
    point[i] += a * steps[i];
    point[j] += b * steps[j];
    return g(point);
  };
  const hessian = new Float64Array(width * width);
  const centre = g(w);
  for (let i = 0; i < width; i++) {
    hessian[i * width + i] = (at(i, 1, i, 0) - 2 * centre + at(i, -1, i, 0)) / steps[i] ** 2;
    for (let j = 0; j < i; j++) {
      const mixed = (at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * steps[i] * steps[j]);
      hessian[i * width + j] = hessian[j * width + i] = mixed;
    }
  }
  return hessian;
}
