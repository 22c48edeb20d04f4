import { expect, test } from "vitest";
import { duration, grouped, markdownTable, memory, ratio } from "../../bench/table.ts";

test("a table is Markdown, with columns that line up right where they are asked to", () => {
  const columns = [{ heading: "job", align: "left" }, { heading: "time", align: "right" }] as const;
  expect(markdownTable(columns, [["fit", "1 s"], ["predict", "2 s"]])).toBe("| job | time |\n| --- | --: |\n| fit | 1 s |\n| predict | 2 s |");
  expect(() => markdownTable(columns, [["fit"]])).toThrow(/1 cells in a table of 2 columns: fit/);
});

test.each([
  [2.5e-7, "0.250\u00a0µs"],
  [1.234e-6, "1.23\u00a0µs"],
  [0.000999, "999\u00a0µs"],
  [0.0009996, "1.00\u00a0ms"],
  [0.0123, "12.3\u00a0ms"],
  [0.9994, "999\u00a0ms"],
  [0.9999, "1.00\u00a0s"],
  [65.5, "65.5\u00a0s"],
  [1234, "1,234\u00a0s"],
])("%f seconds are %s", (seconds, text) => expect(duration(seconds)).toBe(text));

test.each([
  [1_200, "0.00120\u00a0MB"],
  [4.7e9, "4.70\u00a0GB"],
  [163e6, "163\u00a0MB"],
])("%f bytes are %s", (bytes, text) => expect(memory(bytes)).toBe(text));

test("ratios have two digits, and whole numbers their commas", () => {
  expect([0.0523, 0.526, 3.14159, 12.34, 99.6, 1720].map(ratio)).toEqual(["0.052", "0.53", "3.1", "12", "100", "1,700"]);
  expect(grouped(1234567.4)).toBe("1,234,567");
});
