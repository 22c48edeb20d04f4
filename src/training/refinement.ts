import { NotFiniteError } from "../errors.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { solveCholesky } from "../linalg/triangular.ts";
import { addingPriorPrecision } from "../prior/prior.ts";
import { dampedDescent, type Damping } from "./damped-descent.ts";
import { continued, type DescentOptions } from "./descent.ts";
import { outerProductAt, type Objective, type ObjectiveCurvature } from "./objective.ts";
import { quasiNewton, type QuasiNewtonDescent } from "./quasi-newton.ts";

/** Where {@link refine} ended. */
export interface Refinement extends QuasiNewtonDescent {
  readonly point: ObjectiveCurvature;
}

/** Pairs that correct the outer product. */
const MEMORY = 20;

/**
 * Quasi-Newton steps that start from P = H + A, the outer product at the first point: the pairs of limited-memory BFGS learn
 * the bending of the model, which the outer product leaves out, at the price of one gradient a step.
 */
export async function refine(objective: Objective, start: ObjectiveCurvature, options: DescentOptions): Promise<Refinement> {
  const factor = precisionFactor(objective, start);
  const precondition = (v: Float64Array): void => {
    solveCholesky(factor, v.length, v, 1);
  };
  const descent = await quasiNewton(objective, start, { ...options, memory: MEMORY, precondition });
  return { ...descent, point: descent.steps === 0 ? start : await outerProductAt(objective, descent.point.weights) };
}

/** Steps of each kind in turn. */
const QUASI_NEWTON_STEPS = 20;
const DAMPED_STEPS = 10;

/**
 * Goes on until it is done, by quasi-Newton and damped steps in turn: the first are fast near the mode, the others make their
 * way along narrow curved valleys.
 */
export async function settle(objective: Objective, start: ObjectiveCurvature, first: Damping, options: DescentOptions): Promise<Refinement> {
  let [point, damping, steps] = [start, first, 0];
  for (;;) {
    const refinement = await refine(objective, point, continued(options, steps, QUASI_NEWTON_STEPS));
    steps += refinement.steps;
    if (refinement.stopped === "gradient" || steps >= options.maximumSteps) return { ...refinement, steps };
    const descent = await dampedDescent(objective, refinement.point, { ...continued(options, steps, DAMPED_STEPS), damping });
    if (refinement.stopped === "stalled" && descent.point === refinement.point) return { point: descent.point, steps, stopped: "stalled" };
    ({ point, damping } = descent);
    steps += descent.steps;
  }
}

/** L with L L' = P = H + A. */
export function precisionFactor({ prior }: Objective, { curvature, weights }: ObjectiveCurvature): Float64Array {
  const width = weights.length;
  const factor = curvature.slice();
  addingPriorPrecision(prior)(factor);
  if (cholesky(factor, width) === -1) return factor;
  throw new NotFiniteError("The posterior precision H + A is singular to working precision: the prior is too weak for curvature this strong. Use a stronger prior, or more noise.");
}
