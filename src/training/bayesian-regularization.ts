import type { Likelihood } from "../likelihood/likelihood.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { inverseDiagonal } from "../linalg/triangular.ts";
import { effectiveParametersByGroup, priorEnergies, priorPrecision, reestimatePrior } from "../prior/prior.ts";
import { descend, type Descent, type DescentOptions, type Station } from "./damped-newton.ts";
import { outerProductAt, rescaled, type Bend, type Objective } from "./objective.ts";

/** What {@link regularize} is told. */
export interface RegularizationOptions {
  /** Steps between two re-estimations. */
  readonly interval: number;
  /** The noise never gets below this energy E_0: no data are free of rounding. */
  readonly leastEnergy: number;
  readonly done: (point: Bend) => boolean;
  readonly maximumSteps: number;
  readonly report: DescentOptions["report"];
}

/** Weights and hyperparameters that belong together. */
export interface Regularized<L extends Likelihood> extends Descent {
  readonly objective: Objective<L>;
}

/** Precisions stay in here: a group at the upper limit is switched off. */
const LIMITS = [1e-8, 1e12] as const;

/** Hyperparameters have settled when 2 alpha E_W agrees with gamma, and 2 beta E_0 with N K - gamma, to this. */
const SETTLED = 1e-6;

/**
 * Trains weights and hyperparameters together: to the mode at the first hyperparameters, as a poor fit would be taken for
 * noise, then in turns a few steps and one re-estimation (MacKay 1992; Foresee & Hagan 1997), until both have settled.
 */
export async function regularize<L extends Likelihood>(objective: Objective<L>, start: Station, options: RegularizationOptions): Promise<Regularized<L>> {
  let steps = 0;
  let current = objective;
  let station = start;
  const run = async (maximumSteps: number, done: DescentOptions["done"]): Promise<Descent> => {
    const taken = steps;
    const descent = await descend(current, station, { curvature: outerProductAt, done, maximumSteps: Math.min(maximumSteps, options.maximumSteps - taken), report: (step, loss) => options.report(taken + step, loss) });
    steps += descent.steps;
    station = descent;
    return descent;
  };

  await run(options.maximumSteps, (_, decrement) => decrement < 1e-3);
  for (;;) {
    const next = reestimated(current, station.point, options.leastEnergy);
    station = { point: rescaled(station.point, current.likelihood, next.objective), damping: station.damping };
    current = next.objective;
    const settled = next.discrepancy < SETTLED;
    const descent = await run(settled ? Infinity : options.interval, settled ? options.done : (point, decrement) => decrement < 1e-8 || options.done(point));
    const finished = settled && reestimated(current, descent.point, options.leastEnergy).discrepancy < 10 * SETTLED;
    if (finished || steps >= options.maximumSteps) return { ...descent, steps, objective: current };
  }
}

/** gamma for each group at a point: W_g - alpha_g tr(P^-1)_g with the outer product in P. */
export function effectiveParametersAt({ prior }: Objective, { curvature, weights }: Bend): Float64Array {
  const width = weights.length;
  const factor = curvature.slice();
  const diagonal = priorPrecision(prior);
  for (let i = 0; i < width; i++) factor[i * width + i] += diagonal[i];
  cholesky(factor, width);
  return effectiveParametersByGroup(prior, inverseDiagonal(factor, width)).map((gamma) => Math.max(gamma, 0));
}

/** MacKay's re-estimation, and by how much the old hyperparameters missed it. */
function reestimated<L extends Likelihood>(objective: Objective<L>, point: Bend, leastEnergy: number): { objective: Objective<L>; discrepancy: number } {
  const { prior, likelihood, inputs, model } = objective;
  const count = inputs.rows * model.outputs;
  const gamma = effectiveParametersAt(objective, point);
  const total = gamma.reduce((sum, value) => sum + value, 0);
  const energies = priorEnergies(prior, point.weights);
  const nextPrior = reestimatePrior(prior, gamma, point.weights, LIMITS);
  const nextLikelihood = likelihood.reestimate(Math.max(point.energy, leastEnergy), count, total);

  let discrepancy = Math.abs(1 - nextLikelihood.precision / likelihood.precision);
  prior.precisions.forEach((alpha, g) => {
    if (nextPrior.precisions[g] === alpha) return;
    discrepancy = Math.max(discrepancy, Math.abs(2 * alpha * energies[g] - gamma[g]) / Math.max(1, gamma[g]));
  });
  return { objective: { ...objective, prior: nextPrior, likelihood: nextLikelihood }, discrepancy };
}
