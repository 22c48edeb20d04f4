import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { moderated } from "../../src/likelihood/bernoulli-prediction.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { extendedMacKay } from "../../src/likelihood/extended-mackay.ts";
import { laplaceBridge, type LaplaceBridgeOptions } from "../../src/likelihood/laplace-bridge.ts";
import { monteCarlo, probit } from "../../src/likelihood/link.ts";
import { digamma, logGamma } from "../../src/likelihood/log-gamma.ts";
import type { OutputMoments } from "../../src/likelihood/prediction.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { random } from "../../src/random.ts";
import iris from "../fixtures/laplace-torch-iris.json" with { type: "json" };
import { expectClose } from "../support/close.ts";

const { results } = iris;
const momentsOf = (covariance: number[][][]): OutputMoments => ({ rows: iris.f_test.length, outputs: 3, mean: Float64Array.from(iris.f_test.flat()), covariance: Float64Array.from(covariance.flat(2)) });

describe.each(["all_full", "all_diag", "all_kron", "last_layer_full", "last_layer_diag", "last_layer_kron"] as const)("links for the irises, %s", (structure) => {
  const moments = momentsOf(results[structure].glm_f_cov);
  const predicted = (link: ReturnType<typeof probit>): number[] => categorical().predict(moments, { link }).probabilities.to1DArray();

  it("the Laplace bridge agrees with laplace-torch, normalised or not", () => {
    expectClose(predicted(laplaceBridge()), results[structure].prob_bridge.flat(), 1e-10);
    expectClose(predicted(laplaceBridge({ normalize: true })), results[structure].prob_bridge_norm.flat(), 1e-10);
  });

  it("extended MacKay is near the exact integral", () => {
    expectClose(predicted(extendedMacKay()), results[structure].prob_exact_gauss_hermite40.flat(), 0.03);
  });
});

