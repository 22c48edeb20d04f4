import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../../src/errors.ts";
import { forward } from "../../../src/model/derivatives.ts";
import { activationLayer } from "../../../src/model/graph/activation-layer.ts";
import { add } from "../../../src/model/graph/add.ts";
import { affine } from "../../../src/model/graph/affine-layer.ts";
import { batchNormalization } from "../../../src/model/graph/batch-normalization.ts";
import { chain } from "../../../src/model/graph/chain.ts";
import { concatenate } from "../../../src/model/graph/concatenate.ts";
import { convolution2d } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { dropout } from "../../../src/model/graph/dropout.ts";
import { embedding } from "../../../src/model/graph/embedding.ts";
import type { NetworkEntry } from "../../../src/model/graph/entries.ts";
import { layerNormalization } from "../../../src/model/graph/layer-normalization.ts";
import { matrixProduct } from "../../../src/model/graph/matrix-product.ts";
import { maxPooling1d, maxPooling2d } from "../../../src/model/graph/max-pooling.ts";
import { multiHeadAttention } from "../../../src/model/graph/multi-head-attention.ts";
import { multiply } from "../../../src/model/graph/multiply.ts";
import { network, type NetworkOptions } from "../../../src/model/graph/network.ts";
import { flatten, reshape } from "../../../src/model/graph/reshape.ts";
import { residual } from "../../../src/model/graph/residual.ts";
import type { Shape } from "../../../src/model/graph/shape.ts";
import { softmaxLayer } from "../../../src/model/graph/softmax-layer.ts";
import { transpose } from "../../../src/model/graph/transpose.ts";
import { mlp } from "../../../src/model/mlp.ts";
import { isChain, isLayered } from "../../../src/model/model.ts";
import { expectClose } from "../../support/close.ts";
import fc from "../../support/fast-check.ts";
import { cases, quadraticLoss } from "../../support/networks.ts";
import { normalTable, normals } from "../../support/random-numbers.ts";

describe("a network of dense layers", () => {
  it("is the mlp of the same sizes, in its weights and all derivatives", () => {
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ plain, network: chain, inputs }, seed) => {
        const layers = plain.activations.map((activation, l) => dense(plain.sizes[l + 1], { activation, biases: plain.biases }));
        const graph = network([plain.sizes[0]], layers, { parameters: chain.parameters });
        const [ours, theirs] = [graph.evaluate(inputs), chain.evaluate(inputs)];
        const loss = quadraticLoss(inputs.rows, chain.outputs, seed)(theirs.outputs);
        const v = normals(chain.parameters.length, seed);
        expectClose(ours.outputs, theirs.outputs, 1e-13);
        expectClose(ours.jacobian(), theirs.jacobian(), 1e-12);
        expectClose(ours.scaledJacobian(loss.hessian, chain.outputs), theirs.scaledJacobian(loss.hessian, chain.outputs), 1e-12);
        expectClose(ours.jacobianVectorProduct(v), theirs.jacobianVectorProduct(v), 1e-12);
        expectClose(ours.vectorJacobianProduct(loss.gradient), theirs.vectorJacobianProduct(loss.gradient), 1e-12);
        expectClose(ours.hessianVectorProduct(loss, v), theirs.hessianVectorProduct(loss, v), 1e-12);
        expectClose(ours.hessian(loss), theirs.hessian(loss), 1e-12);
        expectClose(ours.hessianDiagonal(loss), theirs.hessianDiagonal(loss), 1e-12);
      }),
    );
  });

  it("starts from the weights that mlp() draws, with activations in or after the layers", () => {
    const sizes = [3, 4, 2, 5];
    const names = ["relu", "tanh", "identity"] as const;
    for (const biases of [true, false]) {
      const expected = mlp(sizes, { activation: ["relu", "tanh"], biases, seed: 7 }).parameters;
      const within = names.map((activation, l) => dense(sizes[l + 1], { activation, biases }));
      const after = names.flatMap((activation, l): NetworkEntry[] => [dense(sizes[l + 1], { biases }), activation]);
      expect(network([3], within, { seed: 7 }).parameters).toEqual(expected);
      expect(network([3], after, { seed: 7 }).parameters).toEqual(expected);
    }
    expect(network([3], [dense(4), reshape([2, 2]), "relu", flatten(), dense(1)], { seed: 7 }).parameters).toEqual(mlp([3, 4, 1], { activation: "relu", seed: 7 }).parameters);
    expect(network([3], [dense(2)]).parameters).toEqual(mlp([3, 2]).parameters);
    expect(network([3], [dense(2)], { seed: 1 }).parameters).not.toEqual(mlp([3, 2]).parameters);
  });
});

