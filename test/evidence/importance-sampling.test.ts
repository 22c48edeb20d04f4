import { beforeAll, describe, expect, it } from "vitest";
import { NotFiniteError } from "../../src/errors.ts";
import { importanceSampling } from "../../src/evidence/importance-sampling.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { rebuilt, type Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { train } from "../../src/training/train.ts";
import { plane, trainedSine } from "../support/regression.ts";

/** A linear posterior at its mode: one Newton step from anywhere. */
function atMode<P extends Posterior>(start: P): Posterior {
  const step = start.solve(start.gradient);
  const model = start.model.withParameters(start.mean.map((w, i) => w - step[i]));
  return rebuilt<typeof start.model, typeof start.likelihood>(start, { model });
}

async function linear(temperature: number, structure = full()): Promise<{ posterior: Posterior; data: ReturnType<typeof plane>["data"] }> {
  const { model, likelihood, prior, data } = plane(30);
  const start = await laplace(model, likelihood, data, { prior, temperature, structure });
  const { model: mode } = atMode(start);
  return { posterior: await laplace(mode, likelihood, data, { prior, temperature, structure }), data };
}

describe("importance sampling of a Gaussian posterior", () => {
  it.each([["weight", 1], ["function", 1], ["weight", 3]] as const)("finds nothing to correct, in %s space at temperature %d", async (space, temperature) => {
    const { posterior, data } = await linear(temperature, full({ space }));
    const { paretoShape, effectiveSampleSize, logEvidence, logWeights } = await importanceSampling(posterior, data, { samples: 200 });
    expect(paretoShape).toBe(-Infinity);
    expect(effectiveSampleSize).toBeCloseTo(200, 6);
    expect(logEvidence).toBeCloseTo(posterior.logEvidence, 8);
    expect(logWeights[7]).toBeCloseTo(-Math.log(200), 8);
  });

  it("finds the evidence of the full posterior from a diagonal one", async () => {
    const { posterior } = await linear(1);
    const { posterior: narrow, data } = await linear(1, diagonal());
    const { paretoShape, threshold, logEvidence } = await importanceSampling(narrow, data, { samples: 4000 });
    expect(paretoShape).toBeLessThan(threshold);
    expect(Math.abs(logEvidence - posterior.logEvidence)).toBeLessThan(0.02);
  });
});

describe("importance sampling of one weight", () => {
  it("from a Gaussian s times too narrow has ratios of shape 1 - 1 / s^2", async () => {
    const { likelihood } = plane(3);
    const data = { inputs: [1, -1, 2], targets: [1, -1, 2] };
    const start = await laplace(mlp([1, 1], { biases: false, parameters: [1] }), likelihood, data, { prior: isotropic(1e-6) });
    const posterior = atMode(start);
    for (const s of [1.5, 2, 4]) {
      const { data: term } = posterior;
      const narrow = rebuilt(posterior, { data: { ...term, curvature: term.curvature.times(s * s) } });
      const { paretoShape, logEvidence } = await importanceSampling(narrow, data, { samples: 10000, seed: 1 });
      // The tail has 300 ratios: three standard errors.
      expect(Math.abs(paretoShape - (1 - 1 / (s * s)))).toBeLessThan((3 * (2 - 1 / (s * s))) / Math.sqrt(300));
      if (s < 2) expect(Math.abs(logEvidence - posterior.logEvidence)).toBeLessThan(0.03);
    }
  });

  it("finds the evidence of a Poisson rate that quadrature finds, where Laplace's is off", async () => {
    const [data, alpha, samples] = [{ inputs: [1], targets: [0] }, 0.5, 20000];
    const { model, likelihood, prior } = await train(mlp([1, 1], { biases: false }), poisson(), data, { prior: isotropic(alpha), gradientTolerance: 1e-10 });
    const posterior = await laplace(model, likelihood, data, { prior });
    let sum = 0;
    for (let w = -40; w < 10; w += 0.001) sum += 0.001 * Math.exp(-Math.exp(w) - 0.5 * alpha * w * w) * Math.sqrt(alpha / (2 * Math.PI));
    const { logEvidence, paretoShape, threshold, effectiveSampleSize } = await importanceSampling(posterior, data, { samples });
    const standardError = Math.sqrt(1 / effectiveSampleSize - 1 / samples);
    expect(paretoShape).toBeLessThan(threshold);
    expect(Math.abs(logEvidence - Math.log(sum))).toBeLessThan(3 * standardError);
    expect(Math.abs(posterior.logEvidence - Math.log(sum))).toBeGreaterThan(4 * standardError);
  });
});

