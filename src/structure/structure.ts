import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { CurvatureKind } from "../curvature/curvature.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { sum } from "../linalg/vector.ts";
import { isLayered, type Evaluation, type Model } from "../model/model.ts";
import type { WeightMatrix } from "../prior/coupling.ts";
import type { GroupedPrior } from "../prior/prior.ts";
import { activationCount, deltaCount, isShared, parameterCount } from "../model/shared-weights.ts";

/**
 * Which entries of the curvature are kept, and in what form: {@link full}, {@link kronecker}, {@link blockDiagonal}, {@link lowRank}, {@link diagonal}.
 *
 * @category Structures
 */
export interface Structure {
  /** For reports: `"full"`, `"block diagonal"`. */
  readonly name: string;
  /** Bytes that curvature and precision of a model take together; for some structures they grow with the number of examples. */
  bytes(model: Model, kind: CurvatureKind, examples: number): number;
  /** Examples to take at a time, so that what is needed on the way stays small. */
  batchRows(model: Model, kind: CurvatureKind): number;
  /** H of a batch of examples; {@link Curvature.plus} makes that of all data. */
  curvature(batch: Batch): Curvature;
}

/**
 * A model and likelihood at a batch of examples.
 *
 * @category Structures
 */
export interface Batch {
  /** Whose parameters are meant. */
  readonly model: Model;
  /** Of the targets. */
  readonly likelihood: Likelihood;
  /** Which matrix is wanted. */
  readonly kind: CurvatureKind;
  /** The model at the inputs of the batch. */
  readonly evaluation: Evaluation;
  /** As {@link Likelihood.encode} gives them. */
  readonly targets: Table;
  /** How many examples there are in all batches, where that is known. */
  readonly examples?: number;
  /** The number of its first example among all. Default 0. */
  readonly first?: number;
}

/**
 * Curvature of the data error, H: adds up over data, knows nothing of priors.
 *
 * @category Structures
 */
export interface Curvature extends WeightMatrix {
  /** H of the data of both; `other` is curvature of the same structure. */
  plus(other: WeightMatrix): Curvature;
  /** The same with nothing left out, where {@link plus} keeps no more than a rank. */
  joined?(other: WeightMatrix): Curvature;
  /** $c H$ for $c \ge 0$. */
  times(c: number): Curvature;
  /** The precision $P = \text{scale} \cdot H + A$ with the precisions $A$ of the prior's groups, factorised; what couples weights in the prior is added to H before. */
  precision(prior: GroupedPrior, scale: number): Precision;
  /**
   * The same curvature with its eigenvalues at hand, so that evidence and effective parameters for any precision of a prior of one
   * group take O(W); absent where they are quick anyway.
   */
  diagonalized?(): Curvature;
  /** The least eigenvalue that is kept, where smaller ones are left out. */
  readonly leastKept?: number;
}

/**
 * A factorised posterior precision $P$, with a factor $F$ of its inverse, $F F^\top = P^{-1}$.
 *
 * @category Structures
 */
export interface Precision {
  /** $\log\det P$. */
  readonly logDeterminant: number;
  /** $P^{-1} v$. */
  solve(v: Float64Array): Float64Array;
  /** Rows times $F$, for rows of W numbers: with $V = J F$, $V V^\top = J P^{-1} J^\top$. */
  whiten(rows: Float64Array): Float64Array;
  /** $F z$, a draw from $\mathcal N(0, P^{-1})$ for a vector $z$ of standard normals. */
  sample(normals: Float64Array): Float64Array;
  /** The diagonal of $P^{-1}$: marginal variances. */
  inverseDiagonal(): Float64Array;
  /**
   * $\gamma_g = W_g - \alpha_g \operatorname{tr}_g P^{-1}$ for each group of the prior: what all curvature in P determines. Of a sum that {@link Curvature.plus} made, the share
   * of its first term, $\operatorname{tr}_g (P^{-1} H_1)$, if that is given.
   */
  effectiveParametersByGroup(first?: Curvature): Float64Array;
  /** $P^{-1}$ as W x W numbers. */
  inverse(): Float64Array;
  /** Examples to take at a time for {@link outputCovariance}. */
  batchRows(model: Model): number;
  /** $J_n P^{-1} J_n^\top$ for every example: N x K x K, the covariance of the outputs. */
  outputCovariance(model: Model, evaluation: Evaluation): Float64Array;
  /** The diagonals of {@link outputCovariance} alone, N x K, where they take less: of a layered model, memory for N times the units of a layer. */
  outputVariance?(model: Model, evaluation: Evaluation): Float64Array;
}

/** As many examples as keep temporaries below 32 MB, for so many numbers an example, and at most `most`. */
export function rowsFor(numbersPerExample: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(2 ** 22 / numbersPerExample)));
}

/**
 * The numbers of the widest temporary of an example: for each output a delta for each unit of a layer, or a row of the Jacobian. What layers of shared weights take is counted for all of them together, since it may be large: their deltas
 * or rows for each output, and what their weights multiply.
 */
export function temporaries(model: Model): number {
  if (!isLayered(model)) return model.outputs * model.parameters.length;
  const width = Math.max(model.outputs, ...model.layers.map((layer) => (isShared(layer) ? 0 : layer.outputs)));
  const shared = model.layers.filter(isShared);
  return shared.reduce((sum, layer) => sum + activationCount(layer) + model.outputs * Math.max(deltaCount(layer), parameterCount(layer)), model.outputs * width);
}

/** Both curvatures' numbers added, which must be of the same structure. */
export function addParts(a: WeightMatrix, b: WeightMatrix): Float64Array[] {
  sameStructure(a, b);
  return a.parts.map((part, p) => sum(part, b.parts[p]));
}

function sameStructure(a: WeightMatrix, b: WeightMatrix): void {
  if (a.structure === b.structure && a.parts.every((part, p) => part.length === b.parts[p]?.length)) return;
  throw new InvalidArgumentError({ argument: "other", expected: `${a.structure} curvature of ${size(a)} numbers`, received: `${b.structure} curvature of ${size(b)} numbers` });
}

/** How many numbers a curvature keeps. */
export function size({ parts }: WeightMatrix): number {
  return parts.reduce((sum, part) => sum + part.length, 0);
}

/** What {@link NotPositiveDefiniteError} advises for a posterior precision. */
export const NOT_AT_A_MODE =
  "The weights are not at a mode of the posterior for this prior and noise, so no Gaussian fits there: train further, until the gradient norm is small, with the same prior and noise; or use outerProduct() curvature, which is positive semidefinite everywhere.";

/** What it advises where the negative eigenvalue is a rounding error. */
export const SINGULAR =
  "It is singular to working precision: the prior is too weak beside curvature this strong. Use a stronger prior or more noise, or scale the inputs to the size of 1.";
