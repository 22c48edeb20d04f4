import { describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { evidence, type EvidenceOptions } from "../../src/evidence/evidence.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
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

  it("count the widths of the hyperparameters when asked", async () => {
    const { model, likelihood, data } = await trainedSine();
    const posterior = await laplace(model, likelihood, data, { prior: perLayer([1, 2]) });
    const [a, b] = posterior.effectiveParametersByGroup;
    const prior = 0.5 * Math.log(2 / a) + 0.5 * Math.log(2 / b);
    const noise = 0.5 * Math.log(2 / (25 - a - b));
    expect(evidence(posterior, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(prior + noise, 12);
    expect(evidence(posterior, { hyperparameters: true, symmetries: true }).total).toBeCloseTo(posterior.logEvidence + prior + noise + Math.log(24) + 4 * Math.log(2), 10);
    const known = await laplace(model, gaussian({ noise: 0.1, fixed: true }), data, { prior: perLayer([1, 2]) });
    expect(evidence(known, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(prior, 12);
    const classes = await laplace(mlp([1, 1]), bernoulli(), { inputs: [1, 2], targets: [0, 1] });
    expect(evidence(classes, { hyperparameters: true }).logHyperparameterOccamFactor).toBeCloseTo(0.5 * Math.log(2 / classes.effectiveParameters), 12);
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
