import { NotPositiveDefiniteError } from "../errors.ts";
import type { FactorCurvature } from "../curvature/curvature.ts";
import { diagonalOf, outputDerivatives } from "../curvature/loss.ts";
import type { Table } from "../data.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import { isLayered, type Evaluation, type LayeredEvaluation, type LayeredModel, type Model } from "../model/model.ts";
import { addValues, NOT_AT_A_MODE, outputCovarianceByJacobian, rowsFor, type Curvature, type Precision, type Structure } from "./structure.ts";

/**
 * The diagonal of the curvature alone: all weights independent. $O(W)$ memory, for networks of any size.
 *
 * Each weight gets the variance $1 / P_{ii}$ that it has when all others are known, at most its marginal variance $(P^{-1})_{ii}$, and
 * outputs lose the correlations that cancel: error bars may come out too narrow or too wide.
 *
 * @category Structures
 */
export function diagonal(): Structure {
  return {
    name: "diagonal",
    bytes: (model) => 24 * model.parameters.length,
    // What an example takes on the way: K x K for its output Hessian, K deltas for each unit, or K rows of a Jacobian.
    batchRows: (model) => {
      const width = isLayered(model) ? Math.max(model.outputs, ...model.layers.map(({ outputs }) => outputs)) : model.parameters.length;
      return rowsFor(model.outputs * width, 512);
    },
    accumulator: (model, likelihood, kind) => {
      const sum = new Float64Array(model.parameters.length);
      return {
        add: (evaluation, targets) => {
          if (kind.kind === "factor") return addFactor(sum, model, evaluation, likelihood, kind, targets);
          const h = diagonalOf(model, evaluation, outputDerivatives(likelihood, evaluation.outputs, targets), kind.diagonal);
          for (let i = 0; i < sum.length; i++) sum[i] += h[i];
        },
        curvature: () => diagonalCurvature(sum),
      };
    },
  };
}

/**
 * Adds diag(sum_n J_n' S_n S_n' J_n). With layers, one backpropagation for each column of S and one product of squares,
 * sum_n delta_nj^2 z_ni^2, give it without a Jacobian.
 */
function addFactor(sum: Float64Array, model: Model, evaluation: Evaluation, likelihood: Likelihood, kind: FactorCurvature, targets: Table): void {
  const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets);
  if (!isLayered(model)) {
    const rows = evaluation.scaledJacobian(data, columns);
    for (let i = 0; i < rows.length; i++) sum[i % sum.length] += rows[i] ** 2;
    return;
  }
  const signals = evaluation as LayeredEvaluation;
  const squares = signals.activations.map(square);
  const cotangents = new Float64Array(data.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = data[i * columns + r];
    const deltas = signals.backpropagate(cotangents);
    model.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
      const delta = square(deltas[l]);
      multiplyTransposedLeft(delta, squares[l], outputs, targets.rows, inputs, sum.subarray(weights.offset, weights.offset + outputs * inputs));
      if (biases !== undefined) for (let i = 0; i < delta.length; i++) sum[biases.offset + (i % outputs)] += delta[i];
    });
  }
}

const square = (values: Float64Array): Float64Array => values.map((value) => value * value);

function diagonalCurvature(values: Float64Array): Curvature {
  const curvature: Curvature = {
    structure: "diagonal",
    values,
    dense: () => diagonalMatrix(values),
    plus: (other) => diagonalCurvature(addValues(curvature, other)),
    times: (c) => (c === 1 ? curvature : diagonalCurvature(values.map((value) => value * c))),
    precision: (prior, scale) => {
      const precision = values.map((value, i) => value * scale + prior[i]);
      const smallest = precision.reduce((least, value) => (value < least ? value : least), Infinity);
      if (!(smallest > 0)) throw new NotPositiveDefiniteError("The posterior precision", smallest, NOT_AT_A_MODE);
      return diagonalPrecision(precision);
    },
  };
  return curvature;
}

function diagonalMatrix(values: Float64Array): Float64Array {
  const matrix = new Float64Array(values.length ** 2);
  values.forEach((value, i) => (matrix[i * (values.length + 1)] = value));
  return matrix;
}

/** With P diagonal, F = P^-1/2. */
function diagonalPrecision(precision: Float64Array): Precision {
  const variances = precision.map((value) => 1 / value);
  const deviations = variances.map(Math.sqrt);
  const result: Precision = {
    logDeterminant: precision.reduce((sum, value) => sum + Math.log(value), 0),
    solve: (v) => v.map((value, i) => value * variances[i]),
    whiten: (rows) => rows.map((value, i) => value * deviations[i % deviations.length]),
    sample: (normals) => normals.map((value, i) => value * deviations[i]),
    inverseDiagonal: () => variances.slice(),
    inverse: () => diagonalMatrix(variances),
    outputCovariance: (model, evaluation) => (isLayered(model) ? outputCovariance(variances, model, evaluation as LayeredEvaluation) : outputCovarianceByJacobian(result, model, evaluation)),
  };
  return result;
}

/**
 * The covariance of outputs k and l, sum over layers of sum_j delta_kj delta_lj (sum_i z_i^2 / p_ji + 1 / p_j), from K
 * backpropagations and one product for each layer.
 */
function outputCovariance(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const count = model.outputs;
  const rows = evaluation.outputs.length / count;
  const deltas = Array.from({ length: count }, (_, k) => {
    const unit = new Float64Array(rows * count);
    for (let n = 0; n < rows; n++) unit[n * count + k] = 1;
    return evaluation.backpropagate(unit);
  });
  const covariance = new Float64Array(rows * count * count);
  model.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    const spread = multiplyTransposedRight(square(evaluation.activations[l]), variances.subarray(weights.offset, weights.offset + outputs * inputs), rows, inputs, outputs);
    if (biases !== undefined) for (let i = 0; i < spread.length; i++) spread[i] += variances[biases.offset + (i % outputs)];
    for (let k = 0; k < count; k++) {
      for (let m = 0; m <= k; m++) {
        const [a, b] = [deltas[k][l], deltas[m][l]];
        for (let n = 0; n < rows; n++) {
          let sum = 0;
          for (let j = n * outputs; j < (n + 1) * outputs; j++) sum += a[j] * b[j] * spread[j];
          covariance[(n * count + k) * count + m] += sum;
          if (m !== k) covariance[(n * count + m) * count + k] += sum;
        }
      }
    }
  });
  return covariance;
}
