import { madeBy } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { selectedIndices, type ParameterSelection } from "../model/selection.ts";
import { subnetwork, type Subnetwork } from "../model/subnetwork.ts";

/**
 * The model with some weights kept, which are its parameters, and all others held at zero:
 * $$f_S(x; w_S) = f(x; w_S, w_{\bar S} = 0).$$
 * It is a {@link subnetwork} of the model with zeros: {@link train}, {@link laplace} and {@link predict} take it, its tensors have the names of the model's, a prior that was
 * bound to the model keeps the precisions of the weights left, and `whole` is the model with the zeros in their places. With nothing zeroed by it, it is the model itself. {@link prune} finds
 * out which weights to keep.
 *
 * Derivatives come from activations and deltas of the whole, and are those of the weights left. It shows no layers, since parameters that are missing leave no
 * weight matrices: {@link kronecker} does not take it, {@link full}, {@link blockDiagonal}, {@link lowRank} and {@link diagonal} do. What is pruned can be pruned further, `pruned(pruned(model, kept), keptOfThese)`.
 *
 * @category Pruning
 * @param model - Any model.
 * @param kept - Indices into the model's parameters, a mask of booleans, or a rule, as {@link subnetwork} takes them: `pruned(model, largestMagnitude({ share: 0.5 }))`.
 * @throws {@link InvalidArgumentError} when no parameter is kept, or one twice, or one that does not exist.
 * @example
 * ```ts
 * import { forward, mlp, pruned } from "laplace-ts";
 * const line = mlp([2, 1], { parameters: [3, 5, 1] });
 * const part = pruned(line, [0, 2]);                // the second slope is gone
 * console.log(part.whole.parameters.join());        // 3,0,1
 * console.log(forward(part, [[1, 1]]).get(0, 0));   // 4
 * ```
 */
export function pruned<M extends Model>(model: M, kept: ArrayLike<number> | readonly boolean[] | ParameterSelection): Subnetwork<M> {
  const indices = selectedIndices(madeBy("mlp(), functionModel() or fit()", "model", model, "evaluate"), kept);
  const zeroed = new Float64Array(model.parameters.length);
  for (const index of indices) zeroed[index] = model.parameters[index];
  return subnetwork(model.withParameters(zeroed), indices);
}
