import { addProduct } from "./gemm.ts";
import { rowMajor, transposed } from "./view.ts";

/**
 * Adds a scaled Gram matrix to the lower triangle: $C \leftarrow C + s A^\top A$.
 *
 * @param a - `rows` $\times n$, row-major
 * @param rows - the rows of $A$
 * @param n - the columns of $A$ and the order of $C$
 * @param c - $n \times n$, row-major; nothing above the diagonal is read or written
 * @param scale - the factor $s$, 1 unless given
 */
export function symmetricRankK(a: Float64Array, rows: number, n: number, c: Float64Array, scale = 1): void {
  const view = rowMajor(a, n);
  addProduct(scale, transposed(view), view, rowMajor(c, n), n, rows, n, "lower");
}

/**
 * Copies the lower triangle of a matrix onto its upper triangle.
 *
 * @param c - $n \times n$, row-major
 * @param n - its order
 */
export function mirrorLower(c: Float64Array, n: number): void {
  for (let i = 1; i < n; i++) {
    for (let j = 0; j < i; j++) c[j * n + i] = c[i * n + j];
  }
}
