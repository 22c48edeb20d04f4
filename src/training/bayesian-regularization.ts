import type { Likelihood } from "../likelihood/likelihood.ts";
import type { StopReason } from "./method.ts";
import { rescaled, type Bend, type Objective, type Slope } from "./objective.ts";
import { reestimated } from "./reestimation.ts";
import { refine, settle, type RefinementOptions } from "./refinement.ts";

/** What {@link regularize} is told. */
export interface RegularizationOptions extends RefinementOptions {
  /** The most steps between two re-estimations. */
  readonly interval: number;
  /** The noise is not estimated from an E_0 below this. */
  readonly leastEnergy: number;
  readonly done: (point: Slope) => boolean;
}

/** Weights and hyperparameters that belong together. */
export interface Regularized<L extends Likelihood> {
  readonly point: Bend;
  readonly objective: Objective<L>;
  readonly steps: number;
  readonly stopped: StopReason;
}

/** Hyperparameters have settled when their equations hold to this. */
const SETTLED = 1e-5;
/** Re-estimations in which the evidence must rise by `RISE` or the equations must come to hold ten times better. */
const PATIENCE = 10;
const RISE = 0.1;

interface Round<L extends Likelihood> {
  readonly objective: Objective<L>;
  readonly point: Bend;
  readonly logEvidence: number;
  readonly discrepancy: number;
}

/**
 * Trains weights and hyperparameters together: in turns a few steps and one re-estimation (MacKay 1992; Foresee & Hagan 1997).
 * It should start near the mode, as a poor fit would be taken for noise.
 *
 * With few hyperparameters both settle. With many, re-estimation often drifts on long after the evidence has stopped
 * rising (it neglects that the curvature depends on them); then the hyperparameters of highest evidence are taken, and
 * the weights trained at those.
 */
export async function regularize<L extends Likelihood>(objective: Objective<L>, start: Bend, options: RegularizationOptions): Promise<Regularized<L>> {
  const rounds: Round<L>[] = [];
  let current = objective;
  let point = start;
  let steps = 0;
  const remaining = (): RefinementOptions => {
    const taken = steps;
    return { done: options.done, maximumSteps: options.maximumSteps - taken, report: (step, loss) => options.report(taken + step, loss) };
  };
  for (;;) {
    const { objective: next, logEvidence, discrepancy } = reestimated(current, point, options.leastEnergy);
    const settled = discrepancy < SETTLED;
    if (settled && options.done(point)) return { point, objective: current, steps, stopped: "gradient" };
    if (steps >= options.maximumSteps) return { point, objective: current, steps, stopped: "iterations" };
    rounds.push({ objective: current, point, logEvidence, discrepancy });
    if (drifts(rounds)) break;
    if (!settled) {
      point = rescaled(point, current.likelihood, next);
      current = next;
    }
    const descent = await refine(current, point, { ...remaining(), maximumSteps: Math.min(options.interval, options.maximumSteps - steps) });
    steps += descent.steps;
    point = descent.point;
    if (settled && descent.stopped === "stalled") return { point, objective: current, steps, stopped: "stalled" };
  }
  const best = rounds.reduce((a, b) => (b.logEvidence > a.logEvidence ? b : a));
  const end = await settle(best.objective, best.point, { ...remaining(), interval: options.interval });
  return { ...end, objective: best.objective, steps: steps + end.steps };
}

/** Whether the last rounds brought neither evidence nor agreement. Only so many rounds are kept, as each holds a W x W matrix. */
function drifts<L extends Likelihood>(rounds: readonly Round<L>[]): boolean {
  const recent = rounds.length - PATIENCE;
  if (recent < 1) return false;
  const highest = (some: readonly Round<L>[]): number => some.reduce((most, round) => Math.max(most, round.logEvidence), -Infinity);
  if (highest(rounds.slice(recent)) > highest(rounds.slice(0, recent)) + RISE) return false;
  return rounds[rounds.length - 1].discrepancy > 0.1 * rounds[recent - 1].discrepancy;
}
