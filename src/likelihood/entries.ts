import { toTable, type MatrixLike } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";

/** A number for every entry of an N x K table: the same for all, or a table of them. */
export function entries(argument: string, value: number | MatrixLike, rows: number, columns: number): Float64Array {
  return spread(argument, typeof value === "number" && Number.isNaN(value) ? [value] : value, rows, columns);
}

/** The same, of which each must be as expected. */
export function entriesThat(holds: (value: number) => boolean, expected: string, argument: string, value: number | MatrixLike, rows: number, columns: number): Float64Array {
  const values = spread(argument, value, rows, columns);
  const bad = values.findIndex((entry) => !holds(entry));
  if (bad >= 0) throw new InvalidArgumentError({ argument, expected, received: `${values[bad]}` });
  return values;
}

function spread(argument: string, value: number | MatrixLike, rows: number, columns: number): Float64Array {
  if (typeof value === "number") return new Float64Array(rows * columns).fill(value);
  const table = toTable(argument, value);
  if (table.rows === rows && table.columns === columns) return table.data;
  throw new InvalidArgumentError({ argument, expected: `a number, or ${rows} x ${columns}`, received: `${table.rows} x ${table.columns}` });
}

/** The targets of an N x K prediction. */
export function alike({ rows, columns }: { readonly rows: number; readonly columns: number }, targets: MatrixLike): Float64Array {
  const table = toTable("targets", targets);
  if (table.rows === rows && table.columns === columns) return table.data;
  throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${columns}, as the prediction`, received: `${table.rows} x ${table.columns}` });
}
