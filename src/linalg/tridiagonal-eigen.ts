import { NotFiniteError } from "../errors.ts";
import type { RotatingBasis, SymmetricReduction } from "./rotating-basis.ts";

/** The eigendecomposition $A = V \operatorname{diag}(\lambda) V^\top$ of a symmetric matrix. */
export interface SymmetricEigen {
  /** The eigenvalues $\lambda$ in ascending order. */
  readonly values: Float64Array;
  /** The orthogonal matrix $V$, row-major: column $j$ is the eigenvector of $\lambda_j$. */
  readonly vectors: Float64Array;
}

/** The eigendecomposition of a matrix that is reduced to tridiagonal form. */
export function eigenOf(reduction: SymmetricReduction, n: number): SymmetricEigen {
  const { diagonal, offDiagonal } = reduction;
  const basis = reduction.basis();
  implicitQl(diagonal, offDiagonal, n, basis);
  const order = diagonal.map((_, i) => i).sort((i, j) => diagonal[i] - diagonal[j]);
  return { values: order.map((source) => diagonal[source]), vectors: basis.columns(order) };
}

/** Its eigenvalues alone, in ascending order. */
export function eigenvaluesOf({ diagonal, offDiagonal }: SymmetricReduction, n: number): Float64Array {
  implicitQl(diagonal, offDiagonal, n);
  return diagonal.sort();
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
