import type { View } from "../linalg/view.ts";

/** CBLAS's names of the two ways in which a matrix lies in memory. */
const rowMajorOrder = 101;
const columnMajorOrder = 102;

/** A matrix as CBLAS takes it. */
export interface Storage {
  readonly order: typeof rowMajorOrder | typeof columnMajorOrder;
  /** Its numbers, from the first on. */
  readonly numbers: Float64Array;
  /** The distance between its rows, or columns. */
  readonly leading: number;
}

/** How the numbers of a view are stored: by rows or by columns, of which no copy is made. */
export function storageOf({ data, offset, rowStride, columnStride }: View, rows: number, columns: number): Storage {
  const numbers = data.subarray(offset);
  if (columnStride === 1 && rowStride >= columns) return { order: rowMajorOrder, numbers, leading: rowStride };
  if (rowStride === 1 && columnStride >= rows) return { order: columnMajorOrder, numbers, leading: columnStride };
  throw new RangeError(`A ${rows} x ${columns} matrix with strides ${rowStride} and ${columnStride} is not for CBLAS.`);
}
