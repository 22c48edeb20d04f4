import type { Likelihood } from "../likelihood/likelihood.ts";
import { dot } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { standpoint, withHyperparameters, type Estimate, type Hyperparameters, type Standpoint } from "./hyperparameters.ts";

/**
 * MacKay's step, or half of it, a quarter, ...: the first where the evidence is not lower and from where the next would not turn
 * back by more than half of what was wanted.
 */
export function fixedPointStep<M extends Model, L extends Likelihood>(from: Standpoint<M, L>, estimate: Estimate): Standpoint<M, L> {
  const { posterior, wanted } = from;
  // What rounding makes of a sum over weights and data.
  const least = posterior.logEvidence - 1e-12 * (Math.abs(posterior.logEvidence) + posterior.targetCount);
  for (let to = from.proposed; ; to = between(posterior, to)) {
    const next = posterior.with(to);
    if (!(next.logEvidence >= least)) continue;
    const there = standpoint(next, estimate);
    if (dot(there.wanted, wanted) >= -0.5 * dot(wanted, wanted)) return there;
  }
}

/** The geometric means of the hyperparameters. */
function between<L extends Likelihood>(a: Hyperparameters<L>, b: Hyperparameters<L>): Hyperparameters<L> {
  const middle = (p: number, q: number): number => (p === q ? p : Math.sqrt(p) * Math.sqrt(q));
  return withHyperparameters(a, a.prior.precisions.map((alpha, g) => middle(alpha, b.prior.precisions[g])), middle(a.likelihood.precision, b.likelihood.precision));
}
