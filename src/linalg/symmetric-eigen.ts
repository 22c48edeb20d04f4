import { NotFiniteError } from "../errors.ts";
import { accelerator } from "./kernels.ts";
import { rotatingBasis, type RotatingBasis, type SymmetricReduction } from "./rotating-basis.ts";
import { accumulateReflections, tridiagonalize } from "./tridiagonal.ts";
import { rowMajor } from "./view.ts";

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
  const reduction = reduceSymmetric(a.map((entry) => entry * scale), n);
  const basis = reduction.basis();
  implicitQl(reduction.diagonal, reduction.offDiagonal, n, basis);
  const order = reduction.diagonal.map((_, i) => i).sort((i, j) => reduction.diagonal[i] - reduction.diagonal[j]);
  const values = order.map((source) => reduction.diagonal[source] / scale);
  return { values, vectors: basis.columns(order) };
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
  const { diagonal, offDiagonal } = reduceSymmetric(a.map((entry) => entry * scale), n);
  implicitQl(diagonal, offDiagonal, n);
  return diagonal.sort().map((value) => value / scale);
}

/** Numbers that the WebAssembly kernels need room for besides two matrices, and so many for each row. */
const workspace = 2048;
const workspaceRows = 75;

/** Reduces a symmetric matrix, whose entries are about one and which is spoiled, to tridiagonal form. */
function reduceSymmetric(a: Float64Array, n: number): SymmetricReduction {
  const fast = accelerator(n ** 3, 2 * n * n + workspaceRows * n + workspace);
  if (fast) return fast.reduceSymmetric(rowMajor(a, n), n);
  const reduced = tridiagonalize(a, n);
  const { diagonal, offDiagonal } = reduced;
  return { diagonal, offDiagonal, basis: () => rotatingBasis(accumulateReflections(reduced, n), n) };
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

/** Implicit QL with Wilkinson's shift on a tridiagonal matrix; the columns of `basis`, if given, are rotated along. */
function implicitQl(d: Float64Array, e: Float64Array, n: number, basis?: RotatingBasis): void {
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
      basis?.rotate(i + 1, m, cosines, sines);
      d[i + 1] -= p;
      if (i < l) e[l] = g;
      e[m] = 0;
    }
  }
}