describe("names", () => {
  it("are kinds and numbers unless given, and those of parts follow that of the whole", () => {
    const model = network([2, 4, 4], [
      convolution2d({ filters: 2, kernel: 3, padding: "same", activation: "relu" }),
      { name: "block", layer: residual([convolution2d({ filters: 2, kernel: 1 }), batchNormalization({ free: true })], { shortcut: [convolution2d({ filters: 2, kernel: 1, biases: false })] }) },
      convolution2d({ filters: 1, kernel: 4 }),
      reshape([1, 1]),
      multiHeadAttention({ heads: 1, biases: false }),
      layerNormalization({ free: true }),
    ]);
    expect(model.tensors.map(({ name, layer }) => `${name} ${layer}`)).toEqual([
      "convolution1.weights 0", "convolution1.biases 0",
      "block.block.convolution1.weights 1", "block.block.convolution1.biases 1",
      "block.block.batchNormalization1.weights 2", "block.block.batchNormalization1.biases 2",
      "block.shortcut.convolution1.weights 3",
      "convolution2.weights 4", "convolution2.biases 4",
      "multiHeadAttention1.query.weights 5", "multiHeadAttention1.key.weights 6", "multiHeadAttention1.value.weights 7", "multiHeadAttention1.output.weights 8",
      "layerNormalization1.weights 9", "layerNormalization1.biases 9",
    ]);
    expect(model.tensors[0]).toEqual({ name: "convolution1.weights", layer: 0, role: "weights", offset: 0, rows: 2, columns: 18 });
    expect(model.tensors.reduce((end, { offset, rows, columns }) => (expect(offset).toBe(end), end + rows * columns), 0)).toBe(model.parameters.length);
    expect(model.operations.map(({ name, inputs }) => [name, ...inputs]).slice(0, 3)).toEqual([["convolution1", "input"], ["convolution1.activation", "convolution1"], ["block.block.convolution1", "convolution1.activation"]]);
  });

  it("do not take what was given to others", () => {
    expect(network([2], [{ name: "dense2", layer: dense(1) }, dense(1), dense(1)]).tensors.filter(({ role }) => role === "weights").map(({ name }) => name)).toEqual(["dense2.weights", "dense1.weights", "dense3.weights"]);
  });
});

