import { knownOptions } from "../errors.ts";
import type { PriorOptions } from "./isotropic.ts";
import { checkedPrecisions } from "./precisions.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * A precision for each weight. The evidence can tune it, but with so many hyperparameters it overfits easily.
 *
 * @category Priors
 */
export function perWeight(precisions: number | ArrayLike<number> = 1, options: PriorOptions = {}): Prior {
  knownOptions("options", options, ["mean", "fixed"]);
  const precisionsOf = checkedPrecisions(precisions);
  return {
    name: "per weight",
    bind: (model) => {
      const count = model.parameters.length;
      const names = Array.from({ length: count }, (_, i) => `weight ${i + 1}`);
      return groupedPrior("per weight", names, Int32Array.from({ length: count }, (_, i) => i), precisionsOf(count), priorMean(model, options.mean), options.fixed);
    },
  };
}
