import { NotFiniteError, UnsupportedError, knownOptions, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { regularize } from "./bayesian-regularization.ts";
import { dampedDescent, initialDamping } from "./damped-descent.ts";
import { continued, type DescentOptions } from "./descent.ts";
import type { Minimum, TrainingMethod, TrainingTask } from "./method.ts";
import { isSmall, outerProductAt } from "./objective.ts";
import { leastEnergy } from "./noise.ts";
import { reestimated } from "./reestimation.ts";
import { settle } from "./refinement.ts";

/**
 * Options of {@link levenbergMarquardt}.
 *
 * @category Training
 */
export interface LevenbergMarquardtOptions {
  /** mu of the first step, in units of the curvature. Default: 1e-3 of the largest entry on the diagonal of H (Nielsen 1999). */
  readonly damping?: number;
  /** The most steps between two re-estimations of the hyperparameters. Default 5. */
  readonly interval?: number;
}

const DEFAULT_TOLERANCE = 1e-8;
const DEFAULT_ITERATIONS = 2000;

/** Steps before the descent may be found too slow. */
const FAST_PHASE = 50;

/** Two W x W matrices of this many bytes: 11,000 weights. */
const MOST_BYTES = 2e9;

/**
 * Levenberg and Marquardt's method (Hagan & Menhaj 1994): steps $(H + A + \mu I) d = -g$ with the outer product
 * $H = \sum_n J_n^\top S_n S_n^\top J_n$, for every likelihood. Once that is slow, as it is where the
 * model bends, quasi-Newton steps that start from $H + A$ take turns with it. A step takes two $W \times W$ matrices
 * and about $N K W^2 + W^3 / 3$ operations: the method of choice up to some thousand weights.
 *
 * It ends when $|dE/dw| \le 10^{-8} \max(1, E)$ or after 2,000 steps, unless told otherwise.
 *
 * With `reestimate` it is Bayesian regularisation (MacKay 1992a; Foresee & Hagan 1997): from the mode at the first hyperparameters it
 * takes a few steps and one re-estimation in turns, $\alpha_g = \gamma_g / (2 E_{W,g})$ and
 * $\beta = (NK - \gamma) / (2 E_0)$, until these equations hold to $10^{-5}$ and the gradient is small. Where many precisions
 * drift on though the log evidence has not risen by $W / 50$ in twenty re-estimations, or half the steps are used up, it takes the hyperparameters of the highest
 * evidence and trains at those. Precisions are taken no further than $10^{-8}$ and $10^{12}$, the noise no lower than $10^{-5}$ standard
 * deviations of the targets; a group of weights that the data say nothing about keeps its precision.
 *
 * @category Training
 * @throws {@link InvalidArgumentError} for options that are not positive.
 * @example
 * ```ts
 * import { gaussian, levenbergMarquardt, mlp, random, train } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 30 }, (_, i) => [i / 5 - 3]);
 * const targets = inputs.map(([x]) => Math.sin(x) + 0.1 * source.normal());
 * const network = mlp([1, 8, 1], { seed: 1 });
 * const { likelihood, stopped } = await train(network, gaussian(), { inputs, targets }, { method: levenbergMarquardt() });
 * console.log(stopped, likelihood.noise < 0.15); // gradient true
 * ```
 */
export function levenbergMarquardt(options: LevenbergMarquardtOptions = {}): TrainingMethod {
  knownOptions("options", options, ["damping", "interval"]);
  if (options.damping !== undefined) positive("damping", options.damping);
  const interval = wholeNumber("interval", options.interval ?? 5, 1);
  return { name: "levenbergMarquardt", reestimates: true, minimize: (task) => minimize(task, options.damping, interval) };
}

async function minimize<L extends Likelihood>(task: TrainingTask<L>, damping: number | undefined, interval: number): Promise<Minimum<L>> {
  const { objective, start, gradientTolerance = DEFAULT_TOLERANCE, maximumIterations = DEFAULT_ITERATIONS } = task;
  const bytes = 16 * start.length ** 2;
  if (bytes > MOST_BYTES) throw new UnsupportedError(`levenbergMarquardt() needs ${(bytes / 1e9).toFixed(1)} GB for ${start.length} weights. Use lbfgs() or adam(), which need a few vectors.`);

  const point = await outerProductAt(objective, start);
  if (!Number.isFinite(point.loss)) throw new NotFiniteError("The loss at the first weights is not finite. Start from smaller weights, or standardise the inputs.");
  const whole: DescentOptions = { done: isSmall(gradientTolerance), maximumSteps: maximumIterations, report: (step, loss) => task.report(step, maximumIterations, loss) };

  const first = await dampedDescent(objective, point, { ...whole, damping: initialDamping(objective, point, damping), patience: FAST_PHASE });
  const rest = continued(whole, first.steps);
  if (!task.reestimate) {
    const end = await settle(objective, first.point, first.damping, rest);
    return { weights: end.point.weights, objective, iterations: first.steps + end.steps, stopped: end.stopped };
  }
  const floor = leastEnergy(objective.likelihood, objective.targets);
  const end = await regularize(objective, first.point, first.damping, { ...rest, interval, leastEnergy: floor });
  const { effectiveParameters, discrepancy } = await reestimated(end.objective, end.point, floor);
  return { weights: end.point.weights, objective: end.objective, iterations: first.steps + end.steps, stopped: end.stopped, effectiveParameters, discrepancy };
}
