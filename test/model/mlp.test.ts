import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { toTable } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { forward, jacobian } from "../../src/model/derivatives.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp, type MlpOptions } from "../../src/model/mlp.ts";
import { isLayered, type LayeredEvaluation, type OutputDerivatives } from "../../src/model/model.ts";
import torchIris from "../fixtures/laplace-torch-iris.json" with { type: "json" };
import torchRegression from "../fixtures/laplace-torch-regression.json" with { type: "json" };
import netlabRegression from "../fixtures/netlab-regression.json" with { type: "json" };
import netlabSoftmax from "../fixtures/netlab-softmax.json" with { type: "json" };
import { expectClose } from "../support/close.ts";
import { fromNetlab } from "../support/netlab.ts";

/** The sine vector that the reference values of Hessian-vector products belong to. */
const sines = (count: number): Float64Array => Float64Array.from({ length: count }, (_, i) => Math.sin(i + 1));

function lossOf(network: DenseNetwork, likelihood: Likelihood, inputs: MatrixLike, targets: MatrixLike): { energy: number; evaluation: LayeredEvaluation; loss: OutputDerivatives } {
  const table = toTable("inputs", inputs);
  const encoded = likelihood.encode(targets, table.rows, network.outputs);
  const evaluation = network.evaluate(table);
  const { outputs } = evaluation;
  return { energy: likelihood.energy(outputs, encoded), evaluation, loss: { gradient: likelihood.gradient(outputs, encoded), hessian: likelihood.hessian(outputs, encoded) } };
}

// Their losses are at unit noise, as ours with gaussian({ noise: 1 }).
const torchCases = [
  { name: "the regression", reference: torchRegression, likelihood: gaussian({ noise: 1 }) },
  { name: "the irises", reference: torchIris, likelihood: categorical() },
];

describe.each(torchCases)("against PyTorch on $name", ({ reference, likelihood }) => {
  const network = mlp(reference.sizes, { parameters: reference.theta });
  const { energy, evaluation, loss } = lossOf(network, likelihood, reference.X, reference.Y);
  const { exact } = reference;

  it("gives the same outputs and Jacobian", () => {
    expectClose(evaluation.outputs, reference.f_train.flat(), 1e-12);
    expectClose(forward(network, reference.X_test).to1DArray(), reference.f_test.flat(), 1e-12);
    expectClose(jacobian(network, reference.X_test).to1DArray(), reference.jacobian_test.flat(2), 1e-11);
  });

  it("gives the same loss, gradient and exact Hessian", () => {
    expect(Math.abs(energy - exact.loss)).toBeLessThan(1e-12 * exact.loss);
    expectClose(evaluation.vectorJacobianProduct(loss.gradient), exact.grad, 1e-10);
    expectClose(evaluation.hessian(loss), exact.hessian.flat(), 1e-10);
    expectClose(evaluation.hessianDiagonal(loss), exact.hessian_diag, 1e-10);
    expectClose(evaluation.hessianVectorProduct(loss, sines(network.parameters.length)), exact.hvp, 1e-10);
  });
});

const netlabCases = [
  { name: "the regression", reference: netlabRegression, likelihood: gaussian({ noise: 1 }) },
  { name: "the classes", reference: netlabSoftmax, likelihood: categorical() },
];

describe.each(netlabCases)("against Netlab on $name", ({ reference, likelihood }) => {
  const network = mlp([reference.nin, reference.nhidden, reference.nout], { parameters: fromNetlab(reference) });
  const { energy, evaluation, loss } = lossOf(network, likelihood, reference.x, reference.t);

  it("gives the same outputs and error", () => {
    expectClose(forward(network, reference.xt).to1DArray(), (reference.a_test as (number | number[])[]).flat(), 1e-12);
    expect(Math.abs(energy - reference.error_data)).toBeLessThan(1e-12 * reference.error_data);
  });

  it("gives the same exact Hessian", () => {
    const v = sines(network.parameters.length);
    expectClose(evaluation.hessian(loss), reference.data_hessian.flat(), 1e-10);
    expectClose(evaluation.hessianVectorProduct(loss, v), reference.data_hv, 1e-10);
  });
});

