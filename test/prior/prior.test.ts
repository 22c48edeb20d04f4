import fc from "../support/fast-check.ts";
import { Matrix, determinant } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { mlp } from "../../src/model/mlp.ts";
import { groups } from "../../src/prior/groups.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { effectiveParametersByGroup, groupedPrior, priorEnergies, priorEnergy, priorGradient, priorLogDeterminant, priorMean, priorPrecision, reestimatePrior, sumByGroup, withPrecisions, type GroupedPrior } from "../../src/prior/prior.ts";
import iris from "../fixtures/laplace-torch-iris.json" with { type: "json" };
import netlab from "../fixtures/netlab-regression.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { fromNetlab } from "../support/netlab.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** A prior with random groups, none of them empty, and random precisions and means. */
const priors = fc.record({ width: fc.integer({ min: 1, max: 8 }), count: fc.integer({ min: 1, max: 4 }), seed: fc.nat(1e5) }).map(({ width, count, seed }) => {
  const used = Math.min(width, count);
  const groupOf = Int32Array.from({ length: width }, (_, i) => (i * 7 + seed) % used);
  const names = Array.from({ length: used }, (_, g) => `group ${g + 1}`);
  const precisions = normals(used, seed).map(Math.exp);
  return { prior: groupedPrior("test", names, groupOf, precisions, normals(width, seed + 1)), weights: normals(width, seed + 2) };
});

/** A as a dense matrix. */
const dense = ({ groupOf, precisions }: GroupedPrior): Matrix => Matrix.diag(Array.from(groupOf, (g) => precisions[g]));

describe("a prior against its dense form", () => {
  it("has the precision, the log determinant, the energy and the gradient of A", () => {
    fc.assert(
      fc.property(priors, ({ prior, weights }) => {
        const a = dense(prior);
        const offset = Matrix.columnVector(weights.map((w, i) => w - prior.mean[i]));
        expect(Array.from(priorPrecision(prior))).toEqual(a.diag());
        expectClose([priorLogDeterminant(prior)], [Math.log(determinant(a))], 1e-12);
        expectClose([priorEnergy(prior, weights)], [0.5 * offset.transpose().mmul(a).mmul(offset).get(0, 0)], 1e-13);
        expectClose(priorGradient(prior, weights), a.mmul(offset).to1DArray(), 1e-13);
        expectClose(priorGradient(prior, weights), differences((w) => [priorEnergy(prior, w)], weights), 1e-9);
      }),
    );
  });

  it("splits its energy by group, without the precisions", () => {
    fc.assert(
      fc.property(priors, ({ prior, weights }) => {
        const energies = priorEnergies(prior, weights);
        const expected = prior.groups.map((_, g) => weights.reduce((sum, w, i) => (prior.groupOf[i] === g ? sum + 0.5 * (w - prior.mean[i]) ** 2 : sum), 0));
        expectClose(energies, expected, 1e-14);
        expect(priorEnergies(withPrecisions(prior, prior.precisions.map((p) => 10 * p)), weights)).toEqual(energies);
      }),
    );
  });

  it("adds up by group, and counts effective parameters as W_g - alpha_g trace(P^-1)_g", () => {
    fc.assert(
      fc.property(priors, ({ prior, weights }) => {
        const mask = (g: number): number[] => Array.from(prior.groupOf, (h) => (h === g ? 1 : 0));
        const sum = (values: ArrayLike<number>, g: number): number => mask(g).reduce((total, inside, i) => total + inside * values[i], 0);
        const variances = weights.map((w) => w * w);
        expectClose(sumByGroup(prior, weights), prior.groups.map((_, g) => sum(weights, g)), 1e-14);
        const gamma = prior.groups.map((_, g) => mask(g).reduce((a, b) => a + b) - prior.precisions[g] * sum(variances, g));
        expectClose(effectiveParametersByGroup(prior, variances), gamma, 1e-13);
      }),
    );
  });

  it("agrees with laplace-torch and Netlab", () => {
    const network = mlp(iris.sizes, { parameters: iris.theta });
    const one = isotropic(iris.prior_precision).bind(network);
    expect(priorLogDeterminant(one)).toBeCloseTo(iris.results.all_full.log_det_prior_precision, 10);
    expect(2 * priorEnergy(one, network.parameters)).toBeCloseTo(iris.results.all_full.scatter, 10);
    const each = perLayer(iris.layer_prior_precision, { separateBiases: true }).bind(network);
    expect(2 * priorEnergy(each, network.parameters)).toBeCloseTo(iris.results.layerprior_all_full.scatter, 10);

    const parameters = Float64Array.from(fromNetlab(netlab));
    const prior = isotropic(netlab.alpha).bind(mlp([netlab.nin, netlab.nhidden, netlab.nout], { parameters }));
    expectClose(priorEnergies(prior, parameters), [netlab.error_prior], 1e-13);
    expect(netlab.beta * netlab.error_data + priorEnergy(prior, parameters)).toBeCloseTo(netlab.error, 12);
  });
});

