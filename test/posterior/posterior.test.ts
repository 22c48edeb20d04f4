import { Matrix } from "ml-matrix";
import { beforeAll, describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior, PosteriorChanges } from "../../src/posterior/posterior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { expectClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { plane, trainedSine } from "../support/regression.ts";

type Fit = Posterior<DenseNetwork, GaussianLikelihood>;

const state = (posterior: Fit): number[] => [posterior.logEvidence, posterior.effectiveParameters, posterior.likelihood.noise, posterior.temperature, ...posterior.prior.precisions, ...posterior.marginalVariance];

it("draws weights that have nothing in common with the first weights of a network of the same seed", async () => {
  for (const seed of [0, 1, 2]) {
    const model = mlp([1, 20, 20, 1], { seed });
    const first = model.parameters;
    // The data say nothing: the draw is what the prior makes of standard normal numbers.
    const posterior = await laplace(model, gaussian({ noise: 1e6 }), { inputs: [0], targets: [0] }, { prior: isotropic(1) });
    const deviation = posterior.sample(1, { seed }).getRow(0).map((w, i) => w - first[i]);
    const inner = (a: ArrayLike<number>, b: ArrayLike<number>): number => Array.from(a).reduce((sum, value, i) => sum + value * b[i], 0);
    const correlation = inner(deviation, first) / Math.sqrt(inner(deviation, deviation) * inner(first, first));
    expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(first.length));
  }
});

describe.each([full(), diagonal()])("a $name posterior", (structure) => {
  let posterior: Fit;
  beforeAll(async () => {
    const { model, likelihood, data, prior } = await trainedSine();
    posterior = await laplace(model, likelihood, data, { prior, structure });
  });

  it("counts effective parameters as sum lambda / (lambda + alpha)", () => {
    const h = Matrix.from1DArray(13, 13, posterior.data.curvature.dense()).mul(posterior.likelihood.precision);
    for (const alpha of [0.5, 0.01, 100]) {
      const expected = eigenvalues(h).reduce((sum, lambda) => sum + lambda / (lambda + alpha), 0);
      expect(posterior.with({ prior: isotropic(alpha) }).effectiveParameters).toBeCloseTo(expected, 8);
    }
  });

  it("changes hyperparameters as if it were made with them, and stays as it was", async () => {
    const { model, likelihood, data } = await trainedSine();
    const before = state(posterior);
    const changes = { prior: perLayer([1, 3]), likelihood: gaussian({ noise: 0.4 }), temperature: 0.3 };
    const changed = posterior.with(changes);
    const direct = await laplace(model, changes.likelihood, data, { structure, prior: changes.prior, temperature: 0.3 });
    expectClose(state(changed), state(direct), 1e-11);
    expect(state(posterior)).toEqual(before);
    expect(changed.likelihood.noise).toBe(0.4);
    expect(likelihood.noise).toBe(0.1);
    expectClose(state(posterior.with({})), before, 0);
  });

  it("divides the data's part by the temperature", () => {
    const warm = posterior.with({ temperature: 2 });
    const noisier = posterior.with({ likelihood: gaussian({ noise: 0.1 * Math.SQRT2 }) });
    expectClose(warm.precision.inverse(), noisier.precision.inverse(), 1e-12);
    expect(warm.logEvidence).toBeCloseTo(posterior.logLikelihood / 2 - 0.5 * (warm.scatter + warm.logDeterminantRatio), 10);
    const cold = posterior.with({ temperature: 1e-3 });
    expect(cold.marginalVariance.every((v, i) => v < posterior.marginalVariance[i])).toBe(true);
  });

  it("settles noise that is left open, as laplace() does", () => {
    const { data } = posterior;
    expect(posterior.with({ likelihood: gaussian() }).likelihood.noise).toBeCloseTo(Math.sqrt((2 * data.energy) / 25), 12);
  });

  it("draws weights with its mean and covariance, from a seed", () => {
    const draws = posterior.sample(4000, { seed: 5 });
    expect([draws.rows, draws.columns]).toEqual([4000, 13]);
    const covariance = posterior.covariance();
    const product = posterior.precisionMatrix().mmul(covariance);
    for (let a = 0; a < product.rows; a++) for (let b = 0; b < product.columns; b++) expect(product.get(a, b)).toBeCloseTo(a === b ? 1 : 0, 9);
    for (let i = 0; i < 13; i++) {
      const mean = draws.getColumn(i).reduce((sum, value) => sum + value, 0) / 4000;
      expect(Math.abs(mean - posterior.mean[i])).toBeLessThan(5 * Math.sqrt(covariance.get(i, i) / 4000));
      for (let j = 0; j <= i; j++) {
        let moment = 0;
        for (let s = 0; s < 4000; s++) moment += ((draws.get(s, i) - posterior.mean[i]) * (draws.get(s, j) - posterior.mean[j])) / 4000;
        const spread = Math.sqrt((covariance.get(i, i) * covariance.get(j, j) + covariance.get(i, j) ** 2) / 4000);
        expect(Math.abs(moment - covariance.get(i, j))).toBeLessThan(5 * spread);
      }
    }
    expect(posterior.sample(3, { seed: 5 }).to2DArray()).toEqual(draws.to2DArray().slice(0, 3));
    expect(posterior.sample(2).to2DArray()).toEqual(posterior.sample(2, { seed: 0 }).to2DArray());
    expect(posterior.sample(2, { seed: 1 }).to2DArray()).not.toEqual(posterior.sample(2).to2DArray());
  });

  it("hands out copies", () => {
    const before = state(posterior);
    posterior.marginalVariance.fill(0);
    posterior.effectiveParametersByGroup.fill(0);
    posterior.gradient.fill(0);
    posterior.covariance().mul(0);
    expect(state(posterior)).toEqual(before);
  });
});

