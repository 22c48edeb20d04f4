import type { CurvatureKind } from "../curvature/curvature.ts";
import type { Data } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy, positive, wholeNumber } from "../errors.ts";
import type { SelectionSize } from "../model/selection.ts";
import type { LaplaceOptions } from "../posterior/laplace.ts";
import type { Prior } from "../prior/prior.ts";
import type { JobOptions } from "../progress.ts";
import type { Structure } from "../structure/structure.ts";
import type { TrainOptions } from "../training/train.ts";
import type { PruningMethod } from "./method.ts";
import { optimalBrainSurgeon } from "./optimal-brain-surgeon.ts";

/**
 * When {@link prune} ends: as soon as one of these holds.
 *
 * @category Pruning
 */
export interface PruneUntil {
  /** So many weights are left, or fewer: what dead units take along comes on top. Default 1. */
  readonly weights?: number;
  /** The log evidence is so far below its best. Default 20, or with `weights` or `accuracy` infinity. */
  readonly evidenceFall?: number;
  /** The accuracy on the training data is below this; for {@link categorical} and {@link bernoulli}. Default 0. */
  readonly accuracy?: number;
}

/**
 * Options of {@link prune}.
 *
 * @category Pruning
 */
export interface PruneOptions extends JobOptions {
  /** Which weights go. Default {@link optimalBrainSurgeon}. */
  readonly method?: PruningMethod;
  /** How the weights that are left are trained after each removal: options of {@link train}; with `reestimate: true` the hyperparameters move along. `false`: not at all. Default `{}`. */
  readonly retrain?: false | Omit<TrainOptions, "prior" | "signal" | "onProgress">;
  /** How many weights go from one training to the next: so many, or this share of those left. Default `{ share: 0.02 }`, and at least one. */
  readonly remove?: SelectionSize;
  /** When to end. Default: when the log evidence has fallen 20 below its best. */
  readonly until?: PruneUntil;
  /** Examples that are not trained on, to judge each network by. */
  readonly heldOut?: Data;
  /** The prior over the weights of the whole model, or one that was bound to it. Default `isotropic(1)`. */
  readonly prior?: Prior;
  /** Which second-order matrix stands for the curvature. Default {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** Of the posterior whose evidence it is. Default {@link full}; {@link diagonal} for large networks. */
  readonly structure?: Structure;
}

/** The options with their defaults. */
export interface PruneSettings {
  readonly method: PruningMethod;
  readonly retrain: false | NonNullable<Exclude<PruneOptions["retrain"], false>>;
  readonly until: Required<PruneUntil>;
  readonly posterior: Pick<LaplaceOptions, "curvature" | "structure">;
  /** How many weights go, of so many that are left. */
  readonly countOf: (left: number) => number;
}

const DEFAULT_SHARE = 0.02;
const DEFAULT_FALL = 20;

/** Checks the options of prune() for a model of so many weights. */
export function pruneSettings(options: PruneOptions, weights: number): PruneSettings {
  knownOptions("options", options, ["method", "retrain", "remove", "until", "heldOut", "prior", "curvature", "structure", "signal", "onProgress"]);
  const { retrain = {}, curvature, structure } = options;
  if (retrain !== false) knownOptions("retrain", retrain, ["method", "reestimate", "gradientTolerance", "maximumIterations"]);
  return {
    method: madeBy("optimalBrainSurgeon(), optimalBrainDamage() or magnitude()", "method", options.method ?? optimalBrainSurgeon(), "remove"),
    retrain,
    until: checkedUntil(options.until ?? {}, weights),
    posterior: { ...(curvature && { curvature }), ...(structure && { structure }) },
    countOf: checkedRemove(options.remove ?? { share: DEFAULT_SHARE }),
  };
}

function checkedUntil(until: PruneUntil, most: number): Required<PruneUntil> {
  knownOptions("until", until, ["weights", "evidenceFall", "accuracy"]);
  const { weights = 1, accuracy = 0, evidenceFall = until.weights === undefined && until.accuracy === undefined ? DEFAULT_FALL : Infinity } = until;
  wholeNumber("until.weights", weights, 1);
  if (weights > most) throw new InvalidArgumentError({ argument: "until.weights", expected: `at most ${most}, the number of parameters`, received: `${weights}` });
  if (evidenceFall !== Infinity) positive("until.evidenceFall", evidenceFall);
  if (!(typeof accuracy === "number" && accuracy >= 0 && accuracy <= 1)) throw new InvalidArgumentError({ argument: "until.accuracy", expected: "a share from 0 to 1", received: describe(accuracy) });
  return { weights, evidenceFall, accuracy };
}

function checkedRemove(size: SelectionSize): (left: number) => number {
  knownOptions("remove", size, ["count", "share"]);
  const { count, share } = size;
  if ((count === undefined) === (share === undefined)) throw new InvalidArgumentError({ argument: "remove", expected: "either { count } or { share }", received: count === undefined ? "neither" : "both" });
  if (count !== undefined) {
    wholeNumber("remove.count", count, 1);
    return () => count;
  }
  if (!(typeof share === "number" && share > 0 && share <= 1)) throw new InvalidArgumentError({ argument: "remove.share", expected: "a number above 0 and at most 1", received: describe(share) });
  return (left) => Math.max(1, Math.floor(share * left));
}
