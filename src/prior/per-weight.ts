import { knownOptions } from "../errors.ts";
import type { PriorOptions } from "./isotropic.ts";
import { checkedPrecisions } from "./precisions.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * A precision for each weight. The evidence can tune it, but with so many hyperparameters it overfits easily.
 *
 * @category Priors
 * @example
 * ```ts
 * import { fit, functionModel, gaussian, perWeight } from "laplace-ts";
 * const line = functionModel({ parameters: [1, 0], value: ([slope, offset], [x]) => slope * x + offset });
 * const prior = perWeight([1 / 0.01 ** 2, 1 / 10 ** 2], { mean: [2, 0], fixed: true });   // the slope is 2.00 +- 0.01, the offset 0 +- 10
 * const { posterior } = await fit(line, gaussian({ noise: 1, fixed: true }), { inputs: [0, 1, 2], targets: [5, 6.5, 9.5] }, { prior });
 * console.log(Array.from(posterior.mean, (w) => w.toFixed(2)).join(" ")); // 2.00 4.98
 * ```
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
