import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";

/** Targets that are a number for each output, N x K, and as many scales of the outputs, where these are given. */
export function regressionTargets(targets: MatrixLike, rows: number, outputs: number, scales: Float64Array | undefined): Table {
  const table = toTable("targets", targets);
  if (table.rows !== rows || table.columns !== outputs) {
    throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${outputs}, a row for each input and a column for each output of the model`, received: `${table.rows} x ${table.columns}` });
  }
  if (scales === undefined || scales.length === outputs) return table;
  throw new InvalidArgumentError({ argument: "scales", expected: `${outputs} numbers, one for each output of the model`, received: `${scales.length}` });
}
