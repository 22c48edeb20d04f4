/**
 * A matrix inside a flat array: entry $(i, j)$ is `data[offset + i * rowStride + j * columnStride]`. Blocks, transposes
 * and reversals of a matrix are views of the same numbers, so that one kernel serves them all (Van Zee & van de Geijn
 * 2015, BLIS).
 */
export interface View {
  readonly data: Float64Array;
  readonly offset: number;
  readonly rowStride: number;
  readonly columnStride: number;
}

/** Which entries of a matrix are meant: all of them, or those on the diagonal and below. */
export type Part = "all" | "lower";

/** A row-major matrix of the given number of columns. */
export function rowMajor(data: Float64Array, columns: number): View {
  return { data, offset: 0, rowStride: columns, columnStride: 1 };
}

/** The part of a matrix that starts at row `i` and column `j`. */
export function block(view: View, i: number, j: number): View {
  const { data, offset, rowStride, columnStride } = view;
  return { data, offset: offset + i * rowStride + j * columnStride, rowStride, columnStride };
}

/** The transpose. */
export function transposed(view: View): View {
  const { data, offset, rowStride, columnStride } = view;
  return { data, offset, rowStride: columnStride, columnStride: rowStride };
}

/** The first `rows` rows in reverse order. */
export function reversedRows(view: View, rows: number): View {
  const { data, offset, rowStride, columnStride } = view;
  return { data, offset: offset + (rows - 1) * rowStride, rowStride: -rowStride, columnStride };
}

/** The transpose of a lower triangular matrix with rows and columns in reverse order, which is lower triangular again. */
export function backward(l: View, n: number): View {
  return reversedRows(transposed(reversedRows(l, n)), n);
}

/** Whether two views read the same numbers in the same order. */
export function sameNumbers(x: View, y: View): boolean {
  return x.data === y.data && x.offset === y.offset && x.rowStride === y.rowStride && x.columnStride === y.columnStride;
}
