import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { mixture } from "../../src/posterior/mixture.ts";
import { rebuilt, type Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { predict } from "../../src/predictive/predict.ts";
import { sampled } from "../../src/predictive/sampled.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { noisySine } from "../support/regression.ts";

const data = noisySine(20);
let posteriors: Posterior<DenseNetwork, GaussianLikelihood>[];
beforeAll(async () => {
  posteriors = await Promise.all(
    [1, 2, 3].map(async (seed) => {
      const { model, likelihood, prior } = await train(mlp([1, 4, 1], { seed }), gaussian({ noise: 0.1 * seed }), data, { prior: isotropic(0.5) });
      return laplace(model, likelihood, data, { prior });
    }),
  );
});

describe("a mixture of posteriors", () => {
  it("has equal weights, or those of the evidence, or those given", () => {
    expectClose(mixture(posteriors).weights, [1 / 3, 1 / 3, 1 / 3], 1e-15);
    expectClose(mixture(posteriors, { weights: [1, 0, 3] }).weights, [0.25, 0, 0.75], 1e-15);
    const logEvidences = posteriors.map(({ logEvidence }) => logEvidence);
    const { weights, logEvidence } = mixture(posteriors, { weights: "evidence" });
    const best = Math.max(...logEvidences);
    const total = logEvidences.reduce((sum, value) => sum + Math.exp(value - best), 0);
    expectClose(weights, logEvidences.map((value) => Math.exp(value - best) / total), 1e-14);
    expect(logEvidence).toBeCloseTo(best + Math.log(total), 10);
  });

  it("predicts the mixture of its posteriors' predictions", async () => {
    const inputs = [-1, 0.4, 5];
    const targets = [-0.9, 0.7, 1];
    const weights = [0.2, 0.5, 0.3];
    const mixed = await predict(mixture(posteriors, { weights }), inputs);
    const parts = await Promise.all(posteriors.map((posterior) => predict(posterior, inputs)));
    inputs.forEach((_, n) => {
      const average = (value: (i: number) => number): number => weights.reduce((sum, w, i) => sum + w * value(i), 0);
      const mean = average((i) => parts[i].mean.get(n, 0));
      expect(mixed.mean.get(n, 0)).toBeCloseTo(mean, 12);
      expect(mixed.variance.get(n, 0)).toBeCloseTo(average((i) => parts[i].variance.get(n, 0) + parts[i].mean.get(n, 0) ** 2) - mean ** 2, 12);
      expect(mixed.noiseVariance.get(n, 0)).toBeCloseTo(average((i) => 0.01 * (i + 1) ** 2), 12);
      const density = average((i) => Math.exp(parts[i].logDensity(targets)[n]));
      expect(mixed.logDensity(targets)[n]).toBeCloseTo(Math.log(density), 12);
    });
  });

  it("has more variance than its posteriors where they disagree, far from the data", async () => {
    const mixed = await predict(mixture(posteriors), [0, 8]);
    const parts = await Promise.all(posteriors.map((posterior) => predict(posterior, [0, 8])));
    const within = parts.reduce((sum, { variance }) => sum + variance.get(1, 0) / 3, 0);
    expect(mixed.variance.get(1, 0)).toBeGreaterThan(within);
  });

  it("of draws is the mixture of all draws", async () => {
    const method = sampled({ samples: 5, seed: 2 });
    const weights = [0.2, 0.5, 0.3];
    const mixed = await predict(mixture(posteriors, { weights }), [0.5], { method });
    const parts = await Promise.all(posteriors.map((posterior) => predict(posterior, [0.5], { method })));
    expect(mixed.mean.get(0, 0)).toBeCloseTo(weights.reduce((sum, w, i) => sum + w * parts[i].mean.get(0, 0), 0), 12);
    const { lower, upper } = mixed.interval(0.9);
    expectClose([mixed.cumulativeProbability(lower).get(0, 0), mixed.cumulativeProbability(upper).get(0, 0)], [0.05, 0.95], 1e-8);
  });

  it("tells its progress as one", async () => {
    const steps: [number, number | undefined][] = [];
    await predict(mixture(posteriors), [0, 1], { onProgress: ({ done, total }) => steps.push([done, total]) });
    expect(steps).toEqual([[2, 6], [4, 6], [6, 6]]);
  });

  it("of one posterior is that posterior", async () => {
    const [first] = posteriors;
    const one = mixture([first]);
    expect(one.logEvidence).toBeCloseTo(first.logEvidence, 12);
    expect((await predict(one, [1])).variance).toEqual((await predict(first, [1])).variance);
  });

  it("takes models of different sizes", async () => {
    const line = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
    const other = await laplace(line.model, line.likelihood, data, { prior: line.prior });
    const { mean } = await predict(mixture([posteriors[0], other]), [0.5]);
    const parts = await Promise.all([posteriors[0], other].map((posterior) => predict(posterior, [0.5])));
    expect(mean.get(0, 0)).toBeCloseTo((parts[0].mean.get(0, 0) + parts[1].mean.get(0, 0)) / 2, 13);
  });

  it("refuses what does not fit", async () => {
    const [first] = posteriors;
    const classes = await laplace(mlp([1, 1]), bernoulli(), { inputs: [1], targets: [1] });
    const two = await laplace(mlp([1, 2]), gaussian({ noise: 0.1 }), { inputs: [1], targets: [[1, 2]] });
    const short = await laplace(mlp([1, 1]), gaussian({ noise: 0.1 }), { inputs: [1], targets: [1] });
    expect(() => mixture([])).toThrow(/^posteriors: expected an array of posteriors, at least one, got an empty array/);
    expect(() => mixture(first as never)).toThrow(InvalidArgumentError);
    expect(() => mixture([Promise.resolve(first) as never])).toThrow(/Await it first/);
    expect(() => mixture<Posterior["model"], Posterior["likelihood"]>([first, classes])).toThrow(/^posteriors\[1\]: expected a gaussian likelihood, as the first has, got bernoulli/);
    expect(() => mixture([first, two])).toThrow(/^posteriors\[1\]: expected a model of 1 outputs, as the first has, got 2/);
    expect(() => mixture([first, short], { weights: "evidence" })).toThrow(/^posteriors\[1\]: expected a posterior of the same 20 examples/);
    expect(mixture([first, short]).weights).toHaveLength(2);
    for (const weights of [[1], [1, -1], [0, 0], [Number.NaN, 1], "best", [Infinity, 1]]) expect(() => mixture([first, short], { weights: weights as number[] })).toThrow(/^weights: expected "equal", "evidence" or 2 numbers/);
    const unmixable = rebuilt(first, { likelihood: { ...first.likelihood, mix: undefined } as unknown as GaussianLikelihood });
    await expect(predict(mixture([unmixable, unmixable]), [1])).rejects.toThrow(UnsupportedError);
  });
});
