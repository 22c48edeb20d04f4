import { activationLayer } from "../model/graph/activation-layer.ts";
import { add } from "../model/graph/add.ts";
import { affine } from "../model/graph/affine-layer.ts";
import { averagePooling1d, averagePooling2d, globalAveragePooling } from "../model/graph/average-pooling.ts";
import { batchNormalization } from "../model/graph/batch-normalization.ts";
import { chain } from "../model/graph/chain.ts";
import { concatenate } from "../model/graph/concatenate.ts";
import { dense } from "../model/graph/dense.ts";
import { embedding } from "../model/graph/embedding.ts";
import type { Layer } from "../model/graph/layer.ts";
import { layerNormalization } from "../model/graph/layer-normalization.ts";
import { globalMaxPooling, maxPooling1d, maxPooling2d } from "../model/graph/max-pooling.ts";
import { maximum, minimum } from "../model/graph/maximum.ts";
import { multiply } from "../model/graph/multiply.ts";
import { flatten, reshape } from "../model/graph/reshape.ts";
import { select, zeroPadding } from "../model/graph/select.ts";
import { transpose } from "../model/graph/transpose.ts";
import { exampleAxis, type Config, type Convert, type Given } from "./conversion.ts";
import { convolution, depthwise, separable } from "./convolutions.ts";
import { addLayer, channelsFirst, channelsLast } from "./graph-builder.ts";
import type { Weights } from "./tensor-flow.ts";
import { transposed } from "./transposed.ts";

const inert: Convert = ({ inputs: [input] }) => input;

/** A layer that works with channels last. */
const last = (make: (given: Given) => Layer | undefined): Convert => (given, graph) => {
  const layer = make(given);
  return layer && { shape: given.shape, last: addLayer(graph, given.name, layer, given.inputs.map((input) => channelsLast(graph, input))) };
};

/** A layer that works with channels first. */
const first = (make: (given: Given) => Layer): Convert => (given, graph) => {
  const name = addLayer(graph, given.name, make(given), [channelsFirst(graph, given.inputs[0])]);
  return given.shape.length === 1 ? { shape: given.shape, last: name } : { shape: given.shape, first: name };
};

/** A layer for which it does not matter where the channels are; it takes them as they come. `axisOf` tells where an axis is that is the given one with channels last. */
const either = (make: (given: Given, axisOf: (axis: number) => number) => Layer | undefined): Convert => (given, graph) => {
  const { name, inputs, shape } = given;
  const rank = inputs[0].shape.length;
  if (inputs.some((input) => input.shape.length !== rank)) return undefined;
  const isFirst = inputs.every((input) => input.first !== undefined);
  const layer = make(given, (axis) => (isFirst ? (axis + 1) % rank : axis));
  if (layer === undefined) return undefined;
  const added = addLayer(graph, name, layer, inputs.map((input) => (isFirst ? channelsFirst(graph, input) : channelsLast(graph, input))));
  return isFirst ? { shape, first: added } : { shape, last: added };
};

const denseLayer: Convert = ({ name, config, weights: [kernel, biases], inputs: [input], shape }, graph) => ({
  shape,
  last: addLayer(graph, name, dense(config.units!, { biases: biases !== undefined }), [channelsLast(graph, input)], transposed(kernel, [1, 0]), biases?.values),
});

const embeddingLayer: Convert = ({ name, config, weights: [vectors], inputs: [input], shape }, graph) => {
  graph.things.set(input, Math.min(config.inputDim!, graph.things.get(input) ?? Infinity));
  return { shape, last: addLayer(graph, name, embedding(config.inputDim!, config.outputDim!), [channelsLast(graph, input)], vectors.values) };
};

const batchNorm = either(({ config, weights, inputs: [{ shape }] }, axisOf) => {
  const { axis = -1, epsilon } = config;
  if (typeof axis !== "number") return undefined;
  const [mean, variance] = weights.slice(-2);
  return batchNormalization({ ...factorsAndShifts(config, weights), axis: axisOf(exampleAxis(axis, shape)), mean: mean.values, variance: variance.values, epsilon: epsilon! });
});

const layerNorm = last(({ config, weights, inputs: [{ shape }] }) => {
  const axes = [config.axis ?? -1].flat().map((axis) => exampleAxis(axis, shape)).sort((a, b) => a - b);
  if (axes.some((axis, i) => axis !== shape.length - axes.length + i)) return undefined;
  return layerNormalization({ ...factorsAndShifts(config, weights), axes: axes.length, epsilon: config.epsilon! });
});

