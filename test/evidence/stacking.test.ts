import { describe, expect, it } from "vitest";
import { stackingWeights } from "../../src/evidence/stacking.ts";
import fc from "../support/fast-check.ts";

/** What the weights maximise. */
function score(weights: ArrayLike<number>, logDensities: readonly ArrayLike<number>[]): number {
  return Array.from(logDensities[0]).reduce((sum, _, n) => sum + Math.log(logDensities.reduce((p, one, i) => p + weights[i] * Math.exp(one[n]), 0)), 0);
}

describe("stacking weights", () => {
  it("are where the gradient says that no weight would gain", () => {
    // Kuhn and Tucker: the mean of p_i / p is 1 for models with weight, and at most 1 for those without.
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 12 }), fc.infiniteStream(fc.double({ min: -6, max: 2, noNaN: true })), (models, count, stream) => {
        const logDensities = Array.from({ length: models }, () => Array.from({ length: count }, () => stream.next().value as number));
        const weights = stackingWeights(logDensities);
        expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 10);
        const mixed = logDensities[0].map((_, n) => logDensities.reduce((p, one, i) => p + weights[i] * Math.exp(one[n]), 0));
        logDensities.forEach((one) => {
          const mean = one.reduce((sum, value, n) => sum + Math.exp(value) / mixed[n] / count, 0);
          expect(mean).toBeLessThan(1.02);
        });
      }),
    );
  });

  it("are shares of the examples where each is expected by one model alone", () => {
    const weights = stackingWeights([
      [0, 0, 0, -900],
      [-900, -900, -900, 0],
    ]);
    expect(weights[0]).toBeCloseTo(0.75, 6);
  });

  it("are better than equal ones and any single model", () => {
    const logDensities = [[-1, -2, -4], [-3, -1, -1], [-2, -2, -2]];
    const found = score(stackingWeights(logDensities), logDensities);
    for (const other of [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1 / 3, 1 / 3, 1 / 3]]) expect(found).toBeGreaterThan(score(other, logDensities));
  });

  it("do not mind densities too small for a number, nor examples that no model expects", () => {
    expect(Array.from(stackingWeights([[-5000, -Infinity, -1], [-5001, -Infinity, -Infinity]]))).toEqual([expect.closeTo(1, 5), expect.closeTo(0, 5)]);
  });

  it("need as many log densities of each model", () => {
    expect(() => stackingWeights([])).toThrow(/^logDensities: expected/);
    expect(() => stackingWeights([[1, 2], [1]])).toThrow(/^logDensities\[1\]: expected 2/);
    expect(() => stackingWeights([[], []])).toThrow(/at least one/);
    expect(() => stackingWeights([[NaN]])).toThrow(/^logDensities\[0\].*NaN/);
  });
});
