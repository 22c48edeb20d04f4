import { addProduct } from "../linalg/gemm.ts";
import { block, rowMajor, transposed } from "../linalg/view.ts";
import type { Evaluation, Model } from "../model/model.ts";
import type { Precision } from "./structure.ts";

/** $J_n P^{-1} J_n^\top$ through whitened Jacobians: what a precision does that has no shorter way. */
export function outputCovarianceByJacobian(precision: Pick<Precision, "whiten">, model: Model, evaluation: Evaluation): Float64Array {
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  addGramBlocks(precision.whiten(evaluation.jacobian()), model.outputs, model.parameters.length, 1, covariance);
  return covariance;
}

/** Outputs from which on the blocks are worth a matrix product each. */
const MANY_OUTPUTS = 16;

/** Adds $s A_n A_n^\top$ for each example n, whose K rows $A_n$ stand one below the other, to N x K x K symmetric blocks. */
export function addGramBlocks(a: Float64Array, outputs: number, width: number, scale: number, blocks: Float64Array): void {
  const rows = a.length / width;
  const add = outputs < MANY_OUTPUTS ? addByEntries : addByProduct;
  for (let first = 0; first < rows; first += outputs) add(a, first, outputs, width, scale, blocks);
}

function addByEntries(a: Float64Array, first: number, outputs: number, width: number, scale: number, blocks: Float64Array): void {
  for (let m = first; m < first + outputs; m++) {
    for (let l = first; l <= m; l++) {
      const [p, q] = [m * width, l * width];
      let sum = 0;
      for (let i = 0; i < width; i++) sum += a[p + i] * a[q + i];
      blocks[m * outputs + l - first] += scale * sum;
      if (l < m) blocks[l * outputs + m - first] += scale * sum;
    }
  }
}

function addByProduct(a: Float64Array, first: number, outputs: number, width: number, scale: number, blocks: Float64Array): void {
  const rows = block(rowMajor(a, width), first, 0);
  addProduct(scale, rows, transposed(rows), block(rowMajor(blocks, outputs), first, 0), outputs, width, outputs, "lower");
  for (let m = 0; m < outputs; m++) for (let l = 0; l < m; l++) blocks[(first + l) * outputs + m] = blocks[(first + m) * outputs + l];
}
