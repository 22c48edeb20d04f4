import { UnsupportedError } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import type { Posterior } from "../posterior/posterior.ts";
import { reestimatePrior, withPrecisions, type GroupedPrior } from "../prior/prior.ts";

/** Which hyperparameters move. */
export type Estimate = "both" | "prior" | "noise";

/** What a posterior has of them. */
export interface Hyperparameters<L extends Likelihood = Likelihood> {
  readonly prior: GroupedPrior;
  readonly likelihood: L;
}

/** A posterior, and where MacKay's equations lead from it. */
export interface Standpoint<M extends Model = Model, L extends Likelihood = Likelihood> {
  readonly posterior: Posterior<M, L>;
  readonly proposed: Hyperparameters<L>;
  /** From the posterior to what is proposed, in $\log\alpha_g$ and $\log\beta$: G + 1. */
  readonly wanted: Float64Array;
}

/** The share of the degrees of freedom that is left where effective parameters take all: the noise precision falls by no more at once. */
export const LEAST_FREEDOM = 1e-3;

/** What the hyperparameters that move become by MacKay's equations; each rises or falls as the evidence wants it to. */
export function standpoint<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, estimate: Estimate): Standpoint<M, L> {
  const { prior, likelihood, data, targetCount } = posterior;
  const gamma = posterior.effectiveParametersByGroup;
  const negative = gamma.findIndex((value) => value < 0);
  if (negative >= 0 && estimate !== "noise") {
    throw new UnsupportedError(`The evidence has no maximum in the prior precision of "${prior.groups[negative]}": its effective number of parameters is ${gamma[negative].toPrecision(3)}, since the ${posterior.curvature.name} has negative eigenvalues there. Re-estimate with outerProduct() curvature.`);
  }
  const least = LEAST_FREEDOM * Math.min(targetCount, 2 * likelihood.precision * data.energy);
  const proposed = {
    prior: estimate === "noise" ? prior : reestimatePrior(prior, gamma, posterior.priorEnergies),
    likelihood: estimate === "prior" ? likelihood : withNoisePrecision(likelihood, Math.max(noiseFreedom(posterior), least, Number.MIN_VALUE) / (2 * data.energy)),
  };
  const wanted = new Float64Array(prior.precisions.length + 1);
  prior.precisions.forEach((alpha, g) => (wanted[g] = logRatio(alpha, proposed.prior.precisions[g])));
  wanted[wanted.length - 1] = logRatio(likelihood.precision, proposed.likelihood.precision);
  return { posterior, proposed, wanted };
}

const logRatio = (from: number, to: number): number => (from === to ? 0 : Math.log(to / from));

/** $NK - p T \gamma$, what the data leave for the noise where $H$ grows as $\beta^p$. */
export function noiseFreedom({ targetCount, curvature, temperature, effectiveParameters }: Posterior): number {
  return targetCount - curvature.noisePower * temperature * effectiveParameters;
}

/** The likelihood with this noise precision, if it has one to estimate: 1 / 2 beta is the energy of one residual. */
export function withNoisePrecision<L extends Likelihood>(likelihood: L, precision: number): L {
  return precision === likelihood.precision ? likelihood : likelihood.reestimate(0.5 / precision, 1, 0);
}

/** Other hyperparameters; those that stay do so to the last digit. */
export function withHyperparameters<L extends Likelihood>({ prior, likelihood }: Hyperparameters<L>, precisions: Float64Array, noisePrecision: number): Hyperparameters<L> {
  return {
    prior: precisions.every((alpha, g) => alpha === prior.precisions[g]) ? prior : withPrecisions(prior, precisions),
    likelihood: withNoisePrecision(likelihood, noisePrecision),
  };
}
