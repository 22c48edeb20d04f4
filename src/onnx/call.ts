import { UnsupportedError } from "../errors.ts";
import { shapeText, type Shape } from "../model/graph/shape.ts";
import { isVariable, type GraphBuilder, type Value, type Variable } from "./builder.ts";
import type { OnnxNode } from "./model-file.ts";
import type { Constant } from "./tensor.ts";

/** What an operator of ONNX becomes: a layer of ours, or a constant. An array where it has several outputs. */
export type Operator = (call: Call, graph: GraphBuilder) => Value | readonly Value[];

/** An operator with its inputs and attributes, and what it is asked about them. */
export interface Call {
  readonly node: OnnxNode;
  readonly opset: number;
  readonly inputs: readonly (Value | undefined)[];
  /** Whether input i is taken by this operator alone. */
  takesAlone(i: number): boolean;
  /** Input i, which depends on the input of the network. */
  variable(i: number): Variable;
  /** Input i, which is a constant. */
  constant(i: number): Constant;
  /** Input i, which is a constant or left out. */
  optional(i: number): Constant | undefined;
  number(attribute: string, otherwise: number): number;
  integer(attribute: string, otherwise: number): number;
  integers(attribute: string): readonly number[] | undefined;
  text(attribute: string, otherwise: string): string;
  /** An axis of ONNX, in which axis 0 is that of the examples, as an axis of one example. */
  axis(axis: number, shape: Shape): number;
  /** Throws an error about this node. */
  refuse(what: string): never;
}

export function callOf(node: OnnxNode, opset: number, inputs: readonly (Value | undefined)[], uses: ReadonlyMap<string, number>): Call {
  const refuse = (what: string): never => {
    const place = node.name === "" ? `that gives ${JSON.stringify(node.outputs[0] ?? "")}` : JSON.stringify(node.name);
    throw new UnsupportedError(`${node.operator} ${place} has ${what}, which fromOnnx() does not read. ${FEATURES}`);
  };
  return {
    node,
    opset,
    inputs,
    takesAlone: (i) => uses.get(node.inputs[i]) === 1,
    variable: (i) => {
      const value = inputs[i];
      return value !== undefined && isVariable(value) ? value : refuse(`input ${i + 1} that ${value === undefined ? "is left out" : "does not depend on the input of the network"}`);
    },
    constant: (i) => {
      const value = inputs[i];
      return value !== undefined && !isVariable(value) ? value : refuse(`input ${i + 1} that ${value === undefined ? "is left out" : "is no constant"}`);
    },
    optional: (i) => {
      const value = inputs[i];
      return value !== undefined && isVariable(value) ? refuse(`input ${i + 1} that is no constant`) : value;
    },
    number: (attribute, otherwise) => node.attributes.get(attribute)?.number ?? otherwise,
    integer: (attribute, otherwise) => node.attributes.get(attribute)?.integer ?? otherwise,
    integers: (attribute) => node.attributes.get(attribute)?.integers,
    text: (attribute, otherwise) => node.attributes.get(attribute)?.text ?? otherwise,
    axis: (axis, shape) => {
      const own = (axis < 0 ? axis + shape.length + 1 : axis) - 1;
      if (own === -1) refuse("an axis of 0, along which examples stand");
      return own >= 0 && own < shape.length ? own : refuse(`axis ${axis} at inputs of ${shapeText(shape)} for each example`);
    },
    refuse,
  };
}

/** The way that is always open. */
export const FEATURES = "Let onnxruntime compute the features before the last layer, and take that layer alone: onnxLastLayer(bytes), or mlp([features, outputs], { parameters }).";
