import { addProduct } from "./gemm.ts";
import { solveTriangular, splitOrder } from "./triangular-solve.ts";
import { block, rowMajor, transposed, type View } from "./view.ts";

/** Matrices up to this order are factorised entry by entry, larger ones are halved. */
const leaf = 24;

/**
 * Overwrites the symmetric matrix $A$ with its Cholesky factor $L$, $A = L L^\top$.
 *
 * Golub & Van Loan (2013), Matrix Computations, section 4.2; by halves, so that nearly all the work is matrix products
 * (Gustavson 1997, Recursion leads to automatic variable blocking, IBM J. Res. Dev. 41).
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read. On success it holds $L$, with zeros above the
 * diagonal; on failure it is spoiled
 * @param n - the order of $A$
 * @returns -1 on success, else the zero-based index of the first pivot that is not positive (or is NaN)
 */
export function cholesky(a: Float64Array, n: number): number {
  const failure = factorize(rowMajor(a, n), n);
  if (failure === -1) for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, i * n + n);
  return failure;
}

/** $L_{11} L_{11}^\top = A_{11}$, $L_{21} = A_{21} L_{11}^{-\top}$, $L_{22} L_{22}^\top = A_{22} - L_{21} L_{21}^\top$. */
function factorize(a: View, n: number): number {
  if (n <= leaf) return factorizeByRows(a, n);
  const half = splitOrder(n);
  const rest = n - half;
  const a21 = block(a, half, 0);
  const a22 = block(a, half, half);
  let failure = factorize(a, half);
  if (failure !== -1) return failure;
  solveTriangular(a, half, transposed(a21), rest);
  addProduct(-1, a21, transposed(a21), a22, rest, half, rest, "lower");
  failure = factorize(a22, rest);
  return failure === -1 ? -1 : half + failure;
}

/** Entry $(i, j)$ from the inner product of rows i and j of the factor. */
function factorizeByRows({ data, offset, rowStride }: View, n: number): number {
  for (let i = 0; i < n; i++) {
    const rowI = offset + i * rowStride;
    for (let j = 0; j <= i; j++) {
      const rowJ = offset + j * rowStride;
      let sum = data[rowI + j];
      for (let k = 0; k < j; k++) sum -= data[rowI + k] * data[rowJ + k];
      if (j < i) data[rowI + j] = sum / data[rowJ + j];
      else if (sum > 0) data[rowI + i] = Math.sqrt(sum);
      else return i;
    }
  }
  return -1;
}

/**
 * The log determinant of $A = L L^\top$: $\log\det A = 2 \sum_i \log L_{ii}$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function logDeterminant(l: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]);
  return 2 * sum;
}
