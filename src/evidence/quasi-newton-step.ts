import { NotPositiveDefiniteError } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { withinLimits } from "../prior/prior.ts";
import { quasiNewtonStep, type QuasiNewtonState } from "../training/quasi-newton.ts";
import { searched, type SearchPoint } from "../training/search.ts";
import { evidenceGradient } from "./evidence-gradient.ts";
import { fixedPointStep } from "./fixed-point.ts";
import { LEAST_FREEDOM, noiseFreedom, standpoint, withHyperparameters, type Estimate, type Standpoint } from "./hyperparameters.ts";

/** Pairs of steps and gradient changes kept. */
const MEMORY = 20;

/** Minus the log evidence, in $\log\alpha_g$ and $\log\beta$. */
interface EvidencePoint<M extends Model, L extends Likelihood> extends SearchPoint {
  readonly at: Standpoint<M, L>;
}

/**
 * Steps of limited-memory BFGS on minus the log evidence. Without its memory, such a step is MacKay's: the derivatives divided by
 * $(a - b) / \log(a / b)$, $a = \gamma_g / 2$ and $b = \alpha_g E_{W,g}$, which lies between the two.
 */
export function quasiNewtonSteps<M extends Model, L extends Likelihood>(start: Standpoint<M, L>, estimate: Estimate): (from: Standpoint<M, L>) => Standpoint<M, L> {
  let state: QuasiNewtonState<EvidencePoint<M, L>> = { point: pointOf(start), pairs: [] };
  return (from) => {
    if (state.point.at !== from) state = { point: pointOf(from), pairs: [] };
    const metric = macKayMetric(from);
    const precondition = (v: Float64Array): void => metric.forEach((scale, i) => (v[i] /= scale));
    const next = searched(quasiNewtonStep(state, { memory: MEMORY, precondition }), pointsFrom(state.point, estimate));
    // Where rounding hides which way is up, MacKay's equations still know.
    if (next === undefined) return fixedPointStep(from, estimate);
    const there = next.point.at;
    // What came to a limit has no slope any more, of which its pairs know nothing.
    const sameMove = there.wanted.every((change, i) => (change === 0) === (from.wanted[i] === 0));
    state = sameMove ? next : { point: next.point, pairs: [] };
    return there;
  };
}

/** The points that a step from here tries. */
function pointsFrom<M extends Model, L extends Likelihood>({ at: from, weights: origin }: EvidencePoint<M, L>, estimate: Estimate): (weights: Float64Array) => EvidencePoint<M, L> {
  const here = precisionsOf(from);
  return (weights) => {
    // What stays does so to the last digit.
    const values = weights.map((log, i) => (log === origin[i] ? here[i] : Math.exp(log)));
    const precisions = values.subarray(0, -1).map((value, g) => withinLimits(value, here[g]));
    const noisePrecision = values[precisions.length];
    // The line search comes back from there.
    const forbidden = { weights, loss: Infinity, gradient: new Float64Array(weights.length), at: from };
    if (!(noisePrecision > 0 && noisePrecision < Infinity)) return forbidden;
    try {
      return pointOf(standpoint(from.posterior.with(withHyperparameters(from.posterior, precisions, noisePrecision)), estimate));
    } catch (error) {
      // An exact Hessian may bear no prior as weak as that.
      if (error instanceof NotPositiveDefiniteError) return forbidden;
      throw error;
    }
  };
}

/** alpha_g and beta. */
function precisionsOf({ posterior: { prior, likelihood } }: Standpoint): Float64Array {
  return Float64Array.of(...prior.precisions, likelihood.precision);
}

/** What MacKay's equations leave as it is, at a limit or since the data say nothing of it, has no slope. */
function pointOf<M extends Model, L extends Likelihood>(at: Standpoint<M, L>): EvidencePoint<M, L> {
  const { posterior, wanted } = at;
  const { logPriorPrecisions, logNoisePrecision } = evidenceGradient(posterior);
  const gradient = Float64Array.of(...logPriorPrecisions, logNoisePrecision).map((slope, i) => (wanted[i] === 0 ? 0 : -slope));
  const loss = -posterior.logEvidence;
  return { weights: precisionsOf(at).map(Math.log), loss: Number.isFinite(loss) ? loss : Infinity, gradient, at };
}

/** By how much a precision may rise or fall in a step without memory: what is at the mean of its prior asks for an infinite one. */
const LEAST_ENERGY = 1e-12;

/** The logarithmic mean of the two sides of each of MacKay's equations; infinite for what stays. */
function macKayMetric({ posterior, wanted }: Standpoint): Float64Array {
  const { prior, likelihood, data, temperature, effectiveParametersByGroup: gamma, priorEnergies: energies } = posterior;
  const metric = new Float64Array(gamma.length + 1);
  for (let g = 0; g < gamma.length; g++) metric[g] = logarithmicMean(0.5 * gamma[g], prior.precisions[g] * energies[g], LEAST_ENERGY);
  metric[gamma.length] = logarithmicMean(noiseFreedom(posterior) / (2 * temperature), (likelihood.precision * data.energy) / temperature, LEAST_FREEDOM);
  return metric.map((scale, i) => (wanted[i] === 0 ? Infinity : scale));
}

/** $(a - b) / \log(a / b)$, where neither is below a share of the other; 1 for zeros. */
function logarithmicMean(first: number, second: number, leastShare: number): number {
  const [a, b] = [Math.max(first, leastShare * second), Math.max(second, leastShare * first)];
  if (!(b > 0)) return 1;
  const difference = a / b - 1;
  return Math.abs(difference) < 1e-6 ? b * (1 + 0.5 * difference) : (a - b) / Math.log(a / b);
}
