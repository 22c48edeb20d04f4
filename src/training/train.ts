import type { Data } from "../data.ts";
import { NotFiniteError, knownOptions, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { isotropic } from "../prior/isotropic.ts";
import type { GroupedPrior, Prior } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { levenbergMarquardt } from "./levenberg-marquardt.ts";
import type { StopReason, TrainingMethod } from "./method.ts";
import { isOpen, withFirstNoise } from "./noise.ts";
import { norm, slopeAt, type Objective } from "./objective.ts";

/** Options of {@link train}. */
export interface TrainOptions extends JobOptions {
  /** p(w), the weight decay. Default `isotropic(1)`, which suits standardised inputs and targets. */
  readonly prior?: Prior;
  /** How the mode is found. */
  readonly method?: TrainingMethod;
  /** Whether prior precisions and noise are re-estimated along the way. Default: only if the noise was left open. */
  readonly reestimate?: boolean;
  /** Training ends when |dE/dw| <= tolerance max(1, E). */
  readonly gradientTolerance?: number;
  /** The most steps. */
  readonly maximumIterations?: number;
}

/** A model at its mode, and how it got there. */
export interface Trained<M extends Model, L extends Likelihood> {
  /** The model with the weights found; the one that was passed in is unchanged. */
  readonly model: M;
  /** The likelihood, with its noise re-estimated if that was asked for. */
  readonly likelihood: L;
  /** The prior with the precisions trained with, or re-estimated. */
  readonly prior: GroupedPrior;
  /** E = beta E_0 + sum_g alpha_g E_W,g = -log p(D | w) - log p(w) without constants. */
  readonly loss: number;
  /** |dE/dw| at the weights found, on all data. */
  readonly gradientNorm: number;
  /** Steps taken. */
  readonly iterations: number;
  /** Why it ended. */
  readonly stopped: StopReason;
  /** gamma, the effective number of parameters, where hyperparameters were re-estimated. */
  readonly effectiveParameters?: number;
}

export async function train<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options: TrainOptions = {}): Promise<Trained<M, L>> {
  knownOptions("options", options, ["prior", "method", "reestimate", "gradientTolerance", "maximumIterations", "signal", "onProgress"]);
  const { gradientTolerance, maximumIterations } = options;
  if (gradientTolerance !== undefined) positive("gradientTolerance", gradientTolerance);
  if (maximumIterations !== undefined) wholeNumber("maximumIterations", maximumIterations, 1);
  const inputs = modelInputs(model, data.inputs, "data.inputs");
  const targets = likelihood.encode(data.targets, inputs.rows, model.outputs);
  const reestimate = options.reestimate ?? isOpen(likelihood);
  const method = options.method ?? levenbergMarquardt();

  const checkpoint = checkpoints(options);
  const breather = checkpoints(options.signal === undefined ? {} : { signal: options.signal });
  const objective: Objective<L> = {
    model,
    likelihood: isOpen(likelihood) ? withFirstNoise(likelihood, targets) : likelihood,
    prior: (options.prior ?? isotropic(1)).bind(model),
    inputs,
    targets,
    breathe: () => breather({ stage: "training", done: 0 }),
  };
  const end = await method.minimize({
    objective,
    start: model.parameters,
    reestimate,
    gradientTolerance,
    maximumIterations,
    report: (done, total, value) => checkpoint({ stage: "training", done, total, value }),
  });

  const { loss, gradient } = await slopeAt(end.objective, end.weights);
  if (!Number.isFinite(loss)) throw new NotFiniteError(`${method.name}() ended where the loss is not finite. Use smaller steps, smaller first weights, standardised inputs or a stronger prior.`);
  return {
    model: model.withParameters(end.weights),
    likelihood: end.objective.likelihood,
    prior: end.objective.prior,
    loss,
    gradientNorm: norm(gradient),
    iterations: end.iterations,
    stopped: end.stopped,
    ...(end.effectiveParameters === undefined ? {} : { effectiveParameters: end.effectiveParameters.reduce((sum, gamma) => sum + gamma, 0) }),
  };
}
