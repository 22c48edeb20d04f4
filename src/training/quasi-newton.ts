import { dot, norm } from "../linalg/vector.ts";
import type { DescentOptions } from "./descent.ts";
import { lineSearch } from "./line-search.ts";
import type { StopReason } from "./method.ts";
import { gradientAt, type Objective, type ObjectiveGradient } from "./objective.ts";
import { awaited, type Search, type SearchPoint } from "./search.ts";

/** How {@link quasiNewton} goes about it. */
export interface QuasiNewtonOptions extends DescentOptions {
  /** Pairs of steps and gradient changes kept. */
  readonly memory: number;
  /** v <- M^-1 v with M a first guess at the Hessian; a multiple of the identity unless given. */
  readonly precondition?: ((v: Float64Array) => void) | undefined;
}

/** Where {@link quasiNewton} ended. */
export interface QuasiNewtonDescent {
  readonly point: ObjectiveGradient;
  readonly steps: number;
  readonly stopped: StopReason;
}

/** s = w' - w, y = g' - g and 1 / s'y. */
interface Pair {
  readonly s: Float64Array;
  readonly y: Float64Array;
  readonly rho: number;
}

/** Where a quasi-Newton descent stands, and what it remembers. */
export interface QuasiNewtonState<P extends SearchPoint> {
  readonly point: P;
  readonly pairs: readonly Pair[];
}

/** How {@link quasiNewtonStep} goes about it. */
export type QuasiNewtonStepOptions = Pick<QuasiNewtonOptions, "memory" | "precondition">;

/** Limited-memory BFGS (Nocedal & Wright 2006, algorithms 7.4 and 7.5) with a line search for the strong Wolfe conditions. */
export async function quasiNewton(objective: Objective, start: ObjectiveGradient, options: QuasiNewtonOptions): Promise<QuasiNewtonDescent> {
  let state: QuasiNewtonState<ObjectiveGradient> = { point: start, pairs: [] };
  for (let steps = 0; ; steps++) {
    const { point } = state;
    if (options.done(point)) return { point, steps, stopped: "gradient" };
    if (steps >= options.maximumSteps) return { point, steps, stopped: "iterations" };
    const next = await awaited(quasiNewtonStep(state, options), (weights) => gradientAt(objective, weights));
    if (next === undefined) return { point, steps, stopped: "stalled" };
    state = next;
    await options.report(steps + 1, state.point.loss);
  }
}

/** One step of it, or nothing if none makes progress. */
export function* quasiNewtonStep<P extends SearchPoint>(state: QuasiNewtonState<P>, options: QuasiNewtonStepOptions): Search<P, QuasiNewtonState<P> | undefined> {
  const { point } = state;
  for (let { pairs } = state; ; pairs = []) {
    const direction = descentDirection(point.gradient, pairs, options.precondition);
    const firstStep = pairs.length === 0 && options.precondition === undefined ? Math.min(1, 1 / norm(point.gradient)) : 1;
    const next = yield* lineSearch(point, direction, firstStep);
    if (next !== undefined) return { point: next, pairs: remember(pairs, point, next, options.memory) };
    // Old pairs may mislead: once more from the first guess.
    if (pairs.length === 0) return undefined;
  }
}

function remember(pairs: readonly Pair[], from: SearchPoint, to: SearchPoint, memory: number): readonly Pair[] {
  const s = to.weights.map((w, i) => w - from.weights[i]);
  const y = to.gradient.map((g, i) => g - from.gradient[i]);
  const product = dot(s, y);
  // The Wolfe conditions make s'y positive, but rounding may not.
  if (!(product > 1e-14 * norm(s) * norm(y))) return pairs;
  return [...pairs, { s, y, rho: 1 / product }].slice(-memory);
}

/** -M^-1 g by the two loops of algorithm 7.4. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[], precondition?: (v: Float64Array) => void): Float64Array {
  const q = gradient.map((g) => -g);
  const shares = new Float64Array(pairs.length);
  for (let i = pairs.length - 1; i >= 0; i--) {
    const { s, y, rho } = pairs[i];
    shares[i] = rho * dot(s, q);
    for (let j = 0; j < q.length; j++) q[j] -= shares[i] * y[j];
  }
  if (precondition !== undefined) precondition(q);
  else if (pairs.length > 0) {
    const { y, rho } = pairs[pairs.length - 1];
    const scale = 1 / (rho * dot(y, y));
    for (let j = 0; j < q.length; j++) q[j] *= scale;
  }
  for (let i = 0; i < pairs.length; i++) {
    const { s, y, rho } = pairs[i];
    const share = shares[i] - rho * dot(y, q);
    for (let j = 0; j < q.length; j++) q[j] += share * s[j];
  }
  return q;
}
