/** Seeded test matrices, flat and row-major, and the scaled residuals of LAPACK's test suite. */

export const epsilon = Number.EPSILON / 2;

/** Every small order, and the orders around the kernels' blocks. */
export const orders = [...Array.from({ length: 66 }, (_, n) => n), 95, 96, 97, 127, 128, 129, 191, 255, 256, 257];

/** Uniform numbers in [-1, 1) (mulberry32). */
export function uniform(length: number, seed: number): Float64Array {
  let state = seed * 0x9e3779b9;
  return Float64Array.from({ length }, () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 31 - 1;
  });
}

export function fromEntries(rows: number, columns: number, entry: (i: number, j: number) => number): Float64Array {
  const a = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) a[i * columns + j] = entry(i, j);
  return a;
}

export const identity = (n: number) => fromEntries(n, n, (i, j) => (i === j ? 1 : 0));

export const transpose = (a: Float64Array, rows: number, columns: number) =>
  fromEntries(columns, rows, (i, j) => a[j * columns + i]);

/** The product of an m x k and a k x n matrix, by the definition in its plainest order. */
export function naiveProduct(a: Float64Array, b: Float64Array, m: number, k: number, n: number): Float64Array {
  const c = new Float64Array(m * n);
  for (let i = 0; i < m; i++) {
    for (let p = 0; p < k; p++) {
      const factor = a[i * k + p];
      for (let j = 0; j < n; j++) c[i * n + j] += factor * b[p * n + j];
    }
  }
  return c;
}

export function symmetric(n: number, seed: number): Float64Array {
  const a = uniform(n * n, seed);
  return fromEntries(n, n, (i, j) => a[Math.max(i, j) * n + Math.min(i, j)]);
}

/** A lower triangular matrix with a diagonal in [1, 2) and small entries below, so that solving is well conditioned. */
export function lowerTriangular(n: number, seed: number): Float64Array {
  const a = uniform(n * n, seed);
  return fromEntries(n, n, (i, j) => (i === j ? 1.5 + a[i * n + i] / 2 : j < i ? a[i * n + j] / Math.sqrt(n) : 0));
}

/** Q diag(values) Q' with Q a product of three random reflections. */
export function withEigenvalues(values: ArrayLike<number>, seed: number): Float64Array {
  const n = values.length;
  let a = fromEntries(n, n, (i, j) => (i === j ? values[i] : 0));
  for (let reflection = 0; reflection < 3; reflection++) {
    const v = uniform(n, seed + reflection);
    const factor = 2 / v.reduce((sum, x) => sum + x * x, 0);
    const p = naiveProduct(a, v, n, n, 1).map((x) => x * factor);
    const inner = (factor / 2) * p.reduce((sum, x, i) => sum + x * v[i], 0);
    const w = p.map((x, i) => x - inner * v[i]);
    const previous = a;
    a = fromEntries(n, n, (i, j) => {
      const [row, column] = i < j ? [j, i] : [i, j];
      return previous[row * n + column] - (v[row] * w[column] + w[row] * v[column]);
    });
  }
  return a;
}

/** Eigenvalues from 1 down to 1 / condition, evenly spaced in the logarithm. */
export const positiveDefinite = (n: number, condition: number, seed: number) =>
  withEigenvalues(
    Array.from({ length: n }, (_, i) => condition ** (-i / Math.max(1, n - 1))),
    seed,
  );

/** Random, with rows and columns scaled from 1 down to 1e-8: far from equilibrated. */
export function graded(n: number, seed: number): Float64Array {
  const a = positiveDefinite(n, 10, seed);
  const scale = (i: number) => 10 ** ((-8 * i) / Math.max(1, n - 1));
  return fromEntries(n, n, (i, j) => a[i * n + j] * scale(i) * scale(j));
}

export const hilbert = (n: number) => fromEntries(n, n, (i, j) => 1 / (i + j + 1));

/** The copy of a matrix with NaN above the diagonal, to show that nothing there is read. */
export const hideUpper = (a: Float64Array, n: number) => fromEntries(n, n, (i, j) => (j > i ? NaN : a[i * n + j]));

/** The 1-norm: the largest column sum. */
export function norm(a: Float64Array, rows: number, columns: number): number {
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows; i++) for (let j = 0; j < columns; j++) sums[j] += Math.abs(a[i * columns + j]);
  return sums.reduce((largest, sum) => (sum > largest || Number.isNaN(sum) ? sum : largest), 0);
}

export const subtract = (a: Float64Array, b: Float64Array) => a.map((x, i) => x - b[i]);

/** A small difference of n x n matrices in units of n eps ||a||. */
export function scaledDifference(actual: Float64Array, expected: Float64Array, n: number): number {
  const difference = norm(subtract(actual, expected), n, n);
  return difference === 0 ? 0 : difference / (n * epsilon * norm(expected, n, n));
}
