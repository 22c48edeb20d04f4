import { UnsupportedError } from "../errors.ts";
import type { TensorFlowLayer, TensorFlowModel } from "./tensor-flow.ts";

/** A layer of a model, and the names of the layers that it takes; none for inputs. */
export interface Placed {
  readonly layer: TensorFlowLayer;
  readonly from: readonly string[];
}

/** How the layers of a model hang together. */
export interface Topology {
  /** Names of the layers that are its inputs, in order. */
  readonly inputs: readonly string[];
  readonly layers: readonly Placed[];
  /** Name of the layer that gives the outputs. */
  readonly output: string;
}

/** As a functional model describes itself: of each layer its calls, of each call what it takes, as [name, call, output]. */
interface FunctionalConfig {
  readonly layers: readonly { readonly name: string; readonly inboundNodes: readonly (readonly (readonly [string, number, number, ...unknown[]])[])[] }[];
  readonly inputLayers: readonly (readonly [string, ...unknown[]])[];
  readonly outputLayers: readonly (readonly [string, ...unknown[]])[];
}

/** The input of a Sequential model, whose layers do not name it. */
const SEQUENTIAL_INPUT = "the input of the model";

/** How the layers of a model hang together. */
export function topologyOf(model: TensorFlowModel): Topology {
  const config = model.getConfig();
  if ("inputLayers" in config) return functional(model, config as FunctionalConfig);
  const layers = model.layers.map((layer, i) => ({ layer, from: [i === 0 ? SEQUENTIAL_INPUT : model.layers[i - 1].name] }));
  return { inputs: [SEQUENTIAL_INPUT], layers, output: model.layers[model.layers.length - 1].name };
}

function functional(model: TensorFlowModel, { layers, inputLayers, outputLayers }: FunctionalConfig): Topology {
  if (outputLayers.length > 1) {
    throw new UnsupportedError(`${model.name} has ${outputLayers.length} outputs, and a likelihood takes those of one layer. Take tf.model({ inputs: model.inputs, outputs: model.outputs[0] }), which shares its weights, or join them by tf.layers.concatenate().`);
  }
  const calls = new Map(layers.map(({ name, inboundNodes }) => [name, inboundNodes]));
  const shared = layers.filter(({ inboundNodes }) => inboundNodes.length > 1 || inboundNodes.flat().some(([, , output]) => output > 0));
  if (shared.length > 0) {
    throw new UnsupportedError(`${shared.map(({ name }) => name).join(", ")} of ${model.name}: layers that are used more than once, or take the second output of another, cannot be taken. Give error bars to the last layer instead, as the documentation of fromTensorFlow shows.`);
  }
  const placed = model.layers.map((layer) => ({ layer, from: (calls.get(layer.name)?.[0] ?? []).map(([name]) => name) }));
  return { inputs: inputLayers.map(([name]) => name), layers: placed, output: outputLayers[0][0] };
}
