import type { NetworkActivationName } from "../../../src/model/graph/activation-layer.ts";
import { add, subtract } from "../../../src/model/graph/add.ts";
import { affine } from "../../../src/model/graph/affine-layer.ts";
import { averagePooling1d, averagePooling2d, globalAveragePooling } from "../../../src/model/graph/average-pooling.ts";
import { batchNormalization } from "../../../src/model/graph/batch-normalization.ts";
import { chain } from "../../../src/model/graph/chain.ts";
import { concatenate } from "../../../src/model/graph/concatenate.ts";
import { convolution1d, convolution2d } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { dropout } from "../../../src/model/graph/dropout.ts";
import { elementwise, type ElementwiseName } from "../../../src/model/graph/elementwise-layer.ts";
import type { NetworkEntry } from "../../../src/model/graph/entries.ts";
import type { Layer } from "../../../src/model/graph/layer.ts";
import { layerNormalization } from "../../../src/model/graph/layer-normalization.ts";
import { matrixProduct } from "../../../src/model/graph/matrix-product.ts";
import { maximum, minimum } from "../../../src/model/graph/maximum.ts";
import { mean } from "../../../src/model/graph/mean.ts";
import { globalMaxPooling, maxPooling1d, maxPooling2d } from "../../../src/model/graph/max-pooling.ts";
import { multiHeadAttention } from "../../../src/model/graph/multi-head-attention.ts";
import { multiply } from "../../../src/model/graph/multiply.ts";
import { flatten, reshape } from "../../../src/model/graph/reshape.ts";
import { residual } from "../../../src/model/graph/residual.ts";
import { select, zeroPadding } from "../../../src/model/graph/select.ts";
import { softmaxLayer } from "../../../src/model/graph/softmax-layer.ts";
import { transpose } from "../../../src/model/graph/transpose.ts";
import type { Shape } from "../../../src/model/graph/shape.ts";
import fc from "../../support/fast-check.ts";
import { normals } from "../../support/random-numbers.ts";

/** Layers to be tried at inputs of a shape. */
export interface LayerCase {
  readonly shape: Shape;
  readonly layers: readonly NetworkEntry[];
}

const size = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });
const list = (max: number, min = 1) => fc.tuple(size(max, min), size(max, min));
const side = fc.oneof(size(2, 0), fc.tuple(size(2, 0), size(2, 0)));

/** Options of a window over one or two axes; many do not fit their inputs. */
const window1d = fc.record({ kernel: size(4), stride: size(3), dilation: size(2), padding: fc.oneof(fc.constantFrom("valid", "same"), size(2, 0), fc.tuple(side)) });
const window2d = fc.record({ kernel: fc.oneof(size(3), list(3)), stride: fc.oneof(size(3), list(2)), dilation: fc.oneof(size(2), list(2)), padding: fc.oneof(fc.constantFrom("valid", "same"), size(2, 0), fc.tuple(side, side)) });

const one = (shape: fc.Arbitrary<number[]>, layer: fc.Arbitrary<NetworkEntry>): fc.Arbitrary<LayerCase> => fc.tuple(shape, layer).map(([of, only]) => ({ shape: of, layers: [only] }));
const anyShape = fc.array(size(3), { minLength: 1, maxLength: 3 });
const image = fc.tuple(size(2), size(4), size(4)).map((shape): number[] => shape);
const sequence = fc.tuple(size(3), size(6)).map((shape): number[] => shape);

/** Two inputs made from one, of the same or of other shapes, and joined. */
const joined = (shape: Shape, parts: readonly [readonly NetworkEntry[], readonly NetworkEntry[]], layer: Layer): LayerCase => ({
  shape,
  layers: [
    chain([
      { name: "a", layer: chain(parts[0]), inputs: ["input"] },
      { name: "b", layer: chain(parts[1]), inputs: ["input"] },
      { layer, inputs: ["a", "b"] },
    ]),
  ],
});

