import { isChain, type LayeredEvaluation, type LayeredModel } from "../model/model.ts";
import { isShared } from "../model/shared-weights.ts";

/**
 * The slopes $\partial f_k / \partial a_k$ of a model of one layer, N x K, or nothing for deeper ones. With them the delta of a cotangent is its product with the
 * slopes, entry by entry, and K unit cotangents need no backpropagation each: what makes a last layer of a thousand outputs feasible.
 */
export function outputSlopes(model: LayeredModel, evaluation: LayeredEvaluation): Float64Array | undefined {
  if (model.layers.length > 1 || !isChain(model) || isShared(model.layers[0])) return undefined;
  return evaluation.backpropagate(new Float64Array(evaluation.outputs.length).fill(1))[0];
}
