import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import type { LayeredEvaluation, LayeredModel } from "../model/model.ts";
import type { FactorBasis } from "./kronecker-basis.ts";
import type { BlockPrecision } from "./kronecker-block.ts";
import { addDeltaCovariance, addGramBlocks, outputDeltas } from "./output-covariance.ts";
import { varianceOfLayers, type Spread } from "./output-variance.ts";
import { outputSlopes } from "./output-slopes.ts";

/** The blocks of a layer. */
export interface LayerPrecision {
  readonly weights: BlockPrecision;
  readonly biases: BlockPrecision | undefined;
}

/**
 * The covariance of outputs k and l, a sum over layers. With activations and deltas in the eigenbases of their sides, $\tilde z = U_A^\top C^{-1/2} z$ and
 * $\tilde \delta_k = U_B^\top R^{-1/2} \delta_k$, it is $\sum_j \tilde\delta_{kj} \tilde\delta_{lj} v_j$ with $v_j = \sum_i \tilde z_i^2 / (s\, \ell_{B,j} \ell_{A,i} + \alpha)$: one product of squares for
 * each layer, and no Jacobian.
 */
export function kroneckerOutputCovariance(layers: readonly LayerPrecision[], model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  eachSpread(layers, evaluation, evaluation.outputs.length / model.outputs, addingTo(covariance, model, evaluation));
  return covariance;
}

/** The same for l = k alone, in memory for N x units. */
export function kroneckerOutputVariance(layers: readonly LayerPrecision[], model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const terms: Spread[] = [];
  eachSpread(layers, evaluation, evaluation.outputs.length / model.outputs, (layer, basis, variances) => terms.push({ layer, basis, spread: variances.slice() }));
  return varianceOfLayers(model, evaluation, terms);
}

/** Shows the v_j of each layer, N x units, and the basis that they are in. */
function eachSpread(layers: readonly LayerPrecision[], evaluation: LayeredEvaluation, examples: number, add: (layer: number, basis: FactorBasis, variances: Float64Array) => void): void {
  layers.forEach(({ weights, biases }, l) => {
    const { rows: units, columns: inputs } = weights.tensor;
    const rotated = multiply(evaluation.activations[l], weights.inputSide.directions, examples, inputs, inputs);
    for (let i = 0; i < rotated.length; i++) rotated[i] *= rotated[i];
    const variances = multiplyTransposedRight(rotated, weights.variances, examples, inputs, units);
    if (biases === undefined) {
      add(l, weights.outputSide, variances);
      return;
    }
    if (biases.outputSide !== weights.outputSide) {
      add(l, weights.outputSide, variances);
      variances.fill(0);
    }
    for (let at = 0; at < variances.length; at++) variances[at] += biases.variances[at % units];
    add(l, biases.outputSide, variances);
  });
}

/** What adds the sum over the units of a layer, for a basis of its deltas and variances v of N x units. */
function addingTo(covariance: Float64Array, model: LayeredModel, evaluation: LayeredEvaluation): (layer: number, basis: FactorBasis, variances: Float64Array) => void {
  const slopes = outputSlopes(model, evaluation);
  if (slopes !== undefined) return (_, basis, variances) => addGramBlocks(weightedDirections(slopes, basis, variances), model.outputs, basis.size, 1, covariance);
  const deltas = outputDeltas(model, evaluation);
  return (l, { directions, size }, variances) => addDeltaCovariance(deltas.map((ofLayers) => multiply(ofLayers[l], directions, ofLayers[l].length / size, size, size)), variances, size, covariance);
}

/** In a single layer the delta of output k is its slope at unit k, in a basis a row of the directions; here times the roots of the variances: N K x K. */
function weightedDirections(slopes: Float64Array, { directions, size }: FactorBasis, variances: Float64Array): Float64Array {
  const weighted = new Float64Array(slopes.length * size);
  const roots = new Float64Array(size);
  for (let m = 0, at = 0; m < slopes.length; m++) {
    const k = m % size;
    if (k === 0) for (let j = 0; j < size; j++) roots[j] = Math.sqrt(variances[m + j]);
    for (let j = 0; j < size; j++) weighted[at++] = slopes[m] * directions[k * size + j] * roots[j];
  }
  return weighted;
}
