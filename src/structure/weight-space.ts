import { NotPositiveDefiniteError } from "../errors.ts";
import { outputDerivatives } from "../curvature/loss.ts";
import { cholesky, logDeterminant } from "../linalg/cholesky.ts";
import { symmetricEigenvalues } from "../linalg/symmetric-eigen.ts";
import { mirrorLower } from "../linalg/symmetric-rank-k.ts";
import { diagonalOfProduct, symmetricTimes } from "../linalg/symmetric-product.ts";
import { inverseDiagonal, inverseFromCholesky, inverseOfLower, solveCholesky, solveLowerRows, solveLowerTransposed } from "../linalg/triangular.ts";
import { scaled } from "../linalg/vector.ts";
import { jacobianRows, outputRows, type JacobianRows } from "../model/jacobian-rows.ts";
import { isLayered, type Evaluation, type Model } from "../model/model.ts";
import { addOuterProducts } from "../model/outer-products.ts";
import type { WeightMatrix } from "../prior/coupling.ts";
import { effectiveParametersByGroup, priorPrecision, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { diagonalized } from "./diagonalized.ts";
import { columnsOfUnits, slopesOfOneLayer, whitenedByUnits } from "./one-layer.ts";
import { addGramBlocks } from "./output-covariance.ts";
import { addParts, NOT_AT_A_MODE, SINGULAR, rowsFor, type Batch, type Curvature, type Precision } from "./structure.ts";

/** Bytes that curvature and factor take. */
export function weightSpaceBytes(width: number): number {
  return 16 * width ** 2;
}

/** H of a batch, W x W. */
export function weightSpaceCurvature({ model, likelihood, kind, evaluation, targets, first }: Batch): Curvature {
  const width = model.parameters.length;
  if (kind.kind === "exact") return weightSpaceSum(evaluation.hessian(outputDerivatives(likelihood, evaluation.outputs, targets)), width);
  const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets, first);
  return sumOfRows(jacobianRows(model, evaluation, data, columns));
}

/** All entries of H, in whatever space. */
export interface FullCurvature extends Curvature {
  /** As W x W numbers. */
  inWeightSpace(): Curvature;
}

export function isFull(curvature: WeightMatrix): curvature is FullCurvature {
  return "inWeightSpace" in curvature;
}

/** In weight space, where it is of all entries. */
function inWeightSpace(curvature: WeightMatrix): WeightMatrix {
  return isFull(curvature) ? curvature.inWeightSpace() : curvature;
}

/** H of rows: B'B. */
export function sumOfRows(rows: JacobianRows): Curvature {
  const sum = new Float64Array(rows.width ** 2);
  addOuterProducts(rows, sum);
  return weightSpaceSum(sum, rows.width);
}

/** H itself, W x W, of which the lower triangle counts. */
export function weightSpaceSum(values: Float64Array, width: number): FullCurvature {
  const curvature: FullCurvature = {
    structure: "full",
    parts: [values],
    dense: () => {
      const whole = values.slice();
      mirrorLower(whole, width);
      return whole;
    },
    product: (v) => symmetricTimes(values, v),
    inWeightSpace: () => curvature,
    plus: (other) => weightSpaceSum(addParts(curvature, inWeightSpace(other))[0], width),
    times: (c) => (c === 1 ? curvature : weightSpaceSum(scaled(c, values), width)),
    precision: (prior, scale) => weightSpacePrecision(values, prior, scale),
    diagonalized: () => diagonalized(curvature, symmetricEigenvalues(curvature.dense(), width), width),
  };
  return remakeable(curvature, "weightSpaceSum", () => ({ values, width }));
}

/** P = scale H + A for the values of H, factorised; an error if it is not positive definite. */
export function weightSpacePrecision(values: Float64Array, prior: GroupedPrior, scale: number): Precision {
  const alpha = priorPrecision(prior);
  const width = alpha.length;
  const matrix = (): Float64Array => {
    const p = scaled(scale, values);
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
  return factorizedPrecision(factor, prior);
}

/** P = L L' by its factor L, W x W, with F = L^-T. */
export function factorizedPrecision(factor: Float64Array, prior: GroupedPrior): Precision {
  const width = prior.groupOf.length;
  let variances: Float64Array | undefined;
  const marginal = (): Float64Array => (variances ??= inverseDiagonal(factor, width));
  let ofUnits: readonly Float64Array[] | undefined;
  const whitenedOutputs = (model: Model, evaluation: Evaluation): Float64Array => {
    if (isLayered(model) && model.layers.length === 1) {
      const outputs = outputRows(model, evaluation);
      const slopes = slopesOfOneLayer(outputs);
      if (slopes !== undefined) return whitenedByUnits(outputs, slopes, (ofUnits ??= columnsOfUnits(outputs, inverseOfLower(factor, width))));
    }
    const rows = evaluation.jacobian();
    solveLowerRows(factor, width, rows, rows.length / width);
    return rows;
  };
  const precision: Precision = {
    logDeterminant: logDeterminant(factor, width),
    solve: (v) => inPlace(v, (x) => solveCholesky(factor, width, x, 1)),
    whiten: (rows) => inPlace(rows, (x) => solveLowerRows(factor, width, x, x.length / width)),
    sample: (normals) => inPlace(normals, (x) => solveLowerTransposed(factor, width, x, 1)),
    inverseDiagonal: () => marginal().slice(),
    effectiveParametersByGroup: (first) =>
      first === undefined ? effectiveParametersByGroup(prior, marginal()) : sumByGroup(prior, diagonalOfProduct(inverseFromCholesky(factor, width), inWeightSpace(first).parts[0], width)),
    inverse: () => inverseFromCholesky(factor, width),
    batchRows: (model) => rowsFor(model.outputs * width, 256),
    outputCovariance: (model, evaluation) => {
      const rows = whitenedOutputs(model, evaluation);
      const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
      addGramBlocks(rows, model.outputs, width, 1, covariance);
      return covariance;
    },
  };
  return remakeable(precision, "factorizedPrecision", () => ({ factor, prior }));
}

function inPlace(source: Float64Array, change: (x: Float64Array) => unknown): Float64Array {
  const copy = source.slice();
  change(copy);
  return copy;
}
