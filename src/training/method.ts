import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Objective } from "./objective.ts";

/**
 * Why training ended: the gradient is small enough, no step makes progress any more, or the allowed steps are used up.
 *
 * @category Training
 */
export type StopReason = "gradient" | "stalled" | "iterations";

/**
 * What a method is asked to do.
 *
 * @category Training
 */
export interface TrainingTask<L extends Likelihood = Likelihood> {
  /** What is to be minimised. */
  readonly objective: Objective<L>;
  /** Where to start: the model's own weights. */
  readonly start: Float64Array;
  /** Whether to re-estimate prior precisions and noise along the way. */
  readonly reestimate: boolean;
  /** Stop when $\vert dE/dw \vert \le \text{tolerance} \cdot \max(1, E)$; undefined for the method's default. */
  readonly gradientTolerance: number | undefined;
  /** The most steps; undefined for the method's default. */
  readonly maximumIterations: number | undefined;
  /** To be awaited after every step. */
  readonly report: (done: number, total: number, loss: number) => Promise<void>;
  /** To be awaited after each pass through the data, by methods that have such: the objective to go on with, or nothing to end. */
  readonly afterEpoch?: (epoch: Epoch) => Promise<Objective<L> | undefined>;
}

/**
 * A pass through the data.
 *
 * @category Training
 */
export interface Epoch {
  /** Its number, from 1. */
  readonly number: number;
  /** How many there will be. */
  readonly total: number;
  /** The weights at its end: W. */
  readonly weights: Float64Array;
}

/**
 * Where a method ended.
 *
 * @category Training
 */
export interface Minimum<L extends Likelihood = Likelihood> {
  /** The weights found: W. */
  readonly weights: Float64Array;
  /** The objective with the hyperparameters that it ended with. */
  readonly objective: Objective<L>;
  /** Steps taken. */
  readonly iterations: number;
  /** Why it ended. */
  readonly stopped: StopReason;
  /** gamma for each group of the prior, where hyperparameters were re-estimated. */
  readonly effectiveParameters?: Float64Array;
  /** How far the equations of re-estimation are from holding, where hyperparameters were re-estimated. */
  readonly discrepancy?: number;
}

/**
 * A way to find the mode: what {@link levenbergMarquardt}, {@link lbfgs} and {@link adam} make.
 *
 * @category Training
 */
export interface TrainingMethod {
  /** For reports and messages. */
  readonly name: string;
  /** Whether it can re-estimate hyperparameters; `"always"`: whether it does so unless told not to. */
  readonly reestimates: boolean | "always";
  /** Whether it goes through the data in epochs, and calls {@link TrainingTask.afterEpoch}. */
  readonly epochs?: boolean;
  /** Runs it. */
  minimize<L extends Likelihood>(task: TrainingTask<L>): Promise<Minimum<L>>;
}
