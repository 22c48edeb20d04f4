import type { Data } from "../data.ts";
import { InvalidArgumentError, describe, madeBy } from "../errors.ts";
import { examples, type Examples } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import type { Subnetwork } from "../model/subnetwork.ts";
import { laplace } from "../posterior/laplace.ts";
import { PRIORS, type Posterior } from "../posterior/posterior.ts";
import { isotropic } from "../prior/isotropic.ts";
import { withPrecisions, type GroupedPrior } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { lossAt, outputsAt, type Objective } from "../training/objective.ts";
import { train } from "../training/train.ts";
import { livingUnits, withoutDeadUnits, type KeptWeights } from "./dead-units.ts";
import { score } from "./judge.ts";
import { pruneSettings, type PruneOptions, type PruneSettings } from "./options.ts";
import { pruned } from "./pruned.ts";
import { pruning, type Pruning, type PruningStep, type RemovalReport } from "./steps.ts";

/**
 * Prunes a trained network, and lets the evidence say when to stop: removes some weights by a method, trains the others, takes the log evidence of the network that is left, and so on
 * (LeCun, Denker & Solla 1990; Hassibi & Stork 1993). What it gives is the whole sequence, and the network of highest log evidence in it.
 *
 * Each network of the sequence is a model of its own, with its weights at a mode and a Gaussian posterior around it, and the prior precisions of the weights it has. A weight that the data do not ask for costs evidence by its Occam factor, and one that they need
 * costs more if it goes: the best is where these balance. With the hyperparameters held, as they are unless `retrain: { reestimate: true }`, all networks are compared with the same prior and noise: take
 * them from a fit of the whole by {@link train} with `reestimate` or {@link maximizeEvidence} first. Of two modes the lower one may be found by training after a removal, so that the training loss need not rise from step to step.
 *
 * Hidden units of networks of dense layers that have lost all weights into them or out of them do nothing, or add a constant: what is left of them is removed too, constants going into the biases of the next layer, without a change of the outputs.
 *
 * Each step takes a training, a posterior, and what the method takes: with {@link full}, $O(N K W^2 + W^3)$ operations. For networks above some thousand weights, `structure: diagonal()` with {@link optimalBrainDamage} takes $O(N K W)$.
 *
 * @category Pruning
 * @param model - Trained, or at least a start for training; a model with frozen parts, as {@link lastLayer} makes, is pruned in the others.
 * @throws {@link InvalidArgumentError} when model, data and options do not fit; {@link NotPositiveDefiniteError} with exact curvature away from a mode.
 * @example
 * ```ts
 * import { gaussian, isotropic, mlp, prune, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 60 }, () => [source.normal(), source.normal(), source.normal()]);
 * const targets = inputs.map(([x]) => Math.tanh(2 * x) + 0.1 * source.normal()); // two inputs are noise
 * const { best, steps } = await prune(mlp([3, 4, 1], { seed: 1 }), gaussian({ noise: 0.1 }), { inputs, targets }, { prior: isotropic(0.1) });
 * console.log(steps[0].weights, "->", best.weights, best.units?.join()); // 21 -> 4 2
 * ```
 */
export async function prune<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options: PruneOptions = {}): Promise<Pruning<M, L>> {
  const training = examples(model, likelihood, data);
  const settings = pruneSettings(options, model.parameters.length);
  const heldOut = options.heldOut === undefined ? undefined : heldOutExamples(model, likelihood, options.heldOut);
  const job: JobOptions = options.signal === undefined ? {} : { signal: options.signal };
  const checkpoint = checkpoints(options);
  const whole = model.parameters.length;
  const { until } = settings;

  let prior = madeBy(PRIORS, "prior", options.prior ?? isotropic(), "bind").bind(model);
  let here: KeptWeights = { kept: Int32Array.from(model.parameters.keys()), weights: model.parameters.slice() };
  let report: RemovalReport = {};
  let current: { likelihood: L } = { likelihood };
  let best: { readonly step: PruningStep<M>; readonly posterior: Posterior<Subnetwork<M>, L> } | undefined;
  const steps: PruningStep<M>[] = [];
  for (;;) {
    const { posterior, iterations } = await settle(pruned(model.withParameters(here.weights), here.kept), current.likelihood, data, prior, settings, job);
    current = posterior;
    prior = carriedOver(prior, posterior, here.kept);
    here = { kept: here.kept, weights: posterior.model.whole.parameters };
    const objective = objectiveOf(posterior, training, job);
    const outputs = await outputsAt(objective, posterior.mean);
    const step = stepOf(model, here, posterior, {
      ...report,
      iterations,
      ...accuracyOf(score(posterior.likelihood, outputs, training.targets)),
      ...(heldOut && { heldOut: score(posterior.likelihood, await outputsAt(objectiveOf(posterior, heldOut, job), posterior.mean), heldOut.targets) }),
    });
    if (until.accuracy > 0 && step.accuracy === undefined) throw new InvalidArgumentError({ argument: "until.accuracy", expected: "a likelihood of classes, categorical() or bernoulli()", received: likelihood.name, advice: "Use until: { evidenceFall } or { weights }." });
    steps.push(step);
    if (best === undefined || step.logEvidence >= best.step.logEvidence) best = { step, posterior };
    await checkpoint({ stage: "pruning", done: whole - step.weights, total: whole - until.weights, value: step.logEvidence });

    const count = Math.min(settings.countOf(step.weights), step.weights - until.weights);
    if (count <= 0 || (step.accuracy ?? 1) < until.accuracy || step.logEvidence < best.step.logEvidence - until.evidenceFall) break;
    const removal = await settings.method.remove({ posterior, data, count, job });
    const { loss } = await lossAt(objective, removal.weights);
    const left = withoutDeadUnits(model, without(here, removal.removed, removal.weights));
    if (removal.removed.length === 0 || left.kept.length === 0) break;
    report = {
      measuredIncrease: loss - step.trainingLoss,
      ...(removal.predictedIncrease !== undefined && { predictedIncrease: removal.predictedIncrease }),
      ...(removal.predictedEvidenceChange !== undefined && { predictedEvidenceChange: removal.predictedEvidenceChange }),
    };
    here = left;
  }
  return pruning(settings.method.name, steps, best.step, best.posterior);
}

