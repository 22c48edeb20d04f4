import * as tf from "@tensorflow/tfjs";
import fc from "../support/fast-check.ts";
import { random } from "../../src/random.ts";

await tf.setBackend("cpu");

/** Layers of TensorFlow's in a chain, from a shape. */
export interface Architecture {
  readonly shape: readonly number[];
  /** Made anew each time: a layer belongs to one model. */
  readonly layers: () => tf.layers.Layer[];
}

/** The model with weights far from where it starts, biases and running statistics among them. */
export function randomModel({ shape, layers }: Architecture, seed: number): tf.Sequential {
  const model = tf.sequential({ layers: [tf.layers.inputLayer({ inputShape: [...shape] }), ...layers()] });
  randomWeights(model, seed);
  return model;
}

/** Gives a model random weights; those of normalisation are positive, as variances must be. */
export function randomWeights(model: tf.LayersModel, seed: number): void {
  const source = random(seed);
  for (const layer of model.layers) {
    if (layer instanceof tf.LayersModel) {
      randomWeights(layer, seed + 1);
      continue;
    }
    const positive = layer.getClassName() === "BatchNormalization";
    layer.setWeights(layer.getWeights().map((weights) => tf.tensor(Array.from({ length: weights.size }, () => (positive ? 0.5 + source.uniform() : 0.4 * source.normal())), weights.shape)));
  }
}

/** Declarations of TensorFlow.js leave some out. */
type ActivationName = NonNullable<Parameters<typeof tf.layers.dense>[0]["activation"]>;

/** All that TensorFlow.js has. */
export const ACTIVATIONS = ["elu", "hardSigmoid", "linear", "relu", "relu6", "selu", "sigmoid", "softmax", "softplus", "softsign", "tanh", "logSoftmax", "swish", "mish", "gelu", "gelu_new"] as readonly ActivationName[];

const size = (max: number, min = 1): fc.Arbitrary<number> => fc.integer({ min, max });
const pair = (max: number): fc.Arbitrary<[number, number]> => fc.tuple(size(max), size(max));
const activation = fc.constantFrom(...ACTIVATIONS);
const padding = fc.constantFrom("same" as const, "valid" as const);
/** Strides or dilations, of which TensorFlow takes one at a time. */
const movement = fc.oneof(
  pair(3).map((strides) => ({ strides, dilationRate: [1, 1] as [number, number] })),
  pair(2).map((dilationRate) => ({ strides: [1, 1] as [number, number], dilationRate })),
);

type Make = () => tf.layers.Layer;

const inPlace: fc.Arbitrary<Make> = fc.oneof(
  activation.map((name) => () => tf.layers.activation({ activation: name })),
  fc.record({ scale: fc.boolean(), center: fc.boolean(), epsilon: fc.constantFrom(1e-3, 0.1) }).map((options) => () => tf.layers.batchNormalization(options)),
  fc.record({ scale: fc.boolean(), center: fc.boolean() }).map((options) => () => tf.layers.layerNormalization(options)),
  fc.constantFrom<Make>(
    () => tf.layers.reLU(),
    () => tf.layers.reLU({ maxValue: 0.5 }),
    () => tf.layers.leakyReLU(),
    () => tf.layers.leakyReLU({ alpha: 0.1 }),
    () => tf.layers.elu(),
    () => tf.layers.softmax({ axis: -1 }),
    () => tf.layers.dropout({ rate: 0.5 }),
    () => tf.layers.gaussianNoise({ stddev: 1 }),
    () => tf.layers.gaussianDropout({ rate: 0.5 }),
    () => tf.layers.alphaDropout({ rate: 0.5 }),
    () => tf.layers.rescaling({ scale: 0.5, offset: -1 }),
  ),
);

