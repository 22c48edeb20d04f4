import { diagonalOfProduct } from "../linalg/symmetric-product.ts";
import type { Evaluation, Model } from "../model/model.ts";
import { effectiveParametersByGroup, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { activationsOf, blockColumns, columnsOfBlock, soleUnit } from "./block-columns.ts";
import { outputRows, rowCount, type JacobianRows } from "../model/jacobian-rows.ts";
import { addGramBlocks } from "./output-covariance.ts";
import { rowsFor, temporaries, type Precision } from "./structure.ts";

/** The precision of blocks that are independent, each with its own. */
export function blockDiagonalPrecision(blocks: readonly Int32Array[], precisions: readonly Precision[], prior: GroupedPrior): Precision {
  const width = prior.groupOf.length;
  /** Something done block by block to rows of W numbers. */
  const byBlock = (rows: Float64Array, change: (precision: Precision, part: Float64Array) => Float64Array): Float64Array => {
    const result = new Float64Array(rows.length);
    blocks.forEach((indices, b) => {
      const changed = change(precisions[b], gathered(rows, width, indices));
      for (let start = 0, at = 0; start < rows.length; start += width) for (const index of indices) result[start + index] = changed[at++];
    });
    return result;
  };
  const precision: Precision = {
    logDeterminant: precisions.reduce((sum, { logDeterminant }) => sum + logDeterminant, 0),
    solve: (v) => byBlock(v, (block, part) => block.solve(part)),
    whiten: (rows) => byBlock(rows, (block, part) => block.whiten(part)),
    sample: (normals) => byBlock(normals, (block, part) => block.sample(part)),
    inverseDiagonal: () => byBlock(new Float64Array(width), (block) => block.inverseDiagonal()),
    effectiveParametersByGroup: (first) => {
      if (first === undefined) return effectiveParametersByGroup(prior, precision.inverseDiagonal());
      const ofWeights = new Float64Array(width);
      blocks.forEach((indices, b) => diagonalOfProduct(precisions[b].inverse(), first.parts[b], indices.length).forEach((value, i) => (ofWeights[indices[i]] = value)));
      return sumByGroup(prior, ofWeights);
    },
    inverse: () => {
      const inverse = new Float64Array(width * width);
      blocks.forEach((indices, b) => {
        const block = precisions[b].inverse();
        indices.forEach((row, i) => indices.forEach((column, j) => (inverse[row * width + column] = block[i * indices.length + j])));
      });
      return inverse;
    },
    batchRows: (model) => rowsFor(Math.max(temporaries(model), model.outputs * largest(blocks)), 256),
    outputCovariance: (model, evaluation) => outputCovariance(blocks, precisions, model, evaluation),
  };
  return remakeable(precision, "blockDiagonalPrecision", () => ({ blocks, precisions, prior }));
}

function largest(blocks: readonly Int32Array[]): number {
  return blocks.reduce((most, { length }) => Math.max(most, length), 0);
}

/** The entries of some columns of each row. */
function gathered(rows: Float64Array, width: number, columns: Int32Array): Float64Array {
  const part = new Float64Array((rows.length / width) * columns.length);
  for (let start = 0, at = 0; start < rows.length; start += width) for (const column of columns) part[at++] = rows[start + column];
  return part;
}

/**
 * A sum over blocks. Within a unit, deltas and activations part: the covariance of outputs k and l is $\delta_{kj} \delta_{lj}\, z^\top P_j^{-1} z$, so that the activations of an
 * example are whitened once for all outputs. Elsewhere it is the sum over columns of whitened rows.
 */
function outputCovariance(blocks: readonly Int32Array[], precisions: readonly Precision[], model: Model, evaluation: Evaluation): Float64Array {
  const count = model.outputs;
  const covariance = new Float64Array(evaluation.outputs.length * count);
  const rows = outputRows(model, evaluation);
  const variances = rows.layers.map(({ columns, units }) => (columns === count ? new Float64Array(rows.examples * units) : undefined));
  blockColumns(rows, blocks).forEach((block, b) => {
    const sole = soleUnit(block);
    const ofUnits = sole && variances[sole.layer];
    if (sole === undefined || ofUnits === undefined) {
      addGramBlocks(precisions[b].whiten(columnsOfBlock(rows, block, 0, rowCount(rows))), count, block.size, 1, covariance);
      return;
    }
    const whitened = precisions[b].whiten(activationsOf(rows, sole.layer, sole.inputs));
    for (let i = 0; i < whitened.length; i++) ofUnits[Math.floor(i / block.size) * rows.layers[sole.layer].units + sole.unit] += whitened[i] ** 2;
  });
  variances.forEach((ofUnits, l) => {
    if (ofUnits?.some((value) => value > 0)) addGramBlocks(weightedDeltas(rows, l, ofUnits), count, rows.layers[l].units, 1, covariance);
  });
  return covariance;
}

/** The deltas of a layer times the roots of the variances of their example: N K x units. */
function weightedDeltas({ layers, columns }: JacobianRows, layer: number, variances: Float64Array): Float64Array {
  const { deltas, units } = layers[layer];
  const roots = variances.map(Math.sqrt);
  return deltas.map((delta, at) => delta * roots[Math.floor(at / units / columns) * units + (at % units)]);
}
