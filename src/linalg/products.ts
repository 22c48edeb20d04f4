import { addProduct } from "./gemm.ts";
import { rowMajor, transposed } from "./view.ts";

/**
 * Adds a product to a matrix: $C \leftarrow C + A B$.
 *
 * @param a - $m \times k$, row-major
 * @param b - $k \times n$, row-major
 * @param m - the rows of $A$
 * @param k - the columns of $A$ and rows of $B$
 * @param n - the columns of $B$
 * @param c - $m \times n$, row-major, sharing no memory with the factors; zeros unless given
 * @returns `c`
 */
export function multiply(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  c: Float64Array = new Float64Array(m * n),
): Float64Array {
  addProduct(1, rowMajor(a, k), rowMajor(b, n), rowMajor(c, n), m, k, n);
  return c;
}

/**
 * Adds a product with the left factor transposed to a matrix: $C \leftarrow C + A^\top B$.
 *
 * @param a - $k \times m$, row-major
 * @param b - $k \times n$, row-major
 * @param m - the columns of $A$
 * @param k - the rows of $A$ and of $B$
 * @param n - the columns of $B$
 * @param c - $m \times n$, row-major, sharing no memory with the factors; zeros unless given
 * @returns `c`
 */
export function multiplyTransposedLeft(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  c: Float64Array = new Float64Array(m * n),
): Float64Array {
  addProduct(1, transposed(rowMajor(a, m)), rowMajor(b, n), rowMajor(c, n), m, k, n);
  return c;
}

/**
 * Adds a product with the right factor transposed to a matrix: $C \leftarrow C + A B^\top$.
 *
 * @param a - $m \times k$, row-major
 * @param b - $n \times k$, row-major
 * @param m - the rows of $A$
 * @param k - the columns of $A$ and of $B$
 * @param n - the rows of $B$
 * @param c - $m \times n$, row-major, sharing no memory with the factors; zeros unless given
 * @returns `c`
 */
export function multiplyTransposedRight(
  a: Float64Array,
  b: Float64Array,
  m: number,
  k: number,
  n: number,
  c: Float64Array = new Float64Array(m * n),
): Float64Array {
  addProduct(1, rowMajor(a, k), transposed(rowMajor(b, k)), rowMajor(c, n), m, k, n);
  return c;
}