describe("mlp", () => {
  it("names its tensors, layer by layer, weights before biases", () => {
    const network = mlp([2, 3, 1]);
    expect(network.tensors).toEqual([
      { name: "layer1.weights", layer: 0, role: "weights", offset: 0, rows: 3, columns: 2 },
      { name: "layer1.biases", layer: 0, role: "biases", offset: 6, rows: 3, columns: 1 },
      { name: "layer2.weights", layer: 1, role: "weights", offset: 9, rows: 1, columns: 3 },
      { name: "layer2.biases", layer: 1, role: "biases", offset: 12, rows: 1, columns: 1 },
    ]);
    expect([network.parameters.length, network.inputs, network.outputs]).toEqual([13, 2, 1]);
    expect(mlp([2, 3, 1], { biases: false }).tensors.map(({ offset }) => offset)).toEqual([0, 6]);
    expect(isLayered(network)).toBe(true);
  });

  it("has tanh units and plain outputs unless told otherwise", () => {
    const names = ({ layers }: DenseNetwork): string[] => layers.map(({ activation }) => activation.name);
    expect(names(mlp([1, 2, 2, 1]))).toEqual(["tanh", "tanh", "identity"]);
    expect(names(mlp([1, 2, 2, 1], { activation: ["relu", "silu"], outputActivation: "softplus" }))).toEqual(["relu", "silu", "softplus"]);
    expect(names(mlp([4, 1], { activation: "relu" }))).toEqual(["identity"]);
  });

  it("draws weights of variance gain / (inputs + 1) that depend on the seed alone", () => {
    const variance = (layer: number, { layers, parameters }: DenseNetwork): number => {
      const { offset, rows, columns } = layers[layer].weights;
      return parameters.subarray(offset, offset + rows * columns).reduce((sum, w) => sum + w * w, 0) / (rows * columns);
    };
    // 10,000 weights: the variance is within 5 standard errors, 5 sqrt(2 / 10,000) = 7 %.
    expect(Math.abs(variance(0, mlp([99, 101, 1], { activation: "relu", seed: 3 })) * 100 - 2)).toBeLessThan(0.14);
    expect(Math.abs(variance(0, mlp([99, 101, 1], { activation: "tanh", seed: 4 })) * 100 - 1)).toBeLessThan(0.07);
    expect(Math.abs(variance(1, mlp([2, 99, 101], { activation: "relu", seed: 5 })) * 100 - 1)).toBeLessThan(0.07);
    // One input and a bias make 1 / 2.
    expect(Math.abs(variance(0, mlp([1, 10_000, 1], { seed: 6 })) * 2 - 1)).toBeLessThan(0.07);
    expect(mlp([2, 3, 1], { seed: 7 }).parameters).toEqual(mlp([2, 3, 1], { seed: 7 }).parameters);
    expect(mlp([2, 3, 1], { seed: 7 }).parameters).not.toEqual(mlp([2, 3, 1], { seed: 8 }).parameters);
    expect(mlp([2, 3, 1]).parameters).toEqual(mlp([2, 3, 1], { seed: 0 }).parameters);
  });

  it("takes weights and gives a new network for others", () => {
    const line = mlp([1, 1], { parameters: [2, 1] });
    const moved = line.withParameters(Float64Array.of(3, 0));
    expect(forward(line, [3]).get(0, 0)).toBe(7);
    expect(forward(moved, [3]).get(0, 0)).toBe(9);
    expect(forward(line, [3]).get(0, 0)).toBe(7);
    expect(moved.layers).toBe(line.layers);
  });

  it.each<[sizes: unknown, options: unknown, message: RegExp]>([
    [[2], {}, /^sizes: expected the numbers of inputs, hidden units and outputs/],
    [3, {}, /^sizes: /],
    [[2, 0, 1], {}, /^sizes\[1\]: expected a whole number of at least 1, got 0/],
    [[2, 2.5, 1], {}, /^sizes\[1\]: .*got 2\.5/],
    [[2, Number.NaN], {}, /^sizes\[1\]: .*got NaN/],
    [["2", 1], {}, /^sizes\[0\]: .*got "2"/],
    [[2, 3, 1], { activation: "swish" }, /^activation: expected one of .*got "swish"/],
    [[2, 3, 1], { outputActivation: "softmax" }, /^activation: expected one of .*got "softmax"/],
    [[2, 3, 1], { activation: ["tanh", "tanh"] }, /^activation: expected one name, or 1 for the 1 hidden layers/],
    [[2, 3, 1], { activations: "tanh" }, /^options\.activations: expected one of the options activation, /],
    [[2, 3, 1], { seed: 0.5 }, /^seed: expected a whole number, got 0\.5/],
    [[2, 3, 1], { parameters: [1, 2] }, /^parameters: expected 13 numbers for layer1\.weights 3 x 2, .*got 2/],
    [[1, 1], { parameters: [1, Number.NaN] }, /^parameters: expected finite numbers, got NaN at index 1/],
    [[1, 1], { parameters: [Infinity, 1] }, /^parameters: expected finite numbers, got Infinity at index 0/],
  ])("refuses sizes %j with %j", (sizes, options, message) => {
    const make = (): DenseNetwork => mlp(sizes as number[], options as MlpOptions);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it("refuses other weights that do not fit", () => {
    expect(() => mlp([2, 1]).withParameters(new Float64Array(4))).toThrow(/^parameters: expected 3 numbers .*got 4/);
    expect(() => mlp([2, 1]).withParameters(Float64Array.of(1, Number.NaN, 2))).toThrow(/^parameters: expected finite numbers, got NaN at index 1\. Training may have diverged/);
  });
});
