import { Matrix, inverse } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { toTable, type Data } from "../../src/data.ts";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { random } from "../../src/random.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { levenbergMarquardt } from "../../src/training/levenberg-marquardt.ts";
import { train, type Trained } from "../../src/training/train.ts";
import diabetes from "../fixtures/diabetes.json" with { type: "json" };
import { expectClose, expectRelativelyClose } from "../support/close.ts";

function standardised(values: readonly number[]): number[] {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length);
  return values.map((v) => (v - mean) / deviation);
}

const columns = diabetes.inputs[0].map((_, j) => standardised(diabetes.inputs.map((row) => row[j])));
const patients: Data = { inputs: diabetes.targets.map((_, n) => columns.map((column) => column[n])), targets: standardised(diabetes.targets) };
const linear = mlp([10, 1], { biases: false });

const source = random(8);
const inputs = Array.from({ length: 60 }, (_, n) => [n / 10 - 3, source.normal()]);
const wave: Data = { inputs, targets: inputs.map(([x]) => Math.sin(x) + 0.1 * source.normal()) };

/** gamma_g = W_g - alpha_g tr(P^-1)_g with P from the Jacobian, by ml-matrix. */
function effectiveParameters({ model, likelihood, prior }: Trained<Model, Likelihood>, data: Data): number[] {
  const width = model.parameters.length;
  const table = toTable("inputs", data.inputs);
  const evaluation = model.evaluate(table);
  const j = Matrix.from1DArray(table.rows, width, evaluation.jacobian());
  const curvature = likelihood.hessian(evaluation.outputs, toTable("targets", data.targets));
  const p = j.transpose().mmul(Matrix.diag([...curvature])).mmul(j).add(Matrix.diag([...prior.groupOf].map((g) => prior.precisions[g])));
  const variances = inverse(p).diagonal();
  const gamma = prior.groups.map(() => 0);
  variances.forEach((variance, i) => (gamma[prior.groupOf[i]] += 1 - prior.precisions[prior.groupOf[i]] * variance));
  return gamma;
}

function twiceEnergies({ model, prior }: Trained<Model, Likelihood>): number[] {
  const energies = prior.groups.map(() => 0);
  model.parameters.forEach((w, i) => (energies[prior.groupOf[i]] += prior.precisions[prior.groupOf[i]] * w * w));
  return energies;
}

