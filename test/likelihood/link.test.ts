import { describe, expect, it } from "vitest";
import { categorical } from "../../src/likelihood/categorical.ts";
import { monteCarlo, probit } from "../../src/likelihood/link.ts";
import type { OutputMoments } from "../../src/likelihood/prediction.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import iris from "../fixtures/laplace-torch-iris.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const { results } = iris;
const momentsOf = (covariance: number[][][]): OutputMoments => ({ rows: iris.f_test.length, outputs: 3, mean: Float64Array.from(iris.f_test.flat()), covariance: Float64Array.from(covariance.flat(2)) });

const structures = ["all_full", "all_diag", "all_kron", "last_layer_full", "last_layer_diag", "last_layer_kron"] as const;

describe.each(structures)("links for the irises, %s", (structure) => {
  const moments = momentsOf(results[structure].glm_f_cov);

  it("probit agrees with laplace-torch", () => {
    const { probabilities } = categorical().predict(moments, { link: probit() });
    expectClose(probabilities.to1DArray(), results[structure].prob_probit.flat(), 1e-12);
  });

  it("Monte Carlo agrees with the exact integral", () => {
    const { probabilities } = categorical().predict(moments, { link: monteCarlo({ samples: 5_000, seed: 1 }) });
    // The standard deviation of a probability is at most 1/2: five standard errors.
    expectClose(probabilities.to1DArray(), results[structure].prob_exact_gauss_hermite40.flat(), (5 * 0.5) / Math.sqrt(5_000));
    for (let n = 0; n < moments.rows; n++) expect(probabilities.getRow(n).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
  });
});

describe("monteCarlo", () => {
  it("depends on its seed alone", () => {
    const moments = momentsOf(results.all_full.glm_f_cov);
    const draw = (seed?: number): number[] => categorical().predict(moments, { link: monteCarlo(seed === undefined ? { samples: 50 } : { samples: 50, seed }) }).probabilities.to1DArray();
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
    expect(draw()).toEqual(draw(0));
  });

  it("minds correlation between logits, which probit ignores", () => {
    // Logits that move together leave the probabilities alone.
    const together = new Float64Array(9).fill(100);
    const mean = Float64Array.of(0, 1, 2);
    // The covariance is singular: its root is good to the root of a rounding error.
    expectClose(monteCarlo({ samples: 20 }).logProbabilities(mean, together).map(Math.exp), softmax(mean), 1e-6);
    expect(Math.abs(probit().logProbabilities(mean, together).map(Math.exp)[2] - softmax(mean)[2])).toBeGreaterThan(0.1);
  });

  it("without variance is the softmax, and so is probit", () => {
    const mean = Float64Array.of(0.3, -1, 2);
    expectClose(monteCarlo({ samples: 3 }).logProbabilities(mean, new Float64Array(9)).map(Math.exp), softmax(mean), 1e-14);
    expectClose(probit().logProbabilities(mean, new Float64Array(9)).map(Math.exp), softmax(mean), 1e-14);
  });

  it("gives an example the same probabilities whoever its neighbours are", () => {
    const mean = Float64Array.of(0.1, 0, 0.5, 0);
    const covariance = Float64Array.of(1, 0, 0, 1, 1, 0, 0, 1);
    const link = monteCarlo({ samples: 20 });
    const both = categorical().predict({ rows: 2, outputs: 2, mean, covariance }, { link }).probabilities;
    const second = categorical().predict({ rows: 1, outputs: 2, mean: mean.subarray(2), covariance: covariance.subarray(4) }, { link }).probabilities;
    expect(both.getRow(1)).toEqual(second.getRow(0));
  });

  it("refuses bad options", () => {
    expect(() => monteCarlo({ samples: 0 })).toThrow(/^samples: expected a whole number of at least 1, got 0/);
    expect(() => monteCarlo({ seed: 0.5 })).toThrow(/^seed: /);
    expect(() => monteCarlo({ draws: 3 } as object)).toThrow(/^options\.draws: /);
  });
});
