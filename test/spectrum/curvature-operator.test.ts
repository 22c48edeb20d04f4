import { Matrix } from "ml-matrix";
import { describe, expect, it, vi } from "vitest";
import { empiricalFisher, exact, monteCarloFisher, outerProduct, type CurvatureKind } from "../../src/curvature/curvature.ts";
import { gradient, hessianVectorProduct } from "../../src/curvature/loss.ts";
import type { Data } from "../../src/data.ts";
import { InvalidArgumentError, NotFiniteError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { convolution1d } from "../../src/model/graph/convolution.ts";
import { dense } from "../../src/model/graph/dense.ts";
import { flatten } from "../../src/model/graph/reshape.ts";
import { network } from "../../src/model/graph/network.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { pairwise } from "../../src/model/pairwise.ts";
import { byName } from "../../src/model/selection.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { posteriorAsPrior } from "../../src/posterior/posterior-as-prior.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { curvatureOperator } from "../../src/spectrum/curvature-operator.ts";
import { full } from "../../src/structure/full.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { cases } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const table = (rows: number, columns: number, seed: number) => ({ data: normals(rows * columns, seed), shape: [rows, columns] as const });
const regression = (rows: number, inputs: number, outputs: number, seed = 1): Data => ({ inputs: table(rows, inputs, seed), targets: table(rows, outputs, seed + 1) });
const kinds: readonly CurvatureKind[] = [outerProduct(), exact(), empiricalFisher(), monteCarloFisher({ samples: 2, seed: 3 })];

/** The operator's columns, and the curvature that full() keeps in weight space, at the noise and temperature. */
async function expectCurvature(model: Model, likelihood: Likelihood, data: Data, curvature: CurvatureKind, tolerance = 1e-9): Promise<void> {
  // Of a prior that is strong enough for any curvature here.
  const { data: { curvature: kept }, likelihood: { precision } } = await laplace(model, likelihood, data, { curvature, structure: full({ space: "weight" }), prior: isotropic(1e9) });
  const operator = await curvatureOperator(model, likelihood, data, { curvature, temperature: 0.5 });
  expect(operator.size).toBe(model.parameters.length);
  const columns: number[][] = [];
  for (const unit of Matrix.eye(operator.size).to2DArray()) columns.push(Array.from(await operator.times(unit)));
  expectClose(columns.flat(), kept.dense().map((value) => value * precision ** curvature.noisePower / 0.5), tolerance);
}

describe("curvatureOperator", () => {
  it("multiplies by the matrix that full() writes out, for random networks and every kind of curvature", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.constantFrom(...kinds), fc.nat(1e6), async ({ network: model, inputs }, curvature, seed) => {
        const data = { inputs: { data: inputs.data, shape: [inputs.rows, inputs.columns] as const }, targets: table(inputs.rows, model.outputs, seed) };
        await expectCurvature(model, gaussian({ noise: 0.5 }), data, curvature);
      }),
      { numRuns: 60 },
    );
  });

  const convolutional = network([1, 6], [convolution1d({ filters: 2, kernel: 3, activation: "tanh" }), flatten(), dense(2)], { seed: 1 });
  const decay = functionModel({ parameters: [2, 0.5], value: ([amount, rate], [time]) => amount * Math.exp(-rate * time), jacobian: ([amount, rate], [time]) => [Math.exp(-rate * time), -amount * time * Math.exp(-rate * time)] });
  const whole = mlp([2, 3, 2], { seed: 2 });
  it.each<[string, Model, Likelihood, Data]>([
    ["classes", mlp([2, 4, 3], { seed: 1 }), categorical(), { inputs: table(20, 2, 1), targets: Array.from({ length: 20 }, (_, n) => n % 3) }],
    ["counts", mlp([2, 4, 1], { seed: 1 }), poisson(), { inputs: table(9, 2, 1), targets: Array.from({ length: 9 }, (_, n) => n % 4) }],
    ["more batches than one", mlp([2, 3, 1], { seed: 1 }), gaussian({ noise: 0.4 }), regression(1100, 2, 1)],
    ["a graph of layers", convolutional, gaussian({ noise: 0.4 }), regression(7, 6, 2)],
    ["a function", decay, gaussian({ noise: 0.4 }), regression(7, 1, 1)],
    ["a selection of weights", subnetwork(whole, byName("layer2.weights")), gaussian({ noise: 0.4 }), regression(7, 2, 2)],
    ["a selection of a graph's weights", subnetwork(convolutional, [0, 3, 9]), gaussian({ noise: 0.4 }), regression(7, 6, 2)],
    ["a last layer", lastLayer(whole), gaussian({ noise: 0.4 }), regression(7, 2, 2)],
    ["pairs", pairwise(mlp([2, 3, 1], { seed: 2 })), gaussian({ noise: 0.4 }), regression(7, 4, 1)],
    ["noise that is left open", mlp([2, 3, 1], { seed: 2 }), gaussian(), regression(30, 2, 1)],
  ])("does so for %s", async (_, model, likelihood, data) => {
    for (const curvature of kinds) await expectCurvature(model, likelihood, data, curvature, 1e-8);
  });

  it("has a block of the whole as the curvature of a layer", async () => {
    const [data, likelihood] = [regression(12, 2, 2), gaussian({ noise: 0.3 })];
    const part = subnetwork(whole, byName("layer1"));
    const [all, block] = [await curvatureOperator(whole, likelihood, data, { curvature: exact() }), await curvatureOperator(part, likelihood, data, { curvature: exact() })];
    const v = normals(part.parameters.length, 1);
    const wide = new Float64Array(all.size);
    part.indices.forEach((index, i) => (wide[index] = v[i]));
    const product = await all.times(wide);
    expectClose(await block.times(v), Array.from(part.indices, (index) => product[index]), 1e-12);
  });

  it("computes activations again where they would take too much memory", async () => {
    const [model, data, likelihood] = [mlp([1, 200], { seed: 1 }), regression(430, 1, 200), gaussian({ noise: 1 })];
    const operator = await curvatureOperator(model, likelihood, data, { curvature: exact() });
    const v = normals(operator.size, 5);
    const expected = hessianVectorProduct(model, likelihood, data, v);
    expectClose(await operator.times(v), expected, 1e-10);
    expectClose(await operator.times(v), expected, 1e-10);
  });

  it("is that of other weights, and carries error and gradient there", async () => {
    const [data, likelihood] = [regression(12, 2, 2), gaussian({ noise: 0.3 })];
    const parameters = normals(whole.parameters.length, 8);
    const operator = await curvatureOperator(whole, likelihood, data, { parameters, curvature: exact() });
    const moved = whole.withParameters(parameters);
    const v = normals(operator.size, 1);
    expectClose(await operator.times(v), hessianVectorProduct(moved, likelihood, data, v), 1e-12);
    expectClose(operator.gradient, gradient(moved, likelihood, data), 1e-12);
    expect(operator.likelihood.logLikelihood(operator.energy, 24)).toBeCloseTo((await laplace(moved, likelihood, data)).logLikelihood, 9);
    expect([operator.examples, operator.temperature, operator.prior]).toEqual([12, 1, undefined]);
  });

  it("takes the gradient at the noise of the residuals where noise is left open", async () => {
    const data = regression(30, 2, 2);
    const operator = await curvatureOperator(whole, gaussian(), data);
    expectClose(operator.gradient, gradient(whole, operator.likelihood, data), 1e-12);
  });

  it("changes prior and temperature without the data", async () => {
    const [data, likelihood] = [regression(12, 2, 2), gaussian({ noise: 0.3 })];
    const alone = await curvatureOperator(whole, likelihood, data);
    const both = alone.with({ prior: perLayer([2, 3]), temperature: 2 });
    const v = normals(alone.size, 1);
    const [h, p] = [await alone.times(v), await both.times(v)];
    expectClose(p, h.map((value, i) => value / 2 + (i < 9 ? 2 : 3) * v[i]), 1e-12);
    expectClose(await both.with({ prior: undefined, temperature: 1 }).times(v), h, 1e-15);
  });

  it("adds a prior that couples weights", async () => {
    const likelihood = gaussian({ noise: 0.3 });
    const before = await laplace(whole, likelihood, regression(12, 2, 2));
    const data = regression(9, 2, 2, 7);
    const prior = posteriorAsPrior(before);
    const posterior = await laplace(whole, likelihood, data, { prior });
    const operator = await curvatureOperator(whole, likelihood, data, { prior });
    const v = normals(operator.size, 1);
    expectClose(await operator.times(v), posterior.precisionMatrix().mmul(Matrix.columnVector(v)).to1DArray(), 1e-10);
  });

  it("stops when it is told to, and reports examples", async () => {
    const [data, likelihood] = [regression(1100, 2, 1), gaussian({ noise: 0.3 })];
    const model = mlp([2, 3, 1], { seed: 1 });
    const done: number[] = [];
    const operator = await curvatureOperator(model, likelihood, data, { onProgress: (progress) => done.push(progress.done) });
    expect(done).toEqual([512, 1024, 1100]);
    const signal = AbortSignal.abort();
    await expect(curvatureOperator(model, likelihood, data, { signal })).rejects.toBe(signal.reason);
    await expect(operator.times(model.parameters, { signal })).rejects.toBe(signal.reason);
  });

  it("refuses what does not fit, by name", async () => {
    const [data, likelihood] = [regression(5, 2, 2), gaussian({ noise: 0.3 })];
    const made = (options: object) => curvatureOperator(whole, likelihood, data, options);
    await expect(made({ layer: 1 })).rejects.toThrow(/unknown option "layer"/);
    await expect(made({ curvature: exact })).rejects.toThrow(/^curvature: .*Call the function/);
    await expect(made({ prior: 1 })).rejects.toThrow(/^prior: /);
    await expect(made({ temperature: 0 })).rejects.toThrow(/^temperature: /);
    await expect(made({ parameters: [1] })).rejects.toThrow(/^parameters: expected 17 numbers/);
    await expect(curvatureOperator(whole, likelihood, regression(5, 3, 2))).rejects.toThrow(InvalidArgumentError);
    await expect(curvatureOperator(mlp([1, 1], { parameters: [1e200, 0] }), likelihood, { inputs: [1e200], targets: [0] })).rejects.toThrow(NotFiniteError);
    const operator = await made({});
    await expect(operator.times([1, 2])).rejects.toThrow(/^v: expected 17 numbers, as the operator has columns, got 2/);
    await expect(operator.times(new Float64Array(17).fill(NaN))).rejects.toThrow(/^v: expected finite numbers, got NaN at index 0/);
    expect(() => operator.with({ noise: 1 } as never)).toThrow(/unknown option "noise"/);
  });
});