describe("a posterior", () => {
  let posterior: Fit;
  beforeAll(async () => {
    const { model, likelihood, data, prior } = plane(8);
    posterior = await laplace(model, likelihood, data, { prior });
  });

  it("says how many posterior standard deviations away the mode is", async () => {
    const { model, likelihood, data } = plane(8);
    // The mode of a linear model is one Newton step away.
    const step = posterior.solve(posterior.gradient);
    const mode = model.withParameters(model.parameters.map((w, i) => w - step[i]));
    const there = await laplace(mode, likelihood, data, { prior: posterior.prior });
    expect(posterior.distanceFromMode).toBeGreaterThan(0.01);
    expect(there.gradientNorm).toBeLessThan(1e-12);
    expect(there.distanceFromMode).toBeLessThan(1e-12);
  });

  it("has a summary that can be read", async () => {
    const { model, likelihood, data } = plane(8);
    expect((await laplace(model, likelihood, data, { prior: perWeight([1, 2]), temperature: 0.5 })).summary()).toMatch(
      /^model +2 parameters, 1 output\ndata +8 examples\nlikelihood +gaussian, noise 0\.3.*\ncurvature +outer product, full\nprior +per weight, 2 groups\n +weight 1 +precision 1\.0000, effective parameters \d\.\d\d\n +weight 2 +precision 2\.0000.*\ntemperature +0\.5.*\neffective parameters +\d\.\d\d of 2\nlog likelihood +.*\nlog evidence +.*\ngradient norm +/,
    );
    const wide = mlp([20, 1]);
    const many = await laplace(wide, likelihood, { inputs: [Array<number>(20).fill(1)], targets: [1] }, { prior: perWeight(1) });
    expect(many.summary()).toMatch(/weight 12 .*\n +\.\.\. +9 more\n/);
    expect(many.summary()).toContain("1 example\n");
  });

  const bad = (value: unknown): PosteriorChanges<GaussianLikelihood> => value as PosteriorChanges<GaussianLikelihood>;
  const changes: [string, unknown, RegExp][] = [
    ["an unknown change", { noise: 1 }, /^changes\.noise: expected one of the options prior, likelihood, temperature/],
    ["another likelihood", { likelihood: bernoulli() }, /^likelihood: expected a gaussian likelihood.*got bernoulli.*Call laplace\(\) again/],
    ["a forgotten call of the likelihood", { likelihood: gaussian }, /^likelihood: .*Call the function/],
    ["a forgotten call of the prior", { prior: isotropic }, /^prior: .*Call the function/],
    ["a number for a prior", { prior: 3 }, /^prior: expected a value made by isotropic\(\)/],
    ["a prior for another model", { prior: perWeight([1, 2, 3]) }, /^precisions: expected 2 numbers/],
    ["temperature 0", { temperature: 0 }, /^temperature: expected a finite number above 0, got 0/],
    ["temperature NaN", { temperature: Number.NaN }, /^temperature: .*got NaN/],
  ];
  it.each(changes)("refuses %s", (_, change, message) => {
    expect(() => posterior.with(bad(change))).toThrow(InvalidArgumentError);
    expect(() => posterior.with(bad(change))).toThrow(message);
  });

  it("refuses vectors of another length, and counts that are none", () => {
    expect(() => posterior.solve([1, 2, 3])).toThrow(/^vector: expected 2 numbers, one for each parameter, got 3/);
    expect(() => posterior.solve([1, Number.NaN])).toThrow(/^vector: expected finite numbers/);
    expect(() => posterior.sample(0)).toThrow(/^count: expected a whole number of at least 1, got 0/);
    expect(() => posterior.sample(1.5)).toThrow(/^count: /);
    expect(() => posterior.sample(1, { seed: 0.5 })).toThrow(/^seed: /);
    expect(() => posterior.sample(1, { sed: 1 } as object)).toThrow(/^options\.sed: /);
  });

  it("refuses negative noise and priors that are not positive where they are made", () => {
    expect(() => gaussian({ noise: -0.1 })).toThrow(/^noise: expected a finite number above 0, got -0\.1/);
    expect(() => isotropic(0)).toThrow(/^precision: /);
  });
});
