import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import { addProduct } from "../linalg/gemm.ts";
import { rowMajor } from "../linalg/view.ts";
import type { LayerShape, LayeredEvaluation, LayeredModel } from "../model/model.ts";
import { addBiasRows, addWeightRows, columnsOfGroup, isShared, parameterCount } from "../model/shared-weights.ts";
import type { FactorBasis } from "./kronecker-basis.ts";
import type { BlockPrecision } from "./kronecker-block.ts";
import { addDeltaCovariance, addGramBlocks, addRowCovariance, outputDeltas } from "./output-covariance.ts";
import { varianceOfLayers, type LayerTerm, type WeightedRows } from "./output-variance.ts";
import { outputSlopes } from "./output-slopes.ts";

/** The blocks of a layer. */
export interface LayerPrecision {
  /** One for each group. */
  readonly weights: readonly BlockPrecision[];
  readonly biases: BlockPrecision | undefined;
}

/**
 * The covariance of outputs k and l, a sum over layers. With activations and deltas in the eigenbases of their sides, $\tilde z = U_A^\top C^{-1/2} z$ and
 * $\tilde \delta_k = U_B^\top R^{-1/2} \delta_k$, it is $\sum_j \tilde\delta_{kj} \tilde\delta_{lj} v_j$ with $v_j = \sum_i \tilde z_i^2 / (s\, \ell_{B,j} \ell_{A,i} + \alpha)$: one product of squares for
 * each layer, and no Jacobian. Where weights are shared, $\tilde\delta \tilde z^\top$ is summed over positions first.
 */
export function kroneckerOutputCovariance(layers: readonly LayerPrecision[], model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  const slopes = outputSlopes(model, evaluation);
  const deltas = slopes === undefined ? outputDeltas(model, evaluation) : [];
  eachTerm(layers, model, evaluation, (term) => {
    if ("rows" in term) addRowCovariance(deltas.map((ofLayers) => term.rows(ofLayers[term.layer])), covariance);
    else if (slopes !== undefined) addGramBlocks(weightedDirections(slopes, term.basis, term.spread), model.outputs, term.basis.size, 1, covariance);
    else addDeltaCovariance(deltas.map((ofLayers) => multiply(ofLayers[term.layer], term.basis.directions, ofLayers[term.layer].length / term.basis.size, term.basis.size, term.basis.size)), term.spread, term.basis.size, covariance);
  });
  return covariance;
}

/** The same for l = k alone, in memory for N x units. */
export function kroneckerOutputVariance(layers: readonly LayerPrecision[], model: LayeredModel, evaluation: LayeredEvaluation): Float64Array {
  const terms: LayerTerm[] = [];
  eachTerm(layers, model, evaluation, (term) => terms.push("rows" in term ? term : { ...term, spread: term.spread.slice() }));
  return varianceOfLayers(model, evaluation, terms);
}

/** What a layer adds, in the eigenbasis of its deltas. */
type Term = WeightedRows | (Exclude<LayerTerm, WeightedRows> & { readonly basis: FactorBasis });

/** Shows the v_j of each layer, N x units, and the basis that they are in; of layers that share their weights, rows. */
function eachTerm(layers: readonly LayerPrecision[], model: LayeredModel, evaluation: LayeredEvaluation, add: (term: Term) => void): void {
  const examples = evaluation.outputs.length / model.outputs;
  const { activations } = evaluation;
  layers.forEach(({ weights: groups, biases }, l) => {
    if (isShared(model.layers[l])) {
      add(sharedTerm(l, model.layers[l], layers[l], activations[l], examples));
      return;
    }
    const [weights] = groups;
    const { rows: units, columns: inputs } = weights.tensor;
    const rotated = multiply(activations[l], weights.inputSide.directions, examples, inputs, inputs);
    for (let i = 0; i < rotated.length; i++) rotated[i] *= rotated[i];
    const spread = multiplyTransposedRight(rotated, weights.variances, examples, inputs, units);
    if (biases === undefined) {
      add({ layer: l, basis: weights.outputSide, spread });
      return;
    }
    if (biases.outputSide !== weights.outputSide) {
      add({ layer: l, basis: weights.outputSide, spread });
      spread.fill(0);
    }
    for (let at = 0; at < spread.length; at++) spread[at] += biases.variances[at % units];
    add({ layer: l, basis: biases.outputSide, spread });
  });
}

/** Rows in the eigenbasis, times the roots of the variances. */
function sharedTerm(l: number, layer: LayerShape, { weights, biases }: LayerPrecision, activations: Float64Array, examples: number): WeightedRows {
  const { inputs, outputs, groups = 1 } = layer;
  const [count, units] = [parameterCount(layer), groups * outputs];
  const ofWeights = units * inputs;
  const rotated = turned(activations, inputs, weights.map(({ inputSide }) => inputSide));
  const deviations = new Float64Array(count);
  weights.forEach(({ variances }, g) => deviations.set(variances.map(Math.sqrt), g * outputs * inputs));
  if (biases !== undefined) deviations.set(biases.variances.map(Math.sqrt), ofWeights);
  return {
    layer: l,
    rows: (deltas) => {
      const rows = new Float64Array(examples * count);
      addWeightRows(layer, rotated, turned(deltas, outputs, weights.map(({ outputSide }) => outputSide)), rows, 0, count);
      if (biases !== undefined) {
        const summed = new Float64Array(examples * units);
        addBiasRows(layer, deltas, summed, 0, units);
        addProduct(1, rowMajor(summed, units), rowMajor(biases.outputSide.directions, units), { data: rows, offset: ofWeights, rowStride: count, columnStride: 1 }, examples, units, units);
      }
      for (let at = 0; at < rows.length; ) for (let i = 0; i < count; i++) rows[at++] *= deviations[i];
      return rows;
    },
  };
}

/** The rows of a table in the bases of their groups. */
function turned(table: Float64Array, columns: number, bases: readonly FactorBasis[]): Float64Array {
  const result = new Float64Array(table.length);
  const rows = table.length / (bases.length * columns);
  bases.forEach(({ directions }, g) => addProduct(1, columnsOfGroup(table, g, columns, bases.length), rowMajor(directions, columns), columnsOfGroup(result, g, columns, bases.length), rows, columns, columns));
  return result;
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
