/**
 * Networks from .onnx files, as PyTorch and scikit-learn export them, by the protobuf reader `@bufbuild/protobuf` (`npm install @bufbuild/protobuf`).
 *
 * @module laplace-ts/onnx
 * @category Reference
 */

import { InvalidArgumentError, describe, knownOptions } from "./errors.ts";
import type { Network } from "./model/graph/network.ts";
import { checkedShape, type Shape } from "./model/graph/shape.ts";
import type { ImportedModel, OutputLink } from "./model/imported.ts";
import { checkOutputs, type OnnxCheck } from "./onnx/check.ts";
import { convert } from "./onnx/convert.ts";
import { lastLayerOf, withOutput } from "./onnx/last-layer.ts";
import { logitsOf, producersOf, type Producers } from "./onnx/logits.ts";
import { lastLayer, type LastLayer } from "./model/last-layer.ts";
import { readModel, type OnnxModel } from "./onnx/model-file.ts";

export type { ImportedModel, OutputLink } from "./model/imported.ts";
export type { OnnxCheck } from "./onnx/check.ts";

/**
 * Options of {@link fromOnnx}.
 *
 * @category Models
 */
export interface FromOnnxOptions {
  /** Outputs to compare with. */
  readonly check?: OnnxCheck;
  /** The shape of one example, where the file leaves sizes open. */
  readonly inputShape?: Shape;
  /** Whether a softmax or sigmoid at the end stays. Default false, since {@link categorical} and {@link bernoulli} have it in them and take logits. */
  readonly keepLink?: boolean;
  /** The name of the output, or of what flows between two nodes, that the network ends with. Default: the output of the file. */
  readonly output?: string;
}

/**
 * The {@link network} that an .onnx file holds: its layers, and its weights as parameters, in the order of the file.
 *
 * It reads Gemm, MatMul with Add (one dense layer), Conv over one or two axes, pooling, batch and layer normalisation, activations, sums and products of branches or with constants, Concat, Reshape and its kin,
 * Gather, Slice, and what PyTorch writes for GELU, SiLU, layer normalisation and attention. Dropout and Cast between kinds of floating-point numbers do nothing. Constants other than those of dense layers, convolutions
 * and embeddings are no parameters. Axis 0 is that of the examples, whatever size the file gives it. All is computed in double precision.
 *
 * A softmax or sigmoid at the end is left out, and with it what scikit-learn's classifiers do to name a class, unless `keepLink` holds: likelihoods take logits, and `link` says what it was. `check` compares outputs with those that
 * another program computes with the whole file. A layer is called as PyTorch calls the module that has its weights (`"fc1"` for `fc1.weight`), or by its kind and a number.
 *
 * For models with operators that are not read, and for large ones, let onnxruntime compute features, and take the last layer alone; the guide on networks shows how.
 *
 * @category Models
 * @param bytes - The file, or a promise of it.
 * @throws {@link UnsupportedError} naming all operators that it does not read; for what an operator has that it does not read; for several inputs, or weights in files beside the model.
 * @throws {@link InvalidArgumentError} for what is no ONNX model, or damaged; where outputs are not those of `check`; where the file leaves the shape open, or which output is meant.
 * @example
 * ```ts ignore
 * import { readFile } from "node:fs/promises";
 * import { categorical, isotropic, laplace, lastLayer } from "laplace-ts";
 * import { fromOnnx } from "laplace-ts/onnx";
 *
 * const { model } = await fromOnnx(readFile("classifier.onnx"));
 * const posterior = await laplace(lastLayer(model), categorical(), { inputs, targets }, { prior: isotropic(1) });
 * ```
 */
export async function fromOnnx(bytes: Uint8Array | PromiseLike<Uint8Array>, options: FromOnnxOptions = {}): Promise<ImportedModel<Network>> {
  knownOptions("options", options, ["check", "inputShape", "keepLink", "output"]);
  const { check, inputShape, keepLink = false, output } = options;
  if (inputShape !== undefined) checkedShape("options.inputShape", inputShape);
  if (typeof keepLink !== "boolean") throw new InvalidArgumentError({ argument: "options.keepLink", expected: "true or false", received: describe(keepLink) });
  const file = readModel(await bytes);
  const producers = producersOf(file.nodes);
  const { whole, end, link } = endOf(file, producers, output, keepLink);
  const model = convert(file, producers, end, inputShape);
  return { model, link, difference: check && checkOutputs(whole === end ? model : convert(file, producers, whole, inputShape), check) };
}

