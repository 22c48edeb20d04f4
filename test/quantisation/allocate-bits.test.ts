import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { allocateBits, type BitChoice } from "../../src/quantisation/allocate-bits.ts";
import { random } from "../../src/random.ts";
import fc from "../support/fast-check.ts";

/** Layers with the choices of some bits, whose increases fall with the bits or, now and then, do not, as those of real rounding. */
const problems = fc.array(
  fc.record({ weights: fc.integer({ min: 0, max: 40 }), increases: fc.array(fc.oneof(fc.integer({ min: -2, max: 9 }), fc.double({ min: 0, max: 5, noNaN: true })), { minLength: 1, maxLength: 4 }) }).map(({ weights, increases }): BitChoice[] => increases.map((increase, c) => ({ bits: c + 1, size: weights * (c + 1), increase }))),
  { minLength: 1, maxLength: 5 },
);

/** All combinations, the best of those that fit. */
function byBruteForce(layers: readonly (readonly BitChoice[])[], budget: number): number {
  let all = [{ size: 0, increase: 0 }];
  for (const choices of layers) all = all.flatMap((state) => choices.map(({ size, increase }) => ({ size: state.size + size, increase: state.increase + increase })));
  return all.filter(({ size }) => size <= budget).reduce((least, { increase }) => Math.min(least, increase), Infinity);
}

describe("allocateBits", () => {
  it("finds the least increase that any combination within the budget has", () => {
    fc.assert(
      fc.property(problems, fc.double({ min: 0, max: 1, noNaN: true }), (layers, share) => {
        const [least, most] = [Math.min, Math.max].map((end) => layers.reduce((sum, choices) => sum + end(...choices.map(({ size }) => size)), 0));
        const budget = least + share * (most - least);
        const { bits, size, increase } = allocateBits(layers, budget);
        const chosen = layers.map((choices, l) => choices.find((choice) => choice.bits === bits[l])!);
        expect(size).toBe(chosen.reduce((sum, choice) => sum + choice.size, 0));
        expect(size).toBeLessThanOrEqual(budget);
        expect(increase).toBeCloseTo(chosen.reduce((sum, choice) => sum + choice.increase, 0), 12);
        expect(increase).toBeCloseTo(byBruteForce(layers, budget), 9);
      }),
      { numRuns: 1000 },
    );
  });

  it("finds what no multiplier can: a combination off the convex hull", () => {
    const layer = (increase: number): BitChoice[] => [{ bits: 1, size: 0, increase }, { bits: 2, size: 10, increase: 0 }];
    const odd: BitChoice[] = [{ bits: 1, size: 0, increase: 6 }, { bits: 2, size: 6, increase: 0 }];
    // The first is steepest for its size, but with it nothing else fits.
    expect(allocateBits([[{ bits: 1, size: 0, increase: 10 }, { bits: 2, size: 8, increase: 0 }], odd, odd], 12).bits).toEqual([1, 2, 2]);
    expect(allocateBits([layer(1), layer(3), layer(2)], 20).bits).toEqual([1, 2, 2]);
  });

  it("takes 60 layers of different sizes in its stride, and gets within a hair of the bound", () => {
    const source = random(1);
    const layers = Array.from({ length: 60 }, () => {
      const [weights, steepness] = [100 + source.integer(100_000), Math.exp(2 * source.normal())];
      return [2, 3, 4, 8].map((bits) => ({ bits, size: weights * bits, increase: steepness * weights * 4 ** -bits * (1 + 0.1 * source.uniform()) }));
    });
    const budget = 3.3 * layers.reduce((sum, [{ size, bits }]) => sum + size / bits, 0);
    const { size, increase } = allocateBits(layers, budget);
    expect(size).toBeLessThanOrEqual(budget);
    expect(size).toBeGreaterThan(0.999 * budget);
    // Weak duality: no allocation is below the Lagrangian at any multiplier.
    let bound = -Infinity;
    for (let k = -12; k < 3; k += 0.01) bound = Math.max(bound, layers.reduce((sum, choices) => sum + Math.min(...choices.map((c) => c.increase + 10 ** k * c.size)), -(10 ** k) * budget));
    expect(increase).toBeGreaterThanOrEqual(bound);
    expect(increase).toBeLessThan(bound * 1.002);
  });

  it("takes the least increases where all fit, and of equal ones the smaller", () => {
    expect(allocateBits([[{ bits: 8, size: 8, increase: 1 }, { bits: 2, size: 2, increase: 1 }]], 100)).toEqual({ bits: [2], size: 2, increase: 1 });
  });

  it.each<[layers: unknown, budget: number, message: RegExp]>([
    [[], 1, /^layers: expected the choices of at least one layer/],
    [[[]], 1, /^layers\[0\]: expected at least one choice/],
    [[[{ bits: 1, size: -1, increase: 0 }]], 1, /^layers\[0\]: expected choices with a finite size of at least 0, got -1/],
    [[[{ bits: 1, size: 1, increase: Number.NaN }]], 1, /^layers\[0\]: expected choices with a finite increase, got NaN/],
    [[[{ bits: 1, size: 5, increase: 0 }]], 4, /^budget: expected at least 5, the least that the choices take together, got 4/],
    [[[{ bits: 1, size: 5, increase: 0 }]], Number.NaN, /^budget: expected a finite number/],
  ])("refuses %o within %d", (layers, budget, message) => {
    expect(() => allocateBits(layers as BitChoice[][], budget)).toThrow(message);
    expect(() => allocateBits(layers as BitChoice[][], budget)).toThrow(InvalidArgumentError);
  });
});
