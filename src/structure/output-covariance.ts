import { addProduct } from "../linalg/gemm.ts";
import { block, rowMajor, transposed } from "../linalg/view.ts";
import type { Evaluation, LayeredEvaluation, LayeredModel, Model } from "../model/model.ts";
import type { Precision } from "./structure.ts";

/** $J_n P^{-1} J_n^\top$ through whitened Jacobians: what a precision does that has no shorter way. */
export function outputCovarianceByJacobian(precision: Pick<Precision, "whiten">, model: Model, evaluation: Evaluation): Float64Array {
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  addGramBlocks(precision.whiten(evaluation.jacobian()), model.outputs, model.parameters.length, 1, covariance);
  return covariance;
}

/** Outputs from which on the blocks are worth a matrix product each. */
const MANY_OUTPUTS = 8;

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

/** The deltas of each output in each layer, one backpropagation an output: K lists of L arrays, N x units. */
export function outputDeltas({ outputs }: LayeredModel, evaluation: LayeredEvaluation): readonly (readonly Float64Array[])[] {
  return Array.from({ length: outputs }, (_, k) => {
    const unit = new Float64Array(evaluation.outputs.length);
    for (let i = k; i < unit.length; i += outputs) unit[i] = 1;
    return evaluation.backpropagate(unit);
  });
}

/** Adds $\sum_j \delta_{kj} \delta_{lj} v_j$ for each example and outputs k and l to N x K x K blocks; deltas are K arrays of N x units, $v$ is N x units. */
export function addDeltaCovariance(deltas: readonly Float64Array[], spread: Float64Array, units: number, covariance: Float64Array): void {
  const count = deltas.length;
  const rows = spread.length / units;
  if (isOwnUnit(deltas, units)) {
    for (let i = 0; i < spread.length; i++) covariance[i * count + (i % count)] += deltas[i % count][i] ** 2 * spread[i];
    return;
  }
  for (let k = 0; k < count; k++) {
    for (let l = 0; l <= k; l++) {
      const [a, b] = [deltas[k], deltas[l]];
      for (let n = 0; n < rows; n++) {
        let sum = 0;
        for (let j = n * units; j < (n + 1) * units; j++) sum += a[j] * b[j] * spread[j];
        covariance[(n * count + k) * count + l] += sum;
        if (l !== k) covariance[(n * count + l) * count + k] += sum;
      }
    }
  }
}

/** Adds the products of rows of outputs k and l for each example to N x K x K blocks; rows are K tables of N x any width, one for each output. */
export function addRowCovariance(rows: readonly Float64Array[], covariance: Float64Array): void {
  const count = rows.length;
  const examples = covariance.length / count ** 2;
  const width = rows[0].length / examples;
  const byExample = new Float64Array(count * rows[0].length);
  rows.forEach((table, k) => {
    for (let n = 0; n < examples; n++) byExample.set(table.subarray(n * width, (n + 1) * width), (n * count + k) * width);
  });
  addGramBlocks(byExample, count, width, 1, covariance);
}

/** Whether each output is a unit of its own, as in the last layer. */
function isOwnUnit(deltas: readonly Float64Array[], units: number): boolean {
  return deltas.length === units && deltas.every((delta, k) => delta.every((value, i) => value === 0 || i % units === k));
}
