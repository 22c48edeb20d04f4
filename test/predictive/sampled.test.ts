import { beforeAll, describe, expect, it } from "vitest";
import { NotFiniteError } from "../../src/errors.ts";
import { importanceSampling } from "../../src/evidence/importance-sampling.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import type { OutputMoments } from "../../src/likelihood/prediction.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { forward } from "../../src/model/derivatives.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { rebuilt, type Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { linearized, predict, type PredictOptions } from "../../src/predictive/predict.ts";
import { sampled } from "../../src/predictive/sampled.ts";
import { expectClose } from "../support/close.ts";
import { plane, trainedSine, type Problem } from "../support/regression.ts";

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

describe("predictions by sampled weights", () => {
  let problem: Problem;
  let posterior: Posterior<Problem["model"], Problem["likelihood"]>;
  beforeAll(async () => {
    problem = await trainedSine();
    const { model, likelihood, prior, data } = problem;
    posterior = await laplace(model, likelihood, data, { prior });
  });

  it("are averages over the draws of sample() put through the network", async () => {
    const [inputs, targets] = [[-1, 0.5, 4], [-0.9, 0.8, 0.3]];
    const prediction = await predict(posterior, inputs, { method: sampled({ samples: 50, seed: 3 }) });
    const draws = posterior.sample(50, { seed: 3 });
    const outputs = draws.to2DArray().map((w) => forward(problem.model.withParameters(Float64Array.from(w)), inputs).to1DArray());
    inputs.forEach((_, n) => {
      const f = outputs.map((row) => row[n]);
      const mean = sum(f) / 50;
      const variance = sum(f.map((value) => (value - mean) ** 2)) / 50;
      expect(prediction.mean.get(n, 0)).toBeCloseTo(mean, 12);
      expect(prediction.variance.get(n, 0)).toBeCloseTo(variance, 12);
      expect(prediction.totalVariance.get(n, 0)).toBeCloseTo(variance + 0.01, 12);
      expect(prediction.logDensity(targets)[n]).toBeCloseTo(Math.log(sum(f.map((value) => Math.exp(-50 * (targets[n] - value) ** 2) / Math.sqrt(0.02 * Math.PI))) / 50), 10);
    });
  });

  it("go on to those of the linearised model where the posterior is narrow", async () => {
    const cold = posterior.with({ temperature: 1e-8, prior: isotropic(1e8) });
    const exact = await predict(cold, [0.3, 1]);
    const { mean, variance } = await predict(cold, [0.3, 1], { method: sampled({ samples: 2000 }) });
    expectClose(mean.to1DArray(), exact.mean.to1DArray(), 1e-5);
    variance.to1DArray().forEach((v, n) => expect(Math.abs(v / exact.variance.get(n, 0) - 1)).toBeLessThan(5 * Math.sqrt(2 / 2000)));
  });

  it("report their progress, can be stopped, and depend on the seed alone", async () => {
    const done: number[] = [];
    const options = { method: sampled({ samples: 4, seed: 1 }) };
    const first = await predict(posterior, [1], { ...options, onProgress: (progress) => done.push(progress.done) });
    expect(done).toEqual([1, 2, 3, 4]);
    expect((await predict(posterior, [1], options)).mean).toEqual(first.mean);
    expect((await predict(posterior, [1], { method: sampled({ samples: 4, seed: 2 }) })).mean).not.toEqual(first.mean);
    const controller = new AbortController();
    await expect(predict(posterior, [1], { ...options, signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("can be weighed by importance", async () => {
    const { model, likelihood, prior, data } = problem;
    const { logWeights } = await importanceSampling(posterior, data, { samples: 30, seed: 2 });
    const { mean } = await predict(posterior, [2], { method: sampled({ samples: 30, seed: 2, logWeights }) });
    const draws = posterior.sample(30, { seed: 2 }).to2DArray().map((w) => forward(model.withParameters(Float64Array.from(w)), [2]).get(0, 0));
    expect(mean.get(0, 0)).toBeCloseTo(sum(draws.map((f, s) => Math.exp(logWeights[s]) * f)), 12);
    expect(prior).toBeDefined();
    expect(likelihood.name).toBe("gaussian");
  });

  it("of classes average the softmax", async () => {
    const classes = await laplace(mlp([1, 3], { seed: 1 }), categorical(), { inputs: [-1, 0, 1], targets: [0, 1, 2] });
    const { probabilities } = await predict(classes, [0.5], { method: sampled({ samples: 20 }) });
    const draws = classes.sample(20).to2DArray().map((w) => softmax(forward(classes.model.withParameters(Float64Array.from(w)), [0.5]).to1DArray()));
    expectClose(probabilities.to1DArray(), [0, 1, 2].map((k) => sum(draws.map((p) => p[k])) / 20), 1e-13);
  });

  it("of classes have exact entropies, whatever the link", async () => {
    const classes = await laplace(mlp([1, 3], { seed: 1 }), categorical(), { inputs: [-1, 0, 1], targets: [0, 1, 2] });
    const { expectedEntropy } = (await predict(classes, [0.5], { method: sampled({ samples: 20 }) })).uncertainty();
    const entropies = classes.sample(20).to2DArray().map((w) => sum(Array.from(softmax(forward(classes.model.withParameters(Float64Array.from(w)), [0.5]).to1DArray()), (p) => -p * Math.log(p))));
    expect(expectedEntropy.get(0, 0)).toBeCloseTo(sum(entropies) / 20, 13);
  });

  it("keep of a draw its outputs alone, and make predictions when they are looked at", async () => {
    const seen: OutputMoments[] = [];
    const watched: Likelihood = {
      ...gaussian({ noise: 0.1 }),
      predict: (moments) => {
        seen.push(moments);
        return { logDensity: () => new Float64Array(1) };
      },
    };
    const { predictions } = await sampled({ samples: 3 }).components(rebuilt<Posterior["model"], Likelihood>(posterior, { likelihood: watched }), [[1], [2]], {});
    expect(seen).toEqual([]);
    const [first, second] = [predictions, predictions].map((each) => [...each][0]);
    expect(first).not.toBe(second);
    expect(seen).toHaveLength(6);
    for (const moments of seen) expect(Object.keys(moments).sort()).toEqual(["mean", "outputs", "rows"]);
    expect(seen[0].mean).toBe(seen[3].mean);
  });

  it("with linearized() are what predict() gives without", async () => {
    expect((await predict(posterior, [1, 2], { method: linearized() })).variance).toEqual((await predict(posterior, [1, 2])).variance);
  });

  it("refuse what they can't take", async () => {
    expect(() => sampled({ samples: 0 })).toThrow(/^samples: /);
    expect(() => sampled({ seed: 1.5 })).toThrow(/^seed: /);
    expect(() => sampled({ draws: 3 } as object)).toThrow(/^options\.draws: /);
    expect(() => sampled({ samples: 3, logWeights: [0, 0] })).toThrow(/^logWeights: expected 3 numbers/);
    expect(() => sampled({ samples: 1, logWeights: [-Infinity] })).toThrow(/^logWeights: /);
    await expect(predict(posterior, [1], { method: sampled as never })).rejects.toThrow(/^method: expected a value made by linearized\(\) or sampled\(\), got a function\. Call the function/);
    await expect(predict(posterior, [1], { method: sampled(), link: 1 } as unknown as PredictOptions<Problem["likelihood"]>)).rejects.toThrow(/^options\.link: /);
    await expect(predict(posterior, [[1, 2]], { method: sampled() })).rejects.toThrow(/^inputs: /);
    const { model, likelihood, data } = plane(5);
    await expect(predict(await laplace(model, likelihood, data), [[1.7e308, -1.7e308]], { method: sampled({ samples: 3 }) })).rejects.toThrow(NotFiniteError);
  });
});
