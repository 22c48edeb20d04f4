import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { toTable, type Data } from "../../src/data.ts";
import { evidence } from "../../src/evidence/evidence.ts";
import { maximizeEvidence, reestimation } from "../../src/evidence/maximize-evidence.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { random } from "../../src/random.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import { full } from "../../src/structure/full.ts";
import { train } from "../../src/training/train.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { differences } from "../support/sixth-order-differences.ts";

const source = random(6);
const inputs = Array.from({ length: 70 }, () => [4 * source.uniform() - 2]);
const targets = inputs.map(([x]) => [Math.sin(2 * x) + 0.05 * source.normal(), Math.cos(x) + 0.5 * source.normal()]);
const data: Data = { inputs, targets };
const network = mlp([1, 6, 2], { seed: 2 });

/** The log evidence with a noise for each output by its definition, at the weights of the model, from the logarithms of alpha and the noises. */
function denseEvidence(model: Model, logarithms: ArrayLike<number>, temperature = 1, kept = (h: Matrix): Matrix => h): number {
  const [alpha, ...noises] = Array.from(logarithms, Math.exp);
  const evaluation = model.evaluate(toTable("inputs", inputs));
  const width = model.parameters.length;
  const precisions = Array.from(evaluation.outputs, (_, i) => noises[i % 2] ** -2 / temperature);
  const j = Matrix.from1DArray(evaluation.outputs.length, width, evaluation.jacobian());
  const p = kept(j.transpose().mmul(Matrix.diag(precisions)).mmul(j)).add(Matrix.eye(width).mul(alpha));
  const logDeterminant = eigenvalues(p).reduce((sum, value) => sum + Math.log(value / alpha), 0);
  const logLikelihood = evaluation.outputs.reduce((sum, f, i) => sum - 0.5 * ((f - targets[Math.floor(i / 2)][i % 2]) / noises[i % 2]) ** 2 - Math.log(noises[i % 2] * Math.sqrt(2 * Math.PI)), 0);
  return logLikelihood / temperature - 0.5 * (alpha * model.parameters.reduce((sum, w) => sum + w * w, 0) + logDeterminant);
}

