import { NotPositiveDefiniteError } from "../errors.ts";
import type { FactorCurvature } from "../curvature/curvature.ts";
import { diagonalOf, outputDerivatives } from "../curvature/loss.ts";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import { isLayered, type LayeredEvaluation, type LayeredModel, type Model } from "../model/model.ts";
import { priorPrecision, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { addDeltaCovariance, outputCovarianceByJacobian, outputDeltas } from "./output-covariance.ts";
import { outputVarianceByJacobian, varianceOfLayers } from "./output-variance.ts";
import { addParts, NOT_AT_A_MODE, rowsFor, temporaries, type Batch, type Curvature, type Precision, type Structure } from "./structure.ts";

/**
 * The diagonal of the curvature alone: all weights independent. $O(W)$ memory, for networks of any size.
 *
 * Each weight gets the variance $1 / P_{ii}$ that it has when all others are known, at most its marginal variance $(P^{-1})_{ii}$, and
 * outputs lose the correlations that cancel: error bars may come out too narrow or too wide.
 *
 * @category Structures
 */
export function diagonal(): Structure {
  const structure: Structure = {
    name: "diagonal",
    bytes: (model) => 24 * model.parameters.length,
    batchRows,
    curvature: (batch) => {
      const { model, likelihood, kind, evaluation, targets } = batch;
      if (kind.kind === "factor") return diagonalCurvature(squares(batch, kind));
      return diagonalCurvature(diagonalOf(model, evaluation, outputDerivatives(likelihood, evaluation.outputs, targets), kind.diagonal));
    },
  };
  return remakeable(structure, "diagonal");
}

/** For what an example takes on the way: K x K for its output Hessian, K deltas for each unit, or K rows of a Jacobian. */
function batchRows(model: Model): number {
  return rowsFor(temporaries(model), 512);
}

/**
 * diag(sum_n J_n' S_n S_n' J_n). With layers, one backpropagation for each column r of S and one product of squares,
 * sum_n (sum_r delta_nrj^2) z_ni^2, give it without a Jacobian.
 */
function squares({ model, likelihood, evaluation, targets, first }: Batch, kind: FactorCurvature): Float64Array {
  const sum = new Float64Array(model.parameters.length);
  const { data, columns } = kind.factor(likelihood, evaluation.outputs, targets, first);
  if (!isLayered(model)) {
    const rows = evaluation.scaledJacobian(data, columns);
    for (let i = 0; i < rows.length; i++) sum[i % sum.length] += rows[i] ** 2;
    return sum;
  }
  const signals = evaluation as LayeredEvaluation;
  const squared = model.layers.map(({ outputs }) => new Float64Array(targets.rows * outputs));
  const cotangents = new Float64Array(data.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = data[i * columns + r];
    signals.backpropagate(cotangents).forEach((delta, l) => {
      for (let i = 0; i < delta.length; i++) squared[l][i] += delta[i] * delta[i];
    });
  }
  model.layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    multiplyTransposedLeft(squared[l], square(signals.activations[l]), outputs, targets.rows, inputs, sum.subarray(weights.offset, weights.offset + outputs * inputs));
    if (biases !== undefined) for (let i = 0; i < squared[l].length; i++) sum[biases.offset + (i % outputs)] += squared[l][i];
  });
  return sum;
}

const square = (values: Float64Array): Float64Array => values.map((value) => value * value);

/** H with the given diagonal. */
export function diagonalCurvature(values: Float64Array): Curvature {
  const curvature: Curvature = {
    structure: "diagonal",
    parts: [values],
    dense: () => diagonalMatrix(values),
    product: (v) => v.map((value, i) => value * values[i]),
    plus: (other) => diagonalCurvature(addParts(curvature, other)[0]),
    times: (c) => (c === 1 ? curvature : diagonalCurvature(values.map((value) => value * c))),
    precision: (prior, scale) => diagonalPrecision(values, prior, scale),
  };
  return remakeable(curvature, "diagonalCurvature", () => ({ values }));
}

function diagonalMatrix(values: Float64Array): Float64Array {
  const matrix = new Float64Array(values.length ** 2);
  values.forEach((value, i) => (matrix[i * (values.length + 1)] = value));
  return matrix;
}

/** With P diagonal, F = P^-1/2. */
export function diagonalPrecision(values: Float64Array, prior: GroupedPrior, scale: number): Precision {
  const alpha = priorPrecision(prior);
  const precision = values.map((value, i) => value * scale + alpha[i]);
  const smallest = precision.reduce((least, value) => (value < least ? value : least), Infinity);
  if (!(smallest > 0)) throw new NotPositiveDefiniteError("The posterior precision", smallest, NOT_AT_A_MODE);
  const variances = precision.map((value) => 1 / value);
  const deviations = variances.map(Math.sqrt);
  const result: Precision = {
    logDeterminant: precision.reduce((sum, value) => sum + Math.log(value), 0),
    solve: (v) => v.map((value, i) => value * variances[i]),
    whiten: (rows) => rows.map((value, i) => value * deviations[i % deviations.length]),
    sample: (normals) => normals.map((value, i) => value * deviations[i]),
    inverseDiagonal: () => variances.slice(),
    // gamma_i = c h_i / p_i, without the cancellation of 1 - alpha_i / p_i.
    effectiveParametersByGroup: (first) => sumByGroup(prior, first === undefined ? values.map((value, i) => (value * scale) / precision[i]) : first.parts[0].map((value, i) => value / precision[i])),
    inverse: () => diagonalMatrix(variances),
    batchRows,
    outputCovariance: (model, evaluation) => (isLayered(model) ? outputCovariance(variances, model, evaluation as LayeredEvaluation) : outputCovarianceByJacobian(result, model, evaluation)),
    outputVariance: (model, evaluation) => (isLayered(model) ? outputVariance(variances, model, evaluation as LayeredEvaluation) : outputVarianceByJacobian(result, model, evaluation)),
  };
  return remakeable(result, "diagonalPrecision", () => ({ values, prior, scale }));
}

/**
 * The covariance of outputs k and l, sum over layers of sum_j delta_kj delta_lj (sum_i z_i^2 / p_ji + 1 / p_j), from K
 * backpropagations and one product for each layer.
 */
function outputCovariance(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const deltas = outputDeltas(model, evaluation);
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  spreads(variances, model, evaluation).forEach((spread, l) => addDeltaCovariance(deltas.map((delta) => delta[l]), spread, model.layers[l].outputs, covariance));
  return covariance;
}

/** The same for l = k alone. */
function outputVariance(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  return varianceOfLayers(model, evaluation, spreads(variances, model, evaluation).map((spread, layer) => ({ layer, spread })));
}

/** sum_i z_i^2 / p_ji + 1 / p_j for the units j of each layer: N x units. */
function spreads(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): readonly Float64Array[] {
  const rows = evaluation.outputs.length / model.outputs;
  return model.layers.map(({ inputs, outputs, weights, biases }, l) => {
    const spread = multiplyTransposedRight(square(evaluation.activations[l]), variances.subarray(weights.offset, weights.offset + outputs * inputs), rows, inputs, outputs);
    if (biases !== undefined) for (let i = 0; i < spread.length; i++) spread[i] += variances[biases.offset + (i % outputs)];
    return spread;
  });
}