const imageLayer: fc.Arbitrary<Make> = fc.oneof(
  fc.record({ filters: size(3), kernelSize: pair(3), padding, activation, useBias: fc.boolean(), move: movement }).map(({ move, ...options }) => () => tf.layers.conv2d({ ...options, ...move })),
  fc.record({ depthMultiplier: size(2), kernelSize: pair(2), padding, activation, useBias: fc.boolean(), strides: size(2) }).map(({ strides, ...options }) => () => tf.layers.depthwiseConv2d({ ...options, strides: [strides, strides] })),
  fc.record({ filters: size(3), depthMultiplier: size(2), kernelSize: pair(2), padding, activation, useBias: fc.boolean() }).map((options) => () => tf.layers.separableConv2d(options)),
  fc.record({ poolSize: pair(3), strides: pair(2), padding }).map((options) => () => tf.layers.maxPooling2d(options)),
  fc.record({ poolSize: pair(3), strides: pair(2), padding }).map((options) => () => tf.layers.averagePooling2d(options)),
  fc.tuple(pair(2), pair(2)).map((sides) => () => tf.layers.zeroPadding2d({ padding: sides })),
  fc.constantFrom<Make>(
    () => tf.layers.cropping2D({ cropping: [[1, 0], [0, 1]] }),
    () => tf.layers.upSampling2d({ size: [2, 1] }),
    () => tf.layers.permute({ dims: [2, 3, 1] }),
    () => tf.layers.dense({ units: 2, activation: "tanh" }),
  ),
  inPlace,
);

const sequenceLayer: fc.Arbitrary<Make> = fc.oneof(
  fc.record({ filters: size(3), kernelSize: size(3), padding, activation, useBias: fc.boolean(), dilationRate: size(2) }).map((options) => () => tf.layers.conv1d(options)),
  fc.record({ filters: size(3), kernelSize: size(3), padding, strides: size(3) }).map((options) => () => tf.layers.conv1d(options)),
  fc.record({ poolSize: size(3), strides: size(2), padding }).map((options) => () => tf.layers.maxPooling1d(options)),
  fc.record({ poolSize: size(3), strides: size(2), padding }).map((options) => () => tf.layers.averagePooling1d(options)),
  fc.constantFrom<Make>(
    () => tf.layers.permute({ dims: [2, 1] }),
    () => tf.layers.spatialDropout1d({ rate: 0.5 }),
    () => tf.layers.dense({ units: 2 }),
  ),
  inPlace,
);

const ending = (global: readonly Make[]): fc.Arbitrary<Make[]> =>
  fc.tuple(fc.constantFrom<Make>(() => tf.layers.flatten(), ...global), size(3), activation).map(([join, units, name]) => [join, () => tf.layers.dense({ units, activation: name })]);

const chainOf = (shape: fc.Arbitrary<number[]>, layer: fc.Arbitrary<Make>, end: fc.Arbitrary<Make[]>): fc.Arbitrary<Architecture> =>
  fc.tuple(shape, fc.array(layer, { maxLength: 4 }), end).map(([of, layers, last]) => ({ shape: of, layers: () => [...layers, ...last].map((make) => make()) }));

const dense = fc.record({ units: size(5), activation, useBias: fc.boolean() }).map((options) => () => tf.layers.dense(options));

/** Chains of dense layers. */
export const denseChains = chainOf(size(4).map((inputs) => [inputs]), fc.oneof(dense, inPlace), fc.record({ units: size(3), activation, useBias: fc.boolean() }).map((options) => [() => tf.layers.dense(options)]));

/** Chains of convolutions and what goes with them; many do not fit their inputs. */
export const imageChains = chainOf(fc.tuple(size(7, 2), size(7, 2), size(3)).map((shape): number[] => shape), imageLayer, ending([() => tf.layers.globalAveragePooling2d({}), () => tf.layers.globalMaxPooling2d({})]));

/** The same along one axis. */
export const sequenceChains = chainOf(fc.tuple(size(9, 2), size(3)).map((shape): number[] => shape), sequenceLayer, ending([() => tf.layers.globalAveragePooling1d(), () => tf.layers.globalMaxPooling1d()]));
