import { broadcast, spread } from "../model/graph/broadcast.ts";
import { sizeOf } from "../model/graph/shape.ts";
import type { Variable } from "./builder.ts";
import type { Call } from "./call.ts";
import type { Constant } from "./tensor.ts";

/** What exporters leave to be computed from constants, shapes mostly, by operator. */
export const CONSTANTS: Readonly<Record<string, (call: Call) => Constant>> = {
  Add: arithmetic((a, b) => a + b),
  Cast: (call) => withValues(call.constant(0), [6, 7].includes(call.integer("to", 1)) ? call.constant(0).values.map(Math.trunc) : call.constant(0).values),
  Concat: (call) => {
    const parts = call.inputs.map((_, i) => call.constant(i));
    return parts.every(({ shape }) => shape.length === 1) ? vector(parts.flatMap(({ values }) => Array.from(values))) : call.refuse("constants of several axes");
  },
  Constant: (call) => {
    const { attributes } = call.node;
    const tensor = attributes.get("value")?.tensor;
    if (tensor !== undefined) return tensor;
    const [number, numbers] = [attributes.get("value_float")?.number ?? attributes.get("value_int")?.integer, attributes.get("value_floats")?.numbers ?? attributes.get("value_ints")?.integers];
    if (number !== undefined) return { shape: [], values: Float64Array.of(number) };
    return numbers === undefined ? call.refuse("neither numbers nor a tensor") : vector(numbers);
  },
  Div: arithmetic((a, b) => a / b),
  Gather: (call) => {
    const [{ shape, values }, indices] = [call.constant(0), call.constant(1)];
    if (shape.length !== 1) call.refuse("constants of several axes");
    return withValues(indices, indices.values.map((index) => values[index < 0 ? index + values.length : index]));
  },
  Identity: (call) => call.constant(0),
  Mul: arithmetic((a, b) => a * b),
  Reshape: (call) => {
    const [{ shape, values }, target] = [call.constant(0), Array.from(call.constant(1).values)];
    const sizes = target.map((to, axis) => (to === 0 ? shape[axis] : to));
    const known = sizes.filter((to) => to !== -1).reduce((product, to) => product * to, 1);
    const reshaped = sizes.map((to) => (to === -1 ? values.length / known : to));
    return sizeOf(reshaped) === values.length ? { shape: reshaped, values } : call.refuse("a shape of another number of entries");
  },
  Slice: (call) => {
    const { shape, values } = call.constant(0);
    const bounds = (i: number, attribute: string): readonly number[] => call.integers(attribute) ?? Array.from(call.constant(i).values);
    if (shape.length !== 1 || (call.optional(4)?.values[0] ?? 1) !== 1) call.refuse("constants of several axes, or steps");
    return vector(values.slice(bounds(1, "starts")[0], bounds(2, "ends")[0]));
  },
  Sqrt: (call) => withValues(call.constant(0), call.constant(0).values.map(Math.sqrt)),
  Squeeze: (call) => ({ shape: call.constant(0).shape.filter((size) => size !== 1), values: call.constant(0).values }),
  Sub: arithmetic((a, b) => a - b),
  Transpose: (call) => {
    const { shape, values } = call.constant(0);
    if (shape.length !== 2) call.refuse("constants of other than two axes");
    const [rows, columns] = shape;
    if (call.integers("perm")?.[0] === 0) return call.constant(0);
    return { shape: [columns, rows], values: values.map((_, i) => values[(i % rows) * columns + Math.floor(i / rows)]) };
  },
  Unsqueeze: (call) => {
    const { shape, values } = call.constant(0);
    if (shape.length > 1) call.refuse("constants of several axes");
    const axis = call.integers("axes")?.[0] ?? call.constant(1).values[0];
    return { shape: axis === 0 ? [1, ...shape] : [...shape, 1], values };
  },
};

/** The shape of what depends on the input, the number of examples first. */
export function shapeOf({ shape }: Variable): Constant {
  return vector([Number.NaN, ...shape]);
}

function arithmetic(operation: (a: number, b: number) => number): (call: Call) => Constant {
  return (call) => {
    const [a, b] = [call.constant(0), call.constant(1)];
    const { shape, places } = broadcast(call.node.operator, [a.shape, b.shape]);
    const [left, right] = [a, b].map(({ values }, i) => spread(values, 1, sizeOf(shape), places[i]));
    return { shape, values: left.map((value, i) => operation(value, right[i])) };
  };
}

function vector(values: ArrayLike<number>): Constant {
  return { shape: [values.length], values: Float64Array.from(values) };
}

function withValues({ shape }: Constant, values: Float64Array): Constant {
  return { shape, values };
}
