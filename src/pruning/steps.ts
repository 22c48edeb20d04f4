import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import type { Subnetwork } from "../model/subnetwork.ts";
import type { Posterior } from "../posterior/posterior.ts";
import { columns, significant } from "../report.ts";
import type { PruningScore } from "./judge.ts";

/**
 * What a removal was expected to do, and what it did.
 *
 * @category Pruning
 */
export interface RemovalReport {
  /** By how much the training loss rose when the weights went, before the others were trained again; undefined of the first network. */
  readonly measuredIncrease?: number;
  /** By how much the method expected it to rise, where it expects something. */
  readonly predictedIncrease?: number;
  /** By how much the method expected the log evidence to change, training included; of {@link optimalBrainSurgeon}. What dead units took along is not in it. */
  readonly predictedEvidenceChange?: number;
}

/**
 * One network of the sequence that {@link prune} gives.
 *
 * @category Pruning
 */
export interface PruningStep<M extends Model = Model> extends RemovalReport {
  /** How many weights and biases it has. */
  readonly weights: number;
  /** Which ones, as indices into the parameters of the whole; ascending. */
  readonly kept: Int32Array;
  /** The network, trained; `model.whole` is the one that was pruned, with zeros. Made anew each time it is asked for. */
  readonly model: Subnetwork<M>;
  /** For each hidden layer, the units that have weights left; of networks of dense layers. */
  readonly units?: readonly number[];
  /** $E = \beta E_0 + \frac12 (w - w_0)^\top A (w - w_0)$ at its mode. */
  readonly trainingLoss: number;
  /** $\log p(D \mid w_\mathrm{MAP})$. */
  readonly logLikelihood: number;
  /** Of its posterior. */
  readonly logEvidence: number;
  /** $\gamma$. */
  readonly effectiveParameters: number;
  /** The share of training labels that it gets right; of {@link categorical} and {@link bernoulli}. */
  readonly accuracy?: number;
  /** The same and more for examples that were held out, if there are such. */
  readonly heldOut?: PruningScore;
  /** Steps of training. */
  readonly iterations: number;
}

/**
 * What {@link prune} gives.
 *
 * @category Pruning
 */
export interface Pruning<M extends Model, L extends Likelihood> {
  /** The networks from the whole one on, each with fewer weights than the one before. */
  readonly steps: readonly PruningStep<M>[];
  /** The one of highest log evidence; of equals, the smaller. */
  readonly best: PruningStep<M>;
  /** Its posterior: what {@link predict} takes. */
  readonly posterior: Posterior<Subnetwork<M>, L>;
  /** A table to print: weights, loss, evidence and accuracy of some ten steps and the best. */
  summary(): string;
}

/** How many steps a summary lists, besides the best. */
const LISTED = 12;

/** The sequence with its summary. */
export function pruning<M extends Model, L extends Likelihood>(method: string, steps: readonly PruningStep<M>[], best: PruningStep<M>, posterior: Posterior<Subnetwork<M>, L>): Pruning<M, L> {
  return { steps, best, posterior, summary: () => summaryOf(method, steps, best) };
}

function summaryOf(method: string, steps: readonly PruningStep[], best: PruningStep): string {
  const every = Math.ceil((steps.length - 1) / (LISTED - 1));
  const listed = steps.filter((step, i) => step === best || i === steps.length - 1 || i % Math.max(1, every) === 0);
  const withAccuracy = best.accuracy !== undefined;
  const rows = listed.map((step) => [
    `${step.weights}`,
    significant(step.trainingLoss),
    significant(step.logEvidence),
    step.effectiveParameters.toFixed(1),
    ...(withAccuracy ? [(step.accuracy ?? 0).toFixed(3)] : []),
    step === best ? "best" : "",
  ]);
  const header = ["weights", "training loss", "log evidence", "effective parameters", ...(withAccuracy ? ["accuracy"] : []), ""];
  return `${method}, ${steps.length} ${steps.length === 1 ? "network" : "networks"}\n${columns([header, ...rows], [])}`;
}
