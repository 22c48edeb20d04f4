import { UnsupportedError, knownOptions, oneOf, positive, wholeNumber } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, rebuilt, type Posterior } from "../posterior/posterior.ts";
import { reestimatePrior, withPrecisions, type GroupedPrior } from "../prior/prior.ts";

/**
 * Options of {@link maximizeEvidence}.
 *
 * @category Evidence
 */
export interface MaximizeEvidenceOptions {
  /** Which hyperparameters move. Default `"both"`. */
  readonly estimate?: "both" | "prior" | "noise";
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
 * (MacKay 1992, section 4),
 * $$\alpha_g \leftarrow \frac{\gamma_g}{2 E_{W,g}}, \qquad \beta \leftarrow \frac{NK - \gamma}{2 E_0},$$
 * repeated until nothing changes. An iteration takes one factorisation of the precision, and one more each time that its step is
 * halved; for a prior of one group it takes O(W), once the eigenvalues of the curvature are there. Data are not touched.
 *
 * Each of these steps, taken in the logarithm of a hyperparameter, has the sign of the evidence's derivative, but it may be too
 * long: where effective parameters come near the number of targets, the plain iteration jumps to and fro. So a step is halved until the
 * evidence does not fall and the next step does not turn back by more than half of it. The evidence of the history therefore never
 * falls, but for rounding, nor is that of the posterior returned below that of the given one. What is reached is a stationary point,
 * as a rule a local maximum; with several, which one depends on the start.
 *
 * At convergence $2 \alpha_g E_{W,g} = \gamma_g$ and $2 \beta E_0 = NK - \gamma$. At a temperature $T$ other than 1 the maximum is
 * where $2 \beta E_0 = NK - T \gamma$; for the empirical Fisher, which grows as $\beta^2$, $\gamma$ counts twice in it. Precisions are taken
 * no further than 1e-8 .. 1e12, and that of a group that the data say nothing about, with $\gamma_g$ below 1e-10 of its weights, stays as
 * it is.
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
  let current = diagonalized(checkedPosterior(posterior));
  for (let iteration = 1; iteration <= most; iteration++) {
    const proposed = proposal(current, estimate);
    const change = hyperparameterChange(current, proposed);
    current = climb(current, proposed, estimate);
    const state = describe(iteration, current, change);
    history.push(state);
    options.onIteration?.(state);
    if (change <= tolerance) return { posterior: rebuilt(current, { data: posterior.data }), history, stopped: "converged" };
  }
  return { posterior: rebuilt(current, { data: posterior.data }), history, stopped: "iterations" };
}

/** Where all weights share one precision, the eigenvalues of the curvature give the evidence at any of its values. */
function diagonalized<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>): Posterior<M, L> {
  const { prior, data } = posterior;
  if (prior.groups.length > 1 || data.curvature.diagonalized === undefined) return posterior;
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

type Estimate = "both" | "prior" | "noise";

interface Hyperparameters<L extends Likelihood> {
  readonly prior: GroupedPrior;
  readonly likelihood: L;
}

/** The share of the degrees of freedom that is left where effective parameters take all: the noise precision falls by no more at once. */
const LEAST_FREEDOM = 1e-3;

/** Where MacKay's equations lead; each hyperparameter rises or falls as the evidence wants it to. */
function proposal<L extends Likelihood>(posterior: Posterior<Model, L>, estimate: Estimate): Hyperparameters<L> {
  const { prior, likelihood, data, curvature, targetCount, temperature } = posterior;
  const gamma = posterior.effectiveParametersByGroup;
  const negative = gamma.findIndex((value) => value < 0);
  if (negative >= 0 && estimate !== "noise") {
    throw new UnsupportedError(`The evidence has no maximum in the prior precision of "${prior.groups[negative]}": its effective number of parameters is ${gamma[negative].toPrecision(3)}, since the ${posterior.curvature.name} has negative eigenvalues there. Re-estimate with outerProduct() curvature.`);
  }
  // d log evidence / d log beta = (NK - 2 beta E_0 - p T gamma) / 2 T, for H that grows as beta^p.
  const freedom = targetCount - curvature.noisePower * temperature * posterior.effectiveParameters;
  const least = LEAST_FREEDOM * Math.min(targetCount, 2 * likelihood.precision * data.energy);
  return {
    prior: estimate === "noise" ? prior : reestimatePrior(prior, gamma, posterior.priorEnergies),
    likelihood: estimate === "prior" ? likelihood : withNoisePrecision(likelihood, Math.max(freedom, least, Number.MIN_VALUE) / (2 * data.energy)),
  };
}

/** The posterior at the proposal, or half of the way, a quarter, ...: the first whose evidence is not lower and that did not go too far. */
function climb<M extends Model, L extends Likelihood>(from: Posterior<M, L>, proposed: Hyperparameters<L>, estimate: Estimate): Posterior<M, L> {
  const start = logarithms(from);
  const wanted = logarithms(proposed).map((value, i) => value - start[i]);
  // What rounding makes of a sum over weights and data.
  const least = from.logEvidence - 1e-12 * (Math.abs(from.logEvidence) + from.targetCount);
  for (let to = proposed; ; to = between(from, to)) {
    const next = from.with(to);
    if (next.logEvidence >= least && !turnsBack(next, proposal(next, estimate), wanted)) return next;
  }
}

/** Whether the next step would take back more than half of what was wanted: the sign of going too far that is clear of rounding. */
function turnsBack<L extends Likelihood>(at: Hyperparameters<L>, next: Hyperparameters<L>, wanted: readonly number[]): boolean {
  const here = logarithms(at);
  const along = logarithms(next).reduce((sum, value, i) => sum + (value - here[i]) * wanted[i], 0);
  return along < -0.5 * wanted.reduce((sum, value) => sum + value * value, 0);
}

/** The geometric means of the hyperparameters; those that stay do so to the last digit. */
function between<L extends Likelihood>(a: Hyperparameters<L>, b: Hyperparameters<L>): Hyperparameters<L> {
  const middle = (p: number, q: number): number => (p === q ? p : Math.sqrt(p) * Math.sqrt(q));
  const precision = middle(a.likelihood.precision, b.likelihood.precision);
  return {
    prior: withPrecisions(a.prior, a.prior.precisions.map((alpha, g) => middle(alpha, b.prior.precisions[g]))),
    likelihood: precision === a.likelihood.precision ? a.likelihood : withNoisePrecision(a.likelihood, precision),
  };
}

function logarithms({ prior, likelihood }: Hyperparameters<Likelihood>): number[] {
  return [...prior.precisions, likelihood.precision].map(Math.log);
}

/** The likelihood with this noise precision, if it has one to estimate: 1 / 2 beta is the energy of one residual. */
function withNoisePrecision<L extends Likelihood>(likelihood: L, precision: number): L {
  return likelihood.reestimate(0.5 / precision, 1, 0);
}

/** The largest relative change of a hyperparameter. */
export function hyperparameterChange(before: Pick<Posterior, "prior" | "likelihood">, after: Pick<Posterior, "prior" | "likelihood">): number {
  const ofNoise = Math.abs(Math.log(after.likelihood.precision / before.likelihood.precision));
  return after.prior.precisions.reduce((largest, alpha, g) => Math.max(largest, Math.abs(Math.log(alpha / before.prior.precisions[g]))), ofNoise);
}

function describe(iteration: number, { logEvidence, effectiveParameters, prior, likelihood }: Posterior, moved: number): ReestimationState {
  return { iteration, logEvidence, effectiveParameters, priorPrecisions: prior.precisions, noisePrecision: likelihood.precision, change: moved };
}