const free = (axes?: readonly number[]): NetworkEntry => affine({ free: true, ...(axes && { axes }) });

/** By name, layers with random options at random shapes, down to one channel and one position. */
export const LAYER_CASES: Readonly<Record<string, fc.Arbitrary<LayerCase>>> = {
  dense: one(anyShape, fc.tuple(size(3), fc.boolean()).map(([units, biases]) => dense(units, { biases }))),
  "convolution 1d": fc.tuple(sequence, window1d, size(2), size(2), fc.boolean()).map(([[channels, length], window, groups, filters, biases]) => ({ shape: [groups * channels, length], layers: [convolution1d({ ...window, groups, filters: groups * filters, biases })] })),
  "convolution 2d": fc.tuple(image, window2d, size(2), size(2), fc.boolean()).map(([[channels, ...around], window, groups, filters, biases]) => ({ shape: [groups * channels, ...around], layers: [convolution2d({ ...window, groups, filters: groups * filters, biases })] })),
  "depthwise convolution": fc.tuple(image, window2d).map(([[channels, ...around], window]) => ({ shape: [channels + 1, ...around], layers: [convolution2d({ ...window, groups: channels + 1, filters: channels + 1 })] })),
  "average pooling 1d": one(sequence, fc.tuple(window1d, fc.boolean()).map(([{ kernel, stride, padding }, countPadding]) => averagePooling1d(kernel, { stride, padding, countPadding }))),
  "average pooling 2d": one(image, fc.tuple(window2d, fc.boolean()).map(([{ kernel, stride, padding }, countPadding]) => averagePooling2d(kernel, { stride, padding, countPadding }))),
  "global average pooling": one(anyShape, fc.constant(globalAveragePooling())),
  "max pooling 1d": one(sequence, window1d.map(({ kernel, ...options }) => maxPooling1d(kernel, options))),
  "max pooling 2d": one(image, window2d.map(({ kernel, ...options }) => maxPooling2d(kernel, options))),
  "global max pooling": one(anyShape, fc.constant(globalMaxPooling())),
  mean: anyShape.chain((shape) => fc.tuple(fc.subarray(shape.map((_, axis) => axis), { minLength: 1 }), fc.boolean()).map(([axes, keepAxes]) => ({ shape, layers: [mean(axes, { keepAxes })] }))),
  select: anyShape.chain((shape) => fc.tuple(fc.array(size(shape[shape.length - 1] - 1, 0), { minLength: 1, maxLength: 4 })).map(([indices]) => ({ shape, layers: [select({ axis: -1, indices })] }))),
  "zero padding": anyShape.chain((shape) => fc.record({ axis: size(shape.length - 1, 0), before: size(2, 0), after: size(2, 0) }).map((options) => ({ shape, layers: [zeroPadding(options)] }))),
  maximum: anyShape.map((shape) => joined(shape, [[free(), "tanh"], [free([])]], maximum())),
  "minimum, broadcast": fc.tuple(size(3), size(3)).map(([c, l]) => joined([c, l], [[mean([1], { keepAxes: true }), free()], [free([1])]], minimum())),
  ...Object.fromEntries(
    (["absolute", "squareRoot", "reciprocal", "logarithm", "errorFunction", "sine", "cosine"] satisfies ElementwiseName[]).map((name) => [name, one(anyShape, fc.constant(chain(["sigmoid", elementwise(name)])))]),
  ),
  power: one(anyShape, fc.constantFrom(-1.5, 0, 1, 2, 3.7).map((exponent) => chain(["sigmoid", elementwise("power", { exponent })]))),
  flatten: one(anyShape, fc.constant(flatten())),
  reshape: fc.tuple(size(3), size(3), size(3)).map(([a, b, c]) => ({ shape: [a * b, c], layers: [reshape([b, a * c])] })),
  transpose: fc.tuple(image, fc.shuffledSubarray([0, 1, 2], { minLength: 3 })).map(([shape, axes]) => ({ shape, layers: [transpose(axes)] })),
  dropout: one(anyShape, fc.constant(dropout(0.3))),
  softmax: one(anyShape, fc.constantFrom(0, -1).map((axis) => softmaxLayer({ axis }))),
  affine: anyShape.chain((shape) => fc.record({ shape: fc.constant(shape), layers: fc.tuple(fc.subarray(shape.map((_, axis) => axis)), fc.boolean()).map(([axes, isFree]) => [affine({ axes, free: isFree })]) })),
  "batch normalisation": anyShape.chain((shape) =>
    fc.tuple(fc.nat(100), fc.boolean(), fc.constantFrom(0, -1)).map(([seed, isFree, axis]) => {
      const count = shape.at(axis);
      const [mean, variance, scale, shift] = [0, 1, 2, 3].map((i) => normals(count, seed + i));
      return { shape, layers: [batchNormalization({ mean, variance: variance.map(Math.abs), scale, shift, axis, epsilon: 0.1, free: isFree })] };
    }),
  ),
  "layer normalisation": anyShape.chain((shape) => fc.tuple(size(shape.length), fc.boolean()).map(([axes, isFree]) => ({ shape, layers: [layerNormalization({ axes, free: isFree, epsilon: 0.1 })] }))),
  add: anyShape.map((shape) => joined(shape, [[free(), "tanh"], [free([])]], add())),
  "add, broadcast": fc.tuple(size(3), size(3)).map(([c, l]) => joined([c, l], [[free([0])], [globalAveragePooling(), reshape([c, 1])]], add())),
  subtract: anyShape.map((shape) => joined(shape, [["tanh"], [free()]], subtract())),
  multiply: anyShape.map((shape) => joined(shape, [[free(), "tanh"], [free([])]], multiply())),
  "multiply, broadcast": fc.tuple(size(3), size(3)).map(([c, l]) => joined([c, l], [[globalAveragePooling(), free(), reshape([c, 1])], [free([1])]], multiply())),
  "a square": anyShape.map((shape) => ({ shape, layers: [{ name: "a", layer: affine({ free: true, axes: [0] }) }, { layer: multiply(), inputs: ["a", "a"] }] })),
  concatenate: fc.tuple(anyShape, fc.constantFrom(0, -1)).map(([shape, axis]) => joined(shape, [[free(), "tanh"], [free([])]], concatenate({ axis }))),
  "matrix product": fc.tuple(size(2), size(3), size(3)).map(([b, m, k]) => joined([b, m, k], [[free([2]), "tanh"], [transpose([0, 2, 1]), free([0, 1])]], matrixProduct())),
  "self-attention": fc.tuple(size(3), size(2), size(2), fc.boolean(), fc.boolean()).map(([t, heads, d, causal, biases]) => ({ shape: [t, heads * d], layers: [multiHeadAttention({ heads, causal, biases })] })),
  "cross-attention": fc.tuple(size(2), size(2), size(2)).map(([t, heads, c]) => joined([t, c], [["tanh"], [transpose([1, 0]), dense(3), transpose([1, 0]), dense(2)]], multiHeadAttention({ heads, size: 1, outputs: 2 }))),
  residual: fc.tuple(image, fc.boolean()).map(([shape, shortcut]) => {
    const layer = (filters: number) => convolution2d({ filters, kernel: 3, padding: "same" });
    return { shape, layers: [shortcut ? residual([layer(1), "tanh", layer(2)], { shortcut: [convolution2d({ filters: 2, kernel: 1, biases: false })] }) : residual([layer(shape[0])])] };
  }),
  ...Object.fromEntries(
    (["leakyRelu", "elu", "selu", "clip", "hardSigmoid", "hardSilu", "softsign", "mish", "geluTanh", "exponential", "relu", "gelu"] satisfies NetworkActivationName[]).map((name) => [name, one(anyShape, fc.constant(name))]),
  ),
};
