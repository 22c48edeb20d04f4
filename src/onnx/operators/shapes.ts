import { concatenate } from "../../model/graph/concatenate.ts";
import { embedding } from "../../model/graph/embedding.ts";
import { flatten, reshape } from "../../model/graph/reshape.ts";
import { select, zeroPadding } from "../../model/graph/select.ts";
import { sizeOf, type Shape } from "../../model/graph/shape.ts";
import { transpose } from "../../model/graph/transpose.ts";
import { isVariable, type GraphBuilder, type Variable } from "../builder.ts";
import type { Call, Operator } from "../call.ts";

const pass: Operator = (call) => call.variable(0);

/** Numbers stay as they are in any of float16, float and double. */
const cast: Operator = (call) => ([1, 10, 11].includes(call.integer("to", 1)) ? call.variable(0) : call.refuse("whole numbers as its result"));

const flat: Operator = (call, graph) => {
  const input = call.variable(0);
  const axis = call.integer("axis", 1);
  if (axis !== 1 && axis + input.shape.length + 1 !== 1) call.refuse(`axis ${axis}`);
  return input.shape.length === 1 ? input : graph.emit(flatten(), [input]);
};

const reshaped: Operator = (call, graph) => {
  const [input, target] = [call.variable(0), Array.from(call.constant(1).values)];
  const size = sizeOf(input.shape);
  const [examples, ...own] = target;
  const sizes = own.map((to, axis) => (to === 0 ? (input.shape[axis] ?? Number.NaN) : to));
  const known = sizes.filter((to) => to !== -1).reduce((product, to) => product * to, 1);
  const shape = sizes.map((to) => (to === -1 ? size / known : to));
  // -1 in the first place is the number of examples if all other sizes make up one of them.
  const keeps = Number.isNaN(examples) || examples === 0 || examples === -1 || examples === graph.batch;
  if (target.length === 0 || !keeps || !shape.every((to) => Number.isInteger(to) && to > 0) || sizeOf(shape) !== size) call.refuse(`a shape of [${target.map((to) => (Number.isNaN(to) ? "N" : to)).join(", ")}] for inputs of ${input.shape.join(" x ")} for each example`);
  return viewed(graph, input, shape);
};

const squeezed: Operator = (call, graph) => {
  const input = call.variable(0);
  const gone = axesOf(call)?.map((axis) => call.axis(axis, input.shape));
  return viewed(graph, input, input.shape.filter((size, axis) => (gone === undefined ? size !== 1 : !gone.includes(axis))));
};

const unsqueezed: Operator = (call, graph) => {
  const [input, given = []] = [call.variable(0), axesOf(call)];
  const rank = input.shape.length + given.length;
  const added = new Set(given.map((axis) => call.axis(axis, Array<number>(rank).fill(1))));
  const rest = input.shape.slice();
  return viewed(graph, input, Array.from({ length: rank }, (_, axis) => (added.has(axis) ? 1 : rest.shift()!)));
};

const transposed: Operator = (call, graph) => {
  const input = call.variable(0);
  const order = call.integers("perm") ?? [...input.shape, 0].map((_, axis) => input.shape.length - axis);
  if (order[0] !== 0) call.refuse("another axis in the place of the examples");
  return order.every((axis, i) => axis === i) ? input : graph.emit(transpose(order.slice(1).map((axis) => axis - 1)), [input]);
};

const concatenated: Operator = (call, graph) => {
  const inputs = call.inputs.map((_, i) => call.variable(i));
  return graph.emit(concatenate({ axis: call.axis(call.integer("axis", 1), inputs[0].shape) }), inputs);
};