describe("withPrecisions", () => {
  it("changes the precisions alone, and leaves the old prior as it was", () => {
    const before = groups([0, 1, 0], [2, 3], { mean: [1, 2, 3] }).bind(mlp([2, 1]));
    const after = withPrecisions(before, [4, 5]);
    expect(Array.from(after.precisions)).toEqual([4, 5]);
    expect(Array.from(before.precisions)).toEqual([2, 3]);
    expect([after.name, after.groups, after.groupOf, after.mean]).toEqual([before.name, before.groups, before.groupOf, before.mean]);
    expect(() => withPrecisions(before, [4])).toThrow(/^precisions: expected 2 numbers, for group 1, group 2, got 1/);
    expect(() => withPrecisions(before, [4, 0])).toThrow(/^precisions\[1\] \(group 2\): expected a finite number above 0, got 0/);
  });

  it("shortens long lists of groups in its message", () => {
    const many = perLayer(1, { separateBiases: true }).bind(mlp([1, 1, 1, 1, 1]));
    expect(() => withPrecisions(many, [1])).toThrow(/expected 8 numbers, for layer1\.weights, layer1\.biases, .*, \.\.\. layer4\.biases, got 1/);
  });
});

describe("reestimatePrior", () => {
  const limits = [1e-6, 1e6] as const;

  it("is alpha_g = gamma_g / (2 E_W,g)", () => {
    fc.assert(
      fc.property(priors, ({ prior, weights }) => {
        const gamma = prior.groups.map((_, g) => 0.1 + g);
        const energies = priorEnergies(prior, weights);
        const again = reestimatePrior(prior, Float64Array.from(gamma), energies, [1e-12, 1e12]);
        expectClose(again.precisions, gamma.map((value, g) => value / (2 * energies[g])), 1e-14);
        expect(again.mean).toEqual(prior.mean);
      }),
    );
  });

  it("goes no further than its limits", () => {
    const prior = groups([0, 1, 2], 5).bind(mlp([2, 1]));
    // gamma / E_W is 1 / 0, 1 / tiny and tiny / huge.
    const again = reestimatePrior(prior, Float64Array.of(1, 1, 1e-9), priorEnergies(prior, Float64Array.of(0, 1e-9, 1e9)), limits);
    expect(Array.from(again.precisions)).toEqual([1e6, 1e6, 1e-6]);
    // One that is beyond them already doesn't turn round.
    const beyond = groups([0, 1, 2], [1e7, 1e-7, 1e7]).bind(mlp([2, 1]));
    expect(Array.from(reestimatePrior(beyond, Float64Array.of(1, 1e-9, 1), priorEnergies(beyond, Float64Array.of(1e-9, 1e9, 1)), limits).precisions)).toEqual([1e7, 1e-7, 1]);
  });

  it("leaves a group alone that the data say nothing about, whatever its weights", () => {
    const prior = groups([0, 0, 1, 1, 2, 3, 4], [3, 4, 5, 6, 7]).bind(mlp([6, 1]));
    // Zero, rounding to both sides for two weights, and what is no rounding any more.
    const gamma = Float64Array.of(0, 4e-16, -1e-15, 0, 1e-9);
    const again = reestimatePrior(prior, gamma, priorEnergies(prior, Float64Array.of(0, 0, 1e-8, 1e-8, 1, 1e-30, 1e-3)), limits);
    expect(Array.from(again.precisions.subarray(0, 4))).toEqual([3, 4, 5, 6]);
    expect(again.precisions[4]).toBeCloseTo(1e-3, 12);
  });
});

describe("priorMean", () => {
  const network = mlp([2, 1]);

  it("is 0, one number for all weights, or one for each", () => {
    expect(Array.from(priorMean(network))).toEqual([0, 0, 0]);
    expect(Array.from(priorMean(network, 2))).toEqual([2, 2, 2]);
    const given = Float64Array.of(1, 2, 3);
    expect(Array.from(priorMean(network, given))).toEqual([1, 2, 3]);
    expect(priorMean(network, given)).not.toBe(given);
  });

  it.each<[mean: unknown, message: RegExp]>([
    [[1, 2], /^mean: expected a number, or 3 numbers, one for each weight, got 2/],
    [[1, Number.NaN, 2], /^mean: expected finite numbers, got NaN at index 1/],
    [Infinity, /^mean: expected finite numbers, got Infinity at index 0/],
    [["a", 1, 2], /^mean: expected finite numbers, got NaN at index 0/],
  ])("refuses %j", (mean, message) => {
    expect(() => priorMean(network, mean as number)).toThrow(InvalidArgumentError);
    expect(() => priorMean(network, mean as number)).toThrow(message);
    expect(() => isotropic(1, { mean: mean as number }).bind(network)).toThrow(message);
  });

  it("leaves a fixed prior alone", () => {
    const prior = isotropic(3, { fixed: true }).bind(mlp([1, 1]));
    expect(reestimatePrior(prior, Float64Array.of(1), Float64Array.of(25)).precisions[0]).toBe(3);
  });
});
