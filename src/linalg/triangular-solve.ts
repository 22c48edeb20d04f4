import { addProduct, splitOrder } from "./gemm.ts";
import { accelerator, mustDivide } from "./kernels.ts";
import { blockColumns, multiplyPanels, pack, packedLeft, packedRight, tile, unpackRight } from "./micro-kernel.ts";
import { block, type View } from "./view.ts";

/** Systems up to this order are solved in packed form, larger ones are halved. */
const leaf = 64;

/**
 * Solves $L X = B$ in place for a lower triangular view $L$ of order `n`: $B \leftarrow L^{-1} B$. Transposed and upper
 * systems come as transposed and reversed views.
 *
 * Halving leaves nearly all the work to matrix products: $X_1 = L_{11}^{-1} B_1$, $B_2 \leftarrow B_2 - L_{21} X_1$,
 * $X_2 = L_{22}^{-1} B_2$ (Elmroth, Gustavson, Jonsson & Kågström 2004, SIAM Review 46, section 3).
 */
export function solveTriangular(l: View, n: number, b: View, columns: number): void {
  if (columns > 1) {
    const copies = n * n + 2 * n * columns;
    if (columns >= n && mustDivide(copies)) {
      const half = splitOrder(columns);
      solveTriangular(l, n, b, half);
      return solveTriangular(l, n, block(b, 0, half), columns - half);
    }
    const fast = accelerator((n * n * columns) / 2, copies);
    if (fast) return fast.solveTriangular(l, n, b, columns);
  }
  if (n <= leaf) return columns === 1 ? substituteVector(l, n, b) : substitute(l, n, b, columns);
  const half = splitOrder(n);
  const l22 = block(l, half, half);
  const b2 = block(b, half, 0);
  solveTriangular(l, half, b, columns);
  addProduct(-1, block(l, half, 0), b, b2, n - half, half, columns);
  solveTriangular(l22, n - half, b2, columns);
}

/**
 * Forward substitution on packed copies, four right-hand sides at a time: each tile of four rows loses what the rows above
 * contribute, by the micro-kernel, and is solved in itself.
 */
function substitute(l: View, n: number, b: View, columns: number): void {
  pack(packedLeft, l.data, l.offset, l.rowStride, l.columnStride, n, n);
  for (let j = 0; j < columns; j += blockColumns) {
    const width = Math.min(blockColumns, columns - j);
    const start = b.offset + j * b.columnStride;
    pack(packedRight, b.data, start, b.columnStride, b.rowStride, width, n);
    for (let group = 0; group < width; group += 4) {
      for (let i = 0; i < n; i += 4) {
        multiplyPanels(i * n, group * n, i);
        solveTile(i * n + 4 * i, group * n + 4 * i, Math.min(4, n - i));
      }
    }
    unpackRight(b.data, start, b.rowStride, b.columnStride, n, width);
  }
}

/** Subtracts the tile from packed rows that start at `right` and solves with the diagonal block of L packed at `left`. */
function solveTile(left: number, right: number, rows: number): void {
  const l = packedLeft;
  const x = packedRight;
  const t = tile;
  for (let r = 0; r < rows; r++) {
    const at = right + 4 * r;
    let s0 = x[at] - t[4 * r];
    let s1 = x[at + 1] - t[4 * r + 1];
    let s2 = x[at + 2] - t[4 * r + 2];
    let s3 = x[at + 3] - t[4 * r + 3];
    let from = left + r;
    for (let k = right; k < at; k += 4, from += 4) {
      const factor = l[from];
      s0 -= factor * x[k];
      s1 -= factor * x[k + 1];
      s2 -= factor * x[k + 2];
      s3 -= factor * x[k + 3];
    }
    const pivot = l[from];
    x[at] = s0 / pivot;
    x[at + 1] = s1 / pivot;
    x[at + 2] = s2 / pivot;
    x[at + 3] = s3 / pivot;
  }
}

/** Substitution for one vector, along the shorter stride of L: row by row, or column by column. */
function substituteVector(l: View, n: number, b: View): void {
  const { data, offset, rowStride: step } = b;
  const byRows = Math.abs(l.columnStride) <= Math.abs(l.rowStride);
  for (let i = 0; i < n; i++) {
    const at = offset + i * step;
    const diagonal = l.offset + i * (l.rowStride + l.columnStride);
    let value = data[at];
    if (byRows) {
      let from = l.offset + i * l.rowStride;
      for (let to = offset; to !== at; to += step, from += l.columnStride) value -= l.data[from] * data[to];
    }
    value /= l.data[diagonal];
    data[at] = value;
    if (byRows) continue;
    let from = diagonal;
    let to = at;
    for (let k = i + 1; k < n; k++) {
      from += l.rowStride;
      to += step;
      data[to] -= l.data[from] * value;
    }
  }
}
