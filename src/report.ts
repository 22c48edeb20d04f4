/**
 * Plain-text reports: numbers and columns that line up.
 *
 * @module
 */

/** A number with five significant digits. */
export function significant(value: number): string {
  const size = Math.abs(value);
  return size !== 0 && (size >= 1e5 || size < 1e-3) ? value.toExponential(3) : value.toPrecision(5);
}

/** Rows of cells as lines, columns padded: the first to the left, the others to the right unless `left` says so. */
export function columns(rows: readonly (readonly string[])[], left: readonly number[] = [0]): string {
  const widths = rows[0].map((_, c) => Math.max(...rows.map((row) => row[c].length)));
  const pad = (cell: string, c: number): string => (left.includes(c) ? cell.padEnd(widths[c]) : cell.padStart(widths[c]));
  return rows.map((row) => row.map(pad).join("  ").trimEnd()).join("\n");
}