function heldOutExamples(model: Model, likelihood: Likelihood, heldOut: Data): Examples {
  if (typeof heldOut !== "object" || heldOut === null || !("inputs" in heldOut && "targets" in heldOut)) throw new InvalidArgumentError({ argument: "heldOut", expected: "{ inputs, targets }", received: describe(heldOut) });
  // Told apart from the data to learn from.
  modelInputs(model, heldOut.inputs, "heldOut.inputs");
  return examples(model, likelihood, heldOut);
}

/** Trains what is left, unless it is not to be, and takes its posterior. */
async function settle<M extends Model, L extends Likelihood>(part: Subnetwork<M>, likelihood: L, data: Data, whole: GroupedPrior, { retrain, posterior }: PruneSettings, job: JobOptions): Promise<{ readonly posterior: Posterior<Subnetwork<M>, L>; readonly iterations: number }> {
  const prior = whole.bind(part);
  const { iterations, ...trained } = retrain === false ? { model: part, likelihood, prior, iterations: 0 } : await train(part, likelihood, data, { ...retrain, ...job, prior });
  return { posterior: await laplace(trained.model, trained.likelihood, data, { ...posterior, ...job, prior: trained.prior }), iterations };
}

/** The prior of the whole with the precisions that those of its groups have come to of which weights are left. */
function carriedOver(whole: GroupedPrior, { prior }: Posterior, kept: Int32Array): GroupedPrior {
  if (whole.fixed || whole.coupling !== undefined) return whole;
  const precisions = whole.precisions.slice();
  kept.forEach((index, i) => (precisions[whole.groupOf[index]] = prior.precisions[prior.groupOf[i]]));
  return precisions.every((alpha, g) => alpha === whole.precisions[g]) ? whole : withPrecisions(whole, precisions);
}

/** The whole's weights with those of its part that a removal left. */
function without({ kept, weights }: KeptWeights, removed: readonly number[], values: Float64Array): KeptWeights {
  const all = weights.slice();
  kept.forEach((index, i) => (all[index] = values[i]));
  const gone = new Set(removed);
  return { kept: kept.filter((_, i) => !gone.has(i)), weights: all };
}

function objectiveOf<L extends Likelihood>({ model, likelihood, prior }: Posterior<Model, L>, { inputs, targets }: Examples, job: JobOptions): Objective<L> {
  const checkpoint = checkpoints(job);
  return { model, likelihood, prior, inputs, targets, breathe: () => checkpoint({ stage: "pruning", done: 0 }) };
}

function accuracyOf({ accuracy }: { readonly accuracy?: number }): { readonly accuracy?: number } {
  return accuracy === undefined ? {} : { accuracy };
}

type Judged = Omit<PruningStep, "weights" | "kept" | "model" | "units" | "trainingLoss" | "logLikelihood" | "logEvidence" | "effectiveParameters">;

function stepOf<M extends Model>(model: M, { kept }: KeptWeights, posterior: Posterior<Subnetwork<M>>, judged: Judged): PruningStep<M> {
  const { mean: parameters, likelihood, data, logLikelihood, logEvidence, effectiveParameters } = posterior;
  const units = livingUnits(model, kept);
  return {
    weights: kept.length,
    kept,
    // Made when asked for: a sequence of whole networks would fill the memory.
    get model() {
      return pruned(model, kept).withParameters(parameters);
    },
    ...(units && { units }),
    trainingLoss: likelihood.precision * data.energy + 0.5 * posterior.scatter,
    logLikelihood,
    logEvidence,
    effectiveParameters,
    ...judged,
  };
}
