import { InvalidArgumentError, LaplaceError, UnsupportedError } from "../errors.ts";
import type { Network } from "../model/graph/network.ts";
import type { Shape } from "../model/graph/shape.ts";
import { graphBuilder, isVariable, type GraphBuilder, type Value } from "./builder.ts";
import { callOf, FEATURES, type Call, type Operator } from "./call.ts";
import { CONSTANTS, shapeOf } from "./constants.ts";
import { nodesBefore, type Producers } from "./logits.ts";
import type { OnnxInput, OnnxModel, OnnxNode } from "./model-file.ts";
import { ARITHMETIC } from "./operators/arithmetic.ts";
import { FUNCTIONS } from "./operators/functions.ts";
import { LINEAR } from "./operators/linear.ts";
import { NORMALIZATION } from "./operators/normalization.ts";
import { SHAPES } from "./operators/shapes.ts";
import { POOLING } from "./operators/windows.ts";

const OPERATORS: Readonly<Record<string, Operator>> = { ...ARITHMETIC, ...FUNCTIONS, ...LINEAR, ...NORMALIZATION, ...POOLING, ...SHAPES };

/** The part of a graph that leads from its input to an edge, in our layers. */
export function convert(model: OnnxModel, producers: Producers, edge: string, inputShape: Shape | undefined): Network {
  const nodes = nodesBefore(edge, model.nodes, producers);
  checkOperators(nodes);
  const input = onlyInput(model, nodes);
  const shape = inputShape ?? shapeFrom(input);
  return converted(model, nodes, edge, input.name, graphBuilder(shape, input.shape?.[0]), shape);
}

/** These nodes in our layers, from an edge that is the input of a network to the one that is its output. */
export function converted(model: OnnxModel, nodes: readonly OnnxNode[], edge: string, from: string, graph: GraphBuilder, shape: Shape): Network {
  const uses = new Map<string, number>([[edge, 1]]);
  for (const name of nodes.flatMap(({ inputs }) => inputs)) uses.set(name, (uses.get(name) ?? 0) + 1);

  const values = new Map<string, Value>(model.initializers);
  values.set(from, { layer: "input", shape });
  try {
    for (const node of nodes) {
      const call = callOf(node, model.opset, node.inputs.map((name) => valueOf(name, values, node)), uses);
      const result = evaluate(call, graph);
      if (isOne(result)) values.set(node.outputs[0], result);
      else result.forEach((one, i) => values.set(node.outputs[i], one));
    }
    const output = values.get(edge);
    if (output === undefined || !isVariable(output)) throw new InvalidArgumentError({ argument: "bytes", expected: `an output ${JSON.stringify(edge)} that depends on the input`, received: "a constant" });
    return graph.network();
  } catch (error) {
    if (error instanceof LaplaceError || !(error instanceof RangeError)) throw error;
    throw new InvalidArgumentError({ argument: "bytes", expected: "a model of sizes that fit into memory", received: error.message });
  }
}

function evaluate(call: Call, graph: GraphBuilder): ReturnType<Operator> {
  const { operator } = call.node;
  if (operator === "Shape") return shapeOf(call.variable(0));
  return call.inputs.some((value) => value !== undefined && isVariable(value)) || !(operator in CONSTANTS) ? OPERATORS[operator](call, graph) : CONSTANTS[operator](call);
}

function isOne(result: Value | readonly Value[]): result is Value {
  return !Array.isArray(result);
}

/** What flows along an edge; undefined for an input that is left out, whose name is empty. */
function valueOf(name: string, values: ReadonlyMap<string, Value>, node: OnnxNode): Value | undefined {
  const value = values.get(name);
  if (value !== undefined || name === "") return value;
  throw new InvalidArgumentError({ argument: "bytes", expected: "nodes that take inputs, weights, or what nodes before them give", received: `${node.operator} ${JSON.stringify(node.name)} with ${JSON.stringify(name)}`, advice: "The file is damaged: onnx.checker.check_model() in Python says more." });
}

function checkOperators(nodes: readonly OnnxNode[]): void {
  const known = (operator: string): boolean => operator === "Shape" || [OPERATORS, CONSTANTS].some((table) => Object.hasOwn(table, operator));
  const unknown = Array.from(new Set(nodes.map(({ operator }) => operator).filter((operator) => !known(operator))));
  if (unknown.length > 0) throw new UnsupportedError(`The model has operators that fromOnnx() does not read: ${unknown.join(", ")}. ${FEATURES}`);
}

function onlyInput({ inputs }: OnnxModel, nodes: readonly OnnxNode[]): OnnxInput {
  const taken = new Set(nodes.flatMap((node) => node.inputs));
  const needed = inputs.filter(({ name }) => taken.has(name));
  if (needed.length === 1) return needed[0];
  if (needed.length === 0) throw new InvalidArgumentError({ argument: "bytes", expected: "an output that depends on an input", received: "none" });
  throw new UnsupportedError(`The model has ${needed.length} inputs, ${needed.map(({ name }) => JSON.stringify(name)).join(", ")}, and a network here has one. ${FEATURES}`);
}

/** The shape of one example. */
function shapeFrom({ name, shape }: OnnxInput): Shape {
  const own = shape?.slice(1);
  if (own !== undefined && own.every((size) => size !== undefined)) return own;
  const received = shape === undefined ? "no shape" : `a shape of [${shape.map((size) => size ?? "?").join(", ")}]`;
  throw new InvalidArgumentError({ argument: "options.inputShape", expected: `the sizes of the axes of one example of the input ${JSON.stringify(name)}, since the file leaves some open`, received: `${received} in the file`, advice: "As in fromOnnx(bytes, { inputShape: [3, 32, 32] })." });
}
