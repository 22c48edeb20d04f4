import { describe, expect, it } from "vitest";
import { forward } from "../../../src/model/derivatives.ts";
import { activationLayer, type NetworkActivationName } from "../../../src/model/graph/activation-layer.ts";
import { averagePooling2d, globalAveragePooling } from "../../../src/model/graph/average-pooling.ts";
import { batchNormalization } from "../../../src/model/graph/batch-normalization.ts";
import { convolution1d, convolution2d } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { embedding } from "../../../src/model/graph/embedding.ts";
import type { NetworkEntry } from "../../../src/model/graph/entries.ts";
import { layerNormalization } from "../../../src/model/graph/layer-normalization.ts";
import { maxPooling1d, maxPooling2d } from "../../../src/model/graph/max-pooling.ts";
import { multiHeadAttention } from "../../../src/model/graph/multi-head-attention.ts";
import { network } from "../../../src/model/graph/network.ts";
import { flatten } from "../../../src/model/graph/reshape.ts";
import { residual } from "../../../src/model/graph/residual.ts";
import { softmaxLayer } from "../../../src/model/graph/softmax-layer.ts";
import torch from "../../fixtures/torch-layers.json" with { type: "json" };
import { expectClose } from "../../support/close.ts";

interface TorchCase {
  readonly shape: readonly number[];
  readonly inputs: readonly number[][];
  readonly outputs: readonly number[][];
  readonly parameters?: readonly number[];
  readonly gradient?: readonly number[];
  readonly product?: readonly number[];
}
const cases: Readonly<Record<string, TorchCase>> = torch.cases;
const { "residual": { constants: normal }, "batchNormalization": { constants: batch }, "layerNormalization": { constants: layer } } = torch.cases;

/** Names and sizes of the parts of a parameter vector in PyTorch's order, and the same names in ours. */
interface Order {
  readonly theirs: readonly (readonly [name: string, count: number])[];
  readonly ours: readonly string[];
}

/** PyTorch has the weights of query, key and value first, and then their biases. */
const attentionOrder = (size: number): Order["theirs"] => [...["qw", "kw", "vw"].map((name) => [name, size ** 2] as const), ...["qb", "kb", "vb"].map((name) => [name, size] as const), ["ow", size ** 2], ["ob", size]];
const attentionNames = ["qw", "qb", "kw", "kb", "vw", "vb", "ow", "ob"];
const transformer: Order = {
  theirs: [...attentionOrder(4), ["linear1", 25], ["linear2", 24], ["norm1", 8], ["norm2", 8], ["head", 26]],
  ours: ["norm1", ...attentionNames, "norm2", "linear1", "linear2", "head"],
};

/** Each case by our layers. */
const LAYERS: readonly [name: string, layers: readonly NetworkEntry[], order?: Order][] = [
  ["convolution1d", [convolution1d({ filters: 6, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 2 })]],
  ["convolution2d", [convolution2d({ filters: 4, kernel: [2, 3], stride: [2, 1], padding: [1, 2], dilation: [1, 2], groups: 2 })]],
  ["asymmetric padding", [convolution2d({ filters: 2, kernel: 3, stride: 2, padding: [[2, 0], [0, 1]] })]],
  ["same padding", [convolution2d({ filters: 2, kernel: [2, 3], padding: "same" })]],
  ["maxPooling2d", [maxPooling2d(3, { stride: 2, padding: 1 })]],
  ["maxPooling1d", [maxPooling1d(2, { stride: 1, dilation: 2 })]],
  ["averagePooling2d", [averagePooling2d([2, 3], { stride: 2, padding: 1, countPadding: true })]],
  ["averagePooling2d of what is there", [averagePooling2d([2, 3], { stride: 2, padding: 1 })]],
  ["batchNormalization", [batchNormalization({ mean: batch.running_mean, variance: batch.running_var, scale: batch.weight, shift: batch.bias })]],
  ["layerNormalization", [layerNormalization({ axes: 2, scale: layer.weight, shift: layer.bias })]],
  ["free layerNormalization", [dense(4), layerNormalization({ free: true }), dense(2)]],
  ["softmax", [softmaxLayer({ axis: 0 })]],
  ["attention", [multiHeadAttention({ heads: 2 })], { theirs: attentionOrder(4), ours: attentionNames }],
  ["causal attention", [multiHeadAttention({ heads: 3, causal: true })], { theirs: attentionOrder(6), ours: attentionNames }],
  [
    "transformer",
    [residual([layerNormalization({ free: true }), multiHeadAttention({ heads: 2 })]), residual([layerNormalization({ free: true }), dense(5, { activation: "gelu" }), dense(4)]), flatten(), dense(2)],
    transformer,
  ],
  ["embedding", [embedding(5, 3), flatten(), "tanh", dense(2)]],
  ["chain", [convolution2d({ filters: 2, kernel: 3, padding: 1, activation: "relu" }), maxPooling2d(2), convolution2d({ filters: 3, kernel: 2 }), "tanh", flatten(), dense(3)]],
  [
    "residual",
    [
      residual(
        [
          convolution2d({ filters: 3, kernel: 3, stride: 2, padding: 1, biases: false }),
          batchNormalization({ mean: normal["normal.running_mean"], variance: normal["normal.running_var"], scale: normal["normal.weight"], shift: normal["normal.bias"] }),
          "silu",
          convolution2d({ filters: 3, kernel: 3, padding: "same", biases: false }),
        ],
        { shortcut: [convolution2d({ filters: 3, kernel: 1, stride: 2, biases: false })] },
      ),
      "silu",
      globalAveragePooling(),
      dense(2),
    ],
  ],
];

/** Their vector in our order. */
function reordered(values: ArrayLike<number>, order: Order | undefined): number[] {
  if (order === undefined) return Array.from(values);
  const parts = new Map<string, number[]>();
  order.theirs.reduce((at, [name, count]) => {
    parts.set(name, Array.from(values).slice(at, at + count));
    return at + count;
  }, 0);
  return order.ours.flatMap((name) => parts.get(name)!);
}

describe("against PyTorch", () => {
  it("are all of its cases", () => expect(LAYERS.map(([name]) => name).sort()).toEqual(Object.keys(cases).sort()));

  it.each(LAYERS)("%s: outputs, gradient and Hessian-vector product", (name, layers, order) => {
    const { shape, inputs, outputs, parameters = [], gradient = [], product = [] } = cases[name];
    const model = network(shape, layers, { parameters: reordered(parameters, order) });
    expectClose(forward(model, inputs).to1DArray(), outputs.flat(), 1e-13);

    const [rows, count] = [inputs.length, model.outputs];
    const evaluation = model.evaluate({ data: Float64Array.from(inputs.flat()), rows, columns: model.inputs });
    // The loss 1/2 f'f.
    const hessian = Float64Array.from({ length: rows * count * count }, (_, i) => (i % count === Math.floor(i / count) % count ? 1 : 0));
    const sines = reordered(parameters.map((_, i) => Math.sin(i + 1)), order);
    expectClose(evaluation.vectorJacobianProduct(evaluation.outputs), reordered(gradient, order), 1e-12);
    expectClose(evaluation.hessianVectorProduct({ gradient: evaluation.outputs, hessian }, Float64Array.from(sines)), reordered(product, order), 1e-12);
  });

  it.each(Object.entries(torch.activations).filter(([name]) => name !== "inputs"))("%s", (name, values) => {
    const model = network([33], [activationLayer(name as NetworkActivationName)]);
    expectClose(forward(model, [torch.activations.inputs]).to1DArray(), values, 1e-14);
  });
});
