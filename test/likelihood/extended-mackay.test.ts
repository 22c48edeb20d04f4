import { describe, expect, it } from "vitest";
import { categorical } from "../../src/likelihood/categorical.ts";
import { extendedMacKay } from "../../src/likelihood/extended-mackay.ts";
import { monteCarlo, probit, type Link } from "../../src/likelihood/link.ts";
import type { OutputMoments } from "../../src/likelihood/prediction.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

/** One example with random logits, of a covariance R R' with columns of R as long as asked, and so possibly singular. */
function logits(classes: number, rank: number, deviation: number, seed: number): OutputMoments & { readonly covariance: Float64Array } {
  const root = normals(classes * rank, seed).map((z) => (deviation * z) / Math.sqrt(rank));
  const covariance = Float64Array.from({ length: classes * classes }, (_, i) => {
    const [k, j] = [Math.floor(i / classes), i % classes];
    return root.subarray(k * rank, (k + 1) * rank).reduce((sum, value, r) => sum + value * root[j * rank + r], 0);
  });
  return { rows: 1, outputs: classes, mean: normals(classes, seed + 1), covariance };
}

/** The same with a number of the given variance added to all logits. */
function shifted({ rows, outputs, mean, covariance }: ReturnType<typeof logits>, by: number, variance: number): OutputMoments {
  return { rows, outputs, mean: mean.map((f) => f + by), covariance: covariance.map((c) => c + variance) };
}

describe("the default link", () => {
  const probabilities = (moments: OutputMoments, link?: Link): number[] => categorical().predict(moments, link && { link }).probabilities.to1DArray();

  it("does not see what all logits have in common, however unsure it is", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 6 }), fc.double({ min: 0, max: 5, noNaN: true }), fc.nat(1000), (classes, rank, deviation, seed) => {
        const moments = logits(classes, rank, deviation, seed);
        const common = shifted(moments, 3, 1000);
        expectClose(probabilities(common), probabilities(moments), 1e-9);
        const [before, after] = [moments, common].map((some) => categorical().predict(some).uncertainty().mutualInformation.get(0, 0));
        // The shift takes other numbers from the same draws.
        expect(Math.abs(after - before)).toBeLessThan(0.25);
      }),
    );
  });

  it("is extendedMacKay() up to 50 classes, and takes variances alone for more", () => {
    for (const [classes, link] of [[3, extendedMacKay()], [50, extendedMacKay()], [51, probit()]] as const) {
      const moments = logits(classes, 4, 2, 7);
      expect(probabilities(moments)).toEqual(probabilities(moments, link));
      expect(categorical().predictor().isMarginal(classes)).toBe(classes > 50);
    }
  });
});

describe("extendedMacKay", () => {
  const links = (classes: number, deviation: number): { near: number[]; exact: number[] }[] =>
    Array.from({ length: 10 }, (_, seed) => {
      const { mean, covariance } = logits(classes, classes, deviation, 3 * seed);
      return { near: [...extendedMacKay().logProbabilities(mean, covariance).map(Math.exp)], exact: [...monteCarlo({ samples: 4000, seed }).logProbabilities(mean, covariance).map(Math.exp)] };
    });

  it.each([
    [2, 5, 0.03],
    [3, 0.5, 0.04],
    [10, 0.5, 0.05],
    [3, 5, 0.25],
  ])("is near the average over the logits: %i classes, standard deviation %f", (classes, deviation, tolerance) => {
    for (const { near, exact } of links(classes, deviation)) {
      expect(near.reduce((sum, p) => sum + p)).toBeCloseTo(1, 12);
      expectClose(near, exact, tolerance);
    }
  });

  it("errs to the flat side where many logits vary much", () => {
    const excess = links(10, 5).map(({ near, exact }) => Math.max(...near) - Math.max(...exact));
    expect(excess.reduce((sum, value) => sum + value) / excess.length).toBeLessThan(-0.03);
  });

  it("has the mutual information that many draws have", () => {
    for (const [classes, rank, deviation] of [[2, 2, 3], [3, 3, 0.3], [3, 3, 5], [10, 10, 2], [5, 2, 4]]) {
      for (const seed of [1, 11, 21]) {
        const moments = logits(classes, rank, deviation, seed);
        const [quick, exact] = [extendedMacKay(), monteCarlo({ samples: 20_000 })].map((link) => categorical().predict(moments, { link }).uncertainty().mutualInformation.get(0, 0));
        expect(Math.abs(quick - exact)).toBeLessThan(0.01 + 0.15 * exact);
      }
    }
  });

  it("knows what it predicts where the logits are certain, and only their shift is not", () => {
    const certain = { rows: 1, outputs: 3, mean: Float64Array.of(0, 1, 2), covariance: new Float64Array(9) };
    for (const shift of [0, 100]) expect(categorical().predict(shifted(certain, 0, shift)).uncertainty().mutualInformation.get(0, 0)).toBeCloseTo(0, 12);
  });
});
