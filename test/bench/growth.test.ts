import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { mlp } from "laplace-ts";
import { growthPicture } from "../../bench/growth/plot.ts";
import { axes, outputCount, smallAxes, weightCount } from "../../bench/growth/sizes.ts";
import { growthTables, type Costs } from "../../bench/growth/table.ts";

const costs: Costs = new Map(
  ["full", "diagonal"].map((structure, s) => [
    structure,
    new Map(axes.flatMap(({ sizes }) => sizes.map((size) => [size, structure === "full" && weightCount(size) > 1e6 ? undefined : { fit: 0.002 * (s + 1), predict: 0.5, memory: 3e7 }] as const))),
  ]),
);

describe("sizes", () => {
  test("grow in one of N, W and K, and only a little in the others", () => {
    for (const { value, sizes } of [...axes, ...smallAxes]) {
      const values = sizes.map(value);
      expect(values).toEqual([...new Set(values)].sort((a, b) => a - b));
      expect(values.length).toBeGreaterThan(1);
    }
    const [byExamples, byWeights, byOutputs] = axes;
    expect(new Set(byExamples.sizes.map(weightCount)).size).toBe(1);
    expect(new Set(byWeights.sizes.map(({ examples }) => examples)).size).toBe(1);
    expect(Math.max(...byOutputs.sizes.map(weightCount)) / Math.min(...byOutputs.sizes.map(weightCount))).toBeLessThan(2);
  });

  test("have the counts of the networks that they describe", () => {
    for (const size of smallAxes.flatMap(({ sizes }) => sizes)) {
      expect(weightCount(size)).toBe(mlp(size.sizes).parameters.length);
      expect(outputCount(size)).toBe(mlp(size.sizes).outputs);
    }
  });
});

describe("the tables", () => {
  const tables = growthTables(axes, costs).split("\n\n**").map((text) => text.split("\n"));

  test("are one for each quantity, with a column for each structure", () => {
    expect(tables.map(([caption]) => caption.replaceAll("*", ""))).toEqual(["Time of `laplace()`", "Time of `predict()` at 1,000 points", "Peak memory"]);
    for (const [, , heading] of tables) expect(heading).toBe("| N | W | K | full | diagonal |");
    expect(tables.map((lines) => lines[4])).toEqual(["| 100 | 1,291 | 1 | 2.00\u00a0ms | 4.00\u00a0ms |", "| 100 | 1,291 | 1 | 500\u00a0ms | 500\u00a0ms |", "| 100 | 1,291 | 1 | 30.0\u00a0MB | 30.0\u00a0MB |"]);
  });

  test("have a row for each size, the middle once, and a dash for what was refused", () => {
    for (const [, , , , ...rows] of tables) {
      expect(rows).toHaveLength(axes.reduce((sum, { sizes }) => sum + sizes.length, 0) - 2);
      expect(rows.filter((row) => row.startsWith("| 1,000 | 1,291 | 1 |"))).toHaveLength(1);
      expect(rows.find((row) => row.includes("1,013,001"))).toMatch(/\| — \| \d/);
    }
  });
});

describe("the picture", () => {
  const { document } = parseHTML(growthPicture(axes, costs)) as unknown as { document: { querySelectorAll(selector: string): ArrayLike<{ getAttribute(name: string): string | null; textContent: string }> } };
  const all = (selector: string) => Array.from(document.querySelectorAll(selector));

  test("has a panel for each axis and quantity, with units on the axes", () => {
    const labels = all("text").map(({ textContent }) => textContent.trim());
    for (const label of ["examples N", "weights W", "outputs K"]) expect(labels.filter((text) => text === label)).toHaveLength(3);
    for (const label of ["laplace(), time (s)", "predict(), time (s)", "peak memory (MB)"]) expect(labels.filter((text) => text === label)).toHaveLength(3);
    expect(labels).toEqual(expect.arrayContaining(["full", "diagonal", "10⁶", "0.01", "20"]));
  });

  test("leaves out what was refused", () => {
    const marks = all('g[aria-label="dot"] > *').length;
    const points = axes.reduce((sum, { sizes }) => sum + sizes.length, 0);
    expect(marks).toBe(3 * (2 * points - 1));
  });

  test("has a background of its own", () => {
    expect(all("svg > rect").map((rect) => rect.getAttribute("fill"))).toEqual(["#FFFFFF"]);
  });
});
