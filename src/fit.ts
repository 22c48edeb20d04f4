import type { Data } from "./data.ts";
import { checkVaried, fitModel, type FitOptions, type Fitted } from "./fit-model.ts";
import { fitNetworks, type FittedNetworks } from "./fit-networks.ts";
import { examples } from "./likelihood/examples.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import { isNetwork } from "./model/graph/network.ts";
import { isLayered, type Model } from "./model/model.ts";
import { isNetworks, type Networks } from "./networks.ts";

export type { FitOptions, Fitted } from "./fit-model.ts";

/**
 * The one-call road from a table to error bars: standardises inputs and targets, trains to the mode, re-estimates prior
 * precisions and noise by the evidence as it goes (MacKay 1992a; Foresee & Hagan 1997), and makes the posterior with a structure
 * that fits the memory budget.
 *
 * Where targets are centred, the precision of output biases that have one of their own stays where it starts: MacKay's equations would take the mean of the targets for known.
 *
 * @category Fitting
 * @param model - Where to start, {@link mlp} for most. A family of models, {@link networks}, is fitted as below.
 * @param likelihood - How targets scatter: {@link gaussian} with noise to be found, {@link studentT} where there may be outliers, {@link bernoulli} or {@link categorical} for classes.
 * @param data - In any units; predictions are in the same.
 * @param options - See {@link FitOptions}; none are needed.
 * @throws {@link InvalidArgumentError} for data that do not fit the model, unknown options, labels out of range.
 * @example
 * ```ts
 * import { fit, gaussian, mlp, random } from "laplace-ts";
 * const source = random(1);
 * const years = Array.from({ length: 40 }, (_, i) => 1980 + i);
 * const sales = years.map((year) => 500 + 12 * (year - 1980) + 20 * source.normal());
 * const fitted = await fit(mlp([1, 4, 1], { seed: 1 }), gaussian(), { inputs: years, targets: sales });
 * const { mean, totalVariance } = await fitted.predict([2000, 2030]);
 * console.log(mean.rows, totalVariance.get(1, 0) > totalVariance.get(0, 0)); // 2 true
 * ```
 */
export async function fit<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options?: FitOptions): Promise<Fitted<M, L>>;
/**
 * Fits a family in place of one model: {@link networks} finds the sizes that suit the data, fits each several times, and predicts by the mixture.
 *
 * @param model - {@link networks}, with its sizes or by itself.
 * @param likelihood - How targets scatter: {@link gaussian}, {@link studentT} where there may be outliers, {@link categorical} for classes.
 * @param data - In any units; predictions are in the same.
 * @param options - See {@link FitOptions}; none are needed.
 * @throws {@link InvalidArgumentError} for data that do not fit, unknown options, labels out of range.
 * @example
 * ```ts
 * import { fit, gaussian, networks, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => 4 * source.uniform() - 2);
 * const targets = inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal());
 * const fitted = await fit(networks({ hidden: [[2], [5]], restarts: 1 }), gaussian(), { inputs, targets });
 * console.log(fitted.members.every(({ weight }) => weight > 0)); // true
 * ```
 */
export async function fit<L extends Likelihood>(model: Networks, likelihood: L, data: Data, options?: FitOptions): Promise<FittedNetworks<L>>;
export async function fit<M extends Model, L extends Likelihood>(model: M | Networks, likelihood: L, data: Data, options: FitOptions = {}): Promise<Fitted<M, L> | FittedNetworks<L>> {
  if (isNetworks(model)) return fitNetworks(model, likelihood, data, options);
  const { targets } = examples(model, likelihood, data);
  if (isLayered(model) || isNetwork(model)) checkVaried(targets);
  return fitModel(model, likelihood, data, options);
}
