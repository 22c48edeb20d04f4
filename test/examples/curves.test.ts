import { describe, expect, it } from "vitest";
import { curves, quartiles } from "../../examples/curves.ts";

describe("quartiles", () => {
  it("are order statistics, or lie between two of them", () => {
    expect(quartiles([5, 1, 4, 2, 3])).toEqual({ lower: 2, median: 3, upper: 4 });
    expect(quartiles([4, 1, 3, 2])).toEqual({ lower: 1.75, median: 2.5, upper: 3.25 });
    expect(quartiles([7])).toEqual({ lower: 7, median: 7, upper: 7 });
  });
});

describe("curves", () => {
  const named = { "one": { x: [1, 2, 3], runs: [[1, 2, 4], [2, 3, 5], [3, 7, 6]] }, "other & more": { x: [1, 3], runs: [[10, 20]] } };

  it.each([false, true])("draws a line for each name and a band for those of several runs, in colours that dark pages change (logarithmic: %s)", (logarithmic) => {
    const svg = curves(named, { x: "points", y: "error" }, { logarithmic });
    expect(svg).toMatch(/^<svg [^>]*>.*<\/svg>\n$/s);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg.match(/aria-label="area"/g)).toHaveLength(1);
    expect(svg.match(/aria-label="line"/g)).toHaveLength(2);
    expect(svg).toContain(">other &amp; more</text>");
    for (const text of ["points", "error"]) expect(svg).toContain(`>${text}</text>`);
    for (const color of ["#0072B2", "#D55E00"]) expect(svg).toContain(`stroke: light-dark(${color}`);
  });

  it("puts the median where it is", () => {
    const path = (runs: number[][]): string | undefined => /aria-label="line"[^>]*><path d="([^"]+)"/.exec(curves({ line: { x: [1, 2, 3], runs } }, { x: "", y: "" }))?.[1];
    const [all, medians] = [path([[0, 2, 4], [2, 3, 5], [3, 7, 9]]), path([[2, 3, 5], [2, 3, 5], [2, 3, 5]])];
    expect(all).toBeDefined();
    expect(all).not.toBe(medians); // another scale, as the band takes part in it
    const heights = (d = ""): number[] => Array.from(d.matchAll(/,(-?[\d.]+)/g), ([, y]) => Number(y));
    const slope = ([a, b, c]: number[]): number => (c - b) / (b - a);
    expect(slope(heights(all))).toBeCloseTo(2, 3);
    expect(slope(heights(medians))).toBeCloseTo(2, 3);
    // Powers of ten are evenly spaced on a logarithmic axis.
    const powers = curves({ line: { x: [1, 2, 3], runs: [[1, 10, 100]] } }, { x: "", y: "" }, { logarithmic: true });
    expect(slope(heights(/aria-label="line"[^>]*><path d="([^"]+)"/.exec(powers)?.[1]))).toBeCloseTo(1, 3);
  });
});
