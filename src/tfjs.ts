/**
 * Models of TensorFlow.js as networks: error bars for what was trained or loaded there.
 *
 * @module laplace-ts/tfjs
 * @category Reference
 */

import type { MatrixLike } from "./data.ts";
import { InvalidArgumentError, describe, knownOptions, positive } from "./errors.ts";
import type { Network } from "./model/graph/network.ts";
import type { CheckedModel } from "./model/imported.ts";
import { checkInputs, compare } from "./tfjs/compare.ts";
import { convert } from "./tfjs/convert.ts";
import { weightsOf, type TensorFlowModel } from "./tfjs/tensor-flow.ts";

export type { CheckedModel, ImportedModel, OutputLink } from "./model/imported.ts";
export { DifferentOutputsError } from "./tfjs/compare.ts";
export type { TensorFlowInput, TensorFlowLayer, TensorFlowModel, TensorFlowTensor } from "./tfjs/tensor-flow.ts";

/**
 * Options of {@link fromTensorFlow}.
 *
 * @category Models
 */
export interface FromTensorFlowOptions {
  /** Inputs, N x D, at which outputs are compared with `model.predict`. Default: 8 examples of standard normal numbers, or, where an embedding takes them, of numbers of things. */
  readonly check?: MatrixLike;
  /** Seed of those numbers. Default 0. */
  readonly seed?: number;
  /** How far outputs may differ, as a share of the largest. Default 1e-4: TensorFlow.js computes in single precision, and rounding adds up over layers. */
  readonly tolerance?: number;
  /** Whether a sigmoid or softmax that gives the outputs stays, for a likelihood that wants probabilities. Default false. */
  readonly keepLink?: boolean;
}

/**
 * A trained model of TensorFlow.js, Sequential or functional, as a {@link network} with the same weights: {@link laplace} and {@link predict} give it error bars.
 *
 * **Inputs** are rows of the numbers that TensorFlow takes, in its order: images of height x width x channels, flat. Axes move within the network. A model with several inputs takes them one after the other in a row.
 *
 * **Outputs** are logits: a sigmoid, softmax or logSoftmax at the end is left out, and `link` says so. Use {@link categorical} after a softmax, {@link bernoulli} after a sigmoid, {@link gaussian} where there
 * was none. (For other likelihoods that want what the link gives, `keepLink` keeps it.)
 *
 * **Layers**: Dense, Conv1D, Conv2D, DepthwiseConv2D, SeparableConv2D; max, average, global max and global average pooling in one and two dimensions; BatchNormalization, with its running statistics and its factors as constants,
 * LayerNormalization; Embedding; Flatten, Reshape, Permute, RepeatVector, ZeroPadding2D, Cropping2D, UpSampling2D (nearest), Rescaling; Add, Average, Multiply, Maximum, Minimum, Concatenate; all activations, and ReLU, LeakyReLU, ELU,
 * Softmax as layers; dropout and noise, which are inert; models within models. Channels come last. A layer that is used twice, and a second output, have no counterpart.
 *
 * **Check.** Outputs of both are compared before the network is returned, and the error says where they differ.
 *
 * TensorFlow.js itself is not imported: `@tensorflow/tfjs`, `tfjs-layers` or `tfjs-node`, whichever made the model (version 4 is tested). Parameters are called by TensorFlow's names of layers, `"dense_Dense1.weights"`; the network is
 * saved, sent to workers and taken apart ({@link subnetwork}, {@link lastLayer}) as any other.
 *
 * @category Models
 * @param model - A `tf.Sequential` or `tf.LayersModel`, built, that is, with sizes of its inputs.
 * @throws {@link UnsupportedError} that names all layers that have no counterpart.
 * @throws {@link DifferentOutputsError} when outputs differ.
 * @throws {@link InvalidArgumentError} for what is no model, sizes that are not known, or a model without weights.
 * @example
 * Three lines to error bars:
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { gaussian, laplace, predict } from "laplace-ts";
 * import { fromTensorFlow } from "laplace-ts/tfjs";
 *
 * await tf.setBackend("cpu");
 * const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [1], units: 10, activation: "tanh" }), tf.layers.dense({ units: 1 })] });
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * model.compile({ optimizer: tf.train.adam(0.05), loss: "meanSquaredError" });
 * await model.fit(tf.tensor2d(data.inputs, [5, 1]), tf.tensor2d(data.targets, [5, 1]), { epochs: 100 });
 *
 * const imported = await fromTensorFlow(model);
 * const posterior = await laplace(imported.model, gaussian({ noise: 0.1 }), data);
 * const { variance } = await predict(posterior, [0, 5]);
 * console.log(variance.get(1, 0) > variance.get(0, 0)); // true
 * ```
 * @example
 * Layers that have no counterpart stay in TensorFlow.js, and the last layer alone gets error bars:
 * ```ts
 * import * as tf from "@tensorflow/tfjs";
 * import { categorical, laplace, mlp, predict } from "laplace-ts";
 *
 * await tf.setBackend("cpu");
 * const hidden = tf.layers.lstm({ inputShape: [4, 2], units: 3 });
 * const last = tf.layers.dense({ units: 2, activation: "softmax" });
 * const model = tf.sequential({ layers: [hidden, last] }); // trained, or loaded
 *
 * const upToLast = tf.model({ inputs: model.inputs, outputs: hidden.output });
 * const features = (sequences: number[][][]) => (upToLast.predict(tf.tensor3d(sequences)) as tf.Tensor2D).array();
 * const [weights, biases] = last.getWeights();
 * const head = mlp([3, 2], { parameters: [...weights.transpose().dataSync(), ...biases.dataSync()] });
 *
 * const sequences = [[[1, 0], [1, 0], [0, 1], [1, 0]], [[0, 1], [0, 1], [1, 0], [0, 1]]];
 * const posterior = await laplace(head, categorical(), { inputs: await features(sequences), targets: [0, 1] });
 * const { probabilities } = await predict(posterior, await features(sequences));
 * console.log(probabilities.rows, probabilities.columns); // 2 2
 * ```
 */
export async function fromTensorFlow(model: TensorFlowModel, options: FromTensorFlowOptions = {}): Promise<CheckedModel<Network>> {
  knownOptions("options", options, ["check", "seed", "tolerance", "keepLink"]);
  const { check, seed = 0, tolerance = 1e-4, keepLink = false } = options;
  positive("options.tolerance", tolerance);
  checkedModel(model);
  const converted = convert(model, await weightsOf(model), keepLink);
  const difference = await compare(model, converted, checkInputs(converted, check, seed), tolerance);
  return { model: converted.network, link: converted.link, difference };
}

function checkedModel(model: TensorFlowModel): void {
  const isModel = typeof model === "object" && model !== null && "layers" in model && typeof model.predict === "function";
  if (!isModel) {
    const advice = (model as unknown) instanceof Promise ? "Await it first." : "Graph models (of tf.loadGraphModel) have no layers: give error bars to their last layer, as the documentation shows.";
    throw new InvalidArgumentError({ argument: "model", expected: "a tf.Sequential or tf.LayersModel", received: describe(model), advice });
  }
  if (model.inputs === undefined || model.inputs === null || model.layers.length === 0) throw new InvalidArgumentError({ argument: "model", expected: "a model that is built", received: "one whose inputs are not known", advice: "Give the first layer an inputShape." });
  if (model.layers.every((layer) => layer.getWeights().length === 0)) throw new InvalidArgumentError({ argument: "model", expected: "layers with weights", received: "none that has any" });
}
