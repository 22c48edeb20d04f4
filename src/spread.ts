import type { Likelihood } from "./likelihood/likelihood.ts";
import type { Model } from "./model/model.ts";
import { withPrecisions } from "./prior/prior.ts";
import type { Trained } from "./training/train.ts";

/** Shares of the variance among which held-out examples choose. */
const SPREADS: readonly number[] = [1, 0.7, 0.5, 0.35, 0.25, 0.18];

/**
 * By which shares the predictive variance of networks whose predictions are mixed may be made smaller: where members are right by themselves, what they disagree about comes on top, and
 * the mixture is too wide (Gneiting & Ranjan 2013, who call mixtures of components narrowed by a common factor the spread-adjusted linear pool). None but 1 where there is no noise.
 */
export function spreadsFor(likelihood: Likelihood): readonly number[] {
  return likelihood.scaled === undefined ? [1] : SPREADS;
}

/** The mode with noise variance and prior variances times `share`, and so with a posterior covariance times `share`. */
export function withSpread<M extends Model, L extends Likelihood>(training: Trained<M, L>, share: number): Trained<M, L> {
  const { model, likelihood, prior } = training;
  if (share === 1 || likelihood.scaled === undefined) return training;
  const { scales } = likelihood as { readonly scales?: Float64Array | undefined };
  const narrower = Float64Array.from({ length: model.outputs }, (_, k) => Math.sqrt(share) * (scales?.[k] ?? 1));
  return { ...training, likelihood: likelihood.scaled(narrower), prior: withPrecisions(prior, prior.precisions.map((alpha) => alpha / share)) };
}
