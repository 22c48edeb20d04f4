import { DOMParser } from "linkedom";
import { expect, test } from "vitest";
import { judgeInputs, problems, type Verdict } from "../../examples/relevance/problems.ts";
import { relevancePicture } from "../../examples/relevance/picture.ts";

const [friedman, arm] = problems;
const SEEDS = [1, 2, 3];

test("the evidence tells the five inputs of Friedman's function that matter from the five that do not", { timeout: 120_000 }, async () => {
  const verdicts: Verdict[] = [];
  for (const seed of SEEDS) verdicts.push(await judgeInputs(friedman, friedman.draw(200, seed), friedman.draw(500, seed + 100), 2));
  // In the middle of three sets of data, each that matters has a lower precision than each that does not, by far on average.
  const middle = friedman.inputs.map((_, i) => verdicts.map(({ precisions }) => precisions[i]).sort((a, b) => a - b)[1]);
  expect(Math.max(...middle.slice(0, 5))).toBeLessThan(Math.min(...middle.slice(5)));
  for (const { precisions, effectiveParameters, error, errorWithout } of verdicts) {
    expect(meanLog(precisions.slice(5)) - meanLog(precisions.slice(0, 5))).toBeGreaterThan(Math.log(1000));
    expect(Math.min(...effectiveParameters.slice(0, 5))).toBeGreaterThan(1);
    expect(error).toBeLessThan(errorWithout);
  }
});

test("noisy copies of the angles matter less than the angles", { timeout: 60_000 }, async () => {
  const verdict = await judgeInputs(arm, arm.draw(200, 1), arm.draw(500, 101), 1);
  const [shoulder, elbow, ...others] = verdict.precisions;
  expect(10 * Math.max(shoulder, elbow)).toBeLessThan(Math.min(...others));
  expect(verdict.error).toBeLessThan(verdict.errorWithout);
});

test("the picture has a dot for each input and set of data", () => {
  const verdict = (count: number): Verdict => ({ precisions: Array<number>(count).fill(10), effectiveParameters: Array<number>(count).fill(1), error: 1, errorWithout: 2 });
  const svg = relevancePicture(new Map([[friedman, [verdict(10), verdict(10)]], [arm, [verdict(6)]]]));
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  expect(dots(svg)).toBe(26);
});

function meanLog(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + Math.log(value), 0) / values.length;
}

function dots(svg: string): number {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  return document.querySelectorAll(`[aria-label="dot"] circle, [aria-label="dot"] path`).length;
}
