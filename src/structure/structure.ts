import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { CurvatureKind } from "../curvature/curvature.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Evaluation, Model } from "../model/model.ts";

/**
 * Which entries of the curvature are kept: {@link full}, {@link diagonal}.
 *
 * @category Structures
 */
export interface Structure {
  /** `"full"`, `"diagonal"`. */
  readonly name: string;
  /** Bytes that curvature and precision of a model take together. */
  bytes(model: Model): number;
  /** Examples to take at a time, so that what is needed on the way stays small. */
  batchRows(model: Model): number;
  /** An empty sum over data, to which batches are added. */
  accumulator(model: Model, likelihood: Likelihood, kind: CurvatureKind): Accumulator;
}

/**
 * A sum over data in the making.
 *
 * @category Structures
 */
export interface Accumulator {
  /** Adds a batch of examples. */
  add(evaluation: Evaluation, targets: Table): void;
  /** What has come together. */
  curvature(): Curvature;
}

/**
 * Curvature of the data error, H: adds up over data, knows nothing of priors.
 *
 * @category Structures
 */
export interface Curvature {
  /** Name of its structure. */
  readonly structure: string;
  /** The numbers that are kept of H, in the structure's own layout. */
  readonly values: Float64Array;
  /** H of the data of both. */
  plus(other: Curvature): Curvature;
  /** $c H$. */
  times(c: number): Curvature;
  /** The precision $P = \text{scale} \cdot H + \mathrm{diag}(\text{prior})$, factorised. */
  precision(prior: Float64Array, scale: number): Precision;
  /** H as W x W numbers, for small models and for tests. */
  dense(): Float64Array;
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
  /** $P^{-1}$ as W x W numbers. */
  inverse(): Float64Array;
  /** $J_n P^{-1} J_n^\top$ for every example: N x K x K, the covariance of the outputs. */
  outputCovariance(model: Model, evaluation: Evaluation): Float64Array;
}

/** As many examples as keep temporaries below 32 MB, for so many numbers an example, and at most `most`. */
export function rowsFor(numbersPerExample: number, most: number): number {
  return Math.max(1, Math.min(most, Math.floor(2 ** 22 / numbersPerExample)));
}

/** The numbers of two curvatures of the same structure added. */
export function addValues(a: Curvature, b: Curvature): Float64Array {
  if (a.structure !== b.structure || a.values.length !== b.values.length) {
    throw new InvalidArgumentError({ argument: "other", expected: `${a.structure} curvature of ${a.values.length} numbers`, received: `${b.structure} curvature of ${b.values.length}` });
  }
  return a.values.map((value, i) => value + b.values[i]);
}

/** J_n P^-1 J_n' through whitened Jacobians: what a precision does that has no shorter way. */
export function outputCovarianceByJacobian(precision: Pick<Precision, "whiten">, model: Model, evaluation: Evaluation): Float64Array {
  const count = model.outputs;
  const width = model.parameters.length;
  const whitened = precision.whiten(evaluation.jacobian());
  const rows = evaluation.outputs.length / count;
  const covariance = new Float64Array(rows * count * count);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < count; k++) {
      for (let l = 0; l <= k; l++) {
        const [a, b] = [(n * count + k) * width, (n * count + l) * width];
        let sum = 0;
        for (let i = 0; i < width; i++) sum += whitened[a + i] * whitened[b + i];
        covariance[(n * count + k) * count + l] = covariance[(n * count + l) * count + k] = sum;
      }
    }
  }
  return covariance;
}

/** What {@link NotPositiveDefiniteError} advises for a posterior precision. */
export const NOT_AT_A_MODE =
  "The weights are not at a mode of the posterior for this prior and noise, so no Gaussian fits there: train further, until the gradient norm is small, with the same prior and noise; or use outerProduct() curvature, which is positive semidefinite everywhere.";

/** What it advises where the negative eigenvalue is a rounding error. */
export const SINGULAR =
  "It is singular to working precision: the prior is too weak beside curvature this strong. Use a stronger prior or more noise, or scale the inputs to the size of 1.";
