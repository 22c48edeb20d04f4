import { solveTriangular, splitOrder } from "./triangular-solve.ts";
import { backward, block, reversedRows, transposed, type View } from "./view.ts";

/** Matrices up to this order are inverted entry by entry, larger ones are halved. */
const leaf = 32;

const buffer = new Float64Array(leaf);

/**
 * Inverts a row-major lower triangular view of order `n` in place, in $n^3 / 3$ operations; nothing above the diagonal is touched.
 *
 * The halves of the inverse are $L_{11}^{-1}$, $L_{22}^{-1}$ and $-L_{22}^{-1} L_{21} L_{11}^{-1}$, the last by two
 * triangular solves (Du Croz & Higham 1992, Stability of methods for matrix inversion, section 2).
 */
export function invertTriangular(l: View, n: number): void {
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
