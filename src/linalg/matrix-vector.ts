import type { View } from "./view.ts";

/**
 * Adds a scaled matrix-vector product to a vector: $y \leftarrow y + s A x$ with $A$ of $m \times k$, and $x$ and $y$ the
 * first columns of two views. $A$ is read once, along its shorter stride, four rows or columns at a time.
 *
 * Golub & Van Loan (2013), Matrix Computations, section 1.1: the row- and the column-oriented gaxpy.
 */
export function addMatrixVector(scale: number, a: View, x: View, y: View, m: number, k: number): void {
  if (Math.abs(a.columnStride) <= Math.abs(a.rowStride)) addByRows(scale, a, x, y, m, k);
  else addByColumns(scale, a, x, y, m, k);
}

function addByRows(scale: number, a: View, x: View, y: View, m: number, k: number): void {
  const { data, rowStride, columnStride } = a;
  const step = x.rowStride;
  let i = 0;
  for (; i + 4 <= m; i += 4) {
    let s0 = 0, s1 = 0, s2 = 0, s3 = 0;
    let from = a.offset + i * rowStride;
    let at = x.offset;
    for (let p = 0; p < k; p++, from += columnStride, at += step) {
      const value = x.data[at];
      s0 += data[from] * value;
      s1 += data[from + rowStride] * value;
      s2 += data[from + 2 * rowStride] * value;
      s3 += data[from + 3 * rowStride] * value;
    }
    const to = y.offset + i * y.rowStride;
    y.data[to] += scale * s0;
    y.data[to + y.rowStride] += scale * s1;
    y.data[to + 2 * y.rowStride] += scale * s2;
    y.data[to + 3 * y.rowStride] += scale * s3;
  }
  for (; i < m; i++) {
    let sum = 0;
    let from = a.offset + i * rowStride;
    let at = x.offset;
    for (let p = 0; p < k; p++, from += columnStride, at += step) sum += data[from] * x.data[at];
    y.data[y.offset + i * y.rowStride] += scale * sum;
  }
}

function addByColumns(scale: number, a: View, x: View, y: View, m: number, k: number): void {
  const { data, rowStride, columnStride } = a;
  const step = y.rowStride;
  let p = 0;
  for (; p + 4 <= k; p += 4) {
    const at = x.offset + p * x.rowStride;
    const x0 = scale * x.data[at];
    const x1 = scale * x.data[at + x.rowStride];
    const x2 = scale * x.data[at + 2 * x.rowStride];
    const x3 = scale * x.data[at + 3 * x.rowStride];
    let from = a.offset + p * columnStride;
    let to = y.offset;
    for (let i = 0; i < m; i++, from += rowStride, to += step) {
      y.data[to] +=
        data[from] * x0 + data[from + columnStride] * x1 + data[from + 2 * columnStride] * x2 + data[from + 3 * columnStride] * x3;
    }
  }
  for (; p < k; p++) {
    const factor = scale * x.data[x.offset + p * x.rowStride];
    let from = a.offset + p * columnStride;
    let to = y.offset;
    for (let i = 0; i < m; i++, from += rowStride, to += step) y.data[to] += data[from] * factor;
  }
}
