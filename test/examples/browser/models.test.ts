import { expect, test } from "vitest";
import { contours } from "../../../examples/browser/classes/contours.ts";
import { chooseForClasses, fitClasses } from "../../../examples/browser/classes/model.ts";
import { firstPoints as firstLabelled } from "../../../examples/browser/classes/points.ts";
import { chooseForCurve, compareSizes, fitCurve } from "../../../examples/browser/curve/model.ts";
import { firstPoints } from "../../../examples/browser/curve/points.ts";
import { PRIOR_PRECISION, atShare, share, within } from "../../../examples/browser/ranges.ts";

const { signal } = new AbortController();
const grid = [-2, -1, 0, 1, 2];

test("contours of a cone are on its circles", () => {
  const axis = Array.from({ length: 81 }, (_, i) => (i - 40) / 20);
  const segments = contours({ x: axis, y: axis }, axis.flatMap((y) => axis.map((x) => Math.hypot(x, y))), 1.5);
  for (const [x1, y1, x2, y2] of segments) {
    expect(Math.hypot(x1, y1)).toBeCloseTo(1.5, 2);
    expect(Math.hypot(x2, y2)).toBeCloseTo(1.5, 2);
  }
  expect(segments.reduce((length, [x1, y1, x2, y2]) => length + Math.hypot(x2 - x1, y2 - y1), 0)).toBeCloseTo(3 * Math.PI, 1);
});

test("a function that does not reach the level has no contour", () => {
  expect(contours({ x: [0, 1], y: [0, 1] }, [0, 0, 0, 0], 0.5)).toEqual([]);
});

test("a slider's range is logarithmic, and has the same numbers both ways", () => {
  expect(atShare({ least: 0.01, greatest: 100 }, 0.5)).toBeCloseTo(1, 12);
  expect(share(PRIOR_PRECISION, atShare(PRIOR_PRECISION, 0.3))).toBeCloseTo(0.3, 12);
  expect([within(PRIOR_PRECISION, 0), within(PRIOR_PRECISION, 1e9)]).toEqual([PRIOR_PRECISION.least, PRIOR_PRECISION.greatest]);
});

test("what is chosen for the curve has a higher evidence than other choices", async () => {
  const request = { points: firstPoints, hiddenUnits: 4, priorPrecision: 1, noise: 0.1, grid };
  const chosen = await chooseForCurve(request, signal);
  const best = await fitCurve({ ...request, ...chosen }, signal);
  for (const [priorFactor, noiseFactor] of [[3, 1], [1 / 3, 1], [1, 1.5], [1, 1 / 1.5]]) {
    const other = await fitCurve({ ...request, priorPrecision: chosen.priorPrecision * priorFactor, noise: chosen.noise * noiseFactor }, signal);
    expect(other.logEvidence).toBeLessThan(best.logEvidence);
  }
  expect(best.mean.length).toBe(grid.length);
  best.bands.forEach(({ lower, upper }) => grid.forEach((_, i) => expect(lower[i] < best.mean[i] && best.mean[i] < upper[i]).toBe(true)));
});

test("sizes are compared one after the other", async () => {
  const parts: number[] = [];
  const sizes = await compareSizes({ points: firstPoints, sizes: [1, 3] }, signal, (soFar) => parts.push(soFar.length));
  expect(parts).toEqual([1, 2]);
  expect(sizes[1].logEvidence).toBeGreaterThan(sizes[0].logEvidence);
});

test("one point is enough for either problem", async () => {
  expect((await fitCurve({ points: firstPoints.slice(0, 1), hiddenUnits: 2, priorPrecision: 1, noise: 0.1, grid }, signal)).mean.every(Number.isFinite)).toBe(true);
  expect((await fitClasses({ points: firstLabelled.slice(0, 1), hiddenUnits: 2, priorPrecision: 1, grid: { x: grid, y: grid } }, signal)).averaged.probability.every(Number.isFinite)).toBe(true);
});

test("averaged probabilities are nearer to one half, and the evidence chosen is the higher one", async () => {
  const request = { points: firstLabelled, hiddenUnits: 4, priorPrecision: 0.05, grid: { x: grid, y: grid } };
  const { plugIn, averaged, logEvidence } = await fitClasses(request, signal);
  averaged.probability.forEach((p, i) => expect(Math.abs(p - 0.5)).toBeLessThan(Math.abs(plugIn.probability[i] - 0.5)));
  const better = await fitClasses({ ...request, ...(await chooseForClasses(request, signal)) }, signal);
  expect(better.logEvidence).toBeGreaterThan(logEvidence);
});
