import { describe, expect, it } from "vitest";
import * as library from "laplace-ts";
import { compareModels, evidence, full, gaussian, isotropic, jointCovariance, laplace, maximizeEvidence, meanLogDensity, mlp, outerProduct, predict, train } from "laplace-ts";
import { noisySine } from "./support/regression.ts";

describe("the public surface", () => {
  it("has no hole in it", () => {
    for (const [name, value] of Object.entries(library)) expect(value, name).toBeDefined();
    expect(Object.keys(library)).toEqual(expect.arrayContaining(["mlp", "functionModel", "gaussian", "bernoulli", "categorical", "isotropic", "perLayer", "groups", "perWeight", "exact", "outerProduct", "empiricalFisher", "full", "diagonal", "laplace", "withMoreData", "predict", "jointCovariance", "maximizeEvidence", "compareModels", "train"]));
  });

  it("keeps kernels to itself", () => {
    expect(Object.keys(library).filter((name) => /cholesky|triangular|symmetric/i.test(name))).toEqual([]);
  });

  it("goes from data to error bars and evidence", async () => {
    const data = noisySine(40);
    const trained = await train(mlp([1, 6, 1], { activation: "tanh", seed: 1 }), gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
    const posterior = await laplace(trained.model, trained.likelihood, data, { curvature: outerProduct(), structure: full(), prior: trained.prior });
    const tuned = maximizeEvidence(posterior);
    expect(tuned.logEvidence).toBeGreaterThan(posterior.logEvidence);
    expect(tuned.likelihood.noise).toBeGreaterThan(0.05);
    expect(tuned.likelihood.noise).toBeLessThan(0.2);
    expect(evidence(tuned).logEvidence).toBe(tuned.logEvidence);
    const prediction = await predict(tuned, [0, 5]);
    expect(prediction.variance.get(1, 0)).toBeGreaterThan(prediction.variance.get(0, 0));
    expect(jointCovariance(tuned, [0, 5]).get(0, 0)).toBeCloseTo(prediction.variance.get(0, 0), 12);
    expect(meanLogDensity(prediction, [0, Math.sin(10)])).toBeLessThan(2);
    expect(compareModels({ tuned, untuned: posterior }).best).toBe(tuned);
  });
});
