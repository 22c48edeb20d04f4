import { describe, expect, it } from "vitest";
import { exact } from "../src/curvature/curvature.ts";
import { InvalidArgumentError } from "../src/errors.ts";
import { fit, type FitOptions } from "../src/fit.ts";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { maximizeEvidence } from "../src/evidence/maximize-evidence.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import type { Data } from "../src/data.ts";
import type { Likelihood } from "../src/likelihood/likelihood.ts";
import { pairwise } from "../src/model/pairwise.ts";
import { functionModel } from "../src/model/function-model.ts";
import { mlp } from "../src/model/mlp.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { random } from "../src/random.ts";
import { coverage } from "../src/predictive/scores.ts";
import { diagonal } from "../src/structure/diagonal.ts";
import { adam } from "../src/training/adam.ts";
import { lbfgs } from "../src/training/lbfgs.ts";

const count = 60;
const source = random(5);
const inputs = Array.from({ length: count }, () => [4 * source.uniform() - 2, 4 * source.uniform() - 2]);
const targets = inputs.map(([a]) => Math.sin(1.5 * a) + 0.1 * source.normal());
const network = mlp([2, 4, 1], { seed: 2 });

describe("fit", () => {
  it("finds the noise, and that the second input does not matter", async () => {
    const fitted = await fit(network, gaussian(), { inputs, targets });
    expect(fitted.likelihood.noise).toBeGreaterThan(0.07);
    expect(fitted.likelihood.noise).toBeLessThan(0.14);
    const [first, second] = fitted.posterior.prior.precisions;
    expect(second).toBeGreaterThan(100 * first);
    expect(fitted.posterior.distanceFromMode).toBeLessThan(0.01);
    const prediction = await fitted.predict(inputs);
    expect(coverage(prediction, targets, 0.9)).toBeGreaterThan(0.8);
  });

  it("does not depend on the units of inputs and targets, but for the log evidence, which is a density of targets", async () => {
    const [shift, scale] = [1000, 50];
    const far = { inputs: inputs.map(([a, b]) => [3 + 0.01 * a, 1e4 * b]), targets: targets.map((t) => shift + scale * t) };
    const [here, there] = [await fit(network, gaussian(), { inputs, targets }), await fit(network, gaussian(), far)];
    expect(there.logEvidence + count * Math.log(scale)).toBeCloseTo(here.logEvidence, 3);
    expect(there.likelihood.noise / scale).toBeCloseTo(here.likelihood.noise, 6);
    const [near, away] = [await here.predict([[0.5, 1]]), await there.predict([[3 + 0.005, 1e4]])];
    expect((away.mean.get(0, 0) - shift) / scale).toBeCloseTo(near.mean.get(0, 0), 5);
    expect(away.totalVariance.get(0, 0) / scale ** 2).toBeCloseTo(near.totalVariance.get(0, 0), 6);
  });

  it("gives outputs of different units noise of different sizes", async () => {
    const [small, large] = [1e-3, 1e3];
    const noise = random(8);
    const pairs = inputs.map(([a, b]) => [small * (Math.sin(a) + 0.1 * noise.normal()), large * (Math.cos(b) + 0.1 * noise.normal())]);
    const fitted = await fit(mlp([2, 6, 2], { seed: 1 }), gaussian(), { inputs, targets: pairs });
    const { mean, noiseVariance } = await fitted.predict([[1, 0.5]]);
    expect(Math.abs(mean.get(0, 0) / (small * Math.sin(1)) - 1)).toBeLessThan(0.2);
    expect(Math.abs(mean.get(0, 1) / (large * Math.cos(0.5)) - 1)).toBeLessThan(0.2);
    const noises = [Math.sqrt(noiseVariance.get(0, 0)) / small, Math.sqrt(noiseVariance.get(0, 1)) / large];
    for (const one of noises) {
      expect(one).toBeGreaterThan(0.05);
      expect(one).toBeLessThan(0.2);
    }
  });

  it("goes on from a model that it returned", async () => {
    const far = inputs.map(([a, b]) => [2000 + a, b]);
    const first = await fit(network, gaussian(), { inputs: far, targets });
    const again = await fit(first.posterior.model, first.likelihood, { inputs: far, targets }, { prior: first.posterior.prior });
    expect(again.logEvidence).toBeGreaterThan(first.logEvidence - 0.5);
  });

  it("copes with a constant column", async () => {
    const fitted = await fit(mlp([3, 2, 1], { seed: 1 }), gaussian(), { inputs: inputs.map(([a, b]) => [a, 1980.3, b]), targets });
    const { variance } = await fitted.predict([[0, 1980.3, 0], [0, 1981.3, 0]]);
    expect(variance.get(0, 0)).toBeLessThan(0.1);
    // The data say nothing of what another value would do: the prior's variance, no more.
    expect(variance.get(1, 0)).toBeLessThan(1e4);
  });

  it.each([
    ["two", bernoulli(), mlp([2, 1]), (a: number) => (a > 0 ? 1 : 0)],
    ["three", categorical(), mlp([2, 3]), (a: number) => (a > 1 ? 2 : a > -1 ? 1 : 0)],
  ] as const)("tells %s classes apart, and leaves room for doubt", async (_, likelihood, model, label) => {
    const noise = random(1);
    const labels = inputs.map(([a]) => label(a + 0.5 * noise.normal()));
    const fitted = await fit(model, likelihood, { inputs, targets: labels });
    const density = (await fitted.predict(inputs)).logDensity(labels);
    expect(density.reduce((sum, value) => sum + value, 0) / count).toBeGreaterThan(Math.log(0.5));
    expect(fitted.effectiveParameters).toBeGreaterThan(0);
  });

  it("leaves a function's units alone and recovers its parameters", async () => {
    const decay = functionModel({ parameters: [1, 1], value: ([amount, rate], [time]) => amount * Math.exp(-rate * time) });
    const times = Array.from({ length: 30 }, (_, i) => i / 5);
    const noise = random(2);
    const fitted = await fit(decay, gaussian(), { inputs: times, targets: times.map((t) => 5 * Math.exp(-0.7 * t) + 0.05 * noise.normal()) });
    const deviations = fitted.posterior.marginalVariance.map(Math.sqrt);
    [5, 0.7].forEach((truth, i) => {
      expect(Math.abs(fitted.posterior.mean[i] - truth)).toBeLessThan(4 * deviations[i]);
    });
  });

  it("finds the parameters of Michaelis and Menten's curve from starts of about their size, as nonlinear least squares does", async () => {
    // Treloar's measurements of puromycin (Bates & Watts 1988): least squares gives 212.7 +- 6.9 and 0.0641 +- 0.0083.
    const substrate = [0.02, 0.02, 0.06, 0.06, 0.11, 0.11, 0.22, 0.22, 0.56, 0.56, 1.1, 1.1];
    const rates = [76, 47, 97, 107, 123, 139, 159, 152, 191, 201, 207, 200];
    for (const parameters of [[200, 1], [100, 0.1]]) {
      const curve = functionModel({ parameters, value: ([most, half], [s]) => (most * s) / (half + s) });
      const { posterior, likelihood } = await fit(curve, gaussian(), { inputs: substrate, targets: rates });
      expect(Math.abs(posterior.mean[0] - 212.68)).toBeLessThan(0.1);
      expect(Math.abs(posterior.mean[1] - 0.06412)).toBeLessThan(1e-4);
      expect(Math.abs(likelihood.noise - 10.93)).toBeLessThan(0.05);
      expect(Math.abs(Math.sqrt(posterior.marginalVariance[0]) - 6.95)).toBeLessThan(0.1);
    }
  });

  it("alternates training and re-estimation where the method cannot do both, and comes to the same", async () => {
    const line = mlp([2, 1], { seed: 1 });
    const prior = isotropic(1);
    const [one, other] = [await fit(line, gaussian(), { inputs, targets }, { prior }), await fit(line, gaussian(), { inputs, targets }, { prior, method: lbfgs() })];
    expect(other.logEvidence).toBeCloseTo(one.logEvidence, 2);
    expect(other.likelihood.noise).toBeCloseTo(one.likelihood.noise, 3);
  });

  it("keeps hyperparameters where re-estimation is off", async () => {
    const fitted = await fit(network, gaussian({ noise: 0.2 }), { inputs, targets }, { reestimate: false, prior: isotropic(0.3) });
    expect([fitted.likelihood.noise, fitted.posterior.prior.precisions[0]]).toEqual([0.2, 0.3]);
  });

  it("takes Kronecker factors where the full structure exceeds the budget, and the diagonal where they do or can't be had", async () => {
    const structureOf = async (options: FitOptions): Promise<string> => (await fit(network, gaussian({ noise: 0.1 }), { inputs, targets }, { reestimate: false, maximumIterations: 3, ...options })).posterior.structure.name;
    const full = 16 * 17 ** 2;
    expect(await structureOf({ memoryBudget: full })).toBe("full");
    expect(await structureOf({ memoryBudget: full - 1 })).toBe("kronecker");
    expect(await structureOf({ memoryBudget: 24 * 17 })).toBe("diagonal");
    expect(await structureOf({ memoryBudget: full - 1, curvature: exact(), prior: isotropic(100) })).toBe("diagonal");
  });

  it("has progress tell the round where it trains and re-estimates in turn", async () => {
    const rounds: (number | undefined)[] = [];
    await fit(network, gaussian(), { inputs, targets }, { structure: diagonal(), onProgress: ({ stage, round }) => stage === "training" && rounds.push(round) });
    expect(rounds[0]).toBe(1);
    expect([...new Set(rounds)]).toEqual(Array.from({ length: Math.max(...rounds.map(Number)) }, (_, i) => i + 1));
    expect(Math.max(...rounds.map(Number))).toBeGreaterThan(1);
  });

  it("gives networks of pairs a prior per layer, that moves with the data", async () => {
    const pairs = { inputs: inputs.map((row, n) => [...row, ...inputs[(n + 1) % count]]), targets: targets.map((t, n) => (t > targets[(n + 1) % count] ? 1 : 0)) };
    const { posterior } = await fit(pairwise(mlp([2, 3, 1], { seed: 1 })), bernoulli(), pairs);
    expect(posterior.prior.groups).toEqual((await fit(pairwise(mlp([2, 3, 1], { seed: 1 })), bernoulli(), pairs, { prior: perLayer() })).posterior.prior.groups);
    expect(posterior.effectiveParameters).toBeLessThan(12);
    expect(new Set(posterior.prior.precisions).size).toBeGreaterThan(1);
  });

  it("refuses targets that are all the same, and batches", async () => {
    for (const likelihood of [gaussian(), bernoulli()]) await expect(fit<typeof network, Likelihood>(network, likelihood, { inputs, targets: inputs.map(() => 1) })).rejects.toThrow(/^data\.targets: expected targets that differ from example to example, got 1 for all 60 examples\. There is nothing to predict/);
    await expect(fit(mlp([2, 2, 2]), gaussian(), { inputs, targets: inputs.map(() => [1, 2]) })).rejects.toThrow(/got \[1, 2\] for all/);
    await expect(fit(mlp([2, 2, 2]), gaussian(), { inputs, targets: targets.map((t) => [1, t]) })).resolves.toBeDefined();
    await expect(fit(network, gaussian(), [{ inputs, targets }] as unknown as Data)).rejects.toThrow(/^data: expected \{ inputs, targets \}.*are for laplace\(\) and withMoreData\(\)/);
    const fitted = await fit(network, gaussian(), { inputs, targets });
    await expect(fitted.predict(new Set([1]) as unknown as number[])).rejects.toThrow(/^inputs: .*Collect it into an array first, or call once for each batch/);
  });

  it("re-estimates by the evidence of the structure that it is asked for", async () => {
    const fitted = await fit(network, gaussian(), { inputs, targets }, { structure: diagonal() });
    expect(maximizeEvidence(fitted.posterior).logEvidence - fitted.logEvidence).toBeLessThan(0.1);
  });

  it("takes the exact Hessian at the mode, with the hyperparameters of the outer product", async () => {
    const [outer, hessian] = [await fit(network, gaussian(), { inputs, targets }), await fit(network, gaussian(), { inputs, targets }, { curvature: exact() })];
    expect(hessian.posterior.prior.precisions).toEqual(outer.posterior.prior.precisions);
    expect(hessian.logEvidence).not.toBe(outer.logEvidence);
    expect(Math.abs(hessian.logEvidence - outer.logEvidence)).toBeLessThan(10);
    const diagonals = await fit(network, gaussian(), { inputs, targets }, { curvature: exact(), structure: diagonal() });
    expect(diagonals.posterior.curvature.name).toBe("exact Hessian");
  });

  it("prints a summary with the noise and how training ended", async () => {
    const fitted = await fit(mlp([2, 1]), gaussian({ noise: 0.5, fixed: true }), { inputs, targets });
    expect(fitted.summary()).toMatch(/gaussian, noise 0\.5000 \(known\)[^]*input 1[^]*training +\d+ iterations, stopped: gradient$/);
  });

  it("reports progress and stops when it is told to", async () => {
    const stages = new Set<string>();
    await fit(network, gaussian(), { inputs, targets }, { onProgress: ({ stage }) => stages.add(stage) });
    expect([...stages].sort()).toEqual(["curvature", "training"]);
    await expect(fit(network, gaussian(), { inputs, targets }, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it.each([
    ["an unknown option", () => fit(network, gaussian(), { inputs, targets }, { restart: 2 } as object), /^options\.restart: /],
    ["targets of another length", () => fit(network, gaussian(), { inputs, targets: [1, 2] }), /targets: expected 60 x 1/],
    ["inputs of another width", () => fit(network, gaussian(), { inputs: targets, targets }), /data\.inputs: expected 2 columns/],
    ["a budget of 0", () => fit(network, gaussian(), { inputs, targets }, { memoryBudget: 0 }), /^memoryBudget: /],
    ["a method by name", () => fit(network, gaussian(), { inputs, targets }, { method: adam as unknown as ReturnType<typeof adam> }), /^method: /],
  ])("refuses %s", async (_, make, message) => {
    await expect(make()).rejects.toThrow(InvalidArgumentError);
    await expect(make()).rejects.toThrow(message);
  });
});
