import type { Data } from "../data.ts";
import { knownOptions, oneOf, positive, wholeNumber } from "../errors.ts";
import { likelihoodChange, type Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, rebuilt, type Posterior } from "../posterior/posterior.ts";
import { fixedPointStep } from "./fixed-point.ts";
import { standpoint, type Hyperparameters } from "./hyperparameters.ts";
import { likelihoodSteps } from "./likelihood-step.ts";
import { quasiNewtonSteps } from "./quasi-newton-step.ts";

/**
 * Options of {@link maximizeEvidence}.
 *
 * @category Evidence
 */
export interface MaximizeEvidenceOptions {
  /** Which hyperparameters move. Default `"both"`. */
  readonly estimate?: "both" | "prior" | "noise";
  /**
   * The data of the posterior, for likelihoods of which re-estimation must see the residuals: {@link studentT}, {@link gaussian} with a noise for each output, {@link measurements}
   * with a scale to be estimated. Without, these stay and the prior alone moves (of the Gaussian also the noise, in proportion); the others do not need them.
   */
  readonly data?: Data;
  /**
   * How the maximum is found: `"fixedPoint"`, by MacKay's equations again and again, or `"gradient"`, by limited-memory BFGS in the logarithms of
   * the hyperparameters. Its first step is MacKay's; then it learns how they depend on each other, and converges where MacKay's equations creep, as with
   * nearly as many effective parameters as targets. Both come to the same maximum if there is one only. Default `"fixedPoint"`.
   */
  readonly method?: "fixedPoint" | "gradient";
  /** Stop when MacKay's equations ask no hyperparameter to change by more than this share. Default 1e-6. */
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
  /** The largest relative change of a hyperparameter that MacKay's equations asked for in this iteration, of which a part may have been made. */
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
  /** `"converged"`: MacKay's equations hold to the tolerance; `"iterations"`: the most iterations were made. */
  readonly stopped: "converged" | "iterations";
}

/**
 * MacKay's re-estimation of prior and noise precisions at fixed weights, to the maximum of the evidence
 * (MacKay 1992a, section 4),
 * $$\alpha_g \leftarrow \frac{\gamma_g}{2 E_{W,g}}, \qquad \beta \leftarrow \frac{NK - \gamma}{2 E_0},$$
 * repeated until nothing changes. An iteration takes one factorisation of the precision, and one more each time that its step is
 * halved; for a prior of one group it takes O(W), once the eigenvalues of the curvature are there. Data are not touched.
 *
 * Each of these steps, taken in the logarithm of a hyperparameter, has the sign of the evidence's derivative, but it may be too
 * long: where effective parameters come near the number of targets, the plain iteration jumps to and fro. So a step is halved until the
 * evidence does not fall and the next step does not turn back by more than half of it. The evidence of the history therefore never
 * falls, but for rounding, nor is that of the posterior returned below that of the given one. What is reached is a stationary point,
 * as a rule a local maximum; with several, which one depends on the start. With `method: "gradient"` the steps are those of limited-memory BFGS with
 * a line search, by the {@link evidenceGradient}, and the evidence rises with each. With `data`, the hyperparameters of a likelihood that needs them take a step of their own after each,
 * at the effective parameters reached, which is not halved.
 *
 * At convergence $2 \alpha_g E_{W,g} = \gamma_g$ and $2 \beta E_0 = NK - \gamma$. At a temperature $T$ other than 1 the maximum is
 * where $2 \beta E_0 = NK - T \gamma$; for the empirical Fisher, which grows as $\beta^2$, $\gamma$ counts twice in it. Precisions are taken
 * no further than 1e-8 .. 1e12, and that of a group that the data say nothing about, with $\gamma_g$ below 1e-10 of its weights, stays as
 * it is.
 *
 * @category Evidence
 * @throws {@link UnsupportedError} when an effective number of parameters is negative, as with the exact Hessian away from a
 * minimum of the data error; when the noise alone should move and cannot without `data`, or with them but other curvature than the outer product.
 * @returns The posterior with its history.
 * @example
 * ```ts
 * import { gaussian, isotropic, laplace, mlp, reestimation, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.5 }), data, { prior: isotropic(1) });
 * const { history, stopped } = reestimation(await laplace(model, likelihood, data, { prior }));
 * console.log(stopped, history.every((state, i) => i === 0 || state.logEvidence >= history[i - 1].logEvidence - 1e-9)); // converged true
 * ```
 */
export function reestimation<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, options: MaximizeEvidenceOptions = {}): Reestimation<M, L> {
  knownOptions("options", options, ["estimate", "data", "method", "tolerance", "maximumIterations", "onIteration"]);
  const estimate = oneOf("estimate", options.estimate ?? "both", ["both", "prior", "noise"]);
  const method = oneOf("method", options.method ?? "fixedPoint", ["fixedPoint", "gradient"]);
  const tolerance = positive("tolerance", options.tolerance ?? 1e-6);
  const most = wholeNumber("maximumIterations", options.maximumIterations ?? 1000, 1);

  const history: ReestimationState[] = [];
  const fromData = likelihoodSteps(checkedPosterior(posterior), estimate, options.data);
  let here = standpoint(fromData === undefined ? diagonalized(posterior) : posterior, estimate);
  const step: (from: typeof here) => typeof here = method === "gradient" ? quasiNewtonSteps(here, estimate) : (from) => fixedPointStep(from, estimate);
  let converged = false;
  for (let iteration = 1; iteration <= most && !converged; iteration++) {
    let change = here.wanted.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
    here = step(here);
    if (fromData !== undefined) {
      const next = fromData(here.posterior);
      change = Math.max(change, next.change);
      here = standpoint(next.posterior, estimate);
    }
    converged = change <= tolerance;
    const state = describe(iteration, here.posterior, change);
    history.push(state);
    options.onIteration?.(state);
  }
  return { posterior: fromData === undefined ? rebuilt(here.posterior, { data: posterior.data }) : here.posterior, history, stopped: converged ? "converged" : "iterations" };
}

/** Where all weights share one precision, the eigenvalues of the curvature give the evidence at any of its values. */
function diagonalized<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>): Posterior<M, L> {
  const { prior, data } = posterior;
  if (prior.groups.length > 1 || prior.coupling !== undefined || data.curvature.diagonalized === undefined) return posterior;
  return rebuilt(posterior, { data: { ...data, curvature: data.curvature.diagonalized() } });
}

/**
 * The posterior with the prior and noise precisions that maximise its evidence, by {@link reestimation}, which also says whether
 * it converged. The given posterior is unchanged.
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

/** The largest relative change of a hyperparameter. */
export function hyperparameterChange(before: Hyperparameters, after: Hyperparameters): number {
  const ofNoise = likelihoodChange(before.likelihood, after.likelihood);
  return after.prior.precisions.reduce((largest, alpha, g) => Math.max(largest, Math.abs(Math.log(alpha / before.prior.precisions[g]))), ofNoise);
}

function describe(iteration: number, { logEvidence, effectiveParameters, prior, likelihood }: Posterior, moved: number): ReestimationState {
  return { iteration, logEvidence, effectiveParameters, priorPrecisions: prior.precisions, noisePrecision: likelihood.precision, change: moved };
}
