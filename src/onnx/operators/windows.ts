import { averagePooling1d, averagePooling2d } from "../../model/graph/average-pooling.ts";
import { globalMaxPooling, maxPooling1d, maxPooling2d } from "../../model/graph/max-pooling.ts";
import { mean } from "../../model/graph/mean.ts";
import { reshape } from "../../model/graph/reshape.ts";
import type { Shape } from "../../model/graph/shape.ts";
import type { Call, Operator } from "../call.ts";

/** How a window moves, as our layers take it. */
interface WindowAttributes {
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  readonly padding: readonly (readonly [before: number, after: number])[];
}

/** The attributes of a window of this size over positions of this shape. */
export function windowOptions(call: Call, kernel: readonly number[], around: Shape): WindowAttributes {
  const ones = kernel.map(() => 1);
  const [stride, dilation] = [call.integers("strides") ?? ones, call.integers("dilations") ?? ones];
  const pads = call.integers("pads") ?? kernel.flatMap(() => [0, 0]);
  if ([stride, dilation].some((list) => list.length !== kernel.length) || pads.length !== 2 * kernel.length) call.refuse("strides, dilations or pads of other axes than its kernel");
  if (pads.some((pad) => pad < 0)) call.refuse("pads below 0");
  const reach = kernel.map((size, axis) => (size - 1) * dilation[axis] + 1);
  const auto = call.text("auto_pad", "NOTSET");
  const padding = kernel.map((_, axis): [number, number] => {
    if (auto === "NOTSET") return [pads[axis], pads[axis + kernel.length]];
    if (auto === "VALID") return [0, 0];
    const zeros = Math.max(0, (Math.ceil(around[axis] / stride[axis]) - 1) * stride[axis] + reach[axis] - around[axis]);
    const half = Math.floor(zeros / 2);
    return auto === "SAME_LOWER" ? [zeros - half, half] : [half, zeros - half];
  });
  // Rounding upwards is the same as rounding downwards where nothing is left over.
  const left = padding.some(([before, after], axis) => (around[axis] + before + after - reach[axis]) % stride[axis] !== 0);
  if (call.integer("ceil_mode", 0) !== 0 && left) call.refuse("windows that reach beyond the padding (ceil_mode)");
  return { stride, dilation, padding };
}

const maxPool: Operator = (call, graph) => {
  const [input, kernel] = pooled(call);
  const options = windowOptions(call, kernel, input.shape.slice(1));
  return graph.emit(kernel.length === 1 ? maxPooling1d(kernel, options) : maxPooling2d(kernel, options), [input]);
};

const averagePool: Operator = (call, graph) => {
  const [input, kernel] = pooled(call);
  const { dilation, ...options } = windowOptions(call, kernel, input.shape.slice(1));
  if (dilation.some((step) => step !== 1)) call.refuse("dilations");
  return graph.emit((kernel.length === 1 ? averagePooling1d : averagePooling2d)(kernel, { ...options, countPadding: call.integer("count_include_pad", 0) !== 0 }), [input]);
};

function pooled(call: Call): [input: ReturnType<Call["variable"]>, kernel: readonly number[]] {
  const [input, kernel = []] = [call.variable(0), call.integers("kernel_shape")];
  if (kernel.length !== input.shape.length - 1 || kernel.length < 1 || kernel.length > 2) call.refuse("a window of other than the one or two axes of its inputs");
  return [input, kernel];
}

const globalAveragePool: Operator = (call, graph) => {
  const input = call.variable(0);
  if (input.shape.length < 2) call.refuse("inputs without positions");
  return graph.emit(mean(input.shape.slice(1).map((_, axis) => axis + 1), { keepAxes: true }), [input]);
};

const globalMaxPool: Operator = (call, graph) => {
  const input = call.variable(0);
  if (input.shape.length < 2) call.refuse("inputs without positions");
  return graph.emit(reshape(input.shape.map((size, axis) => (axis === 0 ? size : 1))), [graph.emit(globalMaxPooling(), [input])]);
};

export const POOLING: Readonly<Record<string, Operator>> = { MaxPool: maxPool, AveragePool: averagePool, GlobalAveragePool: globalAveragePool, GlobalMaxPool: globalMaxPool };
