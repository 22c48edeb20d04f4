import type { Data } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, UnsupportedError, describe, knownOptions, positive, wholeNumber } from "../errors.ts";
import { examples } from "../likelihood/examples.ts";
import { isOpen, type Likelihood } from "../likelihood/likelihood.ts";
import { norm } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { isotropic } from "../prior/isotropic.ts";
import type { GroupedPrior, Prior } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { adam } from "./adam.ts";
import { lbfgs } from "./lbfgs.ts";
import { levenbergMarquardt } from "./levenberg-marquardt.ts";
import type { StopReason, TrainingMethod } from "./method.ts";
import { withFirstNoise } from "./noise.ts";
import { gradientAt, type Objective } from "./objective.ts";

/**
 * Options of {@link train}.
 *
 * @category Training
 */
export interface TrainOptions extends JobOptions {
  /** p(w), the weight decay. Default `isotropic(1)`, which suits standardised inputs and targets. */
  readonly prior?: Prior;
  /**
   * How the mode is found: {@link levenbergMarquardt}, {@link lbfgs} or {@link adam}, the last also {@link withEvidence}. Default: the first where hyperparameters are to be
   * re-estimated or the model has at most 1,000 weights and N K W^2 is at most 1e10; else the second where N W is at most 1e8; else the third.
   */
  readonly method?: TrainingMethod;
  /** Whether prior precisions and noise are re-estimated along the way. Default: only if the noise was left open, `gaussian()`, or the method is {@link withEvidence}. */
  readonly reestimate?: boolean;
  /** Training ends when |dE/dw| <= tolerance max(1, E). Default 1e-8 for {@link levenbergMarquardt}, 1e-6 for {@link lbfgs}. */
  readonly gradientTolerance?: number;
  /** The most steps. Default 2,000 for {@link levenbergMarquardt}, 5,000 for {@link lbfgs}, for {@link adam} as its epochs say. */
  readonly maximumIterations?: number;
}

/**
 * A model at its mode, and how it got there.
 *
 * @category Training
 */
export interface Trained<M extends Model, L extends Likelihood> {
  /** The model with the weights found; the one that was passed in is unchanged. */
  readonly model: M;
  /** The likelihood, with its noise re-estimated if that was asked for. */
  readonly likelihood: L;
  /** The prior for the weights of this model, with the precisions re-estimated if that was asked for. */
  readonly prior: GroupedPrior;
  /** E = beta E_0 + sum_g alpha_g E_W,g: -log p(D | w) - log p(w) without constants. */
  readonly loss: number;
  /** |dE/dw|, Euclidean, at the weights found and on all data. */
  readonly gradientNorm: number;
  /** Steps taken. */
  readonly iterations: number;
  /** Why it ended: the gradient is small enough, no step makes progress any more, or the steps are used up. */
  readonly stopped: StopReason;
  /** gamma, the effective number of parameters, where hyperparameters were re-estimated. */
  readonly effectiveParameters?: number;
  /**
   * How far $2 \alpha_g E_{W,g}$ is from $\gamma_g$ (relative where $\gamma_g > 1$) and $\beta$ from its re-estimate, where hyperparameters were
   * re-estimated: below 1e-4 where they settled, more where the highest evidence on the way was taken; see {@link levenbergMarquardt}.
   */
  readonly discrepancy?: number;
}

/**
 * Finds the mode of the posterior of a model's weights, the minimum of
 * $$E(w) = -\log p(D \mid w) + \tfrac12 (w - w_0)^\top A (w - w_0)$$
 * over the whole data, starting from the model's own weights.
 *
 * With `reestimate`, or a `gaussian()` whose noise was left open, prior precisions and noise are re-estimated along the way (MacKay
 * 1992); open noise starts from a tenth of the targets' standard deviation.
 *
 * @category Training
 * @returns The trained model with its likelihood, prior and a report; nothing that was passed in changes.
 * @throws {@link InvalidArgumentError} when data, model, likelihood, prior or options do not fit together.
 * @throws {@link UnsupportedError} when hyperparameters are to be re-estimated by a method that can't.
 * @throws {@link NotFiniteError} when the loss at the first weights is not finite, or a method diverges.
 * @example
 * ```ts
 * import { gaussian, mlp, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const trained = await train(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * console.log(trained.stopped, trained.gradientNorm < 1e-6); // gradient true
 * ```
 */