describe("gaussian({ perOutput: true })", () => {
  it("finds the noise of each output in training, where the evidence has no slope", async () => {
    const { model, likelihood, prior, discrepancy, stopped } = await train(network, gaussian({ perOutput: true }), data, { prior: isotropic(1) });
    expect(stopped).toBe("gradient");
    expect(discrepancy).toBeLessThan(1e-5);
    expect(likelihood.noises[0]).toBeLessThan(0.07);
    expect(likelihood.noises[1]).toBeGreaterThan(0.4);
    expectRelativelyClose([likelihood.noises[0] * likelihood.noises[1]], [likelihood.noise ** 2], 1e-12);
    const at = [prior.precisions[0], ...likelihood.noises].map(Math.log);
    expectClose(differences((logs) => [denseEvidence(model, logs)], at), [0, 0, 0], 1e-3);
    const posterior = await laplace(model, likelihood, data, { prior });
    expectRelativelyClose([posterior.logEvidence], [denseEvidence(model, at)], 1e-10);
    const common = await train(network, gaussian(), data, { prior: isotropic(1) });
    expect(posterior.logEvidence).toBeGreaterThan((await laplace(common.model, common.likelihood, data, { prior: common.prior })).logEvidence + 50);
  });

  it.each([
    { name: "full()", structure: full(), temperature: 1, kept: (h: Matrix) => h },
    { name: "full() at another temperature", structure: full({ space: "function" }), temperature: 0.6, kept: (h: Matrix) => h },
    { name: "diagonal()", structure: diagonal(), temperature: 1, kept: (h: Matrix) => Matrix.diag(h.diagonal()) },
  ])("comes to the greatest evidence given the data: $name", async ({ structure, temperature, kept }) => {
    const { model } = await train(network, gaussian({ noise: 0.2 }), data);
    const posterior = await laplace(model, gaussian({ noise: 0.2, perOutput: true }), data, { structure, temperature });
    const { posterior: tuned, stopped } = reestimation(posterior, { data, tolerance: 1e-9 });
    expect(stopped).toBe("converged");
    const at = [tuned.prior.precisions[0], ...tuned.likelihood.noises].map(Math.log);
    expectClose(differences((logs) => [denseEvidence(model, logs, temperature, kept)], at), [0, 0, 0], 1e-6);
    expectRelativelyClose([tuned.logEvidence], [denseEvidence(model, at, temperature, kept)], 1e-9);
    const again = await laplace(model, tuned.likelihood, data, { prior: tuned.prior, structure, temperature });
    expectRelativelyClose([tuned.logEvidence, tuned.effectiveParameters], [again.logEvidence, again.effectiveParameters], 1e-10);
    expectClose(tuned.gradient, again.gradient, 1e-9);
    // Without the data, both noises move together.
    const common = maximizeEvidence(posterior);
    expect(common.likelihood.noise).not.toBe(0.2);
    expect(common.likelihood.noises).toHaveLength(1);
    expect(common.logEvidence).toBeLessThan(tuned.logEvidence);
  });

  it.each([kronecker(), lowRank({ rank: 12 })])("settles where the structure leaves curvature out: $name", async (structure) => {
    const { model, likelihood, prior } = await train(network, gaussian({ noise: 0.2, perOutput: true }), data, { prior: isotropic(1) });
    const { posterior, stopped } = reestimation(await laplace(model, likelihood, data, { structure, prior }), { data, maximumIterations: 50 });
    expect(stopped).toBe("converged");
    expect(posterior.likelihood.noises[1] / posterior.likelihood.noises[0]).toBeGreaterThan(6);
    expect(posterior.logEvidence).toBeGreaterThan(maximizeEvidence(await laplace(model, gaussian({ noise: 0.2 }), data, { structure, prior })).logEvidence + 50);
  });

  it("keeps proportions that are given, in fit()", async () => {
    const { likelihood } = await fit(network, gaussian({ scales: [1, 5] }), data, { prior: isotropic(1), maximumIterations: 20 });
    expect(Array.from(likelihood.scales!)).toEqual([1, 5]);
  });

  it("with one output is gaussian(), in fit(), too", async () => {
    const one = { inputs, targets: targets.map(([t]) => t) };
    const [each, common] = await Promise.all([true, false].map((perOutput) => fit(mlp([1, 4, 1], { seed: 1 }), gaussian({ perOutput }), one, { prior: isotropic(1) })));
    expectRelativelyClose([each.likelihood.noises[0], each.logEvidence], [common.likelihood.noise, common.logEvidence], 1e-5);
  });

  it("counts each noise among the hyperparameters, and refuses other proportions without the data", async () => {
    const likelihood = gaussian({ noise: 0.2, scales: [1, 2], perOutput: true });
    const posterior = await laplace(network, likelihood, data);
    const { logHyperparameterOccamFactor } = evidence(posterior, { hyperparameters: true });
    const freedom = 140 - posterior.effectiveParameters;
    expectRelativelyClose([logHyperparameterOccamFactor!], [0.5 * Math.log(2 / posterior.effectiveParameters) + Math.log(2 / (freedom / 2))], 1e-12);
    expect(posterior.with({ likelihood: gaussian({ noise: 7, scales: [1, 2] }) }).likelihood.noise).toBe(7);
    expect(() => posterior.with({ likelihood: gaussian({ noise: 0.2 }) })).toThrow(/^likelihood: expected gaussian, noise 0.2000, 0.4000, as the data were seen with/);
    const perfect = gaussian({ perOutput: true }).reestimateFrom!(Float64Array.of(1, 2, 3, 5), { data: Float64Array.of(1, 2, 3, 5), rows: 2, columns: 2 }, new Float64Array(2));
    expectRelativelyClose(perfect.noises, [1e-5, 1.5e-5], 1e-12);
    expect("reestimateFrom" in gaussian({ noise: 1, fixed: true, perOutput: true })).toBe(false);
  });
});

describe("measurements({ fixed: false })", () => {
  it("has the noise and evidence of gaussian() where all error bars are the same", async () => {
    const one = { inputs, targets: targets.map(([t]) => t) };
    const bars = { inputs, targets: targets.map(([t]) => [t, 0.2]) };
    const options = { prior: isotropic(1) };
    const plain = await fit(mlp([1, 4, 1], { seed: 1 }), gaussian({ noise: 0.3 }), one, options);
    const scaled = await fit(mlp([1, 4, 1], { seed: 1 }), measurements({ scale: 1.5, fixed: false }), bars, options);
    expectRelativelyClose([0.2 * scaled.likelihood.scale, scaled.logEvidence], [plain.likelihood.noise, plain.logEvidence], 1e-5);

    const posterior = await laplace(plain.posterior.model, measurements({ scale: 3, fixed: false }), bars, options);
    const [bySeam, byNoise] = [maximizeEvidence(posterior, { data: bars }), maximizeEvidence(await laplace(plain.posterior.model, gaussian({ noise: 0.6 }), one, options))];
    expectRelativelyClose([0.2 * bySeam.likelihood.scale, bySeam.logEvidence], [byNoise.likelihood.noise, byNoise.logEvidence], 1e-5);
    expect(maximizeEvidence(posterior).likelihood.scale).toBe(3);
  });

  it("leaves a known scale alone", async () => {
    const bars = { inputs, targets: targets.map(([t]) => [t, 0.2]) };
    expect((await fit(mlp([1, 4, 1], { seed: 1 }), measurements({ scale: 1.5 }), bars, { prior: isotropic(1) })).likelihood.scale).toBe(1.5);
  });
});
