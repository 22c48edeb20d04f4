import { NotFiniteError } from "../errors.ts";
import { accumulateReflections, tridiagonalize } from "./tridiagonal.ts";

/** The eigendecomposition $A = V \operatorname{diag}(\lambda) V^\top$ of a symmetric matrix. */
export interface SymmetricEigen {
  /** The eigenvalues $\lambda$ in ascending order. */
  readonly values: Float64Array;
  /** The orthogonal matrix $V$, row-major: column $j$ is the eigenvector of $\lambda_j$. */
  readonly vectors: Float64Array;
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, by Householder tridiagonalisation and implicit QL.
 *
 * Golub & Van Loan (2013), Matrix Computations, sections 8.3.1 to 8.3.5; Dubrulle, Martin & Wilkinson (1971), Handbook for
 * Automatic Computation, II/4.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws {@link NotFiniteError} if an entry of the lower triangle is NaN or infinite, or the iteration does not converge
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const scale = scaleToUnity(a, n);
  const reduced = tridiagonalize(a.map((entry) => entry * scale), n);
  const rotated = accumulateReflections(reduced, n);
  implicitQl(reduced.diagonal, reduced.offDiagonal, n, rotated);
  const order = Array.from(reduced.diagonal.keys()).sort((i, j) => reduced.diagonal[i] - reduced.diagonal[j]);
  const values = Float64Array.from(order, (source) => reduced.diagonal[source] / scale);
  const vectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) vectors[i * n + j] = rotated[i * n + order[j]];
  }
  return { values, vectors };
}

/**
 * The eigenvalues of a symmetric matrix in ascending order, without eigenvectors: a small part of the work of
 * {@link symmetricEigen}.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws {@link NotFiniteError} if an entry of the lower triangle is NaN or infinite, or the iteration does not converge
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  const scale = scaleToUnity(a, n);
  const { diagonal, offDiagonal } = tridiagonalize(a.map((entry) => entry * scale), n);
  implicitQl(diagonal, offDiagonal, n);
  return diagonal.sort().map((value) => value / scale);
}

/** The power of two that brings the largest entry to about one, so that no square overflows or vanishes. */
function scaleToUnity(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(a[i * n + j]);
      if (!(size < Infinity)) throw new NotFiniteError(`The matrix must be finite, but entry (${i}, ${j}) is ${a[i * n + j]}.`);
      if (size > largest) largest = size;
    }
  }
  return largest === 0 ? 1 : 2 ** -Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))));
}

const maximumSweeps = 60;

/** Implicit QL with Wilkinson's shift on a tridiagonal matrix; the columns of `vectors`, if given, are rotated along. */
function implicitQl(d: Float64Array, e: Float64Array, n: number, vectors?: Float64Array): void {
  const cosines = new Float64Array(n);
  const sines = new Float64Array(n);
  // A coupling this small is rounding error of the largest entries; a bound relative to its neighbours might never be met.
  let negligible = 0;
  for (let i = 0; i < n; i++) negligible = Math.max(negligible, Number.EPSILON * (Math.abs(d[i]) + Math.abs(e[i])));
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > negligible) m++;
      if (m === l) break;
      if (sweep === maximumSweeps) throw new NotFiniteError(`The eigenvalues of the matrix could not be found: the QL iteration did not settle in ${maximumSweeps} sweeps. Standardise the inputs, or use a stronger prior.`);
      const half = (d[l + 1] - d[l]) / (2 * e[l]);
      const root = Math.sqrt(half * half + 1);
      let g = d[m] - d[l] + e[l] / (half + (half < 0 ? -root : root));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        const r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) break;
        s = f / r;
        c = g / r;
        sines[i] = s;
        cosines[i] = c;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
      }
      // Here i is l - 1, or the place where the matrix fell apart.
      if (vectors) rotateColumns(vectors, n, i + 1, m, cosines, sines);
      d[i + 1] -= p;
      if (i < l) e[l] = g;
      e[m] = 0;
    }
  }
}

/** Rotates the columns i and i + 1 by their angle for i from `last` - 1 down to `first`, four rows at a time. */
function rotateColumns(a: Float64Array, n: number, first: number, last: number, cosines: Float64Array, sines: Float64Array): void {
  let row = 0;
  for (; row + 4 <= n; row += 4) {
    const r0 = row * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    const r3 = r2 + n;
    let f0 = a[r0 + last];
    let f1 = a[r1 + last];
    let f2 = a[r2 + last];
    let f3 = a[r3 + last];
    for (let i = last - 1; i >= first; i--) {
      const c = cosines[i];
      const s = sines[i];
      const g0 = a[r0 + i];
      const g1 = a[r1 + i];
      const g2 = a[r2 + i];
      const g3 = a[r3 + i];
      a[r0 + i + 1] = s * g0 + c * f0;
      a[r1 + i + 1] = s * g1 + c * f1;
      a[r2 + i + 1] = s * g2 + c * f2;
      a[r3 + i + 1] = s * g3 + c * f3;
      f0 = c * g0 - s * f0;
      f1 = c * g1 - s * f1;
      f2 = c * g2 - s * f2;
      f3 = c * g3 - s * f3;
    }
    a[r0 + first] = f0;
    a[r1 + first] = f1;
    a[r2 + first] = f2;
    a[r3 + first] = f3;
  }
  for (; row < n; row++) {
    const start = row * n;
    let f = a[start + last];
    for (let i = last - 1; i >= first; i--) {
      const g = a[start + i];
      a[start + i + 1] = sines[i] * g + cosines[i] * f;
      f = cosines[i] * g - sines[i] * f;
    }
    a[start + first] = f;
  }
}
