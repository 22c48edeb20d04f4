import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import { isLayered, type Evaluation, type LayeredEvaluation, type LayeredModel, type Model } from "../model/model.ts";
import type { FactorBasis } from "./kronecker-basis.ts";
import { outputSlopes } from "./output-slopes.ts";
import { rowsFor, type Precision } from "./structure.ts";

/** Variances v of the deltas of a layer, N x units, entry by entry in a basis, or in none. */
export interface Spread {
  readonly layer: number;
  readonly spread: Float64Array;
  readonly basis?: FactorBasis;
}

/**
 * The variances of outputs, $\sum_j \tilde\delta_{kj}^2 v_j$ summed over layers: N x K. Outputs are taken one after another, so that never more than the deltas of one are there; those of a
 * single layer all at once, by the squares of their slopes and of the basis.
 */
export function varianceOfLayers(model: LayeredModel, evaluation: LayeredEvaluation, terms: readonly Spread[]): Float64Array {
  const { outputs } = model;
  const variance = new Float64Array(evaluation.outputs.length);
  const rows = variance.length / outputs;
  const slopes = outputSlopes(model, evaluation);
  if (slopes !== undefined) {
    for (const { spread, basis } of terms) {
      const ofUnits = basis === undefined ? spread : multiplyTransposedRight(spread, basis.directions.map((value) => value * value), rows, basis.size, outputs);
      for (let i = 0; i < variance.length; i++) variance[i] += slopes[i] * slopes[i] * ofUnits[i];
    }
    return variance;
  }
  const unit = new Float64Array(variance.length);
  for (let k = 0; k < outputs; k++) {
    for (let i = 0; i < unit.length; i++) unit[i] = i % outputs === k ? 1 : 0;
    const deltas = evaluation.backpropagate(unit);
    for (const { layer, spread, basis } of terms) {
      const units = spread.length / rows;
      const delta = basis === undefined ? deltas[layer] : multiply(deltas[layer], basis.directions, rows, units, units);
      for (let i = 0; i < spread.length; i++) variance[Math.floor(i / units) * outputs + k] += delta[i] * delta[i] * spread[i];
    }
  }
  return variance;
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
  return rowsFor(Math.max(...model.layers.flatMap(({ inputs, outputs }) => [inputs, outputs])), 512);
}
