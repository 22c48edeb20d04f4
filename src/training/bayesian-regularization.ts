import type { Likelihood } from "../likelihood/likelihood.ts";
import { dampedDescent, type Damping } from "./damped-descent.ts";
import { continued, type DescentOptions } from "./descent.ts";
import type { StopReason } from "./method.ts";
import { moved } from "./likelihood-reestimation.ts";
import type { ObjectiveCurvature, Objective } from "./objective.ts";
import { reestimated } from "./reestimation.ts";
import { refine, settle } from "./refinement.ts";

/** What {@link regularize} is told. */
export interface RegularizationOptions extends DescentOptions {
  /** The most steps between two re-estimations. */
  readonly interval: number;
  /** The noise is not estimated from an E_0 below this. */
  readonly leastEnergy: number;
}

/** Weights and hyperparameters that belong together. */
export interface Regularized<L extends Likelihood> {
  readonly point: ObjectiveCurvature;
  readonly objective: Objective<L>;
  readonly steps: number;
  readonly stopped: StopReason;
}

/** Hyperparameters have settled when their equations hold to this. */
const SETTLED = 1e-5;
/** Nearer than this, quasi-Newton steps are faster than damped ones; further off they take turns, as in {@link settle}. */
const NEAR = 0.01;
/** Re-estimations in which the evidence must rise, by so much for each weight, or the equations must come to hold twice as well. */
const PATIENCE = 20;
const RISE = 0.02;

/** What is remembered of a re-estimation. */
interface Round {
  /** The highest log evidence so far. */
  readonly highest: number;
  readonly discrepancy: number;
}

/**
 * Trains weights and hyperparameters together: in turns a few steps and one re-estimation (MacKay 1992a; Foresee & Hagan 1997).
 * It should start near the mode, as a poor fit would be taken for noise.
 *
 * With few hyperparameters both settle. With many, re-estimation often drifts on long after the evidence has stopped
 * rising (it neglects that the curvature depends on them); then the hyperparameters of highest evidence are taken, and
 * the weights trained at those.
 */
export async function regularize<L extends Likelihood>(objective: Objective<L>, start: ObjectiveCurvature, first: Damping, options: RegularizationOptions): Promise<Regularized<L>> {
  const rounds: Round[] = [];
  let best = { objective, point: start, logEvidence: -Infinity };
  let [current, point, damping, steps] = [objective, start, first, 0];
  for (;;) {
    const { objective: next, logEvidence, discrepancy } = await reestimated(current, point, options.leastEnergy);
    const settled = discrepancy < SETTLED;
    if (settled && options.done(point)) return { point, objective: current, steps, stopped: "gradient" };
    if (steps >= options.maximumSteps) return { point, objective: current, steps, stopped: "iterations" };
    if (logEvidence > best.logEvidence) best = { objective: current, point, logEvidence };
    rounds.push({ highest: best.logEvidence, discrepancy });
    // The other half of the steps is for the weights at the hyperparameters found.
    if (drifts(rounds, RISE * point.weights.length) || (discrepancy > NEAR && 2 * steps >= options.maximumSteps)) break;
    if (!settled) {
      point = await moved(point, current.likelihood, next);
      current = next;
    }
    const some = continued(options, steps, options.interval);
    if (discrepancy > NEAR && rounds.length % 2 === 1) {
      const descent = await dampedDescent(current, point, { ...some, damping });
      ({ point, damping } = descent);
      steps += descent.steps;
    } else {
      const descent = await refine(current, point, some);
      point = descent.point;
      steps += descent.steps;
      if (settled && descent.stopped === "stalled") return { point, objective: current, steps, stopped: "stalled" };
    }
  }
  const end = await settle(best.objective, best.point, damping, continued(options, steps));
  return { ...end, objective: best.objective, steps: steps + end.steps };
}

/** Whether the last rounds brought neither evidence nor agreement. */
function drifts(rounds: readonly Round[], rise: number): boolean {
  const [now, before] = [rounds[rounds.length - 1], rounds.at(-1 - PATIENCE)];
  return before !== undefined && now.highest <= before.highest + rise && now.discrepancy > 0.5 * before.discrepancy;
}
