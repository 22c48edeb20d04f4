import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { perWeight } from "../prior/per-weight.ts";
import { coupledPrior, uncoupled, type Prior } from "../prior/prior.ts";
import { checkedPosterior, curvatureScale, type Posterior } from "./posterior.ts";

/**
 * Options of {@link posteriorAsPrior}.
 *
 * @category Priors
 */
export interface PosteriorAsPriorOptions {
  /** Whether correlations between weights are kept. Default true. Without them the prior goes with any structure. */
  readonly correlations?: boolean;
}

/**
 * Yesterday's posterior as today's prior, for training on new data without the old: its mean $w_0 = w_\mathrm{MAP}$ and its precision $P_0$, so that
 * $$E(w) = -\log p(D_2 \mid w) + \tfrac12 (w - w_0)^\top P_0 (w - w_0), \qquad P_0 = H_1 / T + A, \qquad P = H_2 / T + P_0$$
 * and the evidence is that of the new data given the old,
 * $$\log p(D_2 \mid D_1) = \tfrac1T \log p(D_2 \mid w_\mathrm{MAP}) - \tfrac12 \left[ (w - w_0)^\top P_0 (w - w_0) + \log\det P - \log\det P_0 \right].$$
 * Where the posterior is Gaussian, as that of a linear model with known noise under {@link full}, this is Bayes' rule: $p(D_1)\, p(D_2 \mid D_1) = p(D_1, D_2)$, with the mean and covariance
 * of both days at once. Elsewhere yesterday's data count as what they were at yesterday's mode. A posterior that has such a prior becomes one itself, day after day.
 *
 * {@link train} takes the prior as any other; {@link laplace} wants the structure that the posterior had, with the same options, on the same model or the same part of it. $P_0$ has the form of that structure:
 * `full()` keeps $W \times W$ numbers or, in function space, activations and deltas of all days (either space goes with either); `blockDiagonal()` its blocks; `lowRank()` the largest
 * eigenpairs of the sum, up to its rank; `kronecker()` adds the factors up, $(B_1 + B_2) \otimes (A_1 + A_2) / (N_1 + N_2)$, as {@link withMoreData} does: exact where the inputs of a layer have the same second moments on both days, or its deltas
 * do, as in a linear regression. Its $\gamma$ is the share of $B_2$ in that sum, the derivative of $\log\det P$ by which noise is re-estimated, and near $W - \operatorname{tr}(P^{-1} P_0)$ where inputs are alike. Of a {@link diagonal} posterior the prior has one precision for each weight, as {@link perWeight} makes it, and goes with any structure.
 *
 * {@link fit} gets it together with the model that it is about, `fit(posterior.model, likelihood, newData, { prior })`, which keeps yesterday's units: a new network would be standardised by the new data, and the
 * same weights would mean something else in it.
 *
 * The precision is fixed, as what yesterday's data said is no hyperparameter; the noise may be re-estimated.
 *
 * Without `correlations`, every weight keeps its marginal mean and variance, with precision $1 / (P^{-1})_{ii}$: of all independent Gaussians this one has the least divergence $D(p \Vert q)$ from the posterior
 * (assumed density filtering, Opper 1998), which forgets rather than being too sure. Where the old data term can be kept, at the same weights, {@link withMoreData} and {@link mergePosteriors} lose nothing at all.
 *
 * @category Priors
 * @throws {@link InvalidArgumentError} in {@link laplace}, for another structure; {@link UnsupportedError} for a part of the model, and where other precisions are asked for, as {@link gridSearch} does.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, posteriorAsPrior, train } from "laplace-ts";
 * const [line, likelihood] = [mlp([1, 1]), gaussian({ noise: 0.1 })];
 * const monday = { inputs: [-1, 1], targets: [-0.9, 1.1] };
 * const tuesday = { inputs: [2, 3], targets: [2.1, 2.9] };
 * const fitted = async (data: typeof monday, prior?: ReturnType<typeof posteriorAsPrior>) => {
 *   const trained = await train(line, likelihood, data, { ...(prior && { prior }) });
 *   return laplace(trained.model, likelihood, data, { prior: trained.prior });
 * };
 * const first = await fitted(monday);
 * const second = await fitted(tuesday, posteriorAsPrior(first));
 * const both = await fitted({ inputs: [-1, 1, 2, 3], targets: [-0.9, 1.1, 2.1, 2.9] });
 * console.log((first.logEvidence + second.logEvidence).toFixed(6) === both.logEvidence.toFixed(6)); // true
 * console.log(second.mean[0].toFixed(6) === both.mean[0].toFixed(6));                             // true
 * ```
 */
export function posteriorAsPrior(posterior: Posterior, options: PosteriorAsPriorOptions = {}): Prior {
  knownOptions("options", options, ["correlations"]);
  const { correlations = true } = options;
  if (typeof correlations !== "boolean") throw new InvalidArgumentError({ argument: "correlations", expected: "true or false", received: describe(correlations) });
  const { prior, data, mean, precision } = checkedPosterior(posterior);
  if (!correlations || data.curvature.structure === "diagonal") return perWeight(precision.inverseDiagonal().map((variance) => 1 / variance), { mean, fixed: true });
  const curvature = data.curvature.times(curvatureScale(posterior));
  if (prior.coupling === undefined) return coupledPrior("posterior", prior, mean, { matrix: curvature, logDeterminant: precision.logDeterminant });
  const matrix = curvature.plus(prior.coupling.matrix);
  // What is kept of the sum may be less than what the posterior has.
  const { logDeterminant } = curvature.joined === undefined ? precision : matrix.precision(uncoupled(prior), 1);
  return coupledPrior("posterior", prior, mean, { matrix, logDeterminant });
}
