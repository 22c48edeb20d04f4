import { NotFiniteError, knownOptions, wholeNumber } from "../errors.ts";
import type { TrainingMethod } from "./method.ts";
import { gradientAt, isSmall } from "./objective.ts";
import { quasiNewton } from "./quasi-newton.ts";

/**
 * Options of {@link lbfgs}.
 *
 * @category Training
 */
export interface LbfgsOptions {
  /** Pairs of steps and gradient changes kept. Default 20; each takes two vectors of W numbers. */
  readonly memory?: number;
}

const DEFAULT_TOLERANCE = 1e-6;
const DEFAULT_ITERATIONS = 5000;

/**
 * Limited-memory BFGS with a line search for the strong Wolfe conditions (Nocedal & Wright 2006, algorithms 7.4, 7.5, 3.5 and
 * 3.6), on the whole data: for networks too large for {@link levenbergMarquardt} and data small enough to pass hundreds of times.
 *
 * It ends when $|dE/dw| \le 10^{-6} \max(1, E)$ or after 5,000 steps, unless told otherwise. It does not re-estimate
 * hyperparameters.
 *
 * @category Training
 * @throws {@link InvalidArgumentError} when `memory` is not a whole number above 0.
 * @example
 * ```ts
 * import { bernoulli, lbfgs, mlp, train } from "laplace-ts";
 * const data = { inputs: [[-1], [0], [1], [2]], targets: [0, 1, 0, 1] };
 * const { stopped } = await train(mlp([1, 1]), bernoulli(), data, { method: lbfgs() });
 * console.log(stopped); // gradient
 * ```
 */
export function lbfgs(options: LbfgsOptions = {}): TrainingMethod {
  knownOptions("options", options, ["memory"]);
  const memory = wholeNumber("memory", options.memory ?? 20, 1);
  return {
    name: "lbfgs",
    reestimates: false,
    async minimize({ objective, start, gradientTolerance = DEFAULT_TOLERANCE, maximumIterations = DEFAULT_ITERATIONS, report }) {
      const first = await gradientAt(objective, start);
      if (!Number.isFinite(first.loss)) throw new NotFiniteError("The loss at the first weights is not finite. Start from smaller weights, or standardise the inputs.");
      const { point, steps, stopped } = await quasiNewton(objective, first, {
        memory,
        done: isSmall(gradientTolerance),
        maximumSteps: maximumIterations,
        report: (step, loss) => report(step, maximumIterations, loss),
      });
      return { weights: point.weights, objective, iterations: steps, stopped };
    },
  };
}
