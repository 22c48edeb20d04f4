import { NotPositiveDefiniteError } from "../errors.ts";
import { outputDerivatives } from "../curvature/loss.ts";
import { cholesky, logDeterminant } from "../linalg/cholesky.ts";
import { symmetricEigenvalues } from "../linalg/symmetric-eigen.ts";
import { mirrorLower, symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { inverseDiagonal, inverseFromCholesky, solveCholesky, solveLowerRows, solveLowerTransposed } from "../linalg/triangular.ts";
import { effectiveParametersByGroup, priorPrecision, type GroupedPrior } from "../prior/prior.ts";
import { diagonalized } from "./diagonalized.ts";
import { denseRows, jacobianRows, rowCount, type JacobianRows } from "./jacobian-rows.ts";
import { outputCovarianceByJacobian } from "./output-covariance.ts";
import { addParts, NOT_AT_A_MODE, SINGULAR, rowsFor, type Batch, type Curvature, type Precision } from "./structure.ts";

/** Rows of S'J that are multiplied at once: enough to keep the rank-k update busy, few enough for a cache. */
const CHUNK = 1024;

/** H of a batch, W x W. */
export function weightSpaceCurvature({ model, likelihood, kind, evaluation, targets }: Batch): Curvature {
  const width = model.parameters.length;
  if (kind.kind === "exact") return sumCurvature(evaluation.hessian(outputDerivatives(likelihood, evaluation.outputs, targets)), width);
  const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets);
  return sumOfRows(jacobianRows(model, evaluation, data, columns));
}

/** All entries of H, in whatever space. */
export interface FullCurvature extends Curvature {
  /** As W x W numbers. */
  inWeightSpace(): Curvature;
}

export function isFull(curvature: Curvature): curvature is FullCurvature {
  return "inWeightSpace" in curvature;
}

/** H of rows: B'B. */
export function sumOfRows(rows: JacobianRows): Curvature {
  const sum = new Float64Array(rows.width ** 2);
  const count = rowCount(rows);
  const step = rowsFor(rows.width, CHUNK);
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step);
    symmetricRankK(denseRows(rows, from, to), to - from, rows.width, sum);
  }
  return sumCurvature(sum, rows.width);
}

/** Of the values the lower triangle counts. */
function sumCurvature(values: Float64Array, width: number): FullCurvature {
  const curvature: FullCurvature = {
    structure: "full",
    parts: [values],
    dense: () => {
      const whole = values.slice();
      mirrorLower(whole, width);
      return whole;
    },
    inWeightSpace: () => curvature,
    plus: (other) => sumCurvature(addParts(curvature, isFull(other) ? other.inWeightSpace() : other)[0], width),
    times: (c) => (c === 1 ? curvature : sumCurvature(values.map((value) => value * c), width)),
    precision: (prior, scale) => weightSpacePrecision(values, prior, scale),
    diagonalized: () => diagonalized(curvature, symmetricEigenvalues(curvature.dense(), width), width),
  };
  return curvature;
}

/** P = scale H + A for the values of H, factorised; an error if it is not positive definite. */
export function weightSpacePrecision(values: Float64Array, prior: GroupedPrior, scale: number): Precision {
  const alpha = priorPrecision(prior);
  const width = alpha.length;
  const matrix = (): Float64Array => {
    const p = values.map((value) => value * scale);
    for (let i = 0; i < width; i++) p[i * width + i] += alpha[i];
    return p;
  };
  const factor = matrix();
  if (cholesky(factor, width) >= 0) {
    const p = matrix();
    mirrorLower(p, width);
    const eigenvalues = symmetricEigenvalues(p, width);
    const rounding = width * 2 ** -52 * eigenvalues[width - 1];
    throw new NotPositiveDefiniteError("The posterior precision", eigenvalues[0], eigenvalues[0] < -rounding ? NOT_AT_A_MODE : SINGULAR);
  }
  let variances: Float64Array | undefined;
  const marginal = (): Float64Array => (variances ??= inverseDiagonal(factor, width));
  const precision: Precision = {
    logDeterminant: logDeterminant(factor, width),
    solve: (v) => inPlace(v, (x) => solveCholesky(factor, width, x, 1)),
    whiten: (rows) => inPlace(rows, (x) => solveLowerRows(factor, width, x, x.length / width)),
    sample: (normals) => inPlace(normals, (x) => solveLowerTransposed(factor, width, x, 1)),
    inverseDiagonal: () => marginal().slice(),
    effectiveParametersByGroup: () => effectiveParametersByGroup(prior, marginal()),
    inverse: () => inverseFromCholesky(factor, width),
    batchRows: (model) => rowsFor(model.outputs * width, 256),
    outputCovariance: (model, evaluation) => outputCovarianceByJacobian(precision, model, evaluation),
  };
  return precision;
}

function inPlace(source: Float64Array, change: (x: Float64Array) => unknown): Float64Array {
  const copy = source.slice();
  change(copy);
  return copy;
}