describe("a graph", () => {
  it("has outputs go where their names say", () => {
    // y = tanh(2 x) + 3 x - (2 x) (3 x)
    const model = network(
      [1],
      [
        { name: "two", layer: dense(1, { biases: false }) },
        { name: "bent", layer: "tanh" },
        { name: "three", layer: dense(1, { biases: false }), inputs: ["input"] },
        { name: "product", layer: multiply(), inputs: ["two", "three"] },
        { name: "minus", layer: affine({ scale: [-1] }) },
        { layer: add(), inputs: ["bent", "three", "minus"] },
      ],
      { parameters: [2, 3] },
    );
    expectClose(forward(model, [0.5, -1]).to1DArray(), [Math.tanh(1) + 1.5 - 1.5, Math.tanh(-2) - 3 - 6], 1e-15);
    expect([model.inputShape, model.outputShape, model.inputs, model.outputs]).toEqual([[1], [1], 1, 1]);
  });

  it("prints as a table", () => {
    const model = network([1, 4, 4], [convolution2d({ filters: 2, kernel: 3 }), flatten(), { name: "head", layer: dense(3) }, { layer: concatenate(), inputs: ["head", "flatten1"] }]);
    expect(model.summary()).toBe(
      [
        "                             outputs    parameters",
        "input                        1 x 4 x 4",
        "convolution1  convolution2d  2 x 2 x 2          20",
        "flatten1      flatten        8                   0",
        "head          dense          3                  27",
        "concatenate1  concatenate    11                  0  of head, flatten1",
        "total                                           47",
      ].join("\n"),
    );
  });

  it("is the same with and without what does nothing", () => {
    const inputs = normalTable(3, 4, 1);
    const plain = network([4], [dense(3), "tanh", dense(2)], { seed: 1 });
    const padded = network([4], [dropout(), reshape([2, 2]), flatten(), dense(3), "identity", "tanh", dropout(), chain([dropout()]), dense(2)], { parameters: plain.parameters });
    expect(padded.evaluate(inputs).jacobian()).toEqual(plain.evaluate(inputs).jacobian());
  });

  it("takes images of height x width x channels by a transpose", () => {
    const images = normalTable(2, 3 * 4 * 2, 1);
    const [first, last] = [network([2, 3, 4], [convolution2d({ filters: 2, kernel: 2 })]), network([3, 4, 2], [transpose([2, 0, 1]), convolution2d({ filters: 2, kernel: 2 })])];
    const channelsLast = Float64Array.from(images.data, (_, i) => {
      const [n, y, x, c] = [Math.floor(i / 24), Math.floor(i / 8) % 3, Math.floor(i / 2) % 4, i % 2];
      return images.data[n * 24 + c * 12 + y * 4 + x];
    });
    expect(last.evaluate({ ...images, data: channelsLast }).outputs).toEqual(first.evaluate(images).outputs);
  });

  it("shows its layers, but not as a chain of dense ones, even if it is one", () => {
    const graph = network([2], [dense(1)]);
    expect(isLayered(graph)).toBe(true);
    expect(isChain(graph)).toBe(false);
  });
});

describe("embedding", () => {
  it("is a dense layer on one-hot inputs, example by example", () => {
    const ids = { data: Float64Array.of(2, 0, 1, 1, 0, 2), rows: 3, columns: 2 };
    const oneHot = { data: Float64Array.from({ length: 18 }, (_, i) => (ids.data[Math.floor(i / 3)] === i % 3 ? 1 : 0)), rows: 3, columns: 6 };
    const rest = (): NetworkEntry[] => ["tanh", flatten(), dense(2)];
    const vectors = network([2], [embedding(3, 4), ...rest()], { seed: 1 });
    // The matrix of a dense layer is the transpose: 4 x 3.
    const indices = Int32Array.from(vectors.parameters, (_, i) => (i < 12 ? (i % 3) * 4 + Math.floor(i / 3) : i));
    const turned = (v: Float64Array): Float64Array => v.map((_, i) => v[indices[i]]);
    const dots = network([2, 3], [dense(4, { biases: false }), ...rest()], { parameters: turned(vectors.parameters) });
    const [a, b] = [vectors.evaluate(ids), dots.evaluate(oneHot)];
    const loss = quadraticLoss(3, 2, 5)(a.outputs);
    const v = normals(indices.length, 6);
    expectClose(a.outputs, b.outputs, 1e-14);
    const byRow = (jacobian: Float64Array): number[] => Array.from({ length: 6 }, (_, r) => Array.from(turned(jacobian.slice(r * indices.length, (r + 1) * indices.length)))).flat();
    expectClose(byRow(a.jacobian()), b.jacobian(), 1e-14);
    expectClose(a.jacobianVectorProduct(v), b.jacobianVectorProduct(turned(v)), 1e-14);
    expectClose(turned(a.hessianVectorProduct(loss, v)), b.hessianVectorProduct(loss, turned(v)), 1e-13);
    expectClose(turned(a.vectorJacobianProduct(loss.gradient)), b.vectorJacobianProduct(loss.gradient), 1e-13);
  });

  it.each([[-1], [0.5], [3]])("refuses %d of three things", (id) => {
    const model = network([1], [embedding(3, 2)]);
    expect(() => forward(model, [id])).toThrow(/^inputs: expected whole numbers from 0 to 2, as embedding1 takes them, got /);
  });
});

