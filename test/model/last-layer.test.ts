import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { toTable } from "../../src/data.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { denseNetwork, type DenseNetwork } from "../../src/model/dense-network.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { isStandardized, standardized } from "../../src/model/standardized.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { expectClose } from "../support/close.ts";
import { cases, plainBatch, quadraticLoss } from "../support/networks.ts";
import { plainPass } from "../support/plain-network.ts";
import { normalTable, normals } from "../support/random-numbers.ts";
import { noisySine } from "../support/regression.ts";
import { expectRestriction } from "../support/restriction.ts";
import { differences } from "../support/sixth-order-differences.ts";

const startOf = (network: DenseNetwork): number => network.layers[network.layers.length - 1].weights.offset;
const indicesOf = (network: DenseNetwork): number[] => Array.from(network.parameters.keys()).slice(startOf(network));

/** The network in units of its own. */
function inOtherUnits(network: DenseNetwork, seed: number): DenseNetwork {
  const scale = (columns: number, from: number) => ({ shift: normals(columns, from), scale: normals(columns, from + 1).map((z) => Math.exp(z / 3)) });
  return standardized(network, { inputs: scale(network.inputs, seed), outputs: scale(network.outputs, seed + 2) });
}

describe("lastLayer", () => {
  it("has the outputs of the network, and of its derivatives what belongs to the last layer", () => {
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ network, inputs }, seed) => {
        expectRestriction(lastLayer(network), network, indicesOf(network), inputs, seed);
        const { outputs } = network.evaluate(inputs);
        const loss = quadraticLoss(inputs.rows, network.outputs, seed)(outputs);
        expectClose(lastLayer(network).evaluate(inputs).approximateHessianDiagonal!(loss), network.evaluate(inputs).approximateHessianDiagonal!(loss).slice(startOf(network)), 1e-12);
      }),
      { numRuns: 60 },
    );
  });

  it("does so in the network's own units, too", () => {
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ network, inputs }, seed) => {
        const model = inOtherUnits(network, seed);
        expectRestriction(lastLayer(model), model, indicesOf(network), inputs, seed);
      }),
      { numRuns: 30 },
    );
  });

  it("has the derivatives of the network written out, its earlier weights held", () => {
    fc.assert(
      fc.property(cases, (one) => {
        const frozen = one.network.parameters.slice(0, startOf(one.network));
        const outputsAt = (w: ArrayLike<number>): Float64Array => plainBatch(one)([...frozen, ...Array.from(w)]);
        const last = lastLayer(one.network);
        const moved = last.withParameters(last.parameters.map((w) => w + 0.1));
        expectClose(moved.evaluate(one.inputs).outputs, outputsAt(moved.parameters), 1e-12);
        expectClose(moved.evaluate(one.inputs).jacobian(), differences(outputsAt, moved.parameters), 1e-8);
      }),
      { numRuns: 30 },
    );
  });

  it("is a layered model of one layer, which shows features and deltas", () => {
    fc.assert(
      fc.property(cases, ({ plain, network, inputs }) => {
        const last = lastLayer(network);
        const evaluation = last.evaluate(inputs);
        const values = Array.from({ length: inputs.rows }, (_, n) => plainPass(plain, network.parameters, inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns)).values);
        expect(last.layers).toHaveLength(1);
        expectClose(evaluation.activations[0], values.flatMap((one) => one[one.length - 2]), 1e-12);
        const u = normals(inputs.rows * network.outputs, 1);
        expect(evaluation.backpropagate(u)).toHaveLength(1);
        expectClose(evaluation.backpropagate(u)[0], network.evaluate(inputs).backpropagate(u)[network.layers.length - 1], 1e-12);
      }),
      { numRuns: 30 },
    );
  });

  it("keeps the names of its tensors, with offsets from 0", () => {
    const last = lastLayer(mlp([2, 4, 3, 5]));
    expect(last.tensors).toEqual([
      { name: "layer3.weights", layer: 0, role: "weights", offset: 0, rows: 5, columns: 3 },
      { name: "layer3.biases", layer: 0, role: "biases", offset: 15, rows: 5, columns: 1 },
    ]);
    expect([last.layers[0].weights, last.layers[0].biases]).toEqual(last.tensors);
    expect([last.inputs, last.outputs, last.parameters.length]).toEqual([2, 5, 20]);
    expect(lastLayer(mlp([2, 4, 3], { biases: false })).tensors).toEqual([{ name: "layer2.weights", layer: 0, role: "weights", offset: 0, rows: 3, columns: 4 }]);
  });

  it("never differentiates the earlier layers", () => {
    const refused = (): never => {
      throw new Error("a derivative of a frozen layer");
    };
    const { layers, parameters } = mlp([2, 3, 3, 2]);
    const network = denseNetwork(layers.map((layer, l) => (l < 2 ? { ...layer, activation: { ...layer.activation, first: refused, second: refused } } : layer)), parameters);
    const inputs = normalTable(3, 2, 1);
    const evaluation = lastLayer(network).evaluate(inputs);
    const loss = quadraticLoss(3, 2, 1)(evaluation.outputs);
    evaluation.jacobian();
    evaluation.jacobianVectorProduct(normals(8, 1));
    evaluation.vectorJacobianProduct(normals(6, 1));
    evaluation.hessianVectorProduct(loss, normals(8, 1));
    evaluation.hessian(loss);
    evaluation.hessianDiagonal(loss);
    evaluation.approximateHessianDiagonal!(loss);
    expect(() => network.evaluate(inputs).jacobian()).toThrow("a derivative of a frozen layer");
  });

  it("passes many examples through wide layers a few at a time", () => {
    const network = mlp([1, 300_000, 1], { biases: false, seed: 1 });
    const inputs = normalTable(5, 1, 1);
    expectClose(lastLayer(network).evaluate(inputs).outputs, network.evaluate(inputs).outputs, 1e-12);
  });

  it("gives back the whole network with the new last layer, and leaves the old one alone", () => {
    const network = inOtherUnits(mlp([2, 3, 2], { seed: 1 }), 5);
    const before = network.parameters.slice();
    const values = normals(8, 3);
    const last = lastLayer(network).withParameters(values);
    expect(last.whole.parameters).toEqual(Float64Array.of(...before.slice(0, 9), ...values));
    expect(network.parameters).toEqual(before);
    const inputs = normalTable(4, 2, 2);
    expectClose(last.whole.evaluate(inputs).outputs, last.evaluate(inputs).outputs, 1e-14);
    expect(Array.from(last.indices)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
    values[0] = 99;
    expect(last.parameters[0]).not.toBe(99);
  });

  it("is its own last layer", () => {
    const last = lastLayer(mlp([2, 3, 1]));
    expect(lastLayer(last)).toBe(last);
  });

  it("takes what fit() returns, and fit() leaves the units of the frozen layers alone", async () => {
    const data = noisySine(30);
    const trained = (await fit(mlp([1, 4, 1], { seed: 1 }), gaussian(), data)).posterior.model;
    const last = lastLayer(trained);
    expect(isStandardized(last)).toBe(true);
    expect(isStandardized(lastLayer(mlp([1, 4, 1])))).toBe(true);
    const { model } = (await fit(last, gaussian(), data)).posterior;
    expect(model.whole.parameters.slice(0, 8)).toEqual(trained.parameters.slice(0, 8));
    const inputs = toTable("inputs", data.inputs);
    expectClose(model.whole.evaluate(inputs).outputs, model.evaluate(inputs).outputs, 1e-13);
  });

  it("says what to do with models that have no last layer", () => {
    const curve = functionModel({ parameters: [1], value: ([w], [x]) => w * x }) as DenseNetwork;
    expect(() => lastLayer(curve)).toThrow(UnsupportedError);
    expect(() => lastLayer(curve)).toThrow(/this model shows none.*mlp\(\[features, outputs\]\).*subnetwork/);
    expect(() => lastLayer(subnetwork(mlp([1, 2, 1]), [0]) as Model as DenseNetwork)).toThrow(/lastLayer\(part\.whole\)/);
    expect(() => lastLayer(Promise.resolve(mlp([1, 1])) as unknown as DenseNetwork)).toThrow(/^network: .*Await it first/);
    expect(() => lastLayer(undefined as unknown as DenseNetwork)).toThrow(InvalidArgumentError);
    expect(() => lastLayer(mlp([1, 2, 1])).withParameters(Float64Array.of(1))).toThrow(/expected 3 numbers for layer2\.weights 1 x 2, layer2\.biases 1 x 1, got 1/);
    expect(() => lastLayer(mlp([1, 2, 1])).withParameters(Float64Array.of(1, NaN, 1))).toThrow(/finite numbers, got NaN at index 1/);
  });
});
