import { InvalidArgumentError, UnsupportedError } from "../errors.ts";
import { chain } from "../model/graph/chain.ts";
import { network, type Network } from "../model/graph/network.ts";
import { reshape } from "../model/graph/reshape.ts";
import { select } from "../model/graph/select.ts";
import { sizeOf, type Shape } from "../model/graph/shape.ts";
import type { OutputLink } from "../model/imported.ts";
import { activationOf, isElementwise } from "./activations.ts";
import { exampleAxis, type Config } from "./conversion.ts";
import { addLayer, channelsLast, type GraphBuilder, type Value } from "./graph-builder.ts";
import { CONVERTERS } from "./layers.ts";
import { isModel, type TensorFlowLayer, type TensorFlowModel, type Weights } from "./tensor-flow.ts";
import { topologyOf } from "./topology.ts";

/** A model as a network, not yet compared. */
export interface Converted {
  readonly network: Network;
  readonly link: OutputLink | undefined;
  /** Of one example of each input. */
  readonly shapes: readonly Shape[];
  /** For each input, how many things its numbers stand for, if they do. */
  readonly things: readonly (number | undefined)[];
}

/** What a conversion gathers on the way. */
interface Conversion {
  readonly graph: GraphBuilder;
  readonly weights: ReadonlyMap<TensorFlowLayer, readonly Weights[]>;
  readonly unsupported: string[];
  readonly keepLink: boolean;
  link: OutputLink | undefined;
}

/** The network that a model is, with its weights. */
export function convert(model: TensorFlowModel, weights: ReadonlyMap<TensorFlowLayer, readonly Weights[]>, keepLink: boolean): Converted {
  const graph: GraphBuilder = { entries: [], parameters: {}, things: new Map() };
  const conversion: Conversion = { graph, weights, unsupported: [], keepLink, link: undefined };
  const shapes = model.inputs.map(({ shape }, i) => exampleShape(`input ${i + 1} of ${model.name}`, shape));
  const inputs = inputValues(graph, shapes);
  const output = convertModel(conversion, model, inputs, "", true);
  if (conversion.unsupported.length > 0) throw unsupportedLayers(conversion.unsupported);
  channelsLast(graph, output);
  const inputShape = shapes.length === 1 ? shapes[0] : [shapes.reduce((sum, shape) => sum + sizeOf(shape), 0)];
  return { network: network(inputShape, graph.entries, { parameters: graph.parameters }), link: conversion.link, shapes, things: inputs.map((input) => graph.things.get(input)) };
}

/** The parts of a row that are the inputs of the model, one after the other. */
function inputValues(graph: GraphBuilder, shapes: readonly Shape[]): readonly Value[] {
  if (shapes.length === 1) return [{ shape: shapes[0], last: "input" }];
  let from = 0;
  return shapes.map((shape, i) => {
    const indices = Array.from({ length: sizeOf(shape) }, (_, j) => from + j);
    from += indices.length;
    return { shape, last: addLayer(graph, `input${i + 1}`, chain([select({ indices }), reshape(shape)]), ["input"]) };
  });
}

function convertModel(conversion: Conversion, model: TensorFlowModel, inputs: readonly Value[], within: string, givesOutputs: boolean): Value {
  const topology = topologyOf(model);
  const values = new Map(topology.inputs.map((name, i) => [name, inputs[i]]));
  for (const { layer, from } of topology.layers) {
    if (values.has(layer.name)) continue;
    const taken = from.map((name) => values.get(name)!);
    const gives = givesOutputs && layer.name === topology.output;
    values.set(layer.name, isModel(layer) ? convertModel(conversion, layer, taken, `${within}${layer.name}/`, gives) : convertLayer(conversion, layer, taken, within, gives));
  }
  return values.get(topology.output)!;
}

function convertLayer(conversion: Conversion, layer: TensorFlowLayer, inputs: readonly Value[], within: string, givesOutputs: boolean): Value {
  const { graph, weights, unsupported } = conversion;
  const [kind, config] = [layer.getClassName(), layer.getConfig() as Config];
  const shape = exampleShape(layer.name, layer.outputShape);
  const fails = (why = ""): Value => {
    unsupported.push(`${within}${layer.name} (${kind}${why})`);
    return { shape, last: "input" };
  };
  // In a network, "input" is its input.
  const name = `${within}${layer.name}` === "input" ? "input_layer" : `${within}${layer.name}`;
  if (config.dataFormat === "channelsFirst") return fails(" with channels first");
  if (kind === "Activation") return activate(conversion, name, config.activation!, inputs[0], givesOutputs) ?? fails(` ${config.activation}`);
  if (kind === "Softmax") return (exampleAxis(Number(config.axis ?? -1), shape) === shape.length - 1 ? activate(conversion, name, "softmax", inputs[0], givesOutputs) : undefined) ?? fails(` along axis ${String(config.axis)}`);
  if (!Object.hasOwn(CONVERTERS, kind)) return fails();
  const value = CONVERTERS[kind]({ name, config, weights: weights.get(layer)!, inputs, shape }, graph);
  if (value === undefined) return fails(" with these options");
  if (config.activation === undefined || config.activation === "linear") return value;
  return activate(conversion, `${name}.${config.activation}`, config.activation, value, givesOutputs) ?? fails(` with the activation ${config.activation}`);
}

/** The value after an activation; the value itself where the likelihood has the activation in it. */
function activate(conversion: Conversion, name: string, activation: string, value: Value, givesOutputs: boolean): Value | undefined {
  if (givesOutputs && !conversion.keepLink && isLink(activation) && (activation === "sigmoid" || value.shape.length === 1)) {
    conversion.link = activation;
    return value;
  }
  const layer = activationOf(activation);
  if (layer === undefined) return undefined;
  const { graph } = conversion;
  if (value.first !== undefined && isElementwise(activation)) return { shape: value.shape, first: addLayer(graph, name, layer, [value.first]) };
  return { shape: value.shape, last: addLayer(graph, name, layer, [channelsLast(graph, value)]) };
}

function isLink(activation: string): activation is OutputLink {
  return activation === "sigmoid" || activation === "softmax" || activation === "logSoftmax";
}

/** A shape of TensorFlow's without the axis of the batch. */
function exampleShape(what: string, shape: unknown): Shape {
  const sizes = Array.isArray(shape) ? (shape as unknown[]).slice(1) : [];
  if (sizes.length > 0 && sizes.every((size) => typeof size === "number")) return sizes;
  throw new InvalidArgumentError({ argument: "model", expected: "one tensor in and out of each layer, of known sizes for all axes but the batch", received: `${JSON.stringify(shape)} at ${what}`, advice: "Build the model with an inputShape that says all sizes; weights are set by setWeights(old.getWeights())." });
}

function unsupportedLayers(names: readonly string[]): UnsupportedError {
  return new UnsupportedError(
    `There is no counterpart of ${names.join(", ")}. Leave these layers in TensorFlow.js, and give error bars to the last layer: features = tf.model({ inputs: model.inputs, outputs: hidden.output }) with the last hidden layer, ` +
      "then laplace() of mlp([features, outputs], { parameters }), with the weights (transposed) and biases of the last layer and the predictions of that model as inputs. The documentation of fromTensorFlow shows it.",
  );
}
