import { NotFiniteError } from "../errors.ts";
import { cholesky } from "../linalg/cholesky.ts";
import { solveCholesky, solveLower } from "../linalg/triangular.ts";
import { priorPrecision } from "../prior/prior.ts";
import type { StopReason } from "./method.ts";
import { dot, lossAt, norm, type Bend, type Objective } from "./objective.ts";

/** How strongly steps are shortened now. */
export interface Damping {
  /** mu. */
  readonly amount: number;
  /** By how much mu grows when the next step fails. */
  readonly growth: number;
}

/** A point on the way, with the damping for the next step. */
export interface Station {
  readonly point: Bend;
  readonly damping: Damping;
}

/** Where {@link descend} ended. */
export interface Descent extends Station {
  readonly steps: number;
  readonly stopped: StopReason;
}

/** How {@link descend} goes about it. */
export interface DescentOptions {
  /** Computes loss, gradient and curvature at new weights. */
  readonly curvature: (objective: Objective, weights: Float64Array) => Promise<Bend>;
  /** Ends the descent with `"gradient"`. */
  readonly done: (point: Bend, decrement: number) => boolean;
  readonly maximumSteps: number;
  readonly report: (step: number, loss: number) => Promise<void>;
}

/** Below this share of the loss, a change is lost in the rounding of a sum over the data. */
const ROUNDING = 1e-11;

/**
 * Damped Newton steps (H + A + mu I) d = -g, mu adapted by the gain ratio rho = (E - E') / (1/2 d'(mu d - g)):
 * it shrinks by max(1/10, 1 - (2 rho - 1)^3) after a success and grows by 2, 4, 8, ... after failures (Marquardt 1963; Nielsen
 * 1999). With the outer product for H this is Levenberg and Marquardt's method, with the exact Hessian a trust-region Newton method.
 *
 * Close to the mode the loss no longer tells steps apart; there a step counts when it makes g' (H + A + mu I)^-1 g smaller.
 */
export async function descend(objective: Objective, station: Station, options: DescentOptions): Promise<Descent> {
  const diagonal = priorPrecision(objective.prior);
  let { point, damping } = station;
  for (let steps = 0; ; steps++) {
    const step = dampedStep(point, diagonal, damping);
    if (options.done(point, step.decrement)) return { point, damping: step.damping, steps, stopped: "gradient" };
    if (steps >= options.maximumSteps) return { point, damping, steps, stopped: "iterations" };
    const next = await tryStep(objective, point, step, options);
    if (next === undefined) {
      const grown = grow(step.damping);
      if (!(grown.amount < 1e12 * scaleOf(point, diagonal)) || isNegligible(step.direction, point.weights)) return { point, damping: step.damping, steps, stopped: "stalled" };
      damping = grown;
    } else {
      point = next.point;
      damping = relax(step.damping, next.gain, scaleOf(point, diagonal));
    }
    await options.report(steps + 1, point.loss);
  }
}

/** The damping to start with: 1e-3 of the largest curvature (Nielsen 1999) unless given. */
export function initialDamping({ prior }: Objective, point: Bend, amount?: number): Damping {
  return { amount: amount ?? 1e-3 * scaleOf(point, priorPrecision(prior)), growth: 2 };
}

interface Step {
  readonly direction: Float64Array;
  /** L with L L' = H + A + mu I. */
  readonly factor: Float64Array;
  /** g' (H + A + mu I)^-1 g, twice what an undamped step would gain. */
  readonly decrement: number;
  /** 1/2 d'(mu d - g). */
  readonly predicted: number;
  /** The damping that made the matrix positive definite. */
  readonly damping: Damping;
}

function dampedStep({ curvature, gradient, weights }: Bend, diagonal: Float64Array, damping: Damping): Step {
  const width = weights.length;
  const factor = new Float64Array(width * width);
  for (let tried = damping; ; tried = grow(tried)) {
    for (let i = 0; i < width; i++) {
      for (let j = 0; j < i; j++) factor[i * width + j] = curvature[i * width + j];
      factor[i * width + i] = curvature[i * width + i] + diagonal[i] + tried.amount;
    }
    if (!Number.isFinite(tried.amount)) throw new NotFiniteError("The curvature at the weights that training came to is not finite. Standardise the inputs, or use a stronger prior.");
    if (cholesky(factor, width) !== -1) continue;
    const direction = gradient.map((g) => -g);
    solveCholesky(factor, width, direction, 1);
    const decrement = -dot(direction, gradient);
    return { direction, factor, decrement, predicted: 0.5 * (tried.amount * dot(direction, direction) + decrement), damping: tried };
  }
}

/** The point that a step leads to with its gain ratio, or undefined if it is no better. */
async function tryStep(objective: Objective, point: Bend, step: Step, { curvature }: DescentOptions): Promise<{ point: Bend; gain: number } | undefined> {
  const weights = point.weights.map((w, i) => w + step.direction[i]);
  const rounding = ROUNDING * point.loss;
  const { loss } = await lossAt(objective, weights);
  if (step.predicted > rounding) {
    const gain = (point.loss - loss) / step.predicted;
    return gain > 0 ? { point: await curvature(objective, weights), gain } : undefined;
  }
  if (!(loss <= point.loss + rounding)) return undefined;
  const next = await curvature(objective, weights);
  const whitened = next.gradient.slice();
  solveLower(step.factor, weights.length, whitened, 1);
  return norm(whitened) ** 2 < 0.81 * step.decrement ? { point: next, gain: 1 } : undefined;
}

function grow({ amount, growth }: Damping): Damping {
  return { amount: amount * growth, growth: 2 * growth };
}

function relax({ amount }: Damping, gain: number, scale: number): Damping {
  return { amount: Math.max(1e-14 * scale, amount * Math.max(0.1, 1 - (2 * gain - 1) ** 3)), growth: 2 };
}

/** The largest curvature of the data, not of the prior: a group that is switched off has a huge precision, and means nothing to the others. */
function scaleOf({ curvature, weights }: Bend, diagonal: Float64Array): number {
  const width = weights.length;
  let largest = diagonal.reduce((least, alpha) => Math.min(least, alpha), Infinity);
  for (let i = 0; i < width; i++) largest = Math.max(largest, curvature[i * width + i]);
  return largest;
}

function isNegligible(direction: Float64Array, weights: Float64Array): boolean {
  return norm(direction) <= 1e-15 * (norm(weights) + 1e-15);
}
