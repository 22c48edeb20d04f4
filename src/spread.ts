import { fittedAt, type FitOptions, type Fitted } from "./fit-model.ts";
import type { Data } from "./data.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import { isStudentT } from "./likelihood/student-t.ts";
import type { Model } from "./model/model.ts";
import type { Posterior } from "./posterior/posterior.ts";
import { withPrecisions } from "./prior/prior.ts";

/** Shares of the variance among which held-out examples choose: with noise, and without. */
const WITH_NOISE: readonly number[] = [1, 0.7, 0.5, 0.35, 0.25, 0.18];
const WITHOUT_NOISE: readonly number[] = [1, 0.5, 0.25, 0.12, 0.06, 0.03, 0.015];

/**
 * By which shares the predictive variance of networks whose predictions are mixed may be made smaller: where members are right by themselves, what they disagree about comes on top, and
 * the mixture is too wide (Gneiting & Ranjan 2013, who call mixtures of components narrowed by a common factor the spread-adjusted linear pool).
 *
 * Without noise it is the posterior that is narrowed, as by a temperature below 1 (Wenzel et al. 2020), and by more: of classes that are nearly separable the posterior is skewed towards larger logits, and a
 * Gaussian around the mode much wider than it.
 */
export function spreadsFor(likelihood: Likelihood): readonly number[] {
  // Its mixtures are pooled, which narrows them, too.
  if (isStudentT(likelihood)) return [1];
  return likelihood.scaled === undefined ? WITHOUT_NOISE : WITH_NOISE;
}

/** The posterior of a fit with a covariance `share` times as large at the same mode, and with noise variance times `share` where there is noise. */
export async function withSpread<M extends Model, L extends Likelihood>({ training, posterior }: Pick<Fitted<M, L>, "training" | "posterior">, share: number, data: Data, options: FitOptions): Promise<Posterior<M, L>> {
  if (share === 1) return posterior;
  const { model, likelihood } = training;
  const narrower = (prior: Posterior["prior"]): Posterior["prior"] => withPrecisions(prior, prior.precisions.map((alpha) => alpha / share));
  if (likelihood.scaled === undefined) return posterior.with({ temperature: share * posterior.temperature, prior: narrower(posterior.prior) });
  const less = Float64Array.from({ length: model.outputs }, (_, k) => Math.sqrt(share) * (likelihood.scales?.[k] ?? 1));
  return (await fittedAt({ ...training, likelihood: likelihood.scaled(less), prior: narrower(training.prior) }, data, options)).posterior;
}
