import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import type { LayeredEvaluation, LayeredModel } from "../model/model.ts";
import { outputRows } from "./jacobian-rows.ts";
import type { FactorBasis } from "./kronecker-basis.ts";
import type { BlockPrecision } from "./kronecker-block.ts";
import { addGramBlocks } from "./output-covariance.ts";
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
  const count = model.outputs;
  const examples = evaluation.outputs.length / count;
  const covariance = new Float64Array(examples * count * count);
  const deltasIn = deltasInBases(model, evaluation);
  layers.forEach(({ weights, biases }, l) => {
    const { rows: units, columns: inputs } = weights.tensor;
    const rotated = multiply(evaluation.activations[l], weights.inputSide.directions, examples, inputs, inputs);
    for (let i = 0; i < rotated.length; i++) rotated[i] *= rotated[i];
    const variances = multiplyTransposedRight(rotated, weights.variances, examples, inputs, units);
    const add = (basis: FactorBasis): void => addGramBlocks(weightedByRoots(deltasIn(l, basis), variances, count, units), count, units, 1, covariance);
    if (biases !== undefined) {
      if (biases.outputSide !== weights.outputSide) {
        add(weights.outputSide);
        variances.fill(0);
      }
      for (let at = 0; at < variances.length; at++) variances[at] += biases.variances[at % units];
    }
    add((biases ?? weights).outputSide);
  });
  return covariance;
}

/** The deltas of the K outputs of each example in a basis of layer l: N K x units. */
function deltasInBases(model: LayeredModel, evaluation: LayeredEvaluation): (layer: number, basis: FactorBasis) => Float64Array {
  const slopes = outputSlopes(model, evaluation);
  if (slopes === undefined) {
    const { layers } = outputRows(model, evaluation);
    return (l, { directions, size }) => multiply(layers[l].deltas, directions, layers[l].deltas.length / size, size, size);
  }
  // The delta of output k is nothing but its slope, at unit k.
  return (_, { directions, size }) => {
    const deltas = new Float64Array(slopes.length * size);
    for (let m = 0, at = 0; m < slopes.length; m++) {
      const row = (m % size) * size;
      for (let j = 0; j < size; j++) deltas[at++] = slopes[m] * directions[row + j];
    }
    return deltas;
  };
}

/** The deltas, of which it takes hold, times the roots of the variances of their example. */
function weightedByRoots(deltas: Float64Array, variances: Float64Array, outputs: number, units: number): Float64Array {
  const roots = variances.map(Math.sqrt);
  for (let m = 0, at = 0; at < deltas.length; m++) {
    const row = Math.floor(m / outputs) * units;
    for (let j = 0; j < units; j++) deltas[at++] *= roots[row + j];
  }
  return deltas;
}
