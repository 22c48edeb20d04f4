import { convolution1d, convolution2d } from "../../model/graph/convolution.ts";
import { matrixProduct } from "../../model/graph/matrix-product.ts";
import { isVariable } from "../builder.ts";
import type { Call, Operator } from "../call.ts";
import type { Constant } from "../tensor.ts";
import { windowOptions } from "./windows.ts";

/** alpha A B + beta C: a dense layer. */
const gemm: Operator = (call, graph) => {
  const input = call.variable(0);
  if (call.integer("transA", 0) !== 0 || input.shape.length > 1) call.refuse("a first input that is not one vector for each example");
  const [weights, units] = weightsOf(call, call.integer("transB", 0) !== 0, call.number("alpha", 1));
  const [addend, beta] = [call.optional(2), call.number("beta", 1)];
  const biases = addend === undefined ? undefined : repeated(call, addend, units).map((bias) => beta * bias);
  return graph.emitDense(input, units, weights, biases, call.node.inputs[1], call.node.outputs[0]);
};

/** With constants a dense layer, to which a following Add gives biases; else a product of two variables. */
const matMul: Operator = (call, graph) => {
  const [input, other] = [call.variable(0), call.inputs[1]];
  if (other !== undefined && isVariable(other)) {
    if (input.shape.length < 2 || other.shape.length !== input.shape.length) call.refuse("factors that are not two matrices for each example");
    return graph.emit(matrixProduct(), [input, other]);
  }
  const [weights, units] = weightsOf(call, false, 1);
  return graph.emitDense(input, units, weights, undefined, call.node.inputs[1], call.node.outputs[0]);
};

const convolution: Operator = (call, graph) => {
  const [input, weights, biases] = [call.variable(0), call.constant(1), call.optional(2)];
  const [filters, , ...kernel] = weights.shape;
  if (kernel.length !== 1 && kernel.length !== 2) call.refuse(`${kernel.length} axes of positions`);
  if (input.shape.length !== kernel.length + 1) call.refuse("inputs of another number of axes than its weights");
  const options = { filters, kernel, ...windowOptions(call, kernel, input.shape.slice(1)), groups: call.integer("group", 1), biases: biases !== undefined };
  return graph.emit(kernel.length === 1 ? convolution1d(options) : convolution2d(options), [input], {
    parameters: biases === undefined ? [weights.values] : [weights.values, biases.values],
    weights: call.node.inputs[1],
  });
};

/** The second input as units x inputs, times a factor. */
function weightsOf(call: Call, transposed: boolean, factor: number): [weights: Float64Array, units: number] {
  const { shape, values } = call.constant(1);
  if (shape.length !== 2) call.refuse("a second input that is no matrix");
  const [units, inputs] = transposed ? shape : [shape[1], shape[0]];
  const size = call.variable(0).shape.at(-1) ?? 1;
  if (inputs !== size) call.refuse(`weights for ${inputs} numbers at inputs of ${size}`);
  const weights = new Float64Array(values.length);
  for (let k = 0; k < units; k++) for (let j = 0; j < inputs; j++) weights[k * inputs + j] = factor * values[transposed ? k * inputs + j : j * units + k];
  return [weights, units];
}

/** One number for each unit: all that may be added to the vector of each example. */
function repeated(call: Call, { shape, values }: Constant, units: number): Float64Array {
  if (values.length === 1) return new Float64Array(units).fill(values[0]);
  return values.length === units && (shape.at(-1) ?? 0) === units ? values : call.refuse(`${values.length} numbers that are added to ${units}`);
}

export const LINEAR: Readonly<Record<string, Operator>> = { Gemm: gemm, MatMul: matMul, Conv: convolution };
