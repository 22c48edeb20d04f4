import { beforeAll, describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { maximizeEvidence, reestimation, type MaximizeEvidenceOptions } from "../../src/evidence/maximize-evidence.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { priorEnergies, withPrecisions } from "../../src/prior/prior.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { noisySine, plane, trainedSine, type Problem } from "../support/regression.ts";

type Fit = Posterior<DenseNetwork, GaussianLikelihood>;
let sine: Problem;
beforeAll(async () => {
  sine = await trainedSine();
});

/** A network with about as many weights as targets, or more. */
async function wideSine(rows: number, hidden: number): Promise<Problem> {
  const [data, likelihood, prior] = [noisySine(rows, 5), gaussian({ noise: 0.1 }), isotropic(0.1)];
  const { model } = await train(mlp([1, hidden, 1], { seed: 1 }), likelihood, data, { prior });
  return { model, likelihood, prior, data };
}

/** The evidence is lower where any one hyperparameter is 1 % larger or smaller. */
function expectMaximum(posterior: Fit): void {
  const { prior, likelihood } = posterior;
  for (const factor of [0.99, 1.01]) {
    prior.precisions.forEach((_, g) => {
      const moved = prior.precisions.map((alpha, i) => (i === g ? factor * alpha : alpha));
      expect(posterior.with({ prior: withPrecisions(prior, moved) }).logEvidence).toBeLessThan(posterior.logEvidence);
    });
    expect(posterior.with({ likelihood: gaussian({ noise: factor * likelihood.noise }) }).logEvidence).toBeLessThan(posterior.logEvidence);
  }
}

describe.each([full(), diagonal()])("re-estimation of a $name posterior", (structure) => {
  it.each([isotropic(0.5), perLayer([1, 2]), perLayer([1, 2, 3, 4], { separateBiases: true })])("meets MacKay's conditions at the maximum of the evidence, $name", async (prior) => {
    const { posterior, history, stopped } = reestimation(await laplace(sine.model, sine.likelihood, sine.data, { structure, prior }), { tolerance: 1e-12 });
    expect(stopped).toBe("converged");
    const gamma = posterior.effectiveParametersByGroup;
    expectClose(priorEnergies(posterior.prior, posterior.mean).map((energy, g) => 2 * posterior.prior.precisions[g] * energy), gamma, 1e-9);
    expectClose([2 * posterior.likelihood.precision * posterior.data.energy], [posterior.targetCount - posterior.effectiveParameters], 1e-9);
    expectMaximum(posterior);
    expectClose([history.at(-1)!.logEvidence], [posterior.logEvidence], 1e-11);
  });

  it.each([0.3, 1, 1.5])("is at the maximum at temperature %d, where 2 beta E_0 = NK - T gamma", async (temperature) => {
    const tuned = maximizeEvidence(await laplace(sine.model, sine.likelihood, sine.data, { structure, temperature }), { tolerance: 1e-12 });
    expect(tuned.temperature).toBe(temperature);
    expectClose([2 * tuned.likelihood.precision * tuned.data.energy], [tuned.targetCount - temperature * tuned.effectiveParameters], 1e-9);
    expectMaximum(tuned);
  });
});

describe("re-estimation", () => {
  it.each([outerProduct(), empiricalFisher()])("is at the maximum for the $name", async (curvature) => {
    // Many examples for few weights: the empirical Fisher counts every effective parameter twice.
    const { model, likelihood, data } = plane(40);
    const { posterior, stopped } = reestimation(await laplace(model, likelihood, data, { curvature }), { tolerance: 1e-12 });
    expect(stopped).toBe("converged");
    expectMaximum(posterior);
  });

  it("keeps a history that climbs, told as it goes", async () => {
    const told: number[] = [];
    const start = await laplace(sine.model, sine.likelihood, sine.data, { prior: isotropic(100) });
    const { history, posterior, stopped } = reestimation(start, { onIteration: ({ iteration }) => told.push(iteration) });
    expect(told).toEqual(history.map((_, i) => i + 1));
    expect(history.map(({ iteration }) => iteration)).toEqual(told);
    expect(stopped).toBe("converged");
    const [first, last] = [history[0], history[history.length - 1]];
    expect(first.logEvidence).toBeGreaterThan(start.logEvidence);
    expect(last.change).toBeLessThanOrEqual(1e-6);
    expect(last.logEvidence).toBeGreaterThanOrEqual(first.logEvidence);
    expect([last.priorPrecisions[0], last.noisePrecision]).toEqual([posterior.prior.precisions[0], posterior.likelihood.precision]);
    expectClose([last.effectiveParameters], [posterior.effectiveParameters], 1e-10);
    expect(reestimation(posterior).history.length).toBeLessThan(3);
  });

  const overfull = [
    { name: "diagonal", options: { structure: diagonal() }, temperatures: [1, 2, 5] },
    { name: "full, of the empirical Fisher", options: { curvature: empiricalFisher() }, temperatures: [1, 2, 5] },
    { name: "full", options: {}, temperatures: [1, 2, 5] },
  ].flatMap(({ name, options, temperatures }) => temperatures.map((temperature) => ({ name, temperature, options: { ...options, temperature } })));

  describe.each(overfull)("of a $name posterior at temperature $temperature with as many weights as targets", ({ options }) => {
    it.each([[10, 5], [15, 10], [20, 20], [30, 5]])("never lowers the evidence: %d targets, %d hidden units", async (rows, hidden) => {
      const { model, likelihood, prior, data } = await wideSine(rows, hidden);
      const start = await laplace(model, likelihood, data, { prior, ...options });
      const { posterior, history } = reestimation(start);
      const course = [start.logEvidence, ...history.map(({ logEvidence }) => logEvidence)];
      course.slice(1).forEach((value, i) => expect(value).toBeGreaterThanOrEqual(course[i] - 1e-9));
      // A difference of numbers a hundred times as large.
      expectClose([posterior.logEvidence], [course.at(-1)], 1e-10);
    });
  });

  it("finds the best of a grid, where the plain iteration jumps to and fro", async () => {
    // 61 weights, 20 targets; the diagonal counts twice as many effective parameters as there are targets.
    const { model, likelihood, prior, data } = await wideSine(20, 20);
    const start = await laplace(model, likelihood, data, { prior, structure: diagonal() });
    const { posterior, stopped } = reestimation(start);
    expect(stopped).toBe("converged");
    let best = -Infinity;
    for (let a = -6; a <= 6; a += 0.1) {
      for (let n = -3; n <= 2; n += 0.1) best = Math.max(best, start.with({ prior: isotropic(10 ** a), likelihood: gaussian({ noise: 10 ** n }) }).logEvidence);
    }
    expect(best).toBeGreaterThan(start.logEvidence + 10);
    expect(posterior.logEvidence).toBeGreaterThanOrEqual(best);
    expect(posterior.logEvidence).toBeLessThan(best + 0.1);
  });

  it("stops when the iterations are used up", async () => {
    const { history, stopped } = reestimation(await laplace(sine.model, sine.likelihood, sine.data, { prior: isotropic(100) }), { maximumIterations: 2 });
    expect([history.length, stopped]).toEqual([2, "iterations"]);
  });

  it("moves what it is asked to, and leaves the given posterior alone", async () => {
    const start = await laplace(sine.model, sine.likelihood, sine.data, { prior: isotropic(3) });
    const before = [start.logEvidence, start.likelihood.noise, ...start.prior.precisions];
    const prior = maximizeEvidence(start, { estimate: "prior" });
    const noise = maximizeEvidence(start, { estimate: "noise" });
    const both = maximizeEvidence(start);
    expect([prior.likelihood.noise, noise.prior.precisions[0]]).toEqual([0.1, 3]);
    expect(prior.prior.precisions[0]).not.toBeCloseTo(3, 3);
    expect(noise.likelihood.noise).not.toBeCloseTo(0.1, 3);
    for (const tuned of [prior, noise]) {
      expect(tuned.logEvidence).toBeGreaterThan(start.logEvidence);
      expect(both.logEvidence).toBeGreaterThan(tuned.logEvidence);
    }
    expect([start.logEvidence, start.likelihood.noise, ...start.prior.precisions]).toEqual(before);
  });

  it("leaves what it isn't asked to move as it is to the last digit, however often a step is halved", async () => {
    const { model, data } = await wideSine(20, 20);
    for (const noise of [0.1, 0.3, 0.7]) {
      const start = await laplace(model, gaussian({ noise }), data, { prior: isotropic(3 * noise), structure: diagonal() });
      expect(maximizeEvidence(start, { estimate: "prior" }).likelihood.noise).toBe(noise);
      expect(maximizeEvidence(start, { estimate: "noise" }).prior.precisions[0]).toBe(3 * noise);
    }
  });

  it("leaves known noise alone, and likelihoods without noise", async () => {
    const known = maximizeEvidence(await laplace(sine.model, gaussian({ noise: 0.25, fixed: true }), sine.data));
    expect(known.likelihood.noise).toBe(0.25);
    const classes = maximizeEvidence(await laplace(mlp([1, 1], { parameters: [1, 0.2] }), bernoulli(), { inputs: [-2, -1, 1, 2], targets: [0, 1, 0, 1] }), { tolerance: 1e-10 });
    const energy = 0.5 * (1 + 0.04);
    expect(2 * classes.prior.precisions[0] * energy).toBeCloseTo(classes.effectiveParameters, 8);
  });

  it.each([outerProduct(), exact()])("with one precision for each weight, copes with those that the data say nothing about, $name", async (curvature) => {
    const { model, likelihood, data } = plane(20);
    const inputs = (data.inputs as number[][]).map((row) => [...row, 0]);
    const tuned = async (third: number): Promise<Fit> => {
      const useless = mlp([3, 1], { biases: false, parameters: [...model.parameters, third] });
      const posterior = await laplace(useless, likelihood, { inputs, targets: data.targets }, { prior: perWeight([1, 1, 3]), curvature });
      // 1 - alpha / alpha, which rounding takes to either side of 0.
      for (const alpha of [3, 3.1, 0.7, 49, 0.1, 1e-3]) {
        const gamma = posterior.with({ prior: perWeight([1, 1, alpha]) }).effectiveParametersByGroup[2];
        expect(gamma).toBeGreaterThanOrEqual(0);
        expect(gamma).toBeLessThan(1e-14);
      }
      return maximizeEvidence(posterior);
    };
    for (const third of [0, 1e-9, 1]) {
      const { prior, logEvidence } = await tuned(third);
      expect(prior.precisions[2]).toBe(3);
      expect(prior.precisions[0]).toBeCloseTo(1, 1);
      expect(Number.isFinite(logEvidence)).toBe(true);
    }
  });
});

describe("bad input to re-estimation", () => {
  it("options", async () => {
    const posterior = await laplace(sine.model, sine.likelihood, sine.data);
    const refused = (options: unknown, message: RegExp): void => {
      expect(() => maximizeEvidence(posterior, options as MaximizeEvidenceOptions)).toThrow(InvalidArgumentError);
      expect(() => maximizeEvidence(posterior, options as MaximizeEvidenceOptions)).toThrow(message);
    };
    refused({ estimate: "alpha" }, /^estimate: expected one of "both", "prior", "noise", got "alpha"/);
    refused({ tolerance: 0 }, /^tolerance: /);
    refused({ maximumIterations: 0.5 }, /^maximumIterations: /);
    refused({ iterations: 3 }, /^options\.iterations: /);
  });

  it("a promise in place of the posterior", () => {
    const promise = laplace(sine.model, sine.likelihood, sine.data) as unknown as Fit;
    expect(() => maximizeEvidence(promise)).toThrow(/^posterior: expected what laplace\(\) resolves to.*Await it first/);
  });

  it("an exact Hessian with negative eigenvalues that only the prior makes up for", async () => {
    // At a saddle of the data error, f = w1 w2 x at 0, no prior precision is the best.
    const saddle = mlp([1, 1, 1], { biases: false, parameters: [0, 0] });
    const data = { inputs: [1, 2], targets: [1, 2] };
    const posterior = await laplace(saddle, gaussian({ noise: 1 }), data, { curvature: exact(), prior: isotropic(100) });
    expect(posterior.effectiveParameters).toBeLessThan(0);
    expect(posterior.summary()).toMatch(/warning +the curvature has negative eigenvalues/);
    expect(() => maximizeEvidence(posterior)).toThrow(UnsupportedError);
    expect(() => maximizeEvidence(posterior)).toThrow(/"all weights".*negative eigenvalues.*outerProduct\(\)/);
    expect(maximizeEvidence(posterior, { estimate: "noise", maximumIterations: 1 }).likelihood.noise).toBeGreaterThan(0);
  });

  it("a model that fits the targets exactly leaves no noise to estimate", async () => {
    const line = mlp([1, 1], { biases: false, parameters: [2] });
    const posterior = await laplace(line, gaussian({ noise: 1 }), { inputs: [1, 2], targets: [2, 4] });
    expect(() => maximizeEvidence(posterior)).toThrow(/^noise: expected residuals to estimate it from/);
    await expect(laplace(line, gaussian(), { inputs: [1, 2], targets: [2, 4] })).rejects.toThrow(/^noise: /);
  });
});
