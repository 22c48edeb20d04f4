import { InvalidArgumentError, describe, knownOptions, oneOf, positive, wholeNumber } from "./errors.ts";
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
  /** Fits of each size that is kept, from different initial weights: on average, as sizes that count more get more of them; with stacking, those that end in a bad mode are not among the members. Linear networks have one mode and are fitted once. Default 3. */
  readonly restarts?: number;
  /** What the members count: see {@link networks}. Default `"stacking"`. */
  readonly weights?: "stacking" | "equal" | "evidence";
  /** Into how many parts the examples are divided for stacking. Default 5, or as many as there are examples. */
  readonly folds?: number;
  /**
   * Operations that a step of training may take, $N K W^2 + W^3$, for a size to be tried; of sizes that take nearly as many, fewer networks are fitted: three times this at most in all their
   * steps taken together, or two networks. The smallest size is tried in any case. Default 3e9.
   */
  readonly work?: number;
  /** Activation of the hidden units. Default `"tanh"`. */
  readonly activation?: ActivationName;
  /** Of each network: the number of classes, where some of them may be absent from the data. Default: as the targets say, of which every class must then have a row. */
  readonly outputs?: number | undefined;
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
const RESTARTS = 3;
const FOLDS = 5;
const WORK = 3e9;

/**
 * A family of networks in place of a single one: {@link fit} finds the sizes that suit the data, fits several networks of these from different initial weights, and predicts by their mixture. No part
 * of it looks at more than the data that it is given; the defaults are the same for all data.
 *
 * 1. The examples are divided into folds. A network of each size is fitted to the others of each fold, and predicts the fold.
 * 2. Stacking ({@link stackingWeights}; Yao et al. 2018b) gives each size the weight with which the mixture predicts held-out examples best; those below 5 % are left out. Mixtures of good predictions are too wide, so the
 *    variances of members are narrowed by the one factor that held-out examples like best, if any (the spread-adjusted linear pool of Gneiting & Ranjan 2013). Where there is no noise, as of classes, it is the posterior covariance that is narrowed, down to 1.5 %,
 *    and held-out examples choose between {@link automaticRelevance} and {@link perLayer}.
 *    With {@link studentT} the mixture is pooled into one t distribution of its mean, with the share of its squared scale (of members, their noise and their disagreement) and the degrees of freedom that held-out examples like best:
 *    so the tails are those of the whole prediction, and not of noise alone around means that scatter as if by a normal distribution. Where noise is not the same for large and for small values, its log scale
 *    gets a linear trend in the mean ({@link ScaleTrend}), if held-out examples like that by $\frac12 \log N$ better (Schwarz 1978).
 * 3. Networks of the sizes that are left are fitted to all examples, and predict with these weights; without those in a bad mode, whose log evidence is more than 0.05 an example below that of the best of
 *    their size.
 *
 * A fold without which all targets are the same is passed over where there is noise, which could not be estimated then; a fold may lack a class.
 *
 * `weights: "equal"` and `"evidence"` hold nothing out: networks of all sizes count the same, or by $p_i(D)$.
 *
 * Each fit is that of {@link fit} for one network ({@link automaticRelevance} unless `prior` says otherwise or step 2 does, hyperparameters by the evidence), in no more than 100 steps unless `maximumIterations` says otherwise: modes differ by more than what further steps
 * change. With {@link studentT}, whose tails the evidence chooses, it starts from least squares. Work is bounded, by `work` (its default admits 50 units for some 10,000 examples of eight inputs), and as many folds are held out as make 1,000 examples. Five hundred to a thousand
 * examples take half a minute to a minute of one processor. `workers` share the networks, with the same results; where a signal aborts, a thread still finishes the network that it is at.
 *
 * @category Fitting
 * @throws {@link InvalidArgumentError} for options that are unknown or not what they should be.
 * @example
 * ```ts
 * import { fit, networks, random, studentT } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 60 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * const fitted = await fit(networks({ hidden: [[], [4]] }), studentT(), data);
 * console.log(fitted.sizes[1].weight.toFixed(2)); // 1.00
 * const { mean } = await fitted.predict([0.5]);
 * console.log(Math.abs(mean.get(0, 0) - Math.sin(1)) < 0.1); // true
 * ```
 */
export function networks(options: NetworksOptions = {}): Networks {
  knownOptions("options", options, ["hidden", "restarts", "weights", "folds", "work", "activation", "outputs", "seed"]);
  const { hidden = HIDDEN, restarts = RESTARTS, weights = "stacking", folds = FOLDS, work = WORK, activation = "tanh", outputs, seed = 0 } = options;
  if (!Array.isArray(hidden) || hidden.length === 0 || !hidden.every((units) => Array.isArray(units))) {
    throw new InvalidArgumentError({ argument: "hidden", expected: "an array of sizes to try, each an array of the numbers of units in its layers, as [[], [10], [20, 20]]", received: describe(hidden) });
  }
  hidden.forEach((units: readonly unknown[], i) => units.forEach((size, layer) => wholeNumber(`hidden[${i}][${layer}]`, size, 1)));
  hidden.forEach((units: readonly number[], i) => {
    const first = hidden.findIndex((other: readonly number[]) => other.join() === units.join());
    if (first < i) throw new InvalidArgumentError({ argument: `hidden[${i}]`, expected: "a size that is not in the list yet", received: `[${units.join(", ")}], which is hidden[${first}] too`, advice: "Several networks of a size are what `restarts` is for." });
  });
  wholeNumber("restarts", restarts, 1);
  wholeNumber("folds", folds, 2);
  positive("work", work);
  if (outputs !== undefined) wholeNumber("outputs", outputs, 1);
  oneOf("weights", weights, ["stacking", "equal", "evidence"]);
  mlp([1, 1, 1], { activation });
  random(seed);
  return { family: "networks", hidden, restarts, weights, folds, work, activation, outputs, seed };
}

/** Whether it is a family and not a single model. */
export function isNetworks(value: unknown): value is Networks {
  return typeof value === "object" && value !== null && (value as Networks).family === "networks";
}
