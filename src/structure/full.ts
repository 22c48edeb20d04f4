import { NotPositiveDefiniteError } from "../errors.ts";
import { outputDerivatives } from "../curvature/loss.ts";
import { cholesky, logDeterminant } from "../linalg/cholesky.ts";
import { symmetricEigenvalues } from "../linalg/symmetric-eigen.ts";
import { mirrorLower, symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { inverseDiagonal, inverseFromCholesky, solveCholesky, solveLowerRows, solveLowerTransposed } from "../linalg/triangular.ts";
import { addValues, NOT_AT_A_MODE, SINGULAR, outputCovarianceByJacobian, rowsFor, type Curvature, type Precision, type Structure } from "./structure.ts";

/**
 * All $W \times W$ entries of the curvature, through one Cholesky factor of $P$: $W^3 / 3$ operations and $16 W^2$ bytes. The best
 * structure for up to a few thousand weights.
 *
 * @category Structures
 */
export function full(): Structure {
  return {
    name: "full",
    bytes: (model) => 16 * model.parameters.length ** 2,
    // Rows of S'J at a time: enough to keep the rank-k update busy, few enough to stay in cache.
    batchRows: (model) => rowsFor(model.outputs * model.parameters.length, 256),
    accumulator: (model, likelihood, kind) => {
      const width = model.parameters.length;
      const sum = new Float64Array(width * width);
      return {
        add: (evaluation, targets) => {
          if (kind.kind === "exact") {
            const h = evaluation.hessian(outputDerivatives(likelihood, evaluation.outputs, targets));
            for (let i = 0; i < sum.length; i++) sum[i] += h[i];
            return;
          }
          const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets);
          symmetricRankK(evaluation.scaledJacobian(data, columns), targets.rows * columns, width, sum);
        },
        curvature: () => {
          mirrorLower(sum, width);
          return fullCurvature(sum, width);
        },
      };
    },
  };
}

function fullCurvature(values: Float64Array, width: number): Curvature {
  const curvature: Curvature = {
    structure: "full",
    values,
    dense: () => values.slice(),
    plus: (other) => fullCurvature(addValues(curvature, other), width),
    times: (c) => (c === 1 ? curvature : fullCurvature(values.map((value) => value * c), width)),
    precision: (prior, scale) => {
      const matrix = (): Float64Array => {
        const p = values.map((value) => value * scale);
        for (let i = 0; i < width; i++) p[i * width + i] += prior[i];
        return p;
      };
      const factor = matrix();
      if (cholesky(factor, width) >= 0) {
        const eigenvalues = symmetricEigenvalues(matrix(), width);
        const rounding = width * 2 ** -52 * eigenvalues[width - 1];
        throw new NotPositiveDefiniteError("The posterior precision", eigenvalues[0], eigenvalues[0] < -rounding ? NOT_AT_A_MODE : SINGULAR);
      }
      return fullPrecision(factor, width);
    },
  };
  return curvature;
}

/** With P = L L', F = L^-T. */
function fullPrecision(factor: Float64Array, width: number): Precision {
  const precision: Precision = {
    logDeterminant: logDeterminant(factor, width),
    solve: (v) => inPlace(v, (x) => solveCholesky(factor, width, x, 1)),
    whiten: (rows) => inPlace(rows, (x) => solveLowerRows(factor, width, x, x.length / width)),
    sample: (normals) => inPlace(normals, (x) => solveLowerTransposed(factor, width, x, 1)),
    inverseDiagonal: () => inverseDiagonal(factor, width),
    inverse: () => inverseFromCholesky(factor, width),
    outputCovariance: (model, evaluation) => outputCovarianceByJacobian(precision, model, evaluation),
  };
  return precision;
}

function inPlace(source: Float64Array, change: (x: Float64Array) => unknown): Float64Array {
  const copy = source.slice();
  change(copy);
  return copy;
}
