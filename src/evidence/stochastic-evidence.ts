import type { CurvatureKind } from "../curvature/curvature.ts";
import type { Data } from "../data.ts";
import { knownOptions } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { isotropic } from "../prior/isotropic.ts";
import { priorEnergy, priorLogDeterminant, priorPrecision, type GroupedPrior, type Prior } from "../prior/prior.ts";
import { jobOptions } from "../progress.ts";
import { curvatureOperator } from "../spectrum/curvature-operator.ts";
import type { LinearOperator } from "../spectrum/linear-operator.ts";
import { logDeterminantOf, type LogDeterminantOptions } from "../spectrum/log-determinant.ts";
import { NOT_AT_A_MODE } from "../structure/structure.ts";
import type { EvidenceTerms } from "./evidence.ts";

/**
 * Options of {@link stochasticEvidence}.
 *
 * @category Evidence
 */
export interface StochasticEvidenceOptions extends Omit<LogDeterminantOptions, "lowerBound"> {
  /** Which second-order matrix stands for the curvature. Default {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** The prior over the weights, the one that the model was trained with. Default `isotropic(1)`. */
  readonly prior?: Prior;
  /** T in $P = H / T + A$. Default 1. */
  readonly temperature?: number;
}

/**
 * The log evidence with a log determinant that was estimated: what {@link stochasticEvidence} gives.
 *
 * @category Evidence
 */
export interface StochasticEvidence<L extends Likelihood = Likelihood> extends Pick<EvidenceTerms, "logLikelihood" | "logPriorExponent" | "logVolumeRatio" | "logOccamFactor" | "logEvidence"> {
  /** The standard error of {@link EvidenceTerms.logEvidence}, from how much the probes differ. */
  readonly standardError: number;
  /** How far off it may be besides, since each probe takes a bounded number of steps. */
  readonly truncation: number;
  /** With its noise; where that was left open, that of the residuals. */
  readonly likelihood: L;
  /** How many products with the curvature it took. */
  readonly products: number;
}

/**
 * The log evidence of a network that is too large for any factor of its precision, with a standard error: as {@link Posterior.logEvidence} with {@link full} has it,
 * $$\tfrac1T \log p(D \mid w_\mathrm{MAP}) - \tfrac12 \left[ (w - w_0)^\top A (w - w_0) + \log\det P - \log\det A \right],$$
 * but for the log determinant, $\log\det P - \log\det A = \log\det \left( I + A^{-1/2} \tfrac HT A^{-1/2} \right)$, which {@link estimateLogDeterminant} gives from products. No correlation is left out, as {@link kronecker} and {@link diagonal} do; the price is the noise of the probes.
 *
 * The same seed gives the same probes for models of the same size, so that the noise of differences between hyperparameters is less than the standard error of each. Where $NK$ is up to some thousand, {@link full} in function space is exact, and quicker.
 *
 * @category Evidence
 * @throws {@link NotPositiveDefiniteError} when exact curvature is taken away from a mode; {@link InvalidArgumentError} for data, options or shapes that do not fit.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, stochasticEvidence, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 50, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const { logEvidence, standardError } = await stochasticEvidence(model, likelihood, data, { prior });
 * const exactly = (await laplace(model, likelihood, data, { prior })).logEvidence;
 * console.log(Math.abs(logEvidence - exactly) < 4 * standardError); // true
 * ```
 */
export async function stochasticEvidence<L extends Likelihood>(model: Model, likelihood: L, data: Data, options: StochasticEvidenceOptions = {}): Promise<StochasticEvidence<L>> {
  knownOptions("options", options, ["curvature", "prior", "temperature", "probes", "steps", "tolerance", "seed", "signal", "onProgress"]);
  const { curvature, prior = isotropic(), temperature = 1, ...probing } = options;
  const precision = await curvatureOperator(model, likelihood, data, { ...(curvature && { curvature }), prior, temperature, ...jobOptions(options) });
  const bound = precision.prior as GroupedPrior;
  // Curvature that is positive semidefinite only adds to the prior.
  const known = precision.curvature.kind === "factor" && bound.coupling === undefined ? { lowerBound: 1 } : {};
  const ratio = await logDeterminantOf(besidePrior(precision, bound), { ...probing, ...known }, NOT_AT_A_MODE);

  const logLikelihood = precision.likelihood.logLikelihood(precision.energy, precision.examples * model.outputs) / temperature;
  const logPriorExponent = -priorEnergy(bound, model.parameters);
  const ofGroups = bound.precisions.reduce((sum, alpha, g) => sum + bound.sizes[g] * Math.log(alpha), 0);
  const logVolumeRatio = -0.5 * (ratio.value + ofGroups - priorLogDeterminant(bound));
  const logOccamFactor = logPriorExponent + logVolumeRatio;
  return {
    logLikelihood,
    logPriorExponent,
    logVolumeRatio,
    logOccamFactor,
    logEvidence: logLikelihood + logOccamFactor,
    standardError: 0.5 * ratio.standardError,
    truncation: 0.5 * ratio.truncation,
    likelihood: precision.likelihood,
    products: ratio.products,
  };
}

/** $A^{-1/2} P A^{-1/2}$ with the precisions $A$ of the prior's groups. */
function besidePrior(precision: LinearOperator, prior: GroupedPrior): LinearOperator {
  const scale = priorPrecision(prior).map((alpha) => 1 / Math.sqrt(alpha));
  const scaledBy = (v: Float64Array): Float64Array => {
    const result = new Float64Array(v.length);
    for (let i = 0; i < v.length; i++) result[i] = scale[i] * v[i];
    return result;
  };
  return { size: precision.size, times: async (v, options) => scaledBy(await precision.times(scaledBy(v), options)) };
}
