import { outputDerivatives } from "../curvature/loss.ts";
import { InvalidArgumentError, UnsupportedError, describe, knownOptions } from "../errors.ts";
import { isLayered, type Model } from "../model/model.ts";
import { selectedIndices, type ParameterSelection } from "../model/selection.ts";
import { blockDiagonalCurvature } from "./block-diagonal-curvature.ts";
import { exactBlocks, sumsOfBlocks } from "./block-diagonal-sums.ts";
import { remakeable } from "../recipe.ts";
import { jacobianRows } from "../model/jacobian-rows.ts";
import { rowsFor, temporaries, type Structure } from "./structure.ts";

/**
 * Options of {@link blockDiagonal}.
 *
 * @category Structures
 */
export interface BlockDiagonalOptions {
  /**
   * Which parameters share a block: `"layer"` (default) those of a layer; `"unit"` those of a unit of a network, its bias included; `"tensor"` those of a weight matrix or bias
   * vector; or the blocks themselves, each an array of indices, a mask, or a rule such as {@link byName}. Every parameter is in one of them.
   */
  readonly blocks?: "layer" | "unit" | "tensor" | readonly (ArrayLike<number> | readonly boolean[] | ParameterSelection)[];
}

/**
 * Dense blocks of the curvature, and nothing between them: parameters are correlated within a block and independent between blocks. Between {@link full}, one block, and
 * {@link diagonal}, a block for each parameter. Takes any curvature, the exact Hessian included, and any prior.
 *
 * A block of $b$ parameters takes $16 b^2$ bytes for curvature and precision, $O(N K b^2)$ for its sum ($O(N b^2)$ within a unit, since
 * $H_{jj} = \sum_n (\sum_r \delta_{nrj}^2)\, z_n z_n^\top$) and $b^3 / 3$ for its Cholesky factor; no matrix of all parameters is formed. A network with layers
 * is not asked for its Jacobian either; the exact Hessian is had from $W$ products with unit vectors. A prediction takes $O(K b^2)$ a block and example, within a unit $O(b^2)$.
 *
 * @category Structures
 * @throws {@link InvalidArgumentError} in {@link laplace}, for blocks that leave out a parameter or have one twice; {@link UnsupportedError} for `"unit"` and a model without layers.
 * @example
 * ```ts
 * import { blockDiagonal, byName, gaussian, laplace, mlp } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const network = mlp([1, 5, 1], { seed: 1 });
 * for (const blocks of ["layer", "unit", [byName("layer1"), byName("layer2")]] as const) {
 *   const { logEvidence } = await laplace(network, gaussian({ noise: 0.1 }), data, { structure: blockDiagonal({ blocks }) });
 *   console.log(Number.isFinite(logEvidence)); // true
 * }
 * ```
 */
export function blockDiagonal(options: BlockDiagonalOptions = {}): Structure {
  knownOptions("options", options, ["blocks"]);
  const blocksOf = partition(options.blocks ?? "layer");
  const structure: Structure = {
    name: "block diagonal",
    bytes: (model) => blocksOf(model).reduce((sum, { length }) => sum + 16 * length ** 2, 0),
    batchRows: (model) => (isLayered(model) ? rowsFor(temporaries(model), 512) : rowsFor(model.outputs * model.parameters.length, 256)),
    curvature: ({ model, likelihood, kind, evaluation, targets, first }) => {
      const blocks = blocksOf(model);
      if (kind.kind === "exact") return blockDiagonalCurvature(blocks, exactBlocks(model, evaluation, outputDerivatives(likelihood, evaluation.outputs, targets), blocks));
      const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets, first);
      return blockDiagonalCurvature(blocks, sumsOfBlocks(jacobianRows(model, evaluation, data, columns), blocks));
    },
  };
  return remakeable(structure, "blockDiagonal", () => ({ ...options }));
}

/** The parameters of each block, ascending. */
type Partition = readonly Int32Array[];

function partition(blocks: NonNullable<BlockDiagonalOptions["blocks"]>): (model: Model) => Partition {
  if (blocks === "layer") return ({ tensors }) => grouped(tensors.flatMap(({ layer, rows, columns }) => repeated(layer, rows * columns)));
  if (blocks === "tensor") return ({ tensors }) => grouped(tensors.flatMap(({ rows, columns }, t) => repeated(t, rows * columns)));
  if (blocks === "unit") return units;
  if (Array.isArray(blocks) && blocks.length > 0) return (model) => given(model, blocks);
  throw new InvalidArgumentError({ argument: "blocks", expected: '"layer", "unit", "tensor", or an array of blocks', received: describe(blocks), advice: "A block is an array of indices, a mask, or byName()." });
}

function repeated(value: number, count: number): number[] {
  return Array<number>(count).fill(value);
}

/** The parameters that have the same number, in the order in which the numbers first come. */
function grouped(numbers: readonly number[]): Partition {
  const members = new Map<number, number[]>();
  numbers.forEach((number, i) => {
    const block = members.get(number);
    if (block === undefined) members.set(number, [i]);
    else block.push(i);
  });
  return Array.from(members.values(), (block) => Int32Array.from(block));
}

function units(model: Model): Partition {
  if (!isLayered(model)) throw new UnsupportedError('blockDiagonal({ blocks: "unit" }) needs a model with layers, as mlp() and lastLayer() make. Say which parameters belong together, or use blocks: "layer" or "tensor".');
  return model.layers.flatMap(({ inputs, outputs, weights, biases }) =>
    Array.from({ length: outputs }, (_, j) => {
      const ofWeights = Array.from({ length: inputs }, (__, i) => weights.offset + j * inputs + i);
      return Int32Array.from(biases === undefined ? ofWeights : [...ofWeights, biases.offset + j]);
    }),
  );
}

function given(model: Model, blocks: Exclude<NonNullable<BlockDiagonalOptions["blocks"]>, string>): Partition {
  const chosen = blocks.map((block) => selectedIndices(model, block));
  const blockOf = new Int32Array(model.parameters.length).fill(-1);
  chosen.forEach((indices, b) =>
    indices.forEach((index) => {
      if (blockOf[index] >= 0) throw new InvalidArgumentError({ argument: `blocks[${b}]`, expected: "each parameter in one block", received: `parameter ${index}, which is in blocks[${blockOf[index]}] already` });
      blockOf[index] = b;
    }),
  );
  const missing = blockOf.indexOf(-1);
  if (missing >= 0) throw new InvalidArgumentError({ argument: "blocks", expected: `each of ${model.parameters.length} parameters in a block`, received: `no block with parameter ${missing}` });
  return chosen;
}
