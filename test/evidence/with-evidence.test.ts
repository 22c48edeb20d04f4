import { describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { withEvidence, type WithEvidenceOptions } from "../../src/evidence/with-evidence.ts";
import { fit } from "../../src/fit.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { meanLogDensity } from "../../src/predictive/scores.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { random } from "../../src/random.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import type { Structure } from "../../src/structure/structure.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { levenbergMarquardt } from "../../src/training/levenberg-marquardt.ts";
import { train } from "../../src/training/train.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";

const source = random(1);
const sample = (count: number): { inputs: number[]; targets: number[] } => {
  const inputs = Array.from({ length: count }, () => 4 * source.uniform() - 2);
  return { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.2 * source.normal()) };
};
const [data, heldOut] = [sample(100), sample(300)];
const network = mlp([1, 15, 1], { seed: 1 });
const quick = adam({ epochs: 300, learningRate: 0.02 });

const thorough = adam({ epochs: 1000, learningRate: 0.03 });

/** How often its curvature was asked for. */
function counted(structure: Structure): { readonly structure: Structure; readonly count: () => number } {
  let count = 0;
  return {
    structure: { ...structure, curvature: (batch) => { count++; return structure.curvature(batch); } },
    count: () => count,
  };
}

describe("training with evidence", () => {
  it.each([kronecker(), full()])("finds the noise, and beats a prior that is far too strong, $name", async (structure) => {
    const density = async (prior: number, method: Parameters<typeof train>[3]): Promise<{ noise: number; score: number }> => {
      const trained = await train(network, gaussian({ noise: 1 }), data, { prior: perLayer(prior), ...method });
      const posterior = await laplace(trained.model, trained.likelihood, data, { prior: trained.prior, structure });
      return { noise: trained.likelihood.noise, score: meanLogDensity(await predict(posterior, heldOut.inputs), heldOut.targets) };
    };
    const fixed = await density(100, { method: thorough });
    const tuned = await density(100, { method: withEvidence(thorough, { structure, burnIn: 0 }) });
    expect(fixed.noise).toBe(1);
    expect(Math.abs(tuned.noise - 0.2)).toBeLessThan(0.05);
    expect(tuned.score).toBeGreaterThan(fixed.score + 0.5);
    // The density of the true function and noise, on average.
    expect(tuned.score).toBeGreaterThan(-0.5 * Math.log(2 * Math.PI * 0.04) - 0.5 - 0.2);
  });

  it("meets MacKay's equations at the weights that it returns", async () => {
    const { model, likelihood, prior, effectiveParameters, discrepancy, stopped, iterations } = await train(network, gaussian(), data, { prior: perLayer(), method: withEvidence(quick, { maximumIterations: 100 }) });
    const posterior = await laplace(model, likelihood, data, { prior, structure: kronecker() });
    expectRelativelyClose([effectiveParameters as number], [posterior.effectiveParameters], 1e-10);
    expect(discrepancy).toBeLessThan(1e-4);
    expectClose(posterior.priorEnergies.map((energy, g) => 2 * prior.precisions[g] * energy), posterior.effectiveParametersByGroup, 1e-4);
    expectRelativelyClose([2 * likelihood.precision * posterior.data.energy], [100 - posterior.effectiveParameters], 1e-4);
    expect([stopped, iterations]).toEqual(["iterations", 300]);
  });

  it("makes classes of a network that a weak prior leaves too sure of itself", async () => {
    const labelled = (count: number): { inputs: number[][]; targets: number[] } => {
      const inputs = Array.from({ length: count }, () => [source.normal(), source.normal(), source.normal(), source.normal()]);
      return { inputs, targets: inputs.map(([a, b]) => (a + source.normal() > 0 ? (b + source.normal() > 0 ? 2 : 1) : 0)) };
    };
    const [training, other] = [labelled(80), labelled(300)];
    const classifier = mlp([4, 12, 3], { seed: 3 });
    const score = async (method: ReturnType<typeof adam>): Promise<number> => {
      const trained = await train(classifier, categorical(), training, { prior: perLayer(1e-3), method });
      return meanLogDensity(await predict(await laplace(trained.model, trained.likelihood, training, { prior: trained.prior, structure: kronecker() }), other.inputs), other.targets);
    };
    expect(await score(withEvidence(quick))).toBeGreaterThan((await score(quick)) + 0.02);
  });

  it("keeps the weights and hyperparameters of the highest evidence, not the last", async () => {
    // A learning rate that grows until training is thrown off.
    const rough = adam({ epochs: 60, learningRate: 0.02, schedule: (share) => (share < 0.7 ? 1 : 40) });
    const [last, best] = [await train(network, gaussian({ noise: 0.2, fixed: true }), data, { method: rough }), await train(network, gaussian({ noise: 0.2, fixed: true }), data, { method: withEvidence(rough, { every: 1 }) })];
    const evidenceOf = async ({ model, likelihood, prior }: typeof last): Promise<number> => (await laplace(model, likelihood, data, { prior, structure: kronecker() })).logEvidence;
    expect(await evidenceOf(best)).toBeGreaterThan((await evidenceOf(last)) + 10);
    expect([best.stopped, best.iterations]).toEqual(["iterations", 60]);
    const patient = await train(network, gaussian({ noise: 0.2, fixed: true }), data, { method: withEvidence(rough, { every: 1, patience: 5 }) });
    expect(patient.stopped).toBe("stalled");
    expect(patient.iterations).toBeLessThan(60);
  });

  it.each<[string, WithEvidenceOptions, number]>([
    ["every so many epochs after the first ones, and at the end", { every: 10, burnIn: 25 }, 8],
    ["every epoch", { every: 1, burnIn: 0 }, 100],
    ["fifty times unless told otherwise, after a tenth", {}, 45],
    ["at the end alone", { burnIn: 100 }, 1],
  ])("re-estimates %s", async (_, options, times) => {
    const { structure, count } = counted(diagonal());
    await train(mlp([1, 2, 1], { seed: 1 }), gaussian(), { inputs: [0, 1, 2], targets: [0, 1, 1] }, { method: withEvidence(adam({ epochs: 100 }), { structure, ...options }) });
    expect(count()).toBe(times);
  });

  it("leaves the hyperparameters alone if told so", async () => {
    const method = withEvidence(quick);
    const kept = await train(network, gaussian({ noise: 0.3 }), data, { method, reestimate: false });
    const plain = await train(network, gaussian({ noise: 0.3 }), data, { method: quick });
    expect(kept.model.parameters).toEqual(plain.model.parameters);
    expect([kept.likelihood.noise, kept.prior.precisions[0]]).toEqual([0.3, 1]);
  });

  it("takes likelihoods whose targets are not as they came", async () => {
    const inputs = data.inputs.slice(0, 50);
    const counts = inputs.map((x) => [Math.round(5 * Math.exp(0.5 * x)), 5]);
    const { model, prior } = await train(mlp([1, 1]), poisson({ exposure: true }), { inputs, targets: counts }, { prior: isotropic(50), method: withEvidence(adam({ epochs: 400, learningRate: 0.05 })) });
    expectClose(model.parameters, [0.5, 0], 0.05);
    expect(prior.precisions[0]).toBeLessThan(20);
  });

  it("is a method of fit(), whose posterior then has the same structure", async () => {
    const { posterior, training } = await fit(network, gaussian(), data, { prior: perLayer(), method: withEvidence(quick, { structure: diagonal() }) });
    expect(posterior.structure.name).toBe("diagonal");
    expect(posterior.likelihood.noise).toBe(training.likelihood.noise);
    expect(training.effectiveParameters).toBeGreaterThan(1);
    const other = await fit(network, gaussian(), data, { prior: perLayer(), method: withEvidence(quick, { structure: diagonal() }), structure: full() });
    expect([other.posterior.structure.name, other.likelihood.noise]).toEqual(["full", posterior.likelihood.noise]);
  });

  it("estimates no noise from a fit without residuals", async () => {
    const { likelihood } = await train(mlp([1, 1], { parameters: [2, 1] }), gaussian({ noise: 1 }), { inputs: [0, 1, 2], targets: [1, 3, 5] }, { prior: isotropic(1e-8), method: withEvidence(adam({ epochs: 10, learningRate: 1e-300 }), { burnIn: 0, every: 1 }) });
    expect(likelihood.noise).toBe(1);
  });

  it("stops when asked to", async () => {
    const stop = new AbortController();
    const stages = new Set<string>();
    const aborted = train(network, gaussian(), data, { method: withEvidence(quick), signal: stop.signal, onProgress: ({ stage, done }) => { stages.add(stage); if (done === 100) stop.abort(new Error("enough")); } });
    await expect(aborted).rejects.toThrow("enough");
    expect([...stages]).toEqual(["training"]);
  });

  it("refuses methods without epochs, curvature that may be indefinite, and numbers that are not whole", () => {
    for (const method of [lbfgs(), levenbergMarquardt()]) expect(() => withEvidence(method)).toThrow(/^method: expected one that goes through the data in epochs, as adam\(\), got (lbfgs|levenbergMarquardt)\(\)/);
    const refused = (options: unknown, message: RegExp): void => {
      expect(() => withEvidence(quick, options as WithEvidenceOptions)).toThrow(InvalidArgumentError);
      expect(() => withEvidence(quick, options as WithEvidenceOptions)).toThrow(message);
    };
    refused({ curvature: exact() }, /^curvature: expected outerProduct\(\) or empiricalFisher\(\), got exact/);
    refused({ structure: "kronecker" }, /^structure: /);
    refused({ every: 0 }, /^every: /);
    refused({ maximumIterations: 0 }, /^maximumIterations: /);
    refused({ burnIn: -1 }, /^burnIn: /);
    refused({ patience: 0.5 }, /^patience: /);
    refused({ epochs: 3 }, /unknown option "epochs"/);
    expect(() => withEvidence(adam as never)).toThrow(/^method: .*Call the function/);
  });
});