describe("laplaceBridge", () => {
  it("without variance is the softmax, and stays a number for any logits", () => {
    const mean = Float64Array.of(0.3, -1, 2);
    for (const normalize of [false, true]) {
      const link = laplaceBridge({ normalize });
      expectClose(link.logProbabilities(mean, new Float64Array(9)).map(Math.exp), softmax(mean), 1e-14);
      for (const scale of [1e-8, 1, 1e6]) {
        for (const logits of [[800, -800, 0], [0, 0, 0]]) {
          const { logProbabilities, expectedEntropy } = link.withEntropy?.(Float64Array.from(logits), Float64Array.of(1, 1, 0, 1, 1, 0, 0, 0, 0).map((c) => scale * c)) ?? expect.fail();
          expect(logProbabilities.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
          expect(expectedEntropy).toBeGreaterThanOrEqual(-1e-12);
        }
      }
    }
  });

  it("has the expected entropy of its Dirichlet distribution", () => {
    // Two classes, alpha = 2 each: by the integral over p of Beta(2, 2).
    const link = laplaceBridge();
    const { logProbabilities, expectedEntropy } = link.withEntropy?.(Float64Array.of(0, 0), Float64Array.of(0.5, 0, 0, 0.5)) ?? expect.fail();
    expectClose(logProbabilities.map(Math.exp), [0.5, 0.5], 1e-15);
    let integral = 0;
    for (let i = 0.5; i < 2e4; i++) {
      const p = i / 2e4;
      integral += (6 * p * (1 - p) * -(p * Math.log(p) + (1 - p) * Math.log(1 - p))) / 2e4;
    }
    expect(expectedEntropy).toBeCloseTo(integral, 8);
  });

  it("refuses bad options", () => {
    expect(() => laplaceBridge({ normalize: 1 } as unknown as LaplaceBridgeOptions)).toThrow(/^normalize: expected true or false, got 1/);
    expect(() => laplaceBridge({ norm: true } as LaplaceBridgeOptions)).toThrow(/^options\.norm: /);
  });
});

describe("extendedMacKay", () => {
  it("for two classes is MacKay's moderated output of the difference", () => {
    const p = extendedMacKay().logProbabilities(Float64Array.of(0.4, 1.5), Float64Array.of(2, 0.3, 0.3, 1)).map(Math.exp);
    expect(p[1]).toBeCloseTo(moderated(1.1, 2 + 1 - 0.6), 14);
  });

  it("leaves out what all logits share, and without variance is the softmax", () => {
    const mean = Float64Array.of(0, 1, 2);
    for (const shared of [0, 100]) expectClose(extendedMacKay().logProbabilities(mean, new Float64Array(9).fill(shared)).map(Math.exp), softmax(mean), 1e-14);
  });
});

describe("the uncertainty of classes", () => {
  const logits = { rows: 3, outputs: 3, mean: Float64Array.of(5, 0, 0, 0, 0, 0, 0, 0, 0), covariance: Float64Array.from({ length: 27 }, (_, i) => (i >= 18 && (i - 18) % 4 === 0 ? 25 : 0)) };

  it.each([monteCarlo({ samples: 2000 }), laplaceBridge({ normalize: true }), extendedMacKay()])("by $name tells known doubt from ignorance", (link) => {
    const { entropy, expectedEntropy, mutualInformation } = categorical().predict(logits, { link }).uncertainty();
    const parts = [entropy, expectedEntropy, mutualInformation].map((matrix) => matrix.to1DArray());
    parts[0].forEach((total, n) => expect(total).toBeCloseTo(parts[1][n] + parts[2][n], 12));
    // Sure; even odds that are known; even odds for want of knowledge.
    expect(parts[0][0]).toBeLessThan(0.1);
    expect([parts[0][1], parts[1][1], parts[2][1]].map((value) => Math.round(1e6 * value))).toEqual([Math.log(3), Math.log(3), 0].map((value) => Math.round(1e6 * value)));
    expect(parts[2][2]).toBeGreaterThan(0.3);
    expect(parts[0][2]).toBeGreaterThan(1);
  });

  it("is not to be had from probit(), which gives averaged probabilities alone", () => {
    expect(() => categorical().predict(logits, { link: probit() }).uncertainty()).toThrow(UnsupportedError);
    expect(() => categorical().predict(logits, { link: probit() }).uncertainty()).toThrow(/Predict with link: extendedMacKay\(\), monteCarlo\(\) or laplaceBridge\(\)/);
  });

  it("of two classes is the average over the logit", () => {
    const [a, s] = [0.7, 1.5];
    const { entropy, expectedEntropy, mutualInformation } = bernoulli().predict({ rows: 2, outputs: 1, mean: Float64Array.of(a, 40), covariance: Float64Array.of(s * s, 0) }).uncertainty();
    const source = random(1);
    let [probability, doubt] = [0, 0];
    const draws = 40_000;
    for (let i = 0; i < draws; i++) {
      const p = 1 / (1 + Math.exp(-a - s * source.normal()));
      probability += p / draws;
      doubt -= (p * Math.log(p) + (1 - p) * Math.log(1 - p)) / draws;
    }
    const total = -probability * Math.log(probability) - (1 - probability) * Math.log(1 - probability);
    expectClose([entropy.get(0, 0), expectedEntropy.get(0, 0), mutualInformation.get(0, 0)], [total, doubt, total - doubt], 5e-3);
    expect(entropy.get(1, 0)).toBeGreaterThan(0);
    expect(mutualInformation.get(1, 0)).toBe(0);
  });
});

describe("digamma", () => {
  it("is the derivative of log Gamma, and psi(1) is minus Euler's constant", () => {
    expect(digamma(1)).toBeCloseTo(-0.5772156649015329, 14);
    for (const x of [0.1, 0.9, 3.3, 17, 250]) expect(digamma(x)).toBeCloseTo((logGamma(x + 1e-5) - logGamma(x - 1e-5)) / 2e-5, 6);
  });
});
