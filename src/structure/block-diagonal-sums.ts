import { symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { isLayered, type Evaluation, type Model, type OutputDerivatives } from "../model/model.ts";
import { activationsOf, blockColumns, columnsOfBlock, soleUnit, type BlockColumns } from "./block-columns.ts";
import { rowCount, type JacobianRows } from "../model/jacobian-rows.ts";
import { rowsFor } from "./structure.ts";

/** Rows that are written out and multiplied at once. */
const CHUNK = 1024;

/** The blocks of B'B for rows B; of each the lower triangle counts. */
export function sumsOfBlocks(rows: JacobianRows, blocks: readonly Int32Array[]): readonly Float64Array[] {
  return blockColumns(rows, blocks).map((block) => {
    const sum = new Float64Array(block.size ** 2);
    if (!addWithinUnit(rows, block, sum)) addByRows(rows, block, sum);
    return sum;
  });
}

/** Within unit j the R rows of an example are multiples of its activations: sum_n (sum_r delta_nrj^2) z_n z_n'. */
function addWithinUnit(rows: JacobianRows, block: BlockColumns, sum: Float64Array): boolean {
  const sole = soleUnit(block);
  if (sole === undefined) return false;
  const { columns, deltas, units } = rows.layers[sole.layer];
  const weighted = activationsOf(rows, sole.layer, sole.inputs);
  const count = rowCount(rows) / columns;
  for (let n = 0, at = 0; n < count; n++) {
    let square = 0;
    for (let m = n * columns; m < (n + 1) * columns; m++) square += deltas[m * units + sole.unit] ** 2;
    const root = Math.sqrt(square);
    for (let i = 0; i < block.size; i++) weighted[at++] *= root;
  }
  symmetricRankK(weighted, count, block.size, sum);
  return true;
}

function addByRows(rows: JacobianRows, block: BlockColumns, sum: Float64Array): void {
  const count = rowCount(rows);
  const step = rowsFor(block.size, CHUNK);
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step);
    symmetricRankK(columnsOfBlock(rows, block, from, to), to - from, block.size, sum);
  }
}

/** The blocks of the exact Hessian. With layers its columns are products with unit vectors; without, a product takes the whole Hessian anyway. */
export function exactBlocks(model: Model, evaluation: Evaluation, loss: OutputDerivatives, blocks: readonly Int32Array[]): readonly Float64Array[] {
  const width = model.parameters.length;
  const whole = isLayered(model) ? undefined : evaluation.hessian(loss);
  const unit = new Float64Array(width);
  const column = (index: number): Float64Array => {
    if (whole !== undefined) return whole.subarray(index * width, (index + 1) * width);
    unit[index] = 1;
    const product = evaluation.hessianVectorProduct(loss, unit);
    unit[index] = 0;
    return product;
  };
  return blocks.map((indices) => {
    const block = new Float64Array(indices.length ** 2);
    indices.forEach((index, i) => {
      const values = column(index);
      indices.forEach((other, j) => (block[i * indices.length + j] = values[other]));
    });
    return block;
  });
}
