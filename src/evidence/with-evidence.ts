import { outerProduct, type CurvatureKind } from "../curvature/curvature.ts";
import type { Data } from "../data.ts";
import { InvalidArgumentError, knownOptions, madeBy, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { laplace } from "../posterior/laplace.ts";
import type { Posterior } from "../posterior/posterior.ts";
import { kronecker } from "../structure/kronecker.ts";
import type { Structure } from "../structure/structure.ts";
import type { Minimum, TrainingMethod, TrainingTask } from "../training/method.ts";
import { leastEnergy } from "../training/noise.ts";
import type { Objective } from "../training/objective.ts";
import { standpoint, withHyperparameters, type Standpoint } from "./hyperparameters.ts";
import { maximizeEvidence } from "./maximize-evidence.ts";

/**
 * Options of {@link withEvidence}.
 *
 * @category Training
 */
export interface WithEvidenceOptions {
  /** The structure of the posterior whose evidence it is. Default {@link kronecker}. */
  readonly structure?: Structure;
  /** Its curvature, {@link outerProduct} or {@link empiricalFisher}. Default the first. */
  readonly curvature?: CurvatureKind;
  /** Epochs from one re-estimation to the next. Default: a fiftieth of them all, so that there are about fifty. */
  readonly every?: number;
  /** Iterations of each re-estimation, as {@link maximizeEvidence} makes them. Default 10. */
  readonly maximumIterations?: number;
  /** Epochs before the first one: a network that has yet to learn would be taken for noise. Default: a tenth of them all. */
  readonly burnIn?: number;
  /** Ends training when the evidence has not risen for so many re-estimations. Default: never, since the learning rate of {@link adam} falls to zero over all its epochs. */
  readonly patience?: number;
}

/**
 * A training method that re-estimates hyperparameters by the evidence of a posterior.
 *
 * @category Training
 */
export interface EvidenceTraining extends TrainingMethod {
  /** Of the posterior. */
  readonly structure: Structure;
  /** Of the posterior. */
  readonly curvature: CurvatureKind;
}

const DEFAULT_REESTIMATIONS = 50;
const DEFAULT_BURN_IN = 0.1;
const DEFAULT_ITERATIONS = 10;

/**
 * Training with the evidence on the way, for networks and data too large for {@link levenbergMarquardt} (Immer et al. 2021b, algorithm 1): after every few epochs the posterior at the
 * weights reached gets the prior precisions and the noise that {@link maximizeEvidence} takes it to, and training goes on with these. The weights and hyperparameters of the
 * highest evidence on the way are kept, and need not be the last.
 *
 * Where Immer et al. take steps of Adam on the logarithms of the hyperparameters, this takes MacKay's, which need no learning rate. A re-estimation costs a pass through the data for the curvature, about as
 * much as K epochs. The weights are near a mode at best, and the evidence is that of a Gaussian around them. {@link train} re-estimates with this method unless `reestimate` is false.
 * {@link fit} makes its posterior of the same structure, unless told otherwise.
 *
 * @category Training
 * @param method - One that goes through the data in epochs: {@link adam}.
 * @throws {@link InvalidArgumentError} for other methods, curvatures that may be indefinite, and numbers that are not whole.
 * @example
 * ```ts
 * import { adam, gaussian, mlp, perLayer, random, train, withEvidence } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 100 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.2 * source.normal()) };
 * const { likelihood } = await train(mlp([1, 20, 1], { seed: 1 }), gaussian(), data, { prior: perLayer(), method: withEvidence(adam()) });
 * console.log(likelihood.noise > 0.15 && likelihood.noise < 0.25); // true
 * ```
 */
export function withEvidence(method: TrainingMethod, options: WithEvidenceOptions = {}): EvidenceTraining {
  knownOptions("options", options, ["structure", "curvature", "every", "maximumIterations", "burnIn", "patience"]);
  if (madeBy("adam()", "method", method, "minimize").epochs !== true) throw new InvalidArgumentError({ argument: "method", expected: "one that goes through the data in epochs, as adam()", received: `${method.name}()` });
  const structure = madeBy("kronecker(), diagonal() or another structure", "structure", options.structure ?? kronecker(), "curvature");
  const curvature = madeBy("outerProduct() or empiricalFisher()", "curvature", options.curvature ?? outerProduct(), "kind");
  if (curvature.kind !== "factor") throw new InvalidArgumentError({ argument: "curvature", expected: "outerProduct() or empiricalFisher()", received: curvature.name, advice: "Other curvature may be indefinite on the way to a mode." });
  const { every, burnIn, maximumIterations = DEFAULT_ITERATIONS, patience = Infinity } = options;
  if (every !== undefined) wholeNumber("every", every, 1);
  if (burnIn !== undefined) wholeNumber("burnIn", burnIn, 0);
  if (patience !== Infinity) wholeNumber("patience", patience, 1);
  wholeNumber("maximumIterations", maximumIterations, 1);

  return {
    name: "withEvidence",
    reestimates: "always",
    epochs: true,
    structure,
    curvature,
    minimize: async <L extends Likelihood>(task: TrainingTask<L>) => {
      if (!task.reestimate) return method.minimize(task);
      let best: Reestimated<L> | undefined;
      let [objective, since] = [task.objective, 0];
      const end = await method.minimize({
        ...task,
        reestimate: false,
        afterEpoch: async ({ number, total, weights }) => {
          const first = burnIn ?? Math.floor(DEFAULT_BURN_IN * total);
          const due = number > first && (number - first) % (every ?? Math.ceil(total / DEFAULT_REESTIMATIONS)) === 0;
          if (!due && number !== total) return objective;
          const here = await reestimated(objective, weights, { structure, curvature }, maximumIterations);
          since = best === undefined || here.logEvidence > best.logEvidence ? 0 : since + 1;
          if (best === undefined || since === 0) best = here;
          ({ objective } = here);
          return since >= patience ? undefined : objective;
        },
      });
      if (best === undefined) return end;
      const { weights, effectiveParameters, discrepancy } = best;
      // Unless the last weights are the best, they are not those that the method judged.
      const stopped = since === 0 ? end.stopped : since >= patience ? "stalled" : "iterations";
      return { weights, objective: best.objective, iterations: end.iterations, stopped, effectiveParameters, discrepancy };
    },
  };
}

/** Whether a training method is one that {@link withEvidence} makes. */
export function isWithEvidence(method: TrainingMethod): method is EvidenceTraining {
  return method.name === "withEvidence";
}

/** Weights with the hyperparameters that suit them best. */
interface Reestimated<L extends Likelihood> extends Pick<Minimum<L>, "weights" | "objective"> {
  readonly logEvidence: number;
  readonly effectiveParameters: Float64Array;
  readonly discrepancy: number;
}

async function reestimated<L extends Likelihood>(objective: Objective<L>, weights: Float64Array, kind: Pick<EvidenceTraining, "structure" | "curvature">, maximumIterations: number): Promise<Reestimated<L>> {
  const { model, likelihood, prior, inputs, targets, breathe } = objective;
  await breathe();
  // The targets are as the likelihood encodes them.
  const data: Data = { inputs: { data: inputs.data, shape: [inputs.rows, inputs.columns] }, targets: targets.data };
  const posterior = await laplace(model.withParameters(weights.slice()), { ...likelihood, encode: () => targets }, data, { ...kind, prior });
  const estimate = posterior.data.energy > leastEnergy(likelihood, targets) ? "both" : "prior";
  const tuned: Posterior = maximizeEvidence(posterior, { maximumIterations, estimate, data });
  const moved = withHyperparameters({ prior, likelihood }, tuned.prior.precisions, tuned.likelihood.precision);
  return {
    weights: posterior.mean,
    // What the data moved comes with an encode() of its own again.
    objective: { ...objective, ...moved, ...(likelihood.reestimateFrom !== undefined && estimate === "both" && { likelihood: tuned.likelihood as L }) },
    logEvidence: tuned.logEvidence,
    effectiveParameters: tuned.effectiveParametersByGroup,
    discrepancy: discrepancyOf(standpoint(tuned, estimate)),
  };
}

/** How far $2 \alpha_g E_{W,g}$ is from $\gamma_g$, relative where that is above 1, and $\beta$ from what MacKay's equations make of it. */
function discrepancyOf({ posterior, wanted }: Standpoint): number {
  const { prior, effectiveParametersByGroup: gamma, priorEnergies: energies } = posterior;
  const ofNoise = Math.abs(1 - Math.exp(wanted[gamma.length]));
  return gamma.reduce((largest, value, g) => (wanted[g] === 0 ? largest : Math.max(largest, Math.abs(2 * prior.precisions[g] * energies[g] - value) / Math.max(1, value))), ofNoise);
}
