import { mirrorLower } from "./symmetric-rank-k.ts";
import { invertFactor, invertTriangular } from "./triangular-inverse.ts";
import { solveTriangular } from "./triangular-solve.ts";
import { backward, reversedRows, rowMajor, transposed } from "./view.ts";

/**
 * Solves $L X = B$ in place: $B \leftarrow L^{-1} B$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveLower(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  solveTriangular(rowMajor(l, n), n, rowMajor(b, columns), columns);
}

/**
 * Solves $L^\top X = B$ in place: $B \leftarrow L^{-\top} B$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveLowerTransposed(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  solveTriangular(backward(rowMajor(l, n), n), n, reversedRows(rowMajor(b, columns), n), columns);
}

/**
 * Solves $L v = b$ for every row $b^\top$ of $B$ in place: $B \leftarrow B L^{-\top}$. It whitens the rows of a
 * Jacobian: the squared norm of a whitened row is $b^\top (L L^\top)^{-1} b$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - `rows` $\times n$, row-major; overwritten with the solution
 * @param rows - the number of rows of $B$
 */
export function solveLowerRows(l: Float64Array, n: number, b: Float64Array, rows: number): void {
  solveTriangular(rowMajor(l, n), n, transposed(rowMajor(b, n)), rows);
}

/**
 * Solves $L L^\top X = B$ in place: $B \leftarrow (L L^\top)^{-1} B$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  solveLower(l, n, b, columns);
  solveLowerTransposed(l, n, b, columns);
}

/**
 * The diagonal of $(L L^\top)^{-1}$ as sums of squares over the columns of $L^{-1}$, so that no entry can come out
 * negative: $[(L L^\top)^{-1}]_{jj} = \sum_i [L^{-1}]_{ij}^2$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function inverseDiagonal(l: Float64Array, n: number): Float64Array {
  const inverse = inverseOfLower(l, n);
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) diagonal[j] += inverse[i * n + j] ** 2;
  }
  return diagonal;
}

/**
 * $L^{-1}$, with zeros above the diagonal.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - its order
 */
export function inverseOfLower(l: Float64Array, n: number): Float64Array {
  const inverse = lowerTriangle(l, n);
  invertTriangular(rowMajor(inverse, n), n);
  return inverse;
}

/**
 * The inverse $(L L^\top)^{-1} = L^{-\top} L^{-1}$, symmetric and in full.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function inverseFromCholesky(l: Float64Array, n: number): Float64Array {
  const inverse = invertFactor(lowerTriangle(l, n), n);
  mirrorLower(inverse, n);
  return inverse;
}

/** A copy with zeros above the diagonal. */
function lowerTriangle(l: Float64Array, n: number): Float64Array {
  const copy = new Float64Array(n * n);
  for (let i = 0; i < n; i++) copy.set(l.subarray(i * n, i * n + i + 1), i * n);
  return copy;
}