describe("parameters", () => {
  const layers = (): NetworkEntry[] => [dense(2, { activation: "tanh" }), dense(1, { biases: false })];

  it("may be given by name", () => {
    const named = network([1], layers(), { parameters: { "dense2.weights": [5, 6], "dense1.weights": [1, 2], "dense1.biases": Float64Array.of(3, 4) } });
    expect(named.parameters).toEqual(Float64Array.of(1, 2, 3, 4, 5, 6));
  });

  it("are copied, as lists in options are", () => {
    const [given, mean] = [[1, 2, 3, 4, 5, 6], [1, 2]];
    const model = network([1], [dense(2), batchNormalization({ mean }), dense(1, { biases: false })], { parameters: given });
    const before = forward(model, [1]).get(0, 0);
    given.fill(0);
    mean.fill(9);
    const other = Float64Array.from(model.parameters);
    const moved = model.withParameters(other);
    other.fill(0);
    expect([forward(model, [1]).get(0, 0), forward(moved, [1]).get(0, 0)]).toEqual([before, before]);
  });

  it.each<[options: unknown, message: RegExp]>([
    [{ parameters: [1, 2] }, /^parameters: expected 6 numbers for dense1\.weights 2 x 1, dense1\.biases 2 x 1, dense2\.weights 1 x 2, got 2/],
    [{ parameters: { "dense1.weights": [1, 2], "dense1.biases": [1, 2] } }, /^parameters\["dense2\.weights"\]: expected 1 x 2 = 2 numbers, got none/],
    [{ parameters: { "dense1.weights": [1] } }, /^parameters\["dense1\.weights"\]: expected 2 x 1 = 2 numbers, got an array of 1/],
    [{ parameters: { dense1: [1] } }, /^parameters\.dense1: expected one of the options dense1\.weights, /],
    [{ parameters: 3 }, /^parameters: expected numbers, or an object/],
    [{ parameters: [1, 2, 3, 4, 5, Number.NaN] }, /^parameters: expected finite numbers, got NaN at index 5/],
    [{ seed: 0.5 }, /^seed: expected a whole number/],
    [{ weights: [1] }, /^options\.weights: expected one of the options seed, parameters/],
  ])("refuses %j", (options, message) => {
    const make = () => network([1], layers(), options as NetworkOptions);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });
});

