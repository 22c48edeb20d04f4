import { knownOptions, trueOrFalse } from "../errors.ts";
import type { Model } from "../model/model.ts";
import type { PriorOptions } from "./isotropic.ts";
import { checkedPrecisions } from "./precisions.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * Options of {@link perLayer}.
 *
 * @category Priors
 */
export interface PerLayerOptions extends PriorOptions {
  /** Whether weights and biases of a layer have precisions of their own. Default false. */
  readonly separateBiases?: boolean;
}

/**
 * One precision for each layer, or with `separateBiases` one for each weight matrix and bias vector. MacKay (1992b, section 4.4)
 * found these needed for good evidence: one alpha for all is not consistent with rescaled inputs or outputs.
 *
 * @category Priors
 * @param precisions - One number for all, or one for each group in the order of the parameters. Default 1.
 * @throws {@link InvalidArgumentError} when a precision is not a finite number above 0 or their number is wrong.
 * @example
 * ```ts
 * import { mlp, perLayer } from "laplace-ts";
 * const network = mlp([2, 5, 1], { seed: 1 });
 * console.log(perLayer(1).bind(network).groups.join(", ")); // layer1, layer2
 * console.log(perLayer([1, 1, 0.1, 1], { separateBiases: true }).bind(network).groups.join(", ")); // layer1.weights, layer1.biases, layer2.weights, layer2.biases
 * ```
 */
export function perLayer(precisions: number | ArrayLike<number> = 1, options: PerLayerOptions = {}): Prior {
  knownOptions("options", options, ["mean", "fixed", "separateBiases"]);
  const separateBiases = trueOrFalse("separateBiases", options.separateBiases ?? false);
  const precisionsOf = checkedPrecisions(precisions);
  return {
    name: "per layer",
    bind: (model) => {
      const { groups, groupOf } = layerGroups(model, separateBiases);
      return groupedPrior("per layer", groups, groupOf, precisionsOf(groups.length), priorMean(model, options.mean), options.fixed);
    },
  };
}

function layerGroups(model: Model, separateBiases: boolean): { groups: string[]; groupOf: Int32Array } {
  const groups: string[] = [];
  const groupOf = new Int32Array(model.parameters.length);
  let current: number | undefined;
  for (const { name, layer, offset, rows, columns } of model.tensors) {
    if (separateBiases || layer !== current) groups.push(separateBiases ? name : name.replace(/\.(weights|biases)$/, ""));
    current = layer;
    groupOf.fill(groups.length - 1, offset, offset + rows * columns);
  }
  return { groups, groupOf };
}
