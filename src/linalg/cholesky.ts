import { addProduct, splitOrder } from "./gemm.ts";
import { accelerator } from "./kernels.ts";
import { solveTriangular } from "./triangular-solve.ts";
import { block, rowMajor, transposed, type View } from "./view.ts";

/** Matrices up to this order are factorised entry by entry, larger ones are halved. */
const leaf = 32;

const buffer = new Float64Array(leaf);

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
  for (let i = 0; i < n; i++) a.fill(0, i * n + i + 1, i * n + n);
  return failure;
}

/** $L_{11} L_{11}^\top = A_{11}$, $L_{21} = A_{21} L_{11}^{-\top}$, $L_{22} L_{22}^\top = A_{22} - L_{21} L_{21}^\top$. */
function factorize(a: View, n: number): number {
  const fast = accelerator(n ** 3 / 6, 2 * n * n);
  if (fast) return fast.factorize(a, n);
  if (n <= leaf) return factorizeByColumns(a, n);
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

/** Column by column: each is scaled by its pivot, and its outer product leaves the triangle to its right. */
function factorizeByColumns({ data, offset, rowStride }: View, n: number): number {
  const column = buffer;
  for (let j = 0; j < n; j++) {
    let row = offset + j * rowStride;
    const pivot = data[row + j];
    if (!(pivot > 0)) return j;
    const root = Math.sqrt(pivot);
    data[row + j] = root;
    for (let i = j + 1; i < n; i++) {
      row += rowStride;
      const entry = data[row + j] / root;
      data[row + j] = entry;
      column[i] = entry;
      for (let k = j + 1; k <= i; k++) data[row + k] -= entry * column[k];
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
