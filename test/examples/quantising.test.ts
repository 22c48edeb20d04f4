import { DOMParser } from "linkedom";
import { expect, test } from "vitest";
import { random, type Data } from "laplace-ts";
import { roundedInAllWays, type Outcome, type Rounded } from "../../examples/quantising/networks.ts";
import { geometricMean, quantisingPicture } from "../../examples/quantising/picture.ts";

/** Three overlapping clouds. */
function clouds(count: number, seed: number): Data {
  const source = random(seed);
  const targets = Array.from({ length: count }, (_, n) => n % 3);
  return { inputs: targets.map((label) => [label + 0.4 * source.normal(), (label === 1 ? 1 : 0) + 0.4 * source.normal()]), targets };
}

test("networks are rounded in all ways, each within its budget", async () => {
  const budgets = [2, 2.6, 4];
  const outcome = await roundedInAllWays({ sizes: [2, 6, 5, 10], budgets, images: 5 }, clouds(45, 1), clouds(30, 2), 1, () => undefined);
  const of = (method: Rounded["method"]): readonly Rounded[] => outcome.rounded.filter((one) => one.method === method);
  expect(of("uniform").map(({ bits }) => bits)).toEqual([[2, 2, 2], [4, 4, 4]]);
  expect(of("least increase").map(({ meanBits }) => meanBits)).toEqual(budgets);
  for (const { bits, meanBits, accuracy, bytes } of outcome.rounded) {
    expect(12 * bits[0] + 30 * bits[1] + 50 * bits[2]).toBeLessThanOrEqual(92 * meanBits);
    expect(bytes).toBeLessThan(outcome.bytesBefore);
    expect(accuracy).toBeGreaterThan(0.2);
  }
  expect(outcome.accuracy).toBeGreaterThan(0.6);
  expect(outcome.errorBars.map(({ bits }) => bits)).toEqual([2, 4]);
  expect(outcome.errorBars[0].weightRatio).toBeGreaterThan(outcome.errorBars[1].weightRatio);
});

test("the picture has a mark for each method and budget, and for error bars of weights and outputs", () => {
  const rounded = ([["uniform", 2], ["least increase", 2], ["least increase", 2.5], ["by sensitivity", 2]] as const).map(([method, meanBits]): Rounded => ({ method, meanBits, bits: [2], bytes: 9, predicted: 0.1, measured: 0.2, accuracy: 1, logLikelihood: 0 }));
  const errorBars = [2, 3].map((bits) => ({ bits, weightRatio: 1 / bits, weightsWithin: 1, outputRatio: 2 / bits, outputsWithin: 1, probability: 0 }));
  const outcome: Outcome = { bytesBefore: 40, accuracy: 1, logLikelihood: 0, rounded, errorBars };
  const svg = quantisingPicture([outcome, outcome]);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const marks = (new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document).querySelectorAll(`[aria-label="dot"] circle, [aria-label="dot"] path`);
  expect(marks.length).toBe(4 + 4);
});

test("the geometric mean takes no logarithm of what falls", () => {
  expect(geometricMean([1, 100])).toBeCloseTo(10, 12);
  expect(geometricMean([-1, 1])).toBeCloseTo(1e-3, 12);
});
