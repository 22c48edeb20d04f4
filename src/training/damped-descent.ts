import { NotFiniteError } from "../errors.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { solveCholesky, solveLower } from "../linalg/triangular.ts";
import { dot, norm } from "../linalg/vector.ts";
import { addingPriorPrecision, priorPrecision } from "../prior/prior.ts";
import type { DescentOptions } from "./descent.ts";
import { lossAt, outerProductAt, type Objective, type ObjectiveCurvature } from "./objective.ts";

/** How {@link dampedDescent} goes about it. */
export interface DampedDescentOptions extends DescentOptions {
  /** For the first step: see {@link initialDamping}. */
  readonly damping: Damping;
  /** Steps to take in any case; after that each must bring the decrement down to a third of the last. Default all. */
  readonly patience?: number;
}

/** Where {@link dampedDescent} ended. */
export interface DampedDescent {
  readonly point: ObjectiveCurvature;
  readonly damping: Damping;
  readonly steps: number;
}

/** mu, and by how much it grows when the next step fails. */
export interface Damping {
  readonly amount: number;
  readonly growth: number;
}

interface Step {
  readonly direction: Float64Array;
  /** L with L L' = H + A + mu I. */
  readonly factor: Float64Array;
  /** g' (H + A + mu I)^-1 g. */
  readonly decrement: number;
  /** What the quadratic model promises, 1/2 d'(mu d - g). */
  readonly predicted: number;
  readonly damping: Damping;
}

/** Below this share of the loss, a change is lost in the rounding of a sum over the data. */
const ROUNDING = 1e-11;

/**
 * Levenberg and Marquardt's steps (H + A + mu I) d = -g, mu adapted by the gain ratio rho = (E - E') / (1/2 d'(mu d - g)): it
 * shrinks by max(1/10, 1 - (2 rho - 1)^3) after a success and grows by 2, 4, 8, ... after failures (Marquardt 1963; Nielsen 1999).
 *
 * Close to the mode the loss no longer tells points apart; there a step counts when it makes g' (H + A + mu I)^-1 g smaller. The
 * descent ends when it is done, out of steps or patience, or stuck.
 */
export async function dampedDescent(objective: Objective, start: ObjectiveCurvature, options: DampedDescentOptions): Promise<DampedDescent> {
  const diagonal = priorPrecision(objective.prior);
  const addPrior = addingPriorPrecision(objective.prior);
  let point = start;
  let damping = options.damping;
  const patience = options.patience ?? Infinity;
  let last = Infinity;
  for (let steps = 0; ; steps++) {
    if (options.done(point) || steps >= options.maximumSteps) return { point, damping, steps };
    const step = dampedStep(point, addPrior, damping);
    if (steps >= patience && !(step.decrement < last / 3)) return { point, damping: step.damping, steps };
    last = step.decrement;
    const next = await take(objective, point, step);
    if (next === undefined) {
      damping = grow(step.damping);
      if (!(damping.amount < 1e12 * largestCurvature(point, diagonal)) || norm(step.direction) <= 1e-15 * norm(point.weights)) return { point, damping: step.damping, steps };
    } else {
      point = next.point;
      damping = relax(step.damping, next.gain, largestCurvature(point, diagonal));
    }
    await options.report(steps + 1, point.loss);
  }
}

/** mu for the first step: 1e-3 of the largest curvature (Nielsen 1999) unless given. */
export function initialDamping({ prior }: Objective, point: ObjectiveCurvature, amount?: number): Damping {
  return { amount: amount ?? 1e-3 * largestCurvature(point, priorPrecision(prior)), growth: 2 };
}

function dampedStep({ curvature, gradient, weights }: ObjectiveCurvature, addPrior: (matrix: Float64Array) => void, damping: Damping): Step {
  const width = weights.length;
  const factor = new Float64Array(width * width);
  for (let tried = damping; Number.isFinite(tried.amount); tried = grow(tried)) {
    factor.set(curvature);
    addPrior(factor);
    for (let i = 0; i < width; i++) factor[i * width + i] += tried.amount;
    if (cholesky(factor, width) !== -1) continue;
    const direction = gradient.map((g) => -g);
    solveCholesky(factor, width, direction, 1);
    const decrement = -dot(direction, gradient);
    return { direction, factor, decrement, predicted: 0.5 * (tried.amount * dot(direction, direction) + decrement), damping: tried };
  }
  throw new NotFiniteError("The curvature at the weights that training came to is not finite. Standardise the inputs, or use a stronger prior.");
}

/** The point that a step leads to with its gain ratio, or undefined if it is no better. */
async function take(objective: Objective, point: ObjectiveCurvature, { direction, predicted, factor, decrement }: Step): Promise<{ point: ObjectiveCurvature; gain: number } | undefined> {
  const weights = point.weights.map((w, i) => w + direction[i]);
  const rounding = ROUNDING * point.loss;
  const { loss } = await lossAt(objective, weights);
  if (predicted > rounding) {
    const gain = (point.loss - loss) / predicted;
    if (!(gain > 0)) return undefined;
    const next = await pointAt(objective, weights);
    return next && { point: next, gain };
  }
  if (!(loss <= point.loss + rounding)) return undefined;
  const next = await pointAt(objective, weights);
  if (next === undefined) return undefined;
  const whitened = next.gradient.slice();
  solveLower(factor, weights.length, whitened, 1);
  return norm(whitened) ** 2 < 0.81 * decrement ? { point: next, gain: 1 } : undefined;
}

/** The point at some weights, or undefined where the loss or its derivatives leave the domain of the model. */
async function pointAt(objective: Objective, weights: Float64Array): Promise<ObjectiveCurvature | undefined> {
  try {
    const point = await outerProductAt(objective, weights);
    return Number.isFinite(point.loss) ? point : undefined;
  } catch (error) {
    if (error instanceof NotFiniteError) return undefined;
    throw error;
  }
}

function grow({ amount, growth }: Damping): Damping {
  return { amount: amount * growth, growth: 2 * growth };
}

function relax({ amount }: Damping, gain: number, scale: number): Damping {
  return { amount: Math.max(1e-14 * scale, amount * Math.max(0.1, 1 - (2 * gain - 1) ** 3)), growth: 2 };
}

/** Of the data, not of the prior: a group that is switched off has a huge precision, and means nothing to the others. */
function largestCurvature({ curvature, weights }: ObjectiveCurvature, diagonal: Float64Array): number {
  const width = weights.length;
  let largest = diagonal.reduce((least, alpha) => Math.min(least, alpha), Infinity);
  for (let i = 0; i < width; i++) largest = Math.max(largest, curvature[i * width + i]);
  return largest;
}