export async function train<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options: TrainOptions = {}): Promise<Trained<M, L>> {
  const { gradientTolerance, maximumIterations } = checkedOptions(options);
  const objective = objectiveFor(model, likelihood, data, options);
  const reestimate = options.reestimate ?? (isOpen(likelihood) || options.method?.reestimates === "always");
  const method = options.method ?? (reestimate ? levenbergMarquardt() : methodFor(model, objective.inputs.rows));
  checkReestimation(method, likelihood, reestimate);

  const checkpoint = checkpoints(options);
  const end = await method.minimize({
    objective,
    start: model.parameters,
    reestimate,
    gradientTolerance,
    maximumIterations,
    report: (done, total, value) => checkpoint({ stage: "training", done, total, value }),
  });

  const { loss, gradient } = await gradientAt(end.objective, end.weights);
  if (!Number.isFinite(loss)) throw new NotFiniteError(`${method.name}() ended where the loss is not finite. Use smaller steps, smaller first weights, standardised inputs or a stronger prior.`);
  return {
    model: model.withParameters(end.weights.slice()),
    likelihood: end.objective.likelihood,
    prior: end.objective.prior,
    loss,
    gradientNorm: norm(gradient),
    iterations: end.iterations,
    stopped: end.stopped,
    ...(end.effectiveParameters !== undefined && { effectiveParameters: end.effectiveParameters.reduce((sum, gamma) => sum + gamma, 0) }),
    ...(end.discrepancy !== undefined && { discrepancy: end.discrepancy }),
  };
}

function checkedOptions(options: TrainOptions): TrainOptions {
  knownOptions("options", options, ["prior", "method", "reestimate", "gradientTolerance", "maximumIterations", "signal", "onProgress"]);
  const { method, reestimate, gradientTolerance, maximumIterations } = options as { readonly [K in keyof TrainOptions]: unknown };
  if (method !== undefined && !isMethod(method)) {
    throw new InvalidArgumentError({ argument: "method", expected: "levenbergMarquardt(), lbfgs() or adam()", received: describe(method), advice: "A method is the value that such a function returns, not its name." });
  }
  if (reestimate !== undefined && typeof reestimate !== "boolean") throw new InvalidArgumentError({ argument: "reestimate", expected: "true or false", received: describe(reestimate) });
  if (gradientTolerance !== undefined) positive("gradientTolerance", gradientTolerance);
  if (maximumIterations !== undefined) wholeNumber("maximumIterations", maximumIterations, 1);
  return options;
}

function isMethod(value: unknown): value is TrainingMethod {
  return typeof value === "object" && value !== null && "minimize" in value;
}

function objectiveFor<L extends Likelihood>(model: Model, likelihood: L, data: Data, { prior = isotropic(1), signal }: TrainOptions): Objective<L> {
  if (typeof prior !== "object" || !("bind" in prior)) {
    throw new InvalidArgumentError({ argument: "prior", expected: "a prior, such as isotropic(1), perLayer() or automaticRelevance()", received: describe(prior) });
  }
  const { inputs, targets } = examples(model, likelihood, data);
  const checkpoint = checkpoints(signal === undefined ? {} : { signal });
  return {
    model,
    likelihood: isOpen(likelihood) ? withFirstNoise(likelihood, targets) : likelihood,
    prior: prior.bind(model),
    inputs,
    targets,
    breathe: () => checkpoint({ stage: "training", done: 0 }),
  };
}

/** The method that suits a model and a number of examples. */
export function methodFor({ parameters, outputs }: Model, rows: number): TrainingMethod {
  const width = parameters.length;
  if (width <= 1000 && rows * outputs * width ** 2 <= 1e10) return levenbergMarquardt();
  return rows * width <= 1e8 ? lbfgs() : adam();
}

function checkReestimation(method: TrainingMethod, likelihood: Likelihood, reestimate: boolean): void {
  if (isOpen(likelihood) && !reestimate) {
    throw new InvalidArgumentError({ argument: "reestimate", expected: `true, as the noise was left open with ${maker(likelihood)}()`, received: "false", advice: `Give the noise with ${given(likelihood)}, or let fit() choose.` });
  }
  if (!reestimate || method.reestimates) return;
  const reason = isOpen(likelihood) ? `The noise was left open with ${maker(likelihood)}()` : "reestimate is true";
  throw new UnsupportedError(`${reason}, but ${method.name}() does not re-estimate hyperparameters. Use levenbergMarquardt() or withEvidence(adam()), give the noise with ${given(likelihood)}${isOpen(likelihood) ? "" : " and leave reestimate out"}, or let fit() alternate training and re-estimation.`);
}

/** What a likelihood is made with, for messages. */
function maker({ name }: Likelihood): string {
  return name === "student t" ? "studentT" : "gaussian";
}

function given(likelihood: Likelihood): string {
  return `${maker(likelihood)}({ ${maker(likelihood) === "studentT" ? "scale" : "noise"} })`;
}