/** Rows of a table by numbers of things, or chosen places along an axis. */
const gather: Operator = (call, graph) => {
  const [table, chosen] = [call.inputs[0], call.inputs[1]];
  if (table !== undefined && !isVariable(table)) {
    if (table.shape.length !== 2 || call.integer("axis", 0) !== 0) call.refuse("a table of other than two axes, of which the first is that of the things");
    return graph.emit(embedding(table.shape[0], table.shape[1]), [call.variable(1)], { parameters: [table.values], weights: call.node.inputs[0] });
  }
  const [input, { shape, values }] = [call.variable(0), call.constant(1)];
  if (chosen === undefined || shape.length > 1) call.refuse("indices of several axes");
  const axis = call.axis(call.integer("axis", 0), input.shape);
  const taken = graph.emit(select({ axis, indices: Array.from(values, (index) => (index < 0 ? index + input.shape[axis] : index)) }), [input]);
  return shape.length === 1 ? taken : viewed(graph, taken, input.shape.filter((_, a) => a !== axis));
};

const slice: Operator = (call, graph) => {
  const input = call.variable(0);
  const list = (i: number, attribute: string): readonly number[] | undefined => call.integers(attribute) ?? (call.optional(i) && Array.from(call.constant(i).values));
  const [starts = [], ends = [], steps] = [list(1, "starts"), list(2, "ends"), list(4, "steps")];
  const axes = list(3, "axes") ?? starts.map((_, i) => i);
  return axes.reduce((from: Variable, given, i) => {
    const axis = call.axis(given, from.shape);
    const [size, step] = [from.shape[axis], steps?.[i] ?? 1];
    if (step < 1) call.refuse("steps below 1");
    const bound = (at: number): number => Math.min(Math.max(at < 0 ? at + size : at, 0), size);
    const count = Math.max(0, Math.ceil((bound(ends[i]) - bound(starts[i])) / step));
    return count === size ? from : graph.emit(select({ axis, indices: Array.from({ length: count }, (_, k) => bound(starts[i]) + k * step) }), [from]);
  }, input);
};

const padded: Operator = (call, graph) => {
  const input = call.variable(0);
  const pads = call.integers("pads") ?? Array.from(call.constant(1).values);
  const [rank, value] = [pads.length / 2, call.optional(2)?.values[0] ?? call.number("value", 0)];
  if (call.inputs[3] !== undefined || rank !== input.shape.length + 1) call.refuse("pads of some axes alone");
  if (call.text("mode", "constant") !== "constant" || value !== 0 || pads.some((pad) => pad < 0) || pads[0] + pads[rank] > 0) call.refuse("padding by other than zeros around each example");
  return input.shape.reduce((from: Variable, _, axis) => {
    const [before, after] = [pads[axis + 1], pads[axis + 1 + rank]];
    return before + after === 0 ? from : graph.emit(zeroPadding({ axis, before, after }), [from]);
  }, input);
};

/** Axes, which were an attribute before version 13. */
function axesOf(call: Call): readonly number[] | undefined {
  return call.integers("axes") ?? (call.optional(1) && Array.from(call.constant(1).values));
}

/** The same numbers in another shape; `[]` is one number, which our layers see as a vector of one. */
function viewed(graph: GraphBuilder, input: Variable, shape: Shape): Variable {
  if (sizeOf(shape) === 1 && sizeOf(input.shape) === 1 && shape.length <= 1 && input.shape.length <= 1) return { layer: input.layer, shape };
  if (shape.length === 0) return { layer: graph.emit(flatten(), [input]).layer, shape };
  return shape.length === input.shape.length && shape.every((size, axis) => size === input.shape[axis]) ? input : graph.emit(reshape(shape), [input]);
}

export const SHAPES: Readonly<Record<string, Operator>> = {
  Cast: cast,
  Concat: concatenated,
  Dropout: pass,
  Flatten: flat,
  Gather: gather,
  Identity: pass,
  Pad: padded,
  Reshape: reshaped,
  Slice: slice,
  Squeeze: squeezed,
  Transpose: transposed,
  Unsqueeze: unsqueezed,
  // A list of probabilities by class, as scikit-learn's exports end.
  "ai.onnx.ml:ZipMap": pass,
};
