import type { Matrix } from "ml-matrix";
import { InvalidArgumentError, describe } from "./errors.ts";

/**
 * A flat, row-major array of numbers with its shape.
 *
 * @category Data
 */
export interface FlatArray {
  /** The numbers, row after row. */
  readonly data: ArrayLike<number>;
  /** Rows and columns. */
  readonly shape: readonly [rows: number, columns: number];
}

/**
 * What is taken wherever a table of numbers is: an `ml-matrix` Matrix, an array of rows, a flat array with its shape, or
 * a plain or typed array of numbers, which is one column.
 *
 * @category Data
 */
export type MatrixLike = Matrix | readonly ArrayLike<number>[] | FlatArray | ArrayLike<number>;

/**
 * Examples to learn from or to be judged by.
 *
 * @category Data
 */
export interface Data {
  /** N x D, one row an example. */
  readonly inputs: MatrixLike;
  /** N x K numbers for regression; labels 0 .. K - 1 or one-hot rows for classification. */
  readonly targets: MatrixLike;
}

/**
 * A dense row-major table: the form in which numbers travel inside the library.
 *
 * @category Data
 */
export interface Table {
  /** The numbers, row after row. */
  readonly data: Float64Array;
  /** How many rows. */
  readonly rows: number;
  /** How many columns. */
  readonly columns: number;
}

/**
 * Turns any {@link MatrixLike} into a {@link Table} of finite numbers.
 *
 * @param argument - Name for messages.
 * @throws {@link InvalidArgumentError} when it is empty, ragged, not numeric, or has NaN or infinite entries.
 */
export function toTable(argument: string, source: MatrixLike): Table {
  const table = read(argument, source);
  if (table.rows === 0 || table.columns === 0) throw new InvalidArgumentError({ argument, expected: "at least one row and one column", received: `${table.rows} x ${table.columns}` });
  for (let i = 0; i < table.data.length; i++) {
    if (Number.isFinite(table.data[i])) continue;
    const where = `row ${Math.floor(i / table.columns)}, column ${i % table.columns}`;
    throw new InvalidArgumentError({ argument, expected: "finite numbers", received: `${table.data[i]} at ${where}`, advice: "Drop or impute missing values first." });
  }
  return table;
}

function read(argument: string, source: MatrixLike): Table {
  if (isMatrix(source)) return { data: Float64Array.from(source.to1DArray()), rows: source.rows, columns: source.columns };
  if (isFlat(source)) return readFlat(argument, source);
  if (typeof source !== "object" || source === null || typeof source.length !== "number") {
    throw new InvalidArgumentError({ argument, expected: "a Matrix, an array of rows, an array of numbers, or { data, shape }", received: describe(source), advice: adviceForSource(source) });
  }
  if (source.length > 0 && typeof source[0] === "object") return readRows(argument, source as readonly ArrayLike<number>[]);
  return { data: toNumbers(argument, source as ArrayLike<number>), rows: source.length, columns: 1 };
}

function adviceForSource(source: unknown): string | undefined {
  if (source instanceof Promise) return "Await it first.";
  if (typeof source !== "object" || source === null || !(Symbol.iterator in source || Symbol.asyncIterator in source)) return undefined;
  return "Collect it into an array first, or call once for each batch: of iterables and streams, laplace() and withMoreData() alone take batches.";
}

/** Whether it is an `ml-matrix` Matrix, perhaps of another copy of that library. */
export function isMatrix(source: unknown): source is Matrix {
  return typeof (source as Matrix | null)?.to1DArray === "function";
}

function isFlat(source: MatrixLike): source is FlatArray {
  return Array.isArray((source as FlatArray | null)?.shape);
}

function readFlat(argument: string, { data, shape }: FlatArray): Table {
  const [rows, columns] = shape;
  if (shape.length !== 2 || !shape.every((size) => Number.isSafeInteger(size) && size >= 0)) throw new InvalidArgumentError({ argument, expected: "a shape of two whole numbers, [rows, columns]", received: describe(shape) });
  // A function has a length, too: tensors of TensorFlow.js and arrays of jax-js give their numbers by a method `data`.
  if (typeof data === "function") throw new InvalidArgumentError({ argument, expected: "an array of numbers as data", received: "a function", advice: "Of a tensor, pass { data: await tensor.data(), shape: tensor.shape }." });
  if (typeof data?.length !== "number") throw new InvalidArgumentError({ argument, expected: "an array of numbers as data", received: describe(data) });
  if (data.length !== rows * columns) throw new InvalidArgumentError({ argument, expected: `${rows} x ${columns} = ${rows * columns} numbers, as its shape says`, received: `${data.length}` });
  return { data: toNumbers(argument, data), rows, columns };
}

function readRows(argument: string, rows: readonly ArrayLike<number>[]): Table {
  const columns = (rows[0] as ArrayLike<number> | null)?.length;
  if (columns === undefined) throw new InvalidArgumentError({ argument, expected: "rows of numbers", received: `${describe(rows[0])} in row 0`, advice: adviceFor(rows[0]) });
  const data = new Float64Array(rows.length * columns);
  for (let n = 0; n < rows.length; n++) {
    const row = rows[n] as ArrayLike<number> | null | undefined;
    if (row?.length !== columns) throw new InvalidArgumentError({ argument, expected: `rows of ${columns} numbers, as row 0 has`, received: `${row?.length === undefined ? describe(row) : row.length} in row ${n}`, advice: row?.length === undefined ? adviceFor(row) : undefined });
    data.set(toNumbers(`${argument}[${n}]`, row), n * columns);
  }
  return { data, rows: rows.length, columns };
}

/** The same numbers in an array of their own, which the caller cannot change under us; nothing but numbers may pass. */
export function toNumbers(argument: string, source: ArrayLike<number>): Float64Array {
  if (source instanceof Float64Array) return source.slice();
  const data = new Float64Array(source.length);
  for (let i = 0; i < data.length; i++) {
    const value: unknown = source[i];
    // Number(null) and Number("") are 0: only real numbers may pass.
    if (typeof value !== "number") throw new InvalidArgumentError({ argument, expected: "numbers", received: `${describe(value)} at index ${i}`, advice: adviceFor(value) });
    data[i] = value;
  }
  return data;
}

/** What to do about something that is in the place of a number or of a row. */
function adviceFor(value: unknown): string | undefined {
  if (value === null || value === undefined || (typeof value === "string" && value.trim() === "")) return "Drop or impute missing values first.";
  if (value instanceof Date) return "A date becomes a number by date.getTime(), in milliseconds.";
  if (Object.prototype.toString.call(value) === "[object Object]") return "A row is an array of its numbers: records.map(({ a, b }) => [a, b]).";
  if (typeof value === "bigint") return "Convert it with Number() first.";
  if (typeof value === "string") return Number.isFinite(Number(value)) ? "Convert texts with Number() first." : "Names are to be numbered: labels count from 0.";
  return typeof value === "boolean" ? "Write 1 for true and 0 for false." : undefined;
}

/** Rows `from` .. `to` - 1 of a table, sharing its memory. */
export function slice(table: Table, from: number, to: number): Table {
  return { data: table.data.subarray(from * table.columns, to * table.columns), rows: to - from, columns: table.columns };
}

/** The rows with the given numbers, copied. */
export function gather(table: Table, rows: ArrayLike<number>): Table {
  const data = new Float64Array(rows.length * table.columns);
  for (let n = 0; n < rows.length; n++) data.set(table.data.subarray(rows[n] * table.columns, (rows[n] + 1) * table.columns), n * table.columns);
  return { data, rows: rows.length, columns: table.columns };
}
