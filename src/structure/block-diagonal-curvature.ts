import { InvalidArgumentError } from "../errors.ts";
import { symmetricEigenvalues } from "../linalg/symmetric-eigen.ts";
import { symmetricTimes } from "../linalg/symmetric-product.ts";
import { mirrorLower } from "../linalg/symmetric-rank-k.ts";
import type { WeightMatrix } from "../prior/coupling.ts";
import { restricted } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { blockDiagonalPrecision } from "./block-diagonal-precision.ts";
import { diagonalized } from "./diagonalized.ts";
import { addParts, type Curvature } from "./structure.ts";
import { weightSpacePrecision } from "./weight-space.ts";

interface BlockDiagonalCurvature extends Curvature {
  /** The parameters of each block, ascending. */
  readonly blocks: readonly Int32Array[];
}

/** A curvature of blocks, of whose values the lower triangles count. */
export function blockDiagonalCurvature(blocks: readonly Int32Array[], values: readonly Float64Array[]): Curvature {
  const width = blocks.reduce((sum, { length }) => sum + length, 0);
  const curvature: BlockDiagonalCurvature = {
    structure: "block diagonal",
    blocks,
    parts: values,
    plus: (other) => {
      const sums = addParts(curvature, other);
      if (!sameBlocks(blocks, (other as WeightMatrix & Pick<BlockDiagonalCurvature, "blocks">).blocks)) throw new InvalidArgumentError({ argument: "other", expected: "block diagonal curvature of the same blocks", received: "that of blocks of other parameters" });
      return blockDiagonalCurvature(blocks, sums);
    },
    times: (c) => (c === 1 ? curvature : blockDiagonalCurvature(blocks, values.map((block) => block.map((value) => c * value)))),
    precision: (prior, scale) => blockDiagonalPrecision(blocks, blocks.map((indices, b) => weightSpacePrecision(values[b], restricted(prior, indices), scale)), prior),
    diagonalized: () => diagonalized(curvature, eigenvalues(blocks, values), width),
    product: (v) => {
      const product = new Float64Array(width);
      blocks.forEach((indices, b) => {
        symmetricTimes(values[b], Float64Array.from(indices, (index) => v[index])).forEach((value, i) => (product[indices[i]] = value));
      });
      return product;
    },
    dense: () => {
      const matrix = new Float64Array(width * width);
      blocks.forEach((indices, b) => {
        for (let i = 0; i < indices.length; i++) {
          for (let j = 0; j <= i; j++) matrix[indices[i] * width + indices[j]] = matrix[indices[j] * width + indices[i]] = values[b][i * indices.length + j];
        }
      });
      return matrix;
    },
  };
  return remakeable(curvature, "blockDiagonalCurvature", () => ({ blocks, values }));
}

function sameBlocks(a: readonly Int32Array[], b: readonly Int32Array[]): boolean {
  return a.every((indices, i) => indices.every((index, at) => index === b[i][at]));
}

function eigenvalues(blocks: readonly Int32Array[], values: readonly Float64Array[]): Float64Array {
  const all = blocks.map(({ length }, b) => {
    const matrix = values[b].slice();
    mirrorLower(matrix, length);
    return symmetricEigenvalues(matrix, length);
  });
  return Float64Array.from(all.flatMap((some) => Array.from(some)));
}
