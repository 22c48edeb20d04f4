import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { convergencePlot, type ConvergenceState } from "../../src/plots.ts";

const state = (iteration: number, alphas: readonly number[], noisePrecision = iteration + 1): ConvergenceState => ({ iteration, logEvidence: -5 / (iteration + 1), effectiveParameters: 3 + iteration, priorPrecisions: Float64Array.from(alphas), noisePrecision });
const drawn = (svg: string) => {
  const parsed = parseHTML(`<html><body>${svg}</body></html>`).document;
  return { texts: Array.from(parsed.querySelectorAll("text"), ({ textContent }) => textContent), lines: parsed.querySelectorAll('[aria-label="line"]').length };
};

describe("convergencePlot", () => {
  it("has a panel for precisions of prior and noise, effective parameters and evidence", () => {
    const svg = convergencePlot([state(0, [1]), state(1, [0.1]), state(2, [0.05])], { iterationLabel: "round" });
    const { texts, lines } = drawn(svg);
    expect(svg).not.toMatch(/NaN|undefined|Infinity/);
    expect(texts).toEqual(expect.arrayContaining(["prior precision α", "noise precision β", "effective parameters γ", "log evidence (nats)", "round"]));
    expect(lines).toBe(4);
  });

  it("names the lines of several groups, apart from each other, and leaves out a noise that never moves", () => {
    const svg = convergencePlot([state(0, [1, 1, 1], 1), state(1, [10, 10, 1e6], 1)], { groups: ["a", "b", "c"] });
    const { texts, lines } = drawn(svg);
    expect(texts).toEqual(expect.arrayContaining(["prior precisions α", "a", "b", "c"]));
    expect(texts).not.toContain("noise precision β");
    expect(lines).toBe(5);
    const heights = ["a", "b"].map((name) => Number(new RegExp(`translate\\([\\d.]+,([\\d.]+)\\)[^>]*>${name}<`).exec(svg)![1]));
    expect(Math.abs(heights[0] - heights[1])).toBeGreaterThan(9);
  });

  it("refuses what is no history", () => {
    expect(() => convergencePlot([])).toThrow(/^states: .*reestimation/);
    expect(() => convergencePlot([{ iteration: 1 }] as never)).toThrow(/^states\[0\]: expected \{ iteration/);
    expect(() => convergencePlot([state(0, [1]), state(1, [1, 2])])).toThrow(/^states\[1\]/);
    expect(() => convergencePlot([state(0, [1])], { groups: ["a", "b"] })).toThrow(/^groups: expected 1 names/);
  });
});
