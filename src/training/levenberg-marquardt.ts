import { NotFiniteError, UnsupportedError, knownOptions, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { effectiveParametersAt, regularize } from "./bayesian-regularization.ts";
import { descend, initialDamping, type Station } from "./damped-newton.ts";
import type { Minimum, TrainingMethod, TrainingTask } from "./method.ts";
import { norm, outerProductAt, type Bend } from "./objective.ts";
import { leastEnergy } from "./noise.ts";

/** Options of {@link levenbergMarquardt}. */
export interface LevenbergMarquardtOptions {
  /** mu of the first step, in units of the curvature. Default: 1e-3 of the largest entry on the diagonal of H (Nielsen 1999). */
  readonly damping?: number;
  /** The most steps between two re-estimations of the hyperparameters. Default 3. */
  readonly interval?: number;
}

const DEFAULT_TOLERANCE = 1e-8;
const DEFAULT_ITERATIONS = 2000;

/** Two W x W matrices of this many bytes: 11,000 weights. */
const MOST_BYTES = 2e9;

export function levenbergMarquardt(options: LevenbergMarquardtOptions = {}): TrainingMethod {
  knownOptions("options", options, ["damping", "interval"]);
  if (options.damping !== undefined) positive("damping", options.damping);
  const interval = wholeNumber("interval", options.interval ?? 3, 1);
  return { name: "levenbergMarquardt", reestimates: true, minimize: (task) => minimize(task, options.damping, interval) };
}

async function minimize<L extends Likelihood>(task: TrainingTask<L>, damping: number | undefined, interval: number): Promise<Minimum<L>> {
  const { objective, start, gradientTolerance = DEFAULT_TOLERANCE, maximumIterations = DEFAULT_ITERATIONS } = task;
  const bytes = 16 * start.length ** 2;
  if (bytes > MOST_BYTES) throw new UnsupportedError(`levenbergMarquardt() needs ${(bytes / 1e9).toFixed(1)} GB for ${start.length} weights. Use lbfgs() or adam(), which need a few vectors.`);

  const point = await outerProductAt(objective, start);
  if (!Number.isFinite(point.loss)) throw new NotFiniteError("The loss at the first weights is not finite. Start from smaller weights, or standardise the inputs.");
  const station: Station = { point, damping: initialDamping(objective, point, damping) };
  const done = ({ gradient, loss }: Bend): boolean => norm(gradient) <= gradientTolerance * Math.max(1, loss);
  const report = (step: number, loss: number): Promise<void> => task.report(step, maximumIterations, loss);

  if (!task.reestimate) {
    const { point: end, steps, stopped } = await descend(objective, station, { curvature: outerProductAt, done, maximumSteps: maximumIterations, report });
    return { weights: end.weights, objective, iterations: steps, stopped };
  }
  const end = await regularize(objective, station, { interval, leastEnergy: leastEnergy(objective.targets), done, maximumSteps: maximumIterations, report });
  return { weights: end.point.weights, objective: end.objective, iterations: end.steps, stopped: end.stopped, effectiveParameters: effectiveParametersAt(end.objective, end.point) };
}
