import { UnsupportedError, knownOptions, oneOf, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { reestimatePrior } from "../prior/prior.ts";

/**
 * Options of {@link maximizeEvidence}.
 *
 * @category Evidence
 */
export interface MaximizeEvidenceOptions {
  /** Which hyperparameters move. Default `"both"`. */
  readonly estimate?: "both" | "prior" | "noise";
  /** Stop when no hyperparameter changes by more than this share. Default 1e-6. */
  readonly tolerance?: number;
  /** Most iterations. Default 1000. */
  readonly maximumIterations?: number;
  /** Called after each iteration with the state it reached. */
  readonly onIteration?: (state: ReestimationState) => void;
}

/**
 * Where a re-estimation stands.
 *
 * @category Evidence
 */
export interface ReestimationState {
  /** Iterations made. */
  readonly iteration: number;
  /** Log evidence at the hyperparameters reached. */
  readonly logEvidence: number;
  /** $\gamma$. */
  readonly effectiveParameters: number;
  /** $\alpha_g$ of each group of the prior. */
  readonly priorPrecisions: Float64Array;
  /** $\beta$. */
  readonly noisePrecision: number;
  /** The largest relative change of a hyperparameter in this iteration. */
  readonly change: number;
}

/**
 * What {@link reestimation} gives.
 *
 * @category Evidence
 */
export interface Reestimation<M extends Model, L extends Likelihood> {
  /** The posterior with the re-estimated hyperparameters. */
  readonly posterior: Posterior<M, L>;
  /** gamma, alpha, beta and evidence after each iteration. */
  readonly history: readonly ReestimationState[];
  /** `"converged"`: all changes were below the tolerance; `"iterations"`: the most iterations were made. */
  readonly stopped: "converged" | "iterations";
}

/**
 * MacKay's re-estimation of prior and noise precisions at fixed weights, to the maximum of the evidence
 * (MacKay 1992, section 4),
 * $$\alpha_g \leftarrow \frac{\gamma_g}{2 E_{W,g}}, \qquad \beta \leftarrow \frac{NK - \gamma}{2 E_0},$$
 * repeated until nothing changes. Each iteration takes one factorisation of the precision; data are not touched.
 *
 * At convergence $2 \alpha_g E_{W,g} = \gamma_g$ and $2 \beta E_0 = NK - \gamma$. Precisions stay within 1e-8 .. 1e12. At a temperature
 * $T$ other than 1 the maximum is where $2 \beta E_0 = NK - T \gamma$; for the empirical Fisher, which grows as $\beta^2$, $\gamma$ counts
 * twice in it.
 *
 * @category Evidence
 * @throws {@link UnsupportedError} when an effective number of parameters is negative, as with the exact Hessian away from a
 * minimum of the data error.
 * @returns The posterior with its history.
 */
export function reestimation<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, options: MaximizeEvidenceOptions = {}): Reestimation<M, L> {
  knownOptions("options", options, ["estimate", "tolerance", "maximumIterations", "onIteration"]);
  const estimate = oneOf("estimate", options.estimate ?? "both", ["both", "prior", "noise"]);
  const tolerance = positive("tolerance", options.tolerance ?? 1e-6);
  const most = wholeNumber("maximumIterations", options.maximumIterations ?? 1000, 1);

  const history: ReestimationState[] = [];
  let current = checkedPosterior(posterior);
  for (let iteration = 1; iteration <= most; iteration++) {
    const next = step(current, estimate);
    const state = describe(iteration, next, hyperparameterChange(current, next));
    history.push(state);
    options.onIteration?.(state);
    current = next;
    if (state.change <= tolerance) return { posterior: current, history, stopped: "converged" };
  }
  return { posterior: current, history, stopped: "iterations" };
}

/**
 * The posterior with the prior and noise precisions that maximise its evidence, by {@link reestimation}. The given posterior is
 * unchanged.
 *
 * @category Evidence
 * @example
 * ```ts
 * import { gaussian, laplace, maximizeEvidence, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.5 }), data);
 * const posterior = await laplace(model, likelihood, data, { prior });
 * const tuned = maximizeEvidence(posterior);
 * console.log(tuned.logEvidence > posterior.logEvidence); // true
 * ```
 */
export function maximizeEvidence<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, options: MaximizeEvidenceOptions = {}): Posterior<M, L> {
  return reestimation(posterior, options).posterior;
}

function step<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, estimate: "both" | "prior" | "noise"): Posterior<M, L> {
  const { prior, likelihood, mean, data, curvature, targetCount, temperature } = posterior;
  const gamma = posterior.effectiveParametersByGroup;
  const negative = gamma.findIndex((value) => value < 0);
  if (negative >= 0 && estimate !== "noise") {
    throw new UnsupportedError(`The evidence has no maximum in the prior precision of "${prior.groups[negative]}": its effective number of parameters is ${gamma[negative].toPrecision(3)}, since the ${posterior.curvature.name} has negative eigenvalues there. Re-estimate with outerProduct() curvature.`);
  }
  // d log evidence / d log beta = (NK / 2 - beta E_0) / T - p gamma / 2, for H that grows as beta^p.
  const taken = curvature.noisePower * temperature * posterior.effectiveParameters;
  return posterior.with({
    prior: estimate === "noise" ? prior : reestimatePrior(prior, gamma, mean),
    likelihood: estimate === "prior" ? likelihood : likelihood.reestimate(data.energy, targetCount, taken),
  });
}

/** The largest relative change of a hyperparameter. */
export function hyperparameterChange(before: Pick<Posterior, "prior" | "likelihood">, after: Pick<Posterior, "prior" | "likelihood">): number {
  const ofNoise = Math.abs(Math.log(after.likelihood.precision / before.likelihood.precision));
  return after.prior.precisions.reduce((largest, alpha, g) => Math.max(largest, Math.abs(Math.log(alpha / before.prior.precisions[g]))), ofNoise);
}

function describe(iteration: number, { logEvidence, effectiveParameters, prior, likelihood }: Posterior, moved: number): ReestimationState {
  return { iteration, logEvidence, effectiveParameters, priorPrecisions: prior.precisions, noisePrecision: likelihood.precision, change: moved };
}
