import { toTable, type MatrixLike } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";

/** A number for every entry of an N x K table: the same for all, or a table of them. */
export function entries(argument: string, value: number | MatrixLike, rows: number, columns: number): Float64Array {
  if (typeof value === "number" && !Number.isNaN(value)) return new Float64Array(rows * columns).fill(value);
  const table = toTable(argument, typeof value === "number" ? [value] : value);
  if (table.rows === rows && table.columns === columns) return table.data;
  throw new InvalidArgumentError({ argument, expected: `a number, or ${rows} x ${columns}`, received: `${table.rows} x ${table.columns}` });
}