describe("network", () => {
  const twice = (layer: unknown): unknown[] => [{ name: "a", layer: dense(2) }, { layer, inputs: ["input", "a"] }];
  it.each<[shape: unknown, layers: unknown, message: RegExp]>([
    [3, [dense(1)], /^inputShape: expected the sizes of the axes of one example, .*got 3/],
    [[0], [dense(1)], /^inputShape: .*got \[0\]/],
    [[2, 1.5], [dense(1)], /^inputShape: .*got \[2, 1\.5\]/],
    [[], [dense(1)], /^inputShape: .*got \[\]/],
    [[2], [], /^layers: expected a list of layers, .*got an empty array/],
    [[2], dense(2), /^layers: expected a list of layers/],
    [[2], [dense], /^layers\[0\]: expected a layer, .*got a function\. Call the function/],
    [[2], [dense(1), 3], /^layers\[1\]: expected a layer, .*got 3/],
    [[2], [null], /^layers\[0\]: .*got null/],
    [[2], ["swish"], /^activation: expected one of "leakyRelu", .*got "swish"/],
    [[2], [{ layer: 3 }], /^layers\[0\]\.layer: expected a layer/],
    [[2], [{ layer: dense(1), input: "input" }], /^layers\[0\]\.input: expected one of the options name, layer, inputs/],
    [[2], [{ layer: dense(1), inputs: "input" }], /^layers\[0\]\.inputs: expected a list of names/],
    [[2], [{ layer: dense(1), inputs: [] }], /^layers\[0\]\.inputs: /],
    [[2], [{ name: "", layer: dense(1) }], /^layers\[0\]\.name: expected a name, got ""/],
    [[2], [{ name: "a", layer: dense(1) }, { name: "a", layer: dense(1) }], /^layers: expected a name of its own for each layer.*got "a" twice/],
    [[2], [{ name: "input", layer: dense(1) }], /^layers: .*got "input" twice/],
    [[2], [{ name: "b.dense1", layer: dense(1) }, { name: "b", layer: chain([dense(1)]) }], /^layers: .*got "b\.dense1" twice/],
    [[2], [{ layer: dense(1), inputs: ["b"] }, { name: "b", layer: dense(1) }], /^dense1: inputs: expected any of "input", got "b"\. Layers take what comes before them/],
    [[2], [{ name: "a", layer: dense(1) }, { layer: dense(1), inputs: ["input"] }], /^a: expected that its outputs lead to those of the last layer.*Name it in the inputs/],
    [[2], [{ layer: dense(1), inputs: ["input", "input"] }], /^dense1: expected one input, got 2\. Join them first/],
    [[2], [dense(1), embedding(3, 2)], /^embedding1: expected inputs that do not come from layers with parameters/],
    [[2, 3], twice(add()), /^add1: expected inputs of one shape, such as 2 x 3, or 1 along an axis, got 2 x 2\./],
    [[2], [multiply()], /^multiply1: expected two inputs, got 1/],
    [[2, 3], twice(matrixProduct()), /^matrixProduct1: expected inputs of 3 x any number as its second, after 2 x 3, got 2 x 2/],
    [[2, 3], twice(concatenate()), /^concatenate1: expected inputs of 2 x 3, as the first, but for axis 0, got 2 x 2/],
    [[2, 3], [concatenate({ axis: 2 })], /^concatenate1: axis: expected an axis of 2 x 3, from 0 to 1, or from -1 backwards, got 2/],
    [[2, 3], [reshape([5])], /^reshape1: expected inputs of 5 numbers, as 5 has, got 2 x 3/],
    [[2, 3], [transpose([0])], /^transpose1: expected inputs of 1 axes, got 2 x 3/],
    [[2, 3], [maxPooling2d(2)], /^maxPooling1: expected inputs of channels x height x width, got 2 x 3/],
    [[1, 2], [maxPooling1d(1, { padding: 1 })], /^maxPooling1: expected windows that see a part of the input each, got one of padding alone, at place 1 of 4\. Take less padding/],
    [[4], [batchNormalization({ mean: [1] })], /^batchNormalization1: mean: expected 4 numbers, got 1/],
    [[4], [layerNormalization({ axes: 2 })], /^layerNormalization1: expected inputs of at least 2 axes, got 4/],
    [[4], [affine({ axes: [1] })], /^affine1: axes: expected an axis of 4/],
    [[4], [softmaxLayer({ axis: 1 })], /^softmax1: axis: expected an axis of 4/],
    [[4], [multiHeadAttention({ heads: 2 })], /^multiHeadAttention1: expected inputs of positions x numbers, got 4/],
    [[4, 3], [multiHeadAttention({ heads: 2 })], /^multiHeadAttention1: expected inputs of positions x numbers that its 2 heads divide, got 4 x 3\. Or give the size of a head/],
  ])("refuses %j with %j", (shape, layers, message) => {
    const make = () => network(shape as Shape, layers as NetworkEntry[]);
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it.each<[make: () => unknown, message: RegExp]>([
    [() => dense(0), /^units: expected a whole number of at least 1/],
    [() => dense(1, { bias: false } as object), /^options\.bias: expected one of the options biases, activation/],
    [() => embedding(3, 0), /^size: /],
    [() => chain([]), /^layers: expected a list of layers, got an empty array/],
    [() => transpose([1]), /^axes: expected the numbers 0, 1, .*got \[1\]/],
    [() => transpose(undefined as unknown as number[]), /^axes: .*got undefined/],
    [() => dropout(1), /^rate: expected a number of at least 0 and below 1, got 1/],
    [() => batchNormalization({ variance: [1, -1] }), /^variance: expected numbers of at least 0, got -1/],
    [() => batchNormalization({ epsilon: 0 }), /^epsilon: /],
    [() => activationLayer("relu", { slope: 1 }), /^options\.slope: expected no options, got the unknown option "slope"/],
    [() => activationLayer("leakyRelu", { slope: Number.NaN }), /^options\.slope: expected a finite number, got NaN/],
    [() => multiHeadAttention({ heads: 0 }), /^heads: /],
  ])("has options checked: %#", (make, message) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });
});