/**
 * The last layer of an .onnx file, for {@link onnxLastLayer}.
 *
 * @category Models
 */
export interface OnnxLastLayer {
  /** The dense layer, with features as its inputs, for {@link laplace} and {@link predict}. */
  readonly model: LastLayer<Network>;
  /** The name of the output of {@link OnnxLastLayer.bytes} that has the features, N x D. */
  readonly features: string;
  /** The file with the features among its outputs, for onnxruntime. */
  readonly bytes: Uint8Array;
}

/**
 * The dense layer that gives the outputs of an .onnx file, as a model of its own whose inputs are features, and the file with these features as one more output: the road for models that are large,
 * or have operators which {@link fromOnnx} does not read. Whatever comes before the last layer is left to onnxruntime.
 *
 * The layer is Gemm, or MatMul with or without Add, at one vector for each example; a softmax or sigmoid after it is left out, as by {@link fromOnnx}.
 *
 * @category Models
 * @param bytes - The file.
 * @param options - `output`: as that of {@link fromOnnx}.
 * @throws {@link UnsupportedError} when something else gives the outputs.
 * @throws {@link InvalidArgumentError} as {@link fromOnnx}.
 * @example
 * ```ts ignore
 * import { categorical, isotropic, laplace } from "laplace-ts";
 * import { onnxLastLayer } from "laplace-ts/onnx";
 * import { InferenceSession, Tensor } from "onnxruntime-web"; // or onnxruntime-node
 *
 * const { model, features, bytes } = onnxLastLayer(file);
 * const session = await InferenceSession.create(bytes);
 * const results = await session.run({ image: new Tensor("float32", pixels, [500, 3, 32, 32]) }, [features]);
 * const inputs = { data: results[features].data, shape: [500, model.layers[0].inputs] };
 * const posterior = await laplace(model, categorical(), { inputs, targets }, { prior: isotropic(1) });
 * ```
 */
export function onnxLastLayer(bytes: Uint8Array, options: Pick<FromOnnxOptions, "output"> = {}): OnnxLastLayer {
  knownOptions("options", options, ["output"]);
  const model = readModel(bytes);
  const producers = producersOf(model.nodes);
  const { end } = endOf(model, producers, options.output, false);
  const { features, network } = lastLayerOf(model, producers, end);
  return { model: lastLayer(network), features, bytes: model.outputs.includes(features) ? bytes : withOutput(bytes, features) };
}

interface End {
  /** What the whole file gives. */
  readonly whole: string;
  /** Where the network ends. */
  readonly end: string;
  readonly link: OutputLink | undefined;
}

function endOf({ outputs }: OnnxModel, producers: Producers, output: string | undefined, keepLink: boolean): End {
  const given = output === undefined ? outputs : [known(output, producers)];
  const logits = given.map((edge) => (keepLink ? undefined : logitsOf(edge, producers)));
  const ends = Array.from(new Set(given.map((edge, i) => logits[i]?.edge ?? edge)));
  if (ends.length !== 1) throw new InvalidArgumentError({ argument: "options.output", expected: `the name of one of the outputs ${ends.map((end) => JSON.stringify(end)).join(", ")}`, received: "none" });
  // Of a label and its probabilities, the latter come last.
  return { whole: given[given.length - 1], end: ends[0], link: logits[given.length - 1]?.link };
}

function known(output: string, producers: Producers): string {
  if (producers.has(output)) return output;
  throw new InvalidArgumentError({ argument: "options.output", expected: `what a node of the file gives: ${Array.from(producers.keys(), (name) => JSON.stringify(name)).slice(-8).join(", ")} are the last`, received: describe(output) });
}
