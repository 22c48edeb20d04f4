import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import { isLayered, type Evaluation, type LayeredEvaluation, type LayeredModel, type Model } from "../model/model.ts";
import { activationCount, deltaCount, isShared, parameterCount } from "../model/shared-weights.ts";
import type { FactorBasis } from "./kronecker-basis.ts";
import { outputSlopes } from "./output-slopes.ts";
import { rowsFor, type Precision } from "./structure.ts";

/** Variances v of the deltas of a layer, N x units, entry by entry in a basis, or in none. */
export interface Spread {
  readonly layer: number;
  readonly spread: Float64Array;
  readonly basis?: FactorBasis;
}

/** Of a layer that shares its weights: its rows for the deltas of an output, N x any width, such that their squares add up to the variance. */
export interface WeightedRows {
  readonly layer: number;
  readonly rows: (deltas: Float64Array) => Float64Array;
}

/** What a layer adds to the variances of outputs. */
export type LayerTerm = Spread | WeightedRows;

/**
 * The variances of outputs, $\sum_j \tilde\delta_{kj}^2 v_j$ summed over layers: N x K. Outputs are taken one after another, so that never more than the deltas of one are there; those of a
 * single layer all at once, by the squares of their slopes and of the basis.
 */
export function varianceOfLayers(model: LayeredModel, evaluation: LayeredEvaluation, terms: readonly LayerTerm[]): Float64Array {
  const { outputs } = model;
  const variance = new Float64Array(evaluation.outputs.length);
  const rows = variance.length / outputs;
  const slopes = outputSlopes(model, evaluation);
  if (slopes !== undefined) {
    for (const term of terms) {
      if ("rows" in term) continue;
      const { spread, basis } = term;
      const ofUnits = basis === undefined ? spread : multiplyTransposedRight(spread, basis.directions.map((value) => value * value), rows, basis.size, outputs);
      for (let i = 0; i < variance.length; i++) variance[i] += slopes[i] * slopes[i] * ofUnits[i];
    }
    return variance;
  }
  const unit = new Float64Array(variance.length);
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < unit.length; i++) unit[i] = i % outputs === k ? 1 : 0;
    const deltas = evaluation.backpropagate(unit);
    for (const term of terms) {
      const { values, width } = squaresOf(term, deltas[term.layer], rows);
      for (let i = 0; i < values.length; i++) variance[Math.floor(i / width) * outputs + k] += values[i];
    }
  }
  return variance;
}

/** What a layer adds for the deltas of an output, N x width, to be summed along rows. */
function squaresOf(term: LayerTerm, deltas: Float64Array, rows: number): { readonly values: Float64Array; readonly width: number } {
  if ("rows" in term) {
    const values = term.rows(deltas);
    for (let i = 0; i < values.length; i++) values[i] *= values[i];
    return { values, width: values.length / rows };
  }
  const { spread, basis } = term;
  const width = spread.length / rows;
  const turned = basis === undefined ? deltas : multiply(deltas, basis.directions, rows, width, width);
  const values = new Float64Array(spread.length);
  for (let i = 0; i < values.length; i++) values[i] = turned[i] * turned[i] * spread[i];
  return { values, width };
}

/** The squared lengths of whitened rows of the Jacobian: N x K. */
export function outputVarianceByJacobian(precision: Pick<Precision, "whiten">, { parameters }: Model, evaluation: Evaluation): Float64Array {
  const rows = precision.whiten(evaluation.jacobian());
  const variance = new Float64Array(evaluation.outputs.length);
  for (let i = 0; i < rows.length; i++) variance[Math.floor(i / parameters.length)] += rows[i] * rows[i];
  return variance;
}

/** The variances of outputs by the shortest way that a precision has: N x K. */
export function outputVarianceOf(precision: Precision, model: Model, evaluation: Evaluation): Float64Array {
  const { outputs } = model;
  if (precision.outputVariance !== undefined) return precision.outputVariance(model, evaluation);
  const covariance = precision.outputCovariance(model, evaluation);
  return evaluation.outputs.map((_, i) => covariance[i * outputs + (i % outputs)]);
}

/** Examples to take at a time for {@link outputVarianceOf}. */
export function varianceRows(precision: Precision, model: Model): number {
  if (precision.outputVariance === undefined || !isLayered(model)) return rowsFor(model.outputs ** 2, precision.batchRows(model));
  const shared = model.layers.filter(isShared).reduce((sum, layer) => sum + activationCount(layer) + Math.max(deltaCount(layer), parameterCount(layer)), 0);
  return rowsFor(shared + Math.max(...model.layers.flatMap((layer) => (isShared(layer) ? [0] : [layer.inputs, layer.outputs]))), 512);
}
