import { knownOptions, positive } from "../errors.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * Options of every prior.
 *
 * @category Priors
 */
export interface PriorOptions {
  /** Prior mean w0, one number for all weights or one for each. Default 0. */
  readonly mean?: number | ArrayLike<number>;
  /** Whether the precisions are known and re-estimation must leave them alone. Default false: they are where it starts. */
  readonly fixed?: boolean;
}

/**
 * One precision for all weights: $p(w) = \mathcal N(w_0, \alpha^{-1} I)$, the weight decay $\frac\alpha2 \vert w - w_0 \vert^2$.
 *
 * @category Priors
 * @param precision - alpha. Default 1, which suits standardised inputs and targets.
 * @throws {@link InvalidArgumentError} when alpha is not a finite number above 0.
 * @example
 * ```ts
 * import { isotropic } from "laplace-ts";
 * console.log(isotropic(0.5).name); // isotropic
 * ```
 */
export function isotropic(precision = 1, options: PriorOptions = {}): Prior {
  knownOptions("options", options, ["mean", "fixed"]);
  positive("precision", precision);
  return {
    name: "isotropic",
    bind: (model) => groupedPrior("isotropic", ["all weights"], new Int32Array(model.parameters.length), [precision], priorMean(model, options.mean), options.fixed),
  };
}
