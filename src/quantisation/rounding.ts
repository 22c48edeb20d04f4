import type { Model, ParameterTensor } from "../model/model.ts";
import { quantizedMatrix, type Grid, type QuantizedMatrix } from "./grid.ts";

/** The tensors whose weights are rounded: matrices of weights, and biases where that is asked for. */
export function roundedTensors({ tensors }: Model, biases: boolean): ParameterTensor[] {
  return tensors.filter(({ role }) => biases || role === "weights");
}

/** How many weights a tensor has. */
export function weightCount({ rows, columns }: ParameterTensor): number {
  return rows * columns;
}

/** A tensor of a model on a grid. */
export function roundedTensor({ parameters }: Model, tensor: ParameterTensor, bits: number, grid: Grid): QuantizedMatrix {
  const { offset, rows, columns } = tensor;
  return quantizedMatrix({ data: parameters.subarray(offset, offset + rows * columns), rows, columns }, bits, grid);
}

/** $\hat w - w$ of a tensor, and 0 at all other weights: W. */
export function roundingError({ parameters }: Model, { offset }: ParameterTensor, { values }: QuantizedMatrix): Float64Array {
  const error = new Float64Array(parameters.length);
  for (let i = 0; i < values.length; i++) error[offset + i] = values[i] - parameters[offset + i];
  return error;
}
