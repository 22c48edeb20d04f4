import { multiplyTransposedRight } from "../linalg/products.ts";
import type { LayeredEvaluation, LayeredModel } from "../model/model.ts";
import { priorLogDeterminant, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { colourBlock, shareOf, spreadOverWeights, whitenBlock, type BlockPrecision } from "./kronecker-block.ts";
import type { KroneckerCurvature } from "./kronecker-factors.ts";
import { kroneckerOutputCovariance, kroneckerOutputVariance, type LayerPrecision } from "./kronecker-output-covariance.ts";
import { rowsFor, temporaries, type Precision } from "./structure.ts";

/** The precision of blocks that are diagonal in the eigenbasis of their factors. */
export function kroneckerPrecision(layers: readonly LayerPrecision[], prior: GroupedPrior): Precision {
  const blocks = layers.flatMap(({ weights, biases }) => (biases === undefined ? weights : [...weights, biases]));
  const width = prior.groupOf.length;
  /** Something done block by block to a vector of W. */
  const byBlock = (v: Float64Array, change: (block: BlockPrecision, part: Float64Array) => Float64Array): Float64Array => {
    const result = new Float64Array(width);
    for (const block of blocks) result.set(change(block, partOf(v, block)), block.tensor.offset);
    return result;
  };
  const whiten = (v: Float64Array): Float64Array => byBlock(v, whitenBlock);
  const colour = (v: Float64Array): Float64Array => byBlock(v, colourBlock);
  const precision: Precision = {
    logDeterminant: blocks.reduce((sum, { logDeterminantRatio }) => sum + logDeterminantRatio, priorLogDeterminant(prior)),
    solve: (v) => colour(whiten(v)),
    sample: colour,
    whiten: (rows) => {
      const whitened = new Float64Array(rows.length);
      for (let at = 0; at < rows.length; at += width) whitened.set(whiten(rows.subarray(at, at + width)), at);
      return whitened;
    },
    inverseDiagonal: () => byBlock(new Float64Array(width), (block) => spreadOverWeights(block, block.variances, "directions")),
    effectiveParametersByGroup: (first) => {
      if (first === undefined) return effectiveParametersByGroup(blocks, prior);
      const sides = (first as KroneckerCurvature).outputSides();
      const ofBlock = new Map(blocks.map((block, b) => [block, sides[b]]));
      return sumByGroup(prior, byBlock(new Float64Array(width), (block) => shareOf(block, ofBlock.get(block)!)));
    },
    inverse: () => inverse(blocks, width),
    batchRows: (model) => rowsFor(Math.max(temporaries(model), widest(blocks)), 512),
    outputCovariance: (model, evaluation) => kroneckerOutputCovariance(layers, model as LayeredModel, evaluation as LayeredEvaluation),
    outputVariance: (model, evaluation) => kroneckerOutputVariance(layers, model as LayeredModel, evaluation as LayeredEvaluation),
  };
  return remakeable(precision, "kroneckerPrecision", () => ({ layers, prior }));
}

function widest(blocks: readonly BlockPrecision[]): number {
  return blocks.reduce((most, { tensor: { columns } }) => Math.max(most, columns), 1);
}

function partOf(v: Float64Array, { tensor: { offset, rows, columns } }: BlockPrecision): Float64Array {
  return v.subarray(offset, offset + rows * columns);
}

/** gamma of an eigenvector is l / (l + alpha), l its curvature; a weight has the sum of these by the squares of the eigenvectors' entries. */
function effectiveParametersByGroup(blocks: readonly BlockPrecision[], { groupOf, precisions }: GroupedPrior): Float64Array {
  const gamma = new Float64Array(precisions.length);
  for (const block of blocks) {
    const { tensor: { offset }, curvature, variances } = block;
    const ofVectors = curvature.map((value, at) => value * variances[at]);
    const groups = groupOf.subarray(offset, offset + curvature.length);
    // The squares of a row of an orthogonal matrix add up to 1.
    const ofWeights = groups.every((g) => g === groups[0]) ? ofVectors : spreadOverWeights(block, ofVectors, "vectors");
    for (let at = 0; at < groups.length; at++) gamma[groups[at]] += ofWeights[at];
  }
  return gamma;
}

/** F F' of each block. */
function inverse(blocks: readonly BlockPrecision[], width: number): Float64Array {
  const result = new Float64Array(width * width);
  for (const block of blocks) {
    const { tensor: { offset, rows, columns } } = block;
    const size = rows * columns;
    const factor = new Float64Array(size * size);
    const unit = new Float64Array(size);
    for (let i = 0; i < size; i++) {
      unit[i] = 1;
      factor.set(whitenBlock(block, unit), i * size);
      unit[i] = 0;
    }
    const product = multiplyTransposedRight(factor, factor, size, size, size);
    for (let i = 0; i < size; i++) result.set(product.subarray(i * size, (i + 1) * size), (offset + i) * width + offset);
  }
  return result;
}