/** The first weights of a normalisation: factors and shifts, as far as it has them. */
function factorsAndShifts({ scale, center }: Config, weights: readonly Weights[]): { scale?: Float64Array; shift?: Float64Array } {
  return { ...(scale === true ? { scale: weights[0].values } : {}), ...(center === true ? { shift: weights[scale === true ? 1 : 0].values } : {}) };
}

const average = either(({ inputs }) => chain([{ layer: add(), inputs: inputNames(inputs.length) }, affine({ axes: [], scale: [1 / inputs.length] })]));

const product = either(({ inputs }) => {
  const names = inputNames(inputs.length);
  return chain(names.slice(1).map((name, i) => ({ name: `product${i + 1}`, layer: multiply(), inputs: [i === 0 ? "input" : `product${i}`, name] })));
});

function inputNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => (i === 0 ? "input" : `input${i + 1}`));
}

type Pooling = (size: readonly number[], options: { readonly stride: readonly number[]; readonly padding: "same" | "valid" }) => Layer;

const pooling = (make: Pooling): Convert => first(({ config: { poolSize, strides, padding } }) => make(poolSize!, { stride: strides!, padding: padding as "same" | "valid" }));

/** One entry for each place along an axis, taken so many times. */
const repeated = (size: number, times: number): number[] => Array.from({ length: size * times }, (_, i) => Math.floor(i / times));

/** What the layers of TensorFlow.js become, by the names of their classes. */
export const CONVERTERS: Readonly<Record<string, Convert>> = {
  Add: either(() => add()),
  AlphaDropout: inert,
  Average: average,
  AveragePooling1D: pooling(averagePooling1d),
  AveragePooling2D: pooling(averagePooling2d),
  BatchNormalization: batchNorm,
  Concatenate: either(({ config, inputs: [{ shape }] }, axisOf) => concatenate({ axis: axisOf(exampleAxis(Number(config.axis ?? -1), shape)) })),
  Conv1D: convolution,
  Conv2D: convolution,
  Cropping2D: last(({ config: { cropping }, inputs: [{ shape }] }) => chain(cropping!.map(([before, after], axis) => select({ axis, indices: Array.from({ length: shape[axis] - before - after }, (_, i) => before + i) })))),
  Dense: denseLayer,
  DepthwiseConv2D: depthwise,
  Dropout: inert,
  ELU: either(({ config }) => activationLayer("elu", { scale: config.alpha ?? 1 })),
  Embedding: embeddingLayer,
  Flatten: last(() => flatten()),
  GaussianDropout: inert,
  GaussianNoise: inert,
  GlobalAveragePooling1D: first(() => globalAveragePooling()),
  GlobalAveragePooling2D: first(() => globalAveragePooling()),
  GlobalMaxPooling1D: first(() => globalMaxPooling()),
  GlobalMaxPooling2D: first(() => globalMaxPooling()),
  InputLayer: inert,
  LayerNormalization: layerNorm,
  LeakyReLU: either(({ config }) => activationLayer("leakyRelu", { slope: config.alpha ?? 0.3 })),
  Maximum: either(() => maximum()),
  MaxPooling1D: pooling(maxPooling1d),
  MaxPooling2D: pooling(maxPooling2d),
  Minimum: either(() => minimum()),
  Multiply: product,
  Permute: last(({ config: { dims } }) => transpose(dims!.map((axis) => axis - 1))),
  ReLU: either(({ config: { maxValue } }) => (typeof maxValue === "number" ? activationLayer("clip", { minimum: 0, maximum: maxValue }) : activationLayer("relu"))),
  RepeatVector: last(({ config: { n }, inputs: [{ shape }] }) => chain([reshape([1, ...shape]), select({ axis: 0, indices: repeated(1, n!) })])),
  Rescaling: either(({ config: { scale, offset } }) => affine({ axes: [], scale: [Number(scale)], shift: [offset ?? 0] })),
  Reshape: last(({ shape }) => reshape(shape)),
  SeparableConv2D: separable,
  SpatialDropout1D: inert,
  UpSampling2D: last(({ config: { size, interpolation }, inputs: [{ shape }] }) => (interpolation === "nearest" ? chain(size!.map((times, axis) => select({ axis, indices: repeated(shape[axis], times) }))) : undefined)),
  ZeroPadding2D: last(({ config: { padding } }) => chain((padding as readonly (readonly [number, number])[]).map(([before, after], axis) => zeroPadding({ axis, before, after })))),
};
