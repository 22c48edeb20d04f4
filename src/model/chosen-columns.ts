import { slice, type Table } from "../data.ts";
import type { Evaluation, Model } from "./model.ts";

/** Numbers that rows over all parameters may take at a time. */
const CHUNK = 2 ** 22;

/**
 * The chosen columns of S'J of a model without layers, N R x S. The rows over all parameters are taken of so many examples at a time
 * that they stay small.
 */
export function chosenColumns(model: Model, inputs: Table, evaluation: Evaluation, indices: Int32Array, factor: Float64Array, columns: number): Float64Array {
  const [width, size] = [model.parameters.length, indices.length];
  const step = Math.max(1, Math.floor(CHUNK / (columns * width)));
  const blockSize = model.outputs * columns;
  const result = new Float64Array(inputs.rows * columns * size);
  let at = 0;
  for (let from = 0; from < inputs.rows; from += step) {
    const to = Math.min(inputs.rows, from + step);
    const part = step >= inputs.rows ? evaluation : model.evaluate(slice(inputs, from, to));
    const rows = part.scaledJacobian(factor.subarray(from * blockSize, to * blockSize), columns);
    for (let start = 0; start < rows.length; start += width) for (let i = 0; i < size; i++) result[at++] = rows[start + indices[i]];
  }
  return result;
}
