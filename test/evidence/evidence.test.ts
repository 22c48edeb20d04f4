import { describe, expect, it } from "vitest";
import { empiricalFisher, exact } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { evidence, type EvidenceOptions } from "../../src/evidence/evidence.ts";
import { maximizeEvidence } from "../../src/evidence/maximize-evidence.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { groups } from "../../src/prior/groups.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { plane, trainedSine } from "../support/regression.ts";

describe("the terms of the evidence", () => {
  it("add up", async () => {
    const { model, likelihood, data } = await trainedSine();
    const posterior = await laplace(model, likelihood, data, { prior: perLayer([1, 2]), temperature: 0.7 });
    const terms = evidence(posterior);
    expect(terms.logLikelihood).toBeCloseTo(posterior.logLikelihood / 0.7, 12);
    expect(terms.logPriorExponent).toBeCloseTo(-0.5 * posterior.scatter, 12);
    expect(terms.logVolumeRatio).toBeCloseTo(-0.5 * posterior.logDeterminantRatio, 12);
    expect(terms.logOccamFactor).toBeCloseTo(terms.logPriorExponent + terms.logVolumeRatio, 12);
    expect(terms.logEvidence).toBeCloseTo(terms.logLikelihood + terms.logOccamFactor, 11);
    expect(terms.logEvidence).toBe(posterior.logEvidence);
    expect(terms.total).toBe(posterior.logEvidence);
    expect(Object.keys(terms)).not.toContain("logSymmetries");
    expect(Object.keys(terms)).not.toContain("logHyperparameterOccamFactor");
  });

  it("is the integral of likelihood times prior for a linear model of one weight", async () => {
    const { likelihood } = plane(1);
    const data = { inputs: [0.5, -1, 2], targets: [0.4, -0.7, 1.5] };
    const alpha = 2;
    const logJoint = (w: number): number =>
      data.inputs.reduce((sum, x, n) => sum - 0.5 * Math.log(2 * Math.PI * 0.09) - (w * x - data.targets[n]) ** 2 / 0.18, 0) + 0.5 * Math.log(alpha / (2 * Math.PI)) - 0.5 * alpha * w * w;
    let integral = 0;
    for (let w = -2; w < 4; w += 1e-3) integral += 1e-3 * Math.exp(logJoint(w));
    const start = await laplace(mlp([1, 1], { biases: false }), likelihood, data, { prior: isotropic(alpha) });
    const mode = start.model.withParameters(start.mean.map((w, i) => w - start.solve(start.gradient)[i]));
    expect((await laplace(mode, likelihood, data, { prior: isotropic(alpha) })).logEvidence).toBeCloseTo(Math.log(integral), 9);
  });

  it("count equivalent modes when asked: log M! for each hidden layer, and M log 2 for tanh", async () => {
    const total = async (sizes: number[], activation: "tanh" | "relu" | readonly ("tanh" | "relu")[]): Promise<number> => {
      const posterior = await laplace(mlp(sizes, { activation }), gaussian({ noise: 1 }), { inputs: [1], targets: [Array<number>(sizes[sizes.length - 1]).fill(1)] });
      const terms = evidence(posterior, { symmetries: true });
      expect(terms.total).toBeCloseTo(posterior.logEvidence + (terms.logSymmetries ?? 0), 12);
      return terms.logSymmetries ?? Number.NaN;
    };
    expect(await total([1, 1], "tanh")).toBe(0);
    expect(await total([1, 4, 1], "tanh")).toBeCloseTo(Math.log(24) + 4 * Math.log(2), 12);
    // Outputs are named by the targets: they cannot change places.
    expect(await total([1, 4, 3], "relu")).toBeCloseTo(Math.log(24), 12);
    expect(await total([1, 4, 1], "relu")).toBeCloseTo(Math.log(24), 12);
    expect(await total([1, 3, 2, 1], ["tanh", "relu"])).toBeCloseTo(Math.log(6) + 3 * Math.log(2) + Math.log(2), 12);
  });

  it.each([
    { name: "full", options: {} },
    { name: "full, temperature 0.25", options: { temperature: 0.25 } },
    { name: "full, temperature 2", options: { temperature: 2 } },
    { name: "diagonal, temperature 0.5", options: { structure: diagonal(), temperature: 0.5 } },
    { name: "empirical Fisher, temperature 0.5", options: { curvature: empiricalFisher(), temperature: 0.5 } },
  ])("count the widths of the hyperparameters when asked: second differences, but for the change of gamma, $name", async ({ options }) => {
    const { model, likelihood, data } = await trainedSine();
    const posterior = maximizeEvidence(await laplace(model, likelihood, data, options), { tolerance: 1e-9 });
    const moved = (a: number, b: number): typeof posterior =>
      posterior.with({ prior: isotropic(posterior.prior.precisions[0] * Math.exp(a)), likelihood: gaussian({ noise: posterior.likelihood.noise * Math.exp(-b / 2) }) });
    const h = 1e-3;
    const bend = (a: number, b: number): number => (2 * posterior.logEvidence - moved(a, b).logEvidence - moved(-a, -b).logEvidence) / h ** 2;
    const change = (a: number, b: number): number => (moved(a, b).effectiveParameters - moved(-a, -b).effectiveParameters) / (2 * h);
    // The derivatives (gamma - 2 alpha E_W) / 2 and (NK - 2 beta E_0 - p T gamma) / 2 T, once more with gamma held.
    const ofPrior = bend(h, 0) + 0.5 * change(h, 0);
    const ofNoise = bend(0, h) - 0.5 * posterior.curvature.noisePower * change(0, h);
    const { logHyperparameterOccamFactor } = evidence(posterior, { hyperparameters: true });
    expect(logHyperparameterOccamFactor).toBeCloseTo(-0.5 * Math.log(ofPrior) - 0.5 * Math.log(ofNoise), 5);
  });

  it("are the widths of the evidence where the data determine all weights", async () => {
    const { model, likelihood, data } = plane(3000);
    const posterior = maximizeEvidence(await laplace(model, likelihood, data, { temperature: 0.5 }));
    const at = (noise: number, alpha: number): number => posterior.with({ prior: isotropic(posterior.prior.precisions[0] * alpha), likelihood: gaussian({ noise: posterior.likelihood.noise * noise }) }).logEvidence;
    const h = 0.02;
    const bend = (up: number, down: number): number => (2 * posterior.logEvidence - up - down) / h ** 2;
    const curvatures = [bend(at(1, Math.exp(h)), at(1, Math.exp(-h))), bend(at(Math.exp(-h / 2), 1), at(Math.exp(h / 2), 1))];
    expect(evidence(posterior, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(-0.5 * Math.log(curvatures[0] * curvatures[1]), 2);
  });

  it("count a width for each group, and none for noise or precisions that are known or aren't there", async () => {
    const { model, likelihood, data } = await trainedSine();
    const posterior = await laplace(model, likelihood, data, { prior: perLayer([1, 2]) });
    const [a, b] = posterior.effectiveParametersByGroup;
    const ofPrior = -0.5 * Math.log((a * b) / 4);
    const known = await laplace(model, gaussian({ noise: 0.1, fixed: true }), data, { prior: perLayer([1, 2]) });
    expect(evidence(known, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(ofPrior, 12);
    const nothing = await laplace(model, gaussian({ noise: 0.1, fixed: true }), data, { prior: isotropic(1, { fixed: true }) });
    expect(evidence(nothing, { hyperparameters: true }).logHyperparameterOccamFactor).toBe(0);
    const { total, logHyperparameterOccamFactor = Number.NaN } = evidence(posterior, { hyperparameters: true, symmetries: true });
    expect(logHyperparameterOccamFactor).not.toBeCloseTo(ofPrior, 1);
    expect(total).toBeCloseTo(posterior.logEvidence + logHyperparameterOccamFactor + Math.log(24) + 4 * Math.log(2), 10);
    const classes = await laplace(mlp([1, 1]), bernoulli(), { inputs: [1, 2], targets: [0, 1] });
    expect(evidence(classes, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(0.5 * Math.log(2 / classes.effectiveParameters), 12);
  });
});

describe("symmetries that the prior breaks", () => {
  // 2-3-2 tanh units: six weights in, three biases, six weights out, two biases.
  const network = mlp([2, 3, 2], { seed: 1 });
  const data = { inputs: [[1, 2], [0, -1], [0.5, 0.3]], targets: [[1, 0], [0, 1], [0.2, 0.4]] };
  const weightOf = ["in", "in", "in", "in", "in", "in", "bias", "bias", "bias", "out", "out", "out", "out", "out", "out", "end", "end"];
  /** The units in another order, and the signs of the first turned. */
  const [order, signs] = [[2, 0, 1], [-1, 1, 1]];
  const twin = network.withParameters(network.parameters.map((_, i, w) => {
    if (weightOf[i] === "in") return signs[Math.floor(i / 2)] * w[2 * order[Math.floor(i / 2)] + (i % 2)];
    if (weightOf[i] === "bias") return signs[i - 6] * w[6 + order[i - 6]];
    if (weightOf[i] === "out") return signs[(i - 9) % 3] * w[9 + 3 * Math.floor((i - 9) / 3) + order[(i - 9) % 3]];
    return w[i];
  }));
  const likelihood = gaussian({ noise: 0.5 });
  const precisions = (change: Partial<Record<number, number>>): Prior => perWeight(weightOf.map((_, i) => change[i] ?? 1));

  it.each<[what: string, prior: Prior]>([
    ["isotropic", isotropic(2)],
    ["per layer", perLayer([1, 2, 3, 4], { separateBiases: true })],
    ["by input", automaticRelevance([1, 5, 2, 3, 4])],
    ["by output", groups(weightOf.map((_, i) => (i < 9 ? 0 : i < 12 ? 1 : i < 15 ? 2 : i - 12)), [1, 2, 3, 4, 5])],
    ["with a mean for the last biases", isotropic(1, { mean: weightOf.map((role) => (role === "end" ? 1 : 0)) })],
  ])("are counted where the twin has the same evidence: %s", async (_, prior) => {
    const [one, other] = [await laplace(network, likelihood, data, { prior }), await laplace(twin, likelihood, data, { prior })];
    expect(other.logEvidence).toBeCloseTo(one.logEvidence, 10);
    expect(evidence(one, { symmetries: true }).logSymmetries).toBeCloseTo(Math.log(6) + 3 * Math.log(2), 12);
  });

  it.each<[what: string, prior: Prior, message: RegExp]>([
    ["a weight into one unit", precisions({ 1: 2 }), /units of hidden layer 1 can't change places, as the per weight prior/],
    ["a bias of one unit", precisions({ 7: 2 }), /change places/],
    ["a weight out of one unit", precisions({ 13: 2 }), /change places/],
    ["a group for a unit", groups(weightOf.map((_, i) => (i === 0 || i === 1 ? 0 : 1)), [1, 2]), /change places/],
    ["a mean for one weight", isotropic(1, { mean: weightOf.map((_, i) => (i === 3 ? 0.5 : 0)) }), /change places/],
    ["a mean for all weights", isotropic(1, { mean: 0.5 }), /units of hidden layer 1 can't change signs, as the mean of the isotropic prior/],
  ])("are refused where the twin has another evidence: %s", async (_, prior, message) => {
    const [one, other] = [await laplace(network, likelihood, data, { prior }), await laplace(twin, likelihood, data, { prior })];
    expect(Math.abs(other.logEvidence - one.logEvidence)).toBeGreaterThan(1e-3);
    expect(() => evidence(one, { symmetries: true })).toThrow(UnsupportedError);
    expect(() => evidence(one, { symmetries: true })).toThrow(message);
  });

  it("are those of the order alone where units have no signs to turn: a mean for all is no hindrance", async () => {
    const posterior = await laplace(mlp([1, 3, 1], { activation: "relu" }), gaussian({ noise: 1 }), { inputs: [1], targets: [1] }, { prior: isotropic(1, { mean: 0.5 }) });
    expect(evidence(posterior, { symmetries: true }).logSymmetries).toBeCloseTo(Math.log(6), 12);
  });
});

describe("bad input to evidence", () => {
  it("is refused", async () => {
    const { model, likelihood, data } = plane(5);
    const posterior = await laplace(model, likelihood, data);
    expect(() => evidence(posterior, { symmetry: true } as EvidenceOptions)).toThrow(/^options\.symmetry: /);
    expect(() => evidence(Promise.resolve(posterior) as unknown as Posterior)).toThrow(/^posterior: .*Await it first/);
    expect(() => evidence({ logEvidence: 1 } as unknown as Posterior)).toThrow(InvalidArgumentError);
  });

  it("symmetries of a model without layers are not known", async () => {
    const curve = functionModel({ parameters: [1], value: ([w], [x]) => w * x });
    const posterior = await laplace(curve, gaussian({ noise: 1 }), { inputs: [1], targets: [1] });
    expect(() => evidence(posterior, { symmetries: true })).toThrow(UnsupportedError);
  });

  it("a hyperparameter that has no peak has no width", async () => {
    // The diagonal counts more effective parameters than there are targets.
    const many = await laplace(mlp([3, 1], { biases: false }), gaussian({ noise: 0.01 }), { inputs: [[1, 1, 1]], targets: [1] }, { structure: diagonal() });
    expect(() => evidence(many, { hyperparameters: true })).toThrow(/no peak in the noise, which is left -\d.* degrees of freedom/);
    const saddle = await laplace(mlp([1, 1, 1], { biases: false, parameters: [0, 0] }), gaussian({ noise: 1 }), { inputs: [1], targets: [1] }, { curvature: exact(), prior: isotropic(100) });
    expect(() => evidence(saddle, { hyperparameters: true })).toThrow(/no peak in the prior precision of "all weights"/);
    expect(() => evidence(saddle, { hyperparameters: true })).toThrow(UnsupportedError);
  });
});
