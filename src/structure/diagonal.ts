import { NotPositiveDefiniteError } from "../errors.ts";
import type { FactorCurvature } from "../curvature/curvature.ts";
import { diagonalOf, outputDerivatives } from "../curvature/loss.ts";
import { multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import { isLayered, type LayerShape, type LayeredEvaluation, type LayeredModel, type Model } from "../model/model.ts";
import { activationCount, addParameterRows, deltaCount, isShared, parameterCount } from "../model/shared-weights.ts";
import { priorPrecision, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { addDeltaCovariance, addRowCovariance, outputCovarianceByJacobian, outputDeltas } from "./output-covariance.ts";
import { outputVarianceByJacobian, varianceOfLayers, type LayerTerm } from "./output-variance.ts";
import { addParts, NOT_AT_A_MODE, rowsFor, temporaries, type Batch, type Curvature, type Precision, type Structure } from "./structure.ts";

/**
 * The diagonal of the curvature alone: all weights independent. $O(W)$ memory, for networks of any size.
 *
 * Each weight gets the variance $1 / P_{ii}$ that it has when all others are known, at most its marginal variance $(P^{-1})_{ii}$, and
 * outputs lose the correlations that cancel: error bars may come out too narrow or too wide.
 *
 * Layers need no Jacobian of the whole: a dense layer takes one product of squared deltas and squared activations, a layer that shares its weights among positions its own rows, an example and a column of S at a time.
 *
 * @category Structures
 * @example
 * ```ts
 * import { diagonal, gaussian, laplace, mlp, predict } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const posterior = await laplace(mlp([1, 1000, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { structure: diagonal() });
 * console.log((await predict(posterior, [0.5])).variance.rows, posterior.marginalVariance.length); // 1 3001
 * ```
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
 * sum_n (sum_r delta_nrj^2) z_ni^2, give it without a Jacobian; where weights are shared, the squares of sums over positions.
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
  const { activations } = signals;
  const squared = model.layers.map((layer) => new Float64Array(isShared(layer) ? parameterCount(layer) : targets.rows * layer.outputs));
  const cotangents = new Float64Array(data.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = data[i * columns + r];
    signals.backpropagate(cotangents).forEach((delta, l) => {
      if (isShared(model.layers[l])) addSquaredRows(model.layers[l], activations[l], delta, squared[l]);
      else for (let i = 0; i < delta.length; i++) squared[l][i] += delta[i] * delta[i];
    });
  }
  model.layers.forEach((layer, l) => {
    const { inputs, outputs, weights, biases } = layer;
    if (isShared(layer)) {
      sum.set(squared[l], weights.offset);
      return;
    }
    multiplyTransposedLeft(squared[l], square(activations[l]), outputs, targets.rows, inputs, sum.subarray(weights.offset, weights.offset + outputs * inputs));
    if (biases !== undefined) for (let i = 0; i < squared[l].length; i++) sum[biases.offset + (i % outputs)] += squared[l][i];
  });
  return sum;
}

/** Adds the squares of the rows of a layer, example by example. */
function addSquaredRows(layer: LayerShape, activations: Float64Array, deltas: Float64Array, sum: Float64Array): void {
  const [ofInputs, ofDeltas] = [activationCount(layer), deltaCount(layer)];
  const row = new Float64Array(sum.length);
  for (let z = 0, d = 0; d < deltas.length; z += ofInputs, d += ofDeltas) {
    addParameterRows(layer, activations.subarray(z, z + ofInputs), deltas.subarray(d, d + ofDeltas), row.fill(0), 0, 0);
    for (let i = 0; i < row.length; i++) sum[i] += row[i] * row[i];
  }
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
  for (const term of termsOf(variances, model, evaluation)) {
    const ofLayer = deltas.map((delta) => delta[term.layer]);
    if ("rows" in term) addRowCovariance(ofLayer.map(term.rows), covariance);
    else addDeltaCovariance(ofLayer, term.spread, model.layers[term.layer].outputs, covariance);
  }
  return covariance;
}

/** The same for l = k alone. */
function outputVariance(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  return varianceOfLayers(model, evaluation, termsOf(variances, model, evaluation));
}

/** sum_i z_i^2 / p_ji + 1 / p_j for the units j of each layer, N x units; where weights are shared, rows over sqrt(p). */
function termsOf(variances: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): readonly LayerTerm[] {
  const examples = evaluation.outputs.length / model.outputs;
  const { activations } = evaluation;
  return model.layers.map((layer, l): LayerTerm => {
    const { inputs, outputs, weights, biases } = layer;
    if (isShared(layer)) return { layer: l, rows: (deltas) => weightedRows(layer, activations[l], deltas, variances, examples) };
    const spread = multiplyTransposedRight(square(activations[l]), variances.subarray(weights.offset, weights.offset + outputs * inputs), examples, inputs, outputs);
    if (biases !== undefined) for (let i = 0; i < spread.length; i++) spread[i] += variances[biases.offset + (i % outputs)];
    return { layer: l, spread };
  });
}

/** The rows of a layer of shared weights times the roots of their variances: N x parameters. */
function weightedRows(layer: LayerShape, activations: Float64Array, deltas: Float64Array, variances: Float64Array, examples: number): Float64Array {
  const count = parameterCount(layer);
  const rows = new Float64Array(examples * count);
  addParameterRows(layer, activations, deltas, rows, 0, count);
  const deviations = variances.subarray(layer.weights.offset, layer.weights.offset + count).map(Math.sqrt);
  for (let at = 0; at < rows.length; ) for (let i = 0; i < count; i++) rows[at++] *= deviations[i];
  return rows;
}
