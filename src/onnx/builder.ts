import type { NamedLayer } from "../model/graph/entries.ts";
import { dense } from "../model/graph/dense.ts";
import type { Layer } from "../model/graph/layer.ts";
import { network, type Network } from "../model/graph/network.ts";
import type { Shape } from "../model/graph/shape.ts";
import type { Constant } from "./tensor.ts";

/** What depends on the input: the output of a layer, with ONNX's shape but for the axis of the examples, which is the first there; `[]` for one number. */
export interface Variable {
  readonly layer: string;
  readonly shape: Shape;
}

/** What flows along an edge of the ONNX graph. */
export type Value = Variable | Constant;

/** Whether a value depends on the input. */
export function isVariable(value: Value): value is Variable {
  return "layer" in value;
}

/** What {@link GraphBuilder.emit} may be told. */
export interface Emitted {
  /** In the order of the layer's tensors. */
  readonly parameters?: readonly Float64Array[];
  /** What the weights are called in the file: its layer is called so, too. */
  readonly weights?: string | undefined;
}

interface Entry {
  name: string;
  layer: Layer;
  inputs: string[];
  parameters: Float64Array[];
  /** The edge of the ONNX graph that it gives, if it is dense and has no biases. */
  awaitsBiases?: string;
}

/** A list of layers in the making. */
export interface GraphBuilder {
  /** How many examples the file was made for, if it says so. */
  readonly batch: number | undefined;
  /** Adds a layer. */
  emit(layer: Layer, inputs: readonly Variable[], more?: Emitted): Variable;
  /** Adds a dense layer; without biases, it may get some later on. */
  emitDense(input: Variable, units: number, weights: Float64Array, biases: Float64Array | undefined, name: string, edge: string): Variable;
  /** The dense layer with biases if `edge` is what it gave, and it has none. */
  withBiases(input: Variable, edge: string, biases: Float64Array): Variable | undefined;
  /** The network of the layers so far, of which the last gives the outputs. */
  network(): Network;
}

export function graphBuilder(inputShape: Shape, batch: number | undefined): GraphBuilder {
  const entries: Entry[] = [];
  const taken = new Set(["input"]);

  const nameFor = (kind: string, weights: string | undefined): string => {
    const own = weights?.match(/^(.+)\.weight$/)?.[1];
    let name = own ?? "";
    const stem = kind.replace(/\dd$/, "");
    for (let number = 1; name === "" || taken.has(name); number++) name = `${stem}${number}`;
    taken.add(name);
    return name;
  };
  const emit: GraphBuilder["emit"] = (layer, inputs, { parameters = [], weights } = {}) => {
    const name = nameFor(layer.kind, weights);
    const shapes = inputs.map(({ shape }) => atLeastOneAxis(shape));
    const connected = layer.connect(name, shapes);
    entries.push({ name, layer, inputs: inputs.map((input) => input.layer), parameters: [...parameters] });
    // Of the layers that are emitted, normalisations alone consist of several operations, and they keep the shape.
    const shape = "shape" in connected ? connected.shape : shapes[0];
    return { layer: name, shape: inputs.every((input) => input.shape.length === 0) && shape.length === 1 && shape[0] === 1 ? [] : shape };
  };
  return {
    batch,
    emit,
    emitDense: (input, units, weights, biases, name, edge) => {
      const output = emit(dense(units, { biases: biases !== undefined }), [input], { parameters: biases === undefined ? [weights] : [weights, biases], weights: name });
      if (biases === undefined) entries[entries.length - 1].awaitsBiases = edge;
      return output;
    },
    withBiases: (input, edge, biases) => {
      const entry = entries.find(({ name, awaitsBiases }) => name === input.layer && awaitsBiases === edge);
      if (entry === undefined) return undefined;
      entry.layer = dense(biases.length);
      entry.parameters.push(biases);
      delete entry.awaitsBiases;
      return input;
    },
    network: () => {
      const layers = entries.map(({ name, layer, inputs }): NamedLayer => ({ name, layer, inputs }));
      const parts = entries.flatMap(({ parameters }) => parameters);
      const parameters = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
      parts.reduce((at, part) => {
        parameters.set(part, at);
        return at + part.length;
      }, 0);
      return network(atLeastOneAxis(inputShape), layers, { parameters });
    },
  };
}

function atLeastOneAxis(shape: Shape): Shape {
  return shape.length === 0 ? [1] : shape;
}
