import { add, subtract } from "../../model/graph/add.ts";
import { affine } from "../../model/graph/affine-layer.ts";
import { elementwise } from "../../model/graph/elementwise-layer.ts";
import type { Layer } from "../../model/graph/layer.ts";
import { maximum, minimum } from "../../model/graph/maximum.ts";
import { multiply } from "../../model/graph/multiply.ts";
import { isVariable, type GraphBuilder, type Variable } from "../builder.ts";
import type { Call, Operator } from "../call.ts";
import type { Constant } from "../tensor.ts";

const sum: Operator = (call, graph) => withConstant(call, (input, constant, at) => biased(call, graph, at, input, constant) ?? shifted(graph, input, constant, 1)) ?? joined(call, graph, add());

const difference: Operator = (call, graph) =>
  withConstant(call, (input, { axes, values }, at) => {
    const opposite = { axes, values: values.map((value) => -value) };
    return at === 0 ? (biased(call, graph, at, input, opposite) ?? shifted(graph, input, opposite, 1)) : shifted(graph, input, { axes, values }, -1);
  }) ?? joined(call, graph, subtract());

const product: Operator = (call, graph) => withConstant(call, (input, constant) => scaled(graph, input, constant)) ?? joined(call, graph, multiply());

const quotient: Operator = (call, graph) => {
  const ratio = withConstant(call, (input, { axes, values }, at) => (at === 0 ? scaled(graph, input, { axes, values: values.map((value) => 1 / value) }) : scaled(graph, graph.emit(elementwise("reciprocal"), [input]), { axes, values })));
  if (ratio !== undefined) return ratio;
  const [above, below] = sameAxes(call);
  return graph.emit(multiply(), [above, graph.emit(elementwise("reciprocal"), [below])]);
};

const power: Operator = (call, graph) => {
  const { values } = call.constant(1);
  if (values.length !== 1) call.refuse("exponents that differ");
  return graph.emit(elementwise("power", { exponent: values[0] }), [call.variable(0)]);
};

/** A constant as {@link affine} takes it: its numbers, along these axes of an example. */
interface Along {
  readonly axes: readonly number[];
  readonly values: Float64Array;
}

/** What is made of a variable, which is input `at`, and a constant; undefined where both are variables. */
function withConstant(call: Call, make: (input: Variable, constant: Along, at: number) => Variable): Variable | undefined {
  const at = call.inputs.findIndex((value) => value !== undefined && isVariable(value));
  const other = call.inputs[1 - at];
  if (call.inputs.length !== 2 || other === undefined || isVariable(other)) return undefined;
  const input = call.variable(at);
  return make(input, along(call, input, other), at);
}

function along(call: Call, { shape }: Variable, constant: Constant): Along {
  const surplus = constant.shape.length - shape.length;
  if (surplus > 1 || (surplus === 1 && constant.shape[0] !== 1)) call.refuse("a constant that differs between examples");
  const sizes = surplus > 0 ? constant.shape.slice(surplus) : [...Array<number>(-surplus).fill(1), ...constant.shape];
  if (sizes.some((size, axis) => size !== 1 && size !== shape[axis])) call.refuse(`a constant of ${constant.shape.join(" x ")} at inputs of ${shape.join(" x ")} for each example`);
  return { axes: sizes.flatMap((size, axis) => (size === 1 ? [] : [axis])), values: constant.values };
}

/** The dense layer that gave input `at`, with the constant as its biases, if it has none and nothing else takes it. */
function biased(call: Call, graph: GraphBuilder, at: number, input: Variable, { axes, values }: Along): Variable | undefined {
  const last = input.shape.length - 1;
  if (!call.takesAlone(at) || !(axes.length === 0 || (axes.length === 1 && axes[0] === last))) return undefined;
  const units = input.shape[last] ?? 1;
  return graph.withBiases(input, call.node.inputs[at], axes.length === 0 ? new Float64Array(units).fill(values[0]) : values);
}

function shifted(graph: GraphBuilder, input: Variable, { axes, values }: Along, factor: number): Variable {
  return graph.emit(affine({ axes, shift: values, scale: values.map(() => factor) }), [input]);
}

function scaled(graph: GraphBuilder, input: Variable, { axes, values }: Along): Variable {
  return graph.emit(affine({ axes, scale: values }), [input]);
}

function joined(call: Call, graph: GraphBuilder, layer: Layer): Variable {
  return graph.emit(layer, sameAxes(call));
}

/** All inputs, which are variables of as many axes: with fewer, ONNX would match examples with positions. */
function sameAxes(call: Call): Variable[] {
  const inputs = call.inputs.map((_, i) => call.variable(i));
  if (inputs.some(({ shape }) => shape.length !== inputs[0].shape.length)) call.refuse("inputs of different numbers of axes");
  return inputs;
}

export const ARITHMETIC: Readonly<Record<string, Operator>> = {
  Add: sum,
  Sum: sum,
  Sub: difference,
  Mul: product,
  Div: quotient,
  Pow: power,
  Max: (call, graph) => joined(call, graph, maximum()),
  Min: (call, graph) => joined(call, graph, minimum()),
};
