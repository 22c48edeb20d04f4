/** Steps at which truncation and rounding of first and of nested differences balance, to be multiplied by max(1, sqrt |f|). */
const STEP = 2e-3;
const NESTED_STEP = 1e-2;

type VectorFunction = (f: Float64Array) => ArrayLike<number>;

/**
 * The M x K Jacobian of g: R^K -> R^M at f by central differences with Richardson's extrapolation, (8 [g(f + h) - g(f - h)] - [g(f + 2h) - g(f - 2h)]) / 12h,
 * whose truncation error is of the order h^4 (Abramowitz & Stegun 1964, 25.3.21).
 */
export function extrapolatedJacobian(g: VectorFunction, f: Float64Array, share = STEP): Float64Array {
  const point = f.slice();
  const columns = Array.from(f, (value, k) => {
    // What it really is after rounding.
    const h = value + share * Math.max(1, Math.sqrt(Math.abs(value))) - value;
    const at = (steps: number): ArrayLike<number> => {
      point[k] = value + steps * h;
      // A function may hand out the same array each time.
      return Float64Array.from(g(point));
    };
    const [a, b, c, d] = [at(-2), at(-1), at(1), at(2)];
    point[k] = value;
    return Float64Array.from(a, (_, m) => (8 * (c[m] - b[m]) - (d[m] - a[m])) / (12 * h));
  });
  const rows = columns[0].length;
  return Float64Array.from({ length: rows * f.length }, (_, i) => columns[i % f.length][Math.floor(i / f.length)]);
}

/** The K x K Hessian of a scalar, by differences of its gradient where there is one, else by differences of differences. */
export function extrapolatedHessian(value: (f: Float64Array) => number, gradient: VectorFunction | undefined, f: Float64Array): Float64Array {
  const nested: VectorFunction = (at) => extrapolatedJacobian((g) => [value(g)], at, NESTED_STEP);
  const hessian = gradient === undefined ? extrapolatedJacobian(nested, f, NESTED_STEP) : extrapolatedJacobian(gradient, f);
  const count = f.length;
  return hessian.map((h, i) => 0.5 * (h + hessian[(i % count) * count + Math.floor(i / count)]));
}