describe("re-estimation", () => {
  it.each([0.02, 0.7, 5])("finds scikit-learn's hyperparameters for the diabetes data, from noise %f", async (noise) => {
    const { likelihood, prior, effectiveParameters: gamma, stopped } = await train(linear, gaussian({ noise }), patients, { reestimate: true });
    const { alpha, beta, gamma: expected } = diabetes.standardised;
    expect(stopped).toBe("gradient");
    expectRelativelyClose([prior.precisions[0], likelihood.precision, gamma as number], [alpha, beta, expected], 2e-5);
  });

  it("does not depend on where open noise starts, nor on the units of the targets", async () => {
    const { likelihood, prior, model } = await train(linear, gaussian(), patients);
    const { alpha, beta } = diabetes.standardised;
    expectRelativelyClose([prior.precisions[0], likelihood.precision], [alpha, beta], 2e-5);
    expect(likelihood.estimated).toBe(false);

    const thousandfold = { inputs: patients.inputs, targets: (patients.targets as number[]).map((t) => 1000 * t) };
    const large = await train(linear, gaussian(), thousandfold);
    expectRelativelyClose([1e6 * large.prior.precisions[0], 1e6 * large.likelihood.precision], [alpha, beta], 2e-5);
    expectClose(large.model.parameters.map((w) => w / 1000), model.parameters, 1e-5);
  });

  const cases: { name: string; likelihood: Likelihood; prior: Prior; data: Data; size: number[] }[] = [
    { name: "a network with one precision", likelihood: gaussian(), prior: isotropic(1), data: wave, size: [2, 6, 1] },
    { name: "a network with a precision for each layer", likelihood: gaussian({ noise: 0.3 }), prior: perLayer(), data: wave, size: [2, 6, 1] },
    { name: "a linear model with relevances", likelihood: gaussian(), prior: automaticRelevance(), data: patients, size: [10, 1] },
    { name: "two classes", likelihood: bernoulli(), prior: perLayer(), data: { inputs, targets: inputs.map(([x]) => (Math.sin(x) + 0.5 * source.normal() > 0 ? 1 : 0)) }, size: [2, 4, 1] },
  ];

  it.each(cases)("solves its equations for $name", async ({ likelihood, prior, data, size }) => {
    const result = await train(mlp(size, { seed: 2 }), likelihood, data, { prior, reestimate: true });
    expect(result.stopped).toBe("gradient");
    expect(result.gradientNorm).toBeLessThan(1e-8 * Math.max(1, result.loss));
    const gamma = effectiveParameters(result, data);
    // Groups at the limit of 1e12 are switched off: there both sides are next to 0.
    expectClose(twiceEnergies(result), gamma, 1e-4);
    expectClose([result.effectiveParameters as number], [gamma.reduce((sum, g) => sum + g, 0)], 1e-6);
    if (likelihood.name !== "gaussian") return;
    const table = toTable("inputs", data.inputs);
    const residuals = result.model.evaluate(table).outputs.map((f, n) => f - (data.targets as number[])[n]);
    const twiceError = residuals.reduce((sum, r) => sum + result.likelihood.precision * r * r, 0);
    expectRelativelyClose([twiceError], [table.rows - (result.effectiveParameters as number)], 1e-4);
  });

  it("does not take a network that has yet to learn for noise", async () => {
    for (const seed of [1, 2, 3, 4]) {
      const { likelihood, prior, effectiveParameters: gamma } = await train(mlp([2, 10, 1], { seed }), gaussian(), wave);
      expect(likelihood.noise).toBeGreaterThan(0.06);
      expect(likelihood.noise).toBeLessThan(0.15);
      expect(prior.precisions[0]).toBeLessThan(100);
      expect(gamma).toBeGreaterThan(3);
    }
  });

  it("keeps noise that is known, and tunes the prior to it", async () => {
    const { likelihood, prior } = await train(linear, gaussian({ noise: 1, fixed: true }), patients, { reestimate: true });
    expect(likelihood.noise).toBe(1);
    expect(prior.precisions[0]).not.toBe(1);
  });

  it("leaves noise and prior alone unless it is asked to", async () => {
    const { likelihood, prior, effectiveParameters: gamma } = await train(linear, gaussian({ noise: 1 }), patients);
    expect([likelihood.noise, prior.precisions[0], gamma]).toEqual([1, 1, undefined]);
  });

  it("stays finite where there is no noise at all, or nothing but noise, or nothing", async () => {
    const exact = { inputs, targets: inputs.map(([a, b]) => 2 * a - b) };
    const { likelihood, model } = await train(mlp([2, 1]), gaussian(), exact);
    expect(likelihood.noise).toBeGreaterThan(1e-6);
    expect(likelihood.noise).toBeLessThan(1e-3);
    expectClose(model.parameters, [2, -1, 0], 1e-6);

    const chance = { inputs, targets: inputs.map(() => source.normal()) };
    const noise = await train(mlp([2, 1], { biases: false }), gaussian(), chance, { prior: automaticRelevance() });
    expect(noise.likelihood.noise).toBeGreaterThan(0.7);
    expect(noise.effectiveParameters).toBeLessThan(1.6);

    const constant = await train(mlp([2, 3, 1]), gaussian(), { inputs, targets: inputs.map(() => 0) });
    expect(Number.isFinite(constant.loss)).toBe(true);
    expect(Math.max(...constant.model.evaluate(toTable("inputs", inputs)).outputs.map(Math.abs))).toBeLessThan(1e-3);
  });

  it.each([1, 2, 3, 4])("leaves the weights of a constant input to the prior, seed %d", async (seed) => {
    const numbers = random(seed);
    const rows = Array.from({ length: 40 }, () => [4 * numbers.uniform() - 2, 7]);
    const curve = { inputs: rows, targets: rows.map(([x]) => Math.sin(x) + 0.1 * numbers.normal()) };
    for (const method of [levenbergMarquardt(), lbfgs()]) {
      const fitted = await fit(mlp([2, 5, 1], { seed }), gaussian(), curve, { method });
      const { posterior, training } = fitted;
      expect(training.stopped).toBe("gradient");
      expect(posterior.prior.precisions[1]).toBe(1);
      expect(posterior.effectiveParametersByGroup[1]).toBeLessThan(1e-12);
      // The slope of a tanh unit is at most 1: the prior gives the constant input a variance of sum_j v_j^2 at most, v the weights out, in standard units.
      const out = posterior.mean.subarray(15, 20).reduce((sum, v) => sum + v * v, 0);
      const [usual, other] = (await fitted.predict([[0, 7], [0, 8]])).variance.to1DArray();
      expect(other).toBeGreaterThan(usual);
      expect(other).toBeLessThan(usual + out);
    }
  });

  it("counts no discrepancy for a group that stays", async () => {
    const rows = inputs.map(([x]) => [x, 0]);
    const result = await train(mlp([2, 1]), gaussian(), { inputs: rows, targets: inputs.map(([x]) => 2 * x + source.normal()) }, { prior: automaticRelevance(3) });
    expect(result.prior.precisions[1]).toBe(3);
    expect(result.prior.precisions[0]).not.toBeCloseTo(3, 1);
    expect(result.stopped).toBe("gradient");
    expect(result.discrepancy).toBeLessThan(1e-5);
  });

  it("ends well where precisions drift on without end", async () => {
    const result = await train(mlp([10, 6, 1], { seed: 1 }), gaussian(), patients, { prior: automaticRelevance(), method: levenbergMarquardt({ interval: 5 }) });
    expect(result.stopped).toBe("gradient");
    expect(result.gradientNorm).toBeLessThan(1e-8 * Math.max(1, result.loss));
    expect(result.effectiveParameters).toBeGreaterThan(4);
    expect(result.likelihood.noise).toBeGreaterThan(0.5);
  });
});
