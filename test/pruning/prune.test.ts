import { describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { forward } from "../../src/model/derivatives.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import type { Progress } from "../../src/progress.ts";
import { magnitude } from "../../src/pruning/magnitude.ts";
import { optimalBrainDamage } from "../../src/pruning/optimal-brain-damage.ts";
import { optimalBrainSurgeon } from "../../src/pruning/optimal-brain-surgeon.ts";
import { prune } from "../../src/pruning/prune.ts";
import { random } from "../../src/random.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";

const source = random(1);
const inputs = Array.from({ length: 60 }, () => [source.normal(), source.normal(), source.normal()]);
const targets = inputs.map(([x]) => Math.tanh(2 * x) + 0.1 * source.normal());
const curve = { inputs, targets };
const network = mlp([3, 4, 1], { seed: 1 });
const options = { prior: isotropic(0.1) };

describe("prune", () => {
  it("removes the inputs that are noise and the units that are not needed, by the evidence", async () => {
    for (const method of [optimalBrainSurgeon(), optimalBrainDamage(), magnitude()]) {
      const result = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, method });
      const { steps, best, posterior } = result;
      expect(steps[0].weights).toBe(21);
      expect(best.weights).toBeLessThanOrEqual(6);
      // The inputs of the weights left into hidden units: the first alone.
      expect(Array.from(best.kept).filter((index) => index < 12).every((index) => index % 3 === 0)).toBe(true);
      expect(best.logEvidence).toBe(Math.max(...steps.map(({ logEvidence }) => logEvidence)));
      expect(posterior.logEvidence).toBe(best.logEvidence);
      expect(best.logEvidence).toBeGreaterThan(steps[0].logEvidence + 30);
      steps.slice(1).forEach(({ weights, kept }, i) => {
        expect(weights).toBeLessThan(steps[i].weights);
        expect(kept).toHaveLength(weights);
      });
      expect(result.summary()).toMatch(new RegExp(`^${method.name}, ${steps.length} networks\n.*weights.*log evidence[^]*21 .*[^]* ${best.weights} .*best`));
      const { mean } = await predict(posterior, inputs);
      expectClose(mean.to1DArray(), forward(best.model.whole, inputs).to1DArray(), 1e-10);
    }
  });

  it("reports the evidence of the very model, its loss, and how the loss rose", async () => {
    const { steps } = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, remove: { count: 3 }, until: { weights: 10 } });
    expect(steps[steps.length - 1].weights).toBeLessThanOrEqual(10);
    expect(steps[steps.length - 2].weights).toBeGreaterThan(10);
    for (const [i, step] of steps.entries()) {
      const posterior = await laplace(step.model, gaussian({ noise: 0.1 }), curve, options);
      expect(step.logEvidence).toBeCloseTo(posterior.logEvidence, 8);
      expect(step.trainingLoss).toBeCloseTo(posterior.likelihood.precision * posterior.data.energy + 0.5 * posterior.scatter, 8);
      expect(posterior.gradientNorm).toBeLessThan(1e-5);
      expect(Array.from(step.model.whole.parameters).filter((w) => w !== 0)).toHaveLength(step.weights);
      expect(step.accuracy).toBeUndefined();
      expect(step.heldOut).toBeUndefined();
      if (i > 0) expect(step.measuredIncrease! - step.predictedIncrease!).toBeGreaterThan(-0.1);
    }
    expect(steps[0].measuredIncrease).toBeUndefined();
  });

  it("has a loss that rises as predicted without training, for a linear model", async () => {
    const line = await train(mlp([3, 1]), gaussian({ noise: 0.5 }), curve, options);
    const { steps } = await prune(line.model, line.likelihood, curve, { ...options, retrain: false, until: { weights: 1 } });
    expect(steps.map(({ weights }) => weights)).toEqual([4, 3, 2, 1]);
    steps.slice(1).forEach(({ measuredIncrease, predictedIncrease, predictedEvidenceChange, trainingLoss, logEvidence, iterations }, i) => {
      expect(measuredIncrease).toBeCloseTo(predictedIncrease!, 8);
      expect(trainingLoss - steps[i].trainingLoss).toBeCloseTo(predictedIncrease!, 8);
      expect(logEvidence - steps[i].logEvidence).toBeCloseTo(predictedEvidenceChange!, 8);
      expect(iterations).toBe(0);
    });
  });

  it("counts accuracy for two classes, several, and held-out examples", async () => {
    const labels = inputs.map(([x, y]) => (x + y > 0 ? 1 : 0));
    const heldOut = { inputs: [[2, 2, 0], [-2, -2, 0], [3, 0, 1], [0, 1, 1]], targets: [1, 0, 0, 1] };
    const two = await prune(mlp([3, 2, 1], { seed: 1 }), bernoulli(), { inputs, targets: labels }, { ...options, heldOut, until: { accuracy: 0.9 } });
    const several = await prune(mlp([3, 2, 2], { seed: 1 }), categorical(), { inputs, targets: labels }, { ...options, heldOut, until: { accuracy: 0.9 } });
    for (const { steps } of [two, several]) {
      expect(steps[0].heldOut!.accuracy).toBe(0.75);
      expect(steps.slice(0, -1).every(({ accuracy }) => accuracy! >= 0.9)).toBe(true);
      const last = steps[steps.length - 1];
      expect(last.accuracy! < 0.9 || last.weights === 1).toBe(true);
      expect(steps.length).toBeGreaterThan(3);
    }
    const outputs = forward(two.best.model, heldOut.inputs).to1DArray();
    expect(two.best.accuracy).toBe(forward(two.best.model, inputs).to1DArray().filter((f, n) => f > 0 === (labels[n] === 1)).length / 60);
    expect(two.best.heldOut!.meanLogDensity).toBeCloseTo(outputs.reduce((sum, f, n) => sum - Math.log1p(Math.exp(heldOut.targets[n] === 1 ? -f : f)), 0) / 4, 10);
  });

  it("carries hyperparameters that are re-estimated along, also of open noise", async () => {
    const { steps, posterior } = await prune(network, gaussian(), curve, { prior: perLayer(0.1), retrain: { reestimate: true }, until: { weights: 3 }, remove: { share: 0.3 } });
    expect(steps.length).toBeGreaterThan(3);
    expect(posterior.likelihood.noise).toBeGreaterThan(0.05);
    expect(posterior.likelihood.noise).toBeLessThan(0.2);
    expect(posterior.prior.precisions[0]).not.toBe(0.1);
    const open = await prune(network, gaussian(), curve, { until: { weights: 20 } });
    expect(open.posterior.likelihood.estimated).toBe(false);
  });

  it("prunes models without layers, last layers, and with a diagonal posterior or the exact Hessian", async () => {
    const bend = functionModel({ parameters: [1, 1, 0.5, 0.1], outputs: 1, value: ([a, b, c, d], [x, y]) => [a * Math.tanh(b * x) + c * y + d] });
    const bent = await prune(bend, gaussian({ noise: 0.1 }), curve, options);
    expect(Array.from(bent.best.kept)).toEqual([0, 1]);
    expect(bent.best.units).toBeUndefined();
    const { model } = await train(network, gaussian({ noise: 0.1 }), curve, options);
    const last = await prune(lastLayer(model), gaussian({ noise: 0.1 }), curve, options);
    expect(last.best.weights).toBeLessThanOrEqual(5);
    expect(Array.from(last.best.model.whole.whole.parameters.subarray(0, 16))).toEqual(Array.from(model.parameters.subarray(0, 16)));
    const cheap = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, method: optimalBrainDamage(), structure: diagonal(), until: { weights: 12 } });
    expect(cheap.posterior.structure.name).toBe("diagonal");
    const exactly = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, curvature: exact(), until: { weights: 17 } });
    expect(exactly.posterior.curvature.name).toBe("exact Hessian");
  });

  it("ends where nothing can go: one weight, or one after the other", async () => {
    const one = await prune(mlp([1, 1], { biases: false, parameters: [1] }), gaussian({ noise: 1 }), { inputs: [1, 2], targets: [1, 2] });
    expect(one.steps).toHaveLength(1);
    expect(one.summary()).toMatch(/, 1 network\n[^]*best/);
    const chain = await prune(mlp([1, 1, 1], { biases: false, parameters: [1, 1] }), gaussian({ noise: 1 }), { inputs: [1], targets: [1] }, { until: { weights: 1 } });
    // Without one of its two weights the chain does nothing.
    expect(chain.steps.map(({ weights }) => weights)).toEqual([2]);
    const all = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, remove: { share: 1 }, until: { weights: 2 } });
    expect(all.steps.map(({ weights }) => weights)[0]).toBe(21);
    expect(all.steps.length).toBeLessThanOrEqual(2);
  });

  it("reports progress, and stops when told to", async () => {
    const seen: Progress[] = [];
    const { steps } = await prune(network, gaussian({ noise: 0.1 }), curve, { ...options, onProgress: (progress) => seen.push(progress), until: { weights: 15 } });
    expect(seen).toEqual(steps.map(({ weights, logEvidence }) => ({ stage: "pruning", done: 21 - weights, total: 6, value: logEvidence })));
    const controller = new AbortController();
    const reason = new Error("enough");
    const stopped = prune(network, gaussian({ noise: 0.1 }), curve, { ...options, signal: controller.signal, onProgress: ({ done }) => { if (done > 1) controller.abort(reason); } });
    await expect(stopped).rejects.toBe(reason);
  });

  it("refuses what does not fit", async () => {
    const run = (more: object, likelihood = gaussian({ noise: 0.1 })) => prune(network, likelihood, curve, more);
    await expect(run({ until: { weights: 0 } })).rejects.toThrow(/^until.weights: expected a whole number of at least 1/);
    await expect(run({ until: { weights: 22 } })).rejects.toThrow(/^until.weights: expected at most 21/);
    await expect(run({ until: { accuracy: 2 } })).rejects.toThrow(/^until.accuracy: expected a share/);
    await expect(run({ until: { accuracy: 0.5 } })).rejects.toThrow(/^until.accuracy: expected a likelihood of classes.*gaussian/);
    await expect(run({ until: { evidenceFall: -1 } })).rejects.toThrow(/^until.evidenceFall/);
    await expect(run({ until: { loss: 1 } })).rejects.toThrow(/unknown option "loss"/);
    await expect(run({ structure: kronecker() })).rejects.toThrow(/^kronecker\(\) needs a model with layers.*pruned\(\) and prune\(\) make them, show none/);
    await expect(run({ remove: {} })).rejects.toThrow(/^remove: expected either/);
    await expect(run({ remove: { count: 0 } })).rejects.toThrow(/^remove.count/);
    await expect(run({ remove: { share: 0 } })).rejects.toThrow(/^remove.share/);
    await expect(run({ method: "magnitude" })).rejects.toThrow(/^method: expected a value made by optimalBrainSurgeon.*Pass magnitude\(\)/);
    await expect(run({ retrain: { prior: isotropic(1) } })).rejects.toThrow(/unknown option "prior"/);
    await expect(run({ retrain: true })).rejects.toThrow(/^retrain: expected an object/);
    await expect(run({ heldOut: { inputs: [[1, 2]], targets: [1] } })).rejects.toThrow(/^heldOut.inputs: expected 3 columns/);
    await expect(run({ heldOut: inputs })).rejects.toThrow(/^heldOut: expected \{ inputs, targets \}/);
    await expect(run({ pruner: 1 })).rejects.toThrow(/unknown option "pruner"/);
  });
});