describe("importance sampling of a network", () => {
  let problem: Awaited<ReturnType<typeof trainedSine>>;
  beforeAll(async () => {
    problem = await trainedSine();
  });

  it("has weights in the order of sample(), from their definition", async () => {
    const { model, likelihood, prior, data } = problem;
    const posterior = await laplace(model, likelihood, data, { prior });
    const { logWeights } = await importanceSampling(posterior, data, { samples: 20, seed: 5 });
    const draws = posterior.sample(20, { seed: 5 });
    const precision = posterior.precisionMatrix();
    const inputs = data.inputs as number[];
    const targets = data.targets as number[];
    const logRatios = Array.from({ length: 20 }, (_, s) => {
      const w = draws.getRow(s);
      const f = model.withParameters(Float64Array.from(w)).evaluate({ data: Float64Array.from(inputs), rows: inputs.length, columns: 1 }).outputs;
      const logLikelihood = f.reduce((sum, value, n) => sum - 50 * (value - targets[n]) ** 2, 0);
      const d = w.map((value, i) => value - posterior.mean[i]);
      const distance = d.reduce((sum, a, i) => sum + a * d.reduce((inner, b, j) => inner + precision.get(i, j) * b, 0), 0);
      return logLikelihood - 0.25 * w.reduce((sum, value) => sum + value * value, 0) + 0.5 * distance;
    });
    const smallest = Array.from(logRatios, (_, s) => s).sort((a, b) => logRatios[a] - logRatios[b]).slice(0, 16);
    for (const s of smallest) expect(logWeights[s] - logWeights[smallest[0]]).toBeCloseTo(logRatios[s] - logRatios[smallest[0]], 6);
    expect(logWeights.reduce((sum, value) => sum + Math.exp(value), 0)).toBeCloseTo(1, 12);
  });

  it("tells how far it is", async () => {
    const { model, likelihood, prior, data } = problem;
    const posterior = await laplace(model, likelihood, data, { prior });
    const steps: number[] = [];
    await importanceSampling(posterior, data, { samples: 3, onProgress: ({ done }) => steps.push(done) });
    expect(steps).toEqual([1, 2, 3]);
  });

  it("refuses other data, and options that are none", async () => {
    const { model, likelihood, prior, data } = problem;
    const posterior = await laplace(model, likelihood, data, { prior });
    await expect(importanceSampling(posterior, { inputs: [1], targets: [1] })).rejects.toThrow(/^data: expected the 25 examples of the posterior, got 1/);
    await expect(importanceSampling(posterior, { ...data, targets: (data.targets as number[]).map((t) => t + 0.01) })).rejects.toThrow(/^data: expected the data of the posterior/);
    await expect(importanceSampling(posterior, data, { samples: 0 })).rejects.toThrow(/^samples: /);
    await expect(importanceSampling(posterior, data, { seed: 0.5 })).rejects.toThrow(/^seed: /);
    await expect(importanceSampling(posterior, data, { draws: 5 } as object)).rejects.toThrow(/^options\.draws: /);
    await expect(importanceSampling(Promise.resolve(posterior) as unknown as Posterior, data)).rejects.toThrow(/Await it first/);
  });

  it("refuses a posterior of which no draw is possible", async () => {
    // Wherever the weight is, one of the two rates overflows.
    const data = { inputs: [300, -300], targets: [0, 0] };
    const posterior = await laplace(mlp([1, 1], { biases: false }), poisson(), data);
    const wild = rebuilt(posterior, { data: { ...posterior.data, curvature: posterior.data.curvature.times(0) }, prior: isotropic(1e-30).bind(posterior.model) });
    await expect(importanceSampling(wild, data, { samples: 3, seed: 4 })).rejects.toThrow(NotFiniteError);
  });
});
