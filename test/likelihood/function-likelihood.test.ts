import { describe, expect, it } from "vitest";
import { NotFiniteError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { functionLikelihood, type LikelihoodFunction } from "../../src/likelihood/function-likelihood.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";

const noise = 0.7;
const byHand: LikelihoodFunction = { name: "normal", logDensity: (f, t) => f.reduce((sum, value, k) => sum - 0.5 * Math.log(2 * Math.PI * noise ** 2) - (value - t[k]) ** 2 / (2 * noise ** 2), 0) };
const inputs = Array.from(normals(15, 1), (x) => [x]);
const targets = inputs.map(([x], n) => [Math.sin(x) + noise * normals(15, 2)[n], x]);

describe("a likelihood by its log density", () => {
  it("is, for a normal distribution, the Gaussian likelihood, from training to evidence", async () => {
    const [own, built] = [functionLikelihood(byHand), gaussian({ noise, fixed: true })];
    const data = { inputs, targets };
    const [mine, theirs] = [await train(mlp([1, 2, 2], { seed: 1 }), own, data), await train(mlp([1, 2, 2], { seed: 1 }), built, data)];
    expectClose(mine.model.parameters, theirs.model.parameters, 1e-6);
    const [a, b] = [await laplace(mine.model, own, data), await laplace(theirs.model, built, data)];
    expect(a.logEvidence).toBeCloseTo(b.logEvidence, 6);
  });

  it("predicts by averages over the outputs: by quadrature for one", () => {
    const moments = { rows: 2, outputs: 1, mean: Float64Array.of(0.5, -1), covariance: Float64Array.of(0.3, 2) };
    const [own, built] = [functionLikelihood(byHand).predict(moments), gaussian({ noise }).predict(moments)];
    expectClose(own.logDensity([1, 3]), built.logDensity([1, 3]), 1e-12);
    expectClose(own.expectation(([f]) => Math.exp(f)).to1DArray(), [Math.exp(0.5 + 0.15), Math.exp(-1 + 1)], 1e-12);
    expect(own.outputs.to1DArray()).toEqual([0.5, -1]);
    expect(own.outputVariance.to1DArray()).toEqual([0.3, 2]);
    const counted = functionLikelihood({ logDensity: ([f], [t]) => t * f - Math.exp(f) - [0, 0, Math.LN2, Math.log(6)][t] });
    expectClose(counted.predict(moments).logDensity([3, 0]), poisson().predict(moments).logDensity([3, 0]), 1e-10);
  });

  it("predicts by draws for several outputs, which depend on the seed alone", () => {
    const moments = { rows: 1, outputs: 2, mean: Float64Array.of(0.5, -1), covariance: Float64Array.of(1, 0.9, 0.9, 1) };
    const samples = 4000;
    const own = functionLikelihood(byHand).predict(moments, { samples });
    expect(Math.abs(own.logDensity([[1, 0]])[0] - gaussian({ noise }).predict(moments).logDensity([[1, 0]])[0])).toBeLessThan(0.1);
    const product = own.expectation((f) => [f[0], (f[0] - 0.5) * (f[1] + 1)]);
    expect([product.rows, product.columns]).toEqual([1, 2]);
    expect(Math.abs(product.get(0, 1) - 0.9)).toBeLessThan(5 * Math.sqrt(2 / samples));
    expect(functionLikelihood(byHand).predict(moments, { samples }).logDensity([[1, 0]])).toEqual(own.logDensity([[1, 0]]));
    expect(functionLikelihood(byHand).predict(moments, { samples, seed: 1 }).logDensity([[1, 0]])).not.toEqual(own.logDensity([[1, 0]]));
  });

  it("takes the information for its factor, or else what is positive of the Hessian", () => {
    // Cauchy: far from the target the Hessian is negative.
    const cauchy: LikelihoodFunction = { logDensity: ([f], [t]) => -Math.log(Math.PI * (1 + (t - f) ** 2)) };
    const factorOf = (definition: LikelihoodFunction, t: number): number => {
      const likelihood = functionLikelihood(definition);
      return likelihood.factor(Float64Array.of(0), likelihood.encode([t], 1, 1)).data[0] ** 2;
    };
    expect(factorOf(cauchy, 0)).toBeCloseTo(2, 6);
    expect(factorOf(cauchy, 3)).toBe(0);
    expect(factorOf({ ...cauchy, information: () => [0.5] }, 3)).toBeCloseTo(0.5, 14);
  });

  it("uses the derivatives it is given, and targets of another width", () => {
    const likelihood = functionLikelihood({ ...byHand, logDensity: ([f], [t, sigma]) => -0.5 * ((f - t) / sigma) ** 2, gradient: ([f], [t, sigma]) => [(t - f) / sigma ** 2 + 1e-3], hessian: (_, [, sigma]) => [-(sigma ** -2) - 1e-3], targetColumns: 2 });
    const encoded = likelihood.encode([[1, 2]], 1, 1);
    expectClose(likelihood.gradient(Float64Array.of(0), encoded), [-0.251], 1e-14);
    expectClose(likelihood.hessian(Float64Array.of(0), encoded), [0.251], 1e-14);
  });

  it("goes through fit", async () => {
    const fitted = await fit(mlp([1, 3, 2], { seed: 1 }), functionLikelihood(byHand), { inputs, targets });
    expect(fitted.posterior.distanceFromMode).toBeLessThan(0.1);
    expect((await fitted.predict([[0]])).outputVariance.get(0, 0)).toBeGreaterThan(0);
  });

  it("refuses definitions, targets and values that are none", async () => {
    expect(() => functionLikelihood({} as LikelihoodFunction)).toThrow(/^logDensity: expected a function \(outputs, target\) => log density, got undefined/);
    expect(() => functionLikelihood({ ...byHand, gradient: 1 } as unknown as LikelihoodFunction)).toThrow(/^gradient: expected a function, or none, got 1/);
    expect(() => functionLikelihood({ ...byHand, density: 1 } as LikelihoodFunction)).toThrow(/^definition\.density: /);
    expect(() => functionLikelihood({ ...byHand, targetColumns: 0 })).toThrow(/^targetColumns: /);
    const positive = functionLikelihood({ ...byHand, isTarget: ([t]) => t > 0 });
    expect(() => positive.encode([1, -1], 2, 1)).toThrow(/^targets: expected targets that "normal" can have, got -1 in row 1/);
    expect(() => positive.encode([[1, 2]], 1, 1)).toThrow(/^targets: expected 1 x 1, got 1 x 2/);
    const broken = functionLikelihood({ logDensity: () => Number.NaN });
    await expect(train(mlp([1, 1]), broken, { inputs: [1], targets: [1] })).rejects.toThrow(NotFiniteError);
    expect(() => broken.energy(Float64Array.of(1), { data: Float64Array.of(2), rows: 1, columns: 1 })).toThrow(/^The log density of "function" is NaN for the outputs 1 and the target 2/);
    const short = functionLikelihood({ ...byHand, gradient: () => [1] });
    expect(() => short.gradient(new Float64Array(2), short.encode([[1, 2]], 1, 2))).toThrow(/^definition: expected derivatives of 2 numbers for 2 outputs, got 1/);
    expect(() => functionLikelihood(byHand).predict({ rows: 1, outputs: 1, mean: new Float64Array(1), covariance: new Float64Array(1) }, { samples: 0 })).toThrow(/^samples: /);
  });
});
