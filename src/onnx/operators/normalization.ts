import { batchNormalization } from "../../model/graph/batch-normalization.ts";
import { layerNormalization } from "../../model/graph/layer-normalization.ts";
import { mean } from "../../model/graph/mean.ts";
import type { Operator } from "../call.ts";

const batch: Operator = (call, graph) => {
  const [scale, shift, average, variance] = [1, 2, 3, 4].map((i) => call.constant(i).values);
  if (call.integer("training_mode", 0) !== 0) call.refuse("the mode of training");
  return graph.emit(batchNormalization({ scale, shift, mean: average, variance, epsilon: call.number("epsilon", 1e-5) }), [call.variable(0)]);
};

const layer: Operator = (call, graph) => {
  const [input, scale, shift] = [call.variable(0), call.constant(1).values, call.optional(2)?.values];
  const axes = input.shape.length - call.axis(call.integer("axis", -1), input.shape);
  return graph.emit(layerNormalization({ axes, scale, ...(shift && { shift }), epsilon: call.number("epsilon", 1e-5) }), [input]);
};

const reduceMean: Operator = (call, graph) => {
  const input = call.variable(0);
  const axes = call.integers("axes") ?? (call.optional(1) && Array.from(call.constant(1).values));
  if (axes === undefined) return call.refuse("a mean over all examples");
  return graph.emit(mean(axes.map((axis) => call.axis(axis, input.shape)), { keepAxes: call.integer("keepdims", 1) !== 0 }), [input]);
};

export const NORMALIZATION: Readonly<Record<string, Operator>> = { BatchNormalization: batch, LayerNormalization: layer, ReduceMean: reduceMean };
