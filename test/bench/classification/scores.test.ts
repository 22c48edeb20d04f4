import { describe, expect, test } from "vitest";
import { areaUnderCurve, calibrationError, entropy, outcome, standardError } from "../../../bench/classification/scores.ts";
import fc from "../../support/fast-check.ts";

describe("areaUnderCurve", () => {
  test("is the share of pairs in which the unfamiliar example scores higher, ties by half", () => {
    const scores = fc.array(fc.nat(6), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(scores, scores, (familiar, unfamiliar) => {
        const wins = unfamiliar.flatMap((u) => familiar.map((f): number => (u > f ? 1 : u === f ? 0.5 : 0)));
        expect(areaUnderCurve(familiar, unfamiliar)).toBeCloseTo(wins.reduce((sum, win) => sum + win, 0) / wins.length, 12);
      }),
    );
  });
});

describe("outcome", () => {
  test("of a prediction by hand", () => {
    expect(outcome([0.2, 0.5, 0.3], 2)).toEqual({ logDensity: Math.log(0.3), brier: expect.closeTo(0.04 + 0.25 + 0.49, 12) as number, confidence: 0.5, correct: false });
    expect(outcome([0.2, 0.5, 0.3], 1).correct).toBe(true);
  });

  test("of an impossible class is bad, and finite", () => {
    expect(outcome([1, 0], 1)).toEqual({ logDensity: Math.log(1e-15), brier: 2, confidence: 1, correct: false });
  });
});

describe("calibrationError", () => {
  const at = (confidence: number, correct: boolean) => ({ confidence, correct, logDensity: 0, brier: 0 });

  test("is 0 where confidence is the share of the right, bin by bin", () => {
    expect(calibrationError([at(0.75, true), at(0.75, true), at(0.75, true), at(0.75, false), at(1, true)])).toBeCloseTo(0, 12);
  });

  test("weighs the gaps of bins by their examples", () => {
    // Two of 0.95 of which one is right: 0.45; one of 0.55 that is right: 0.45; one of 0.65 that is wrong: 0.65.
    expect(calibrationError([at(0.95, true), at(0.95, false), at(0.55, true), at(0.65, false)])).toBeCloseTo((2 * 0.45 + 0.45 + 0.65) / 4, 12);
  });

  test("lets errors of opposite signs cancel within a bin alone", () => {
    expect(calibrationError([at(0.5, true), at(0.5, false)])).toBe(0);
    expect(calibrationError([at(0.5, true), at(0.6, false)])).toBeCloseTo(0.55, 12);
  });
});

test("entropy is that of a coin, of certainty, and at most log K", () => {
  expect(entropy([0.5, 0.5])).toBeCloseTo(Math.LN2, 12);
  expect(entropy([1, 0])).toBeCloseTo(0, 12);
  expect(entropy([0.25, 0.25, 0.25, 0.25])).toBeCloseTo(Math.log(4), 12);
});

test("standardError of a mean is s / sqrt(n)", () => {
  const values = [1, 4, 2, 8];
  const mean = (some: readonly number[]): number => some.reduce((sum, value) => sum + value, 0) / some.length;
  const variance = values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / 3;
  expect(standardError(values, mean)).toBeCloseTo(Math.sqrt(variance / 4), 12);
});
