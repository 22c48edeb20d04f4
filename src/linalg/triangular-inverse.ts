import { addProduct, splitOrder } from "./gemm.ts";
import { accelerator } from "./kernels.ts";
import { solveTriangular } from "./triangular-solve.ts";
import { backward, block, reversedRows, rowMajor, transposed, type View } from "./view.ts";

/** Matrices up to this order are inverted entry by entry, larger ones are halved. */
const leaf = 32;

/** The rows of an inverse that are multiplied at a time. */
const panel = 32;

const buffer = new Float64Array(leaf);

/**
 * Inverts a row-major lower triangular view of order `n` in place, in $n^3 / 3$ operations; nothing above the diagonal is touched.
 *
 * The halves of the inverse are $L_{11}^{-1}$, $L_{22}^{-1}$ and $-L_{22}^{-1} L_{21} L_{11}^{-1}$, the last by two
 * triangular solves (Du Croz & Higham 1992, Stability of methods for matrix inversion, section 2).
 */
export function invertTriangular(l: View, n: number): void {
  const fast = accelerator(n ** 3 / 6, 2 * n * n);
  if (fast) return fast.invertTriangular(l, n);
  if (n <= leaf) return invertByRows(l, n);
  const half = splitOrder(n);
  const rest = n - half;
  const l21 = block(l, half, 0);
  const l22 = block(l, half, half);
  solveTriangular(l22, rest, l21, half);
  solveTriangular(backward(l, half), half, reversedRows(transposed(l21), half), rest);
  negate(l21, rest, half);
  invertTriangular(l, half);
  invertTriangular(l22, rest);
}

/**
 * The inverse $(L L^\top)^{-1} = L^{-\top} L^{-1}$ of a matrix from its Cholesky factor, row-major of order `n` with zeros above
 * the diagonal, which is spoiled. Only the lower triangle is returned.
 */
export function invertFactor(l: Float64Array, n: number): Float64Array {
  const factor = rowMajor(l, n);
  const fast = accelerator(n ** 3 / 3, 2 * n * n);
  if (fast) {
    fast.invertFactor(factor, n);
    return l;
  }
  invertTriangular(factor, n);
  const inverse = new Float64Array(n * n);
  addTriangularGram(factor, rowMajor(inverse, n), n);
  return inverse;
}

/**
 * Adds a Gram matrix to a lower triangle, $C \leftarrow C + W^\top W$, for a lower triangular $W$ with zeros above the diagonal, both
 * row-major of order `n`, in about $n^3 / 3$ operations.
 */
function addTriangularGram(w: View, c: View, n: number): void {
  // Panels so thick that the products of large matrices are worth copying.
  const thickness = Math.max(panel, Math.ceil(n / 32));
  for (let p = 0; p < n; p += thickness) {
    // These rows of W are zero from column `end` on.
    const end = Math.min(p + thickness, n);
    const rows = block(w, p, 0);
    addProduct(1, transposed(rows), rows, c, end, end - p, end, "lower");
  }
}

/** Row i of the inverse from the rows above it: $w_i = (e_i - \sum_{k<i} l_{ik} w_k) / l_{ii}$. */
function invertByRows({ data, offset, rowStride }: View, n: number): void {
  const sums = buffer;
  for (let i = 0; i < n; i++) {
    const row = offset + i * rowStride;
    for (let j = 0; j < i; j++) sums[j] = 0;
    for (let k = 0; k < i; k++) {
      const factor = data[row + k];
      const above = offset + k * rowStride;
      for (let j = 0; j <= k; j++) sums[j] -= factor * data[above + j];
    }
    const pivot = data[row + i];
    for (let j = 0; j < i; j++) data[row + j] = sums[j] / pivot;
    data[row + i] = 1 / pivot;
  }
}

function negate({ data, offset, rowStride }: View, rows: number, columns: number): void {
  for (let i = 0; i < rows; i++) {
    const row = offset + i * rowStride;
    for (let j = 0; j < columns; j++) data[row + j] = -data[row + j];
  }
}
