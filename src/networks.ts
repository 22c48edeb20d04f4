import { InvalidArgumentError, describe, knownOptions, oneOf, wholeNumber } from "./errors.ts";
import { mlp } from "./model/mlp.ts";
import type { ActivationName } from "./model/activation.ts";
import { random } from "./random.ts";

/**
 * Options of {@link networks}.
 *
 * @category Fitting
 */
export interface NetworksOptions {
  /** The numbers of hidden units to try, layer by layer; `[]` is a linear model. Default `[[], [5], [10], [20], [50], [10, 10]]`. */
  readonly hidden?: readonly (readonly number[])[];
  /** Fits of each size that is kept, from different initial weights. Default 5. */
  readonly restarts?: number;
  /** What the members count: see {@link networks}. Default `"stacking"`. */
  readonly weights?: "stacking" | "equal" | "evidence";
  /** Into how many parts the examples are divided for stacking. Default 5, or as many as there are examples. */
  readonly folds?: number;
  /** Activation of the hidden units. Default `"tanh"`. */
  readonly activation?: ActivationName;
  /** Seed of the initial weights and of the division into folds. Default 0. */
  readonly seed?: number;
}

/**
 * A family of networks, which {@link fit} takes in place of one: made by {@link networks}.
 *
 * @category Fitting
 */
export interface Networks extends Required<NetworksOptions> {
  /** What it is. */
  readonly family: "networks";
}

/** From a straight line to what can follow a thousand examples closely; two layers for what is made of steps and products. */
const HIDDEN: readonly (readonly number[])[] = [[], [5], [10], [20], [50], [10, 10]];
const RESTARTS = 5;
const FOLDS = 5;

/**
 * The networks among which {@link fit} finds those that suit the data.
 *
 * @category Fitting
 * @throws {@link InvalidArgumentError} for options that are unknown or not what they should be.
 */
export function networks(options: NetworksOptions = {}): Networks {
  knownOptions("options", options, ["hidden", "restarts", "weights", "folds", "activation", "seed"]);
  const { hidden = HIDDEN, restarts = RESTARTS, weights = "stacking", folds = FOLDS, activation = "tanh", seed = 0 } = options;
  if (!Array.isArray(hidden) || hidden.length === 0 || !hidden.every((units) => Array.isArray(units))) {
    throw new InvalidArgumentError({ argument: "hidden", expected: "an array of sizes to try, each an array of the numbers of units in its layers, as [[], [10], [20, 20]]", received: describe(hidden) });
  }
  hidden.forEach((units: readonly unknown[], i) => units.forEach((size, layer) => wholeNumber(`hidden[${i}][${layer}]`, size, 1)));
  wholeNumber("restarts", restarts, 1);
  wholeNumber("folds", folds, 2);
  oneOf("weights", weights, ["stacking", "equal", "evidence"]);
  mlp([1, 1, 1], { activation });
  random(seed);
  return { family: "networks", hidden, restarts, weights, folds, activation, seed };
}

/** Whether it is a family and not a single model. */
export function isNetworks(value: unknown): value is Networks {
  return typeof value === "object" && value !== null && (value as Networks).family === "networks";
}
