import fc from "./support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { gather, slice, toTable, type MatrixLike } from "../src/data.ts";
import { InvalidArgumentError } from "../src/errors.ts";

describe("toTable", () => {
  const rows = [[1, 2, 3], [4, 5, 6]];
  const expected = { data: Float64Array.of(1, 2, 3, 4, 5, 6), rows: 2, columns: 3 };

  it.each<[form: string, source: MatrixLike]>([
    ["an array of rows", rows],
    ["a Matrix", new Matrix(rows)],
    ["the transpose of a Matrix", new Matrix([[1, 4], [2, 5], [3, 6]]).transpose()],
    ["a flat array with its shape", { data: [1, 2, 3, 4, 5, 6], shape: [2, 3] }],
    ["a flat Float32Array with its shape", { data: Float32Array.of(1, 2, 3, 4, 5, 6), shape: [2, 3] }],
    ["rows of Float64Array", rows.map((row) => Float64Array.from(row))],
    ["rows of Float32Array", rows.map((row) => Float32Array.from(row))],
    ["rows of mixed kinds", [rows[0], Int32Array.from(rows[1])]],
  ])("takes %s", (_, source) => {
    expect(toTable("inputs", source)).toEqual(expected);
  });

  it.each<[form: string, source: MatrixLike]>([
    ["an array of numbers", [1, 2, 3]],
    ["a Float64Array", Float64Array.of(1, 2, 3)],
    ["an Int8Array", Int8Array.of(1, 2, 3)],
    ["rows of one number", [[1], [2], [3]]],
    ["a column Matrix", Matrix.columnVector([1, 2, 3])],
  ])("takes %s as one column", (_, source) => {
    expect(toTable("targets", source)).toEqual({ data: Float64Array.of(1, 2, 3), rows: 3, columns: 1 });
  });

  it("takes any table in any form", () => {
    const tables = fc.tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 })).chain(([m, n]) => fc.array(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: n, maxLength: n }), { minLength: m, maxLength: m }));
    fc.assert(
      fc.property(tables, (table) => {
        const [fromRows, fromMatrix, fromFlat] = [table, new Matrix(table), { data: table.flat(), shape: [table.length, table[0].length] as const }].map((source: MatrixLike) => toTable("a", source));
        expect(fromRows.data).toEqual(Float64Array.from(table.flat()));
        expect(fromMatrix).toEqual(fromRows);
        expect(fromFlat).toEqual(fromRows);
      }),
    );
  });

  it.each<[what: string, source: unknown, message: RegExp]>([
    ["an empty array", [], /expected at least one row and one column, got 0 x 1/],
    ["rows without columns", [[], []], /expected at least one row and one column, got 2 x 0/],
    ["an empty Matrix", new Matrix(0, 3), /expected at least one row and one column, got 0 x 3/],
    ["no rows with a shape", { data: [], shape: [0, 2] }, /expected at least one row and one column, got 0 x 2/],
    ["ragged rows", [[1, 2], [3]], /expected rows of 2 numbers, as row 0 has, got 1 in row 1/],
    ["a number among rows", [[1, 2], 3], /expected rows of 2 numbers, as row 0 has, got 3 in row 1/],
    ["a missing row", [[1, 2], undefined], /got undefined in row 1\. Drop or impute missing values first\./],
    ["a first row that is null", [null, [1, 2]], /expected rows of numbers, got null in row 0\. Drop or impute missing values first\./],
    ["records", [{ x: 1, y: 2 }], /expected rows of numbers, got an object with x, y in row 0\. A row is an array of its numbers: records\.map/],
    ["dates", [new Date(0)], /got a Date in row 0\. A date becomes a number by date\.getTime\(\)/],
    ["a date in a row", [[1, new Date(0)]], /\[0\]: expected numbers, got a Date at index 1\. A date becomes a number/],
    ["a tensor, whose data are a method", { data: () => Promise.resolve(), shape: [2, 3] }, /expected an array of numbers as data, got a function\. Of a tensor, pass { data: await tensor\.data\(\), shape: tensor\.shape }/],
    ["a row among numbers", [1, [2]], /expected numbers, got an array of 1, the first 2 at index 1/],
    ["NaN", [[1, 2], [3, Number.NaN]], /expected finite numbers, got NaN at row 1, column 1\. Drop or impute missing values first/],
    ["infinity", Float64Array.of(1, -Infinity), /expected finite numbers, got -Infinity at row 1, column 0/],
    ["NaN in a Matrix", new Matrix([[Number.NaN]]), /got NaN at row 0, column 0/],
    ["strings", ["1", "2"], /expected numbers, got "1" at index 0/],
    ["empty strings, which Number takes for 0", [[1, ""]], /\[0\]: expected numbers, got "" at index 1\. Drop or impute missing values first\./],
    ["null, which Number takes for 0", [1, null], /expected numbers, got null at index 1\. Drop or impute missing values first\./],
    ["booleans", [true, false], /expected numbers, got true at index 0/],
    ["big integers", [1n], /expected numbers, got bigint at index 0\. Convert it with Number\(\) first\./],
    ["holes", Array(2), /expected numbers, got undefined at index 0/],
    ["too few numbers for the shape", { data: [1, 2, 3], shape: [2, 2] }, /expected 2 x 2 = 4 numbers, as its shape says, got 3/],
    ["a negative shape", { data: [1, 2, 3, 4], shape: [-2, -2] }, /expected a shape of two whole numbers, \[rows, columns\], got an array of 2, the first -2/],
    ["a shape of fractions", { data: [1, 2, 3], shape: [1.5, 2] }, /expected a shape of two whole numbers/],
    ["a shape of one number", { data: [1, 2, 3], shape: [3] }, /expected a shape of two whole numbers/],
    ["a shape without data", { shape: [1, 2] }, /expected .*numbers.*got undefined/],
    ["null", null, /expected a Matrix, an array of rows, an array of numbers, or { data, shape }, got null/],
    ["undefined", undefined, /got undefined/],
    ["a number", 3, /got 3/],
    ["a string", "1,2", /got "1,2"/],
    ["a function", (a: number, b: number) => a + b, /got a function/],
    ["an object", { inputs: [1] }, /got an object with inputs/],
  ])("refuses %s", (_, source, message) => {
    const make = (): unknown => toTable("inputs", source as MatrixLike);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(/^inputs/);
    expect(make).toThrow(message);
  });
});

describe("slice and gather", () => {
  const table = toTable("a", [[1, 2], [3, 4], [5, 6]]);

  it("slice shares the memory of a stretch of rows", () => {
    const part = slice(table, 1, 3);
    expect(part).toEqual(toTable("a", [[3, 4], [5, 6]]));
    expect(part.data.buffer).toBe(table.data.buffer);
  });

  it("gather copies rows in any order, also twice", () => {
    const picked = gather(table, [2, 0, 2]);
    expect(picked).toEqual(toTable("a", [[5, 6], [1, 2], [5, 6]]));
    expect(picked.data.buffer).not.toBe(table.data.buffer);
  });
});
