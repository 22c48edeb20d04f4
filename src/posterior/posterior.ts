import type { Matrix } from "ml-matrix";
import type { CurvatureKind } from "../curvature/curvature.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy, pathToPosterior, positive, wholeNumber } from "../errors.ts";
import { LIKELIHOODS } from "../likelihood/examples.ts";
import { differInNoiseAlone, isOpen, type Likelihood } from "../likelihood/likelihood.ts";
import { norm } from "../linalg/vector.ts";
import { toMatrix, weightVector } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { priorEnergies, priorEnergy, priorGradient, priorLogDeterminant, priorPrecision, type GroupedPrior, type Prior } from "../prior/prior.ts";
import { columns, significant } from "../report.ts";
import { posteriorCurvature, posteriorPrecision } from "../structure/posterior-precision.ts";
import type { Precision, Structure } from "../structure/structure.ts";
import type { DataTerm } from "./data-term.ts";
import { weightDraws } from "./draws.ts";

/**
 * What a posterior is made from.
 *
 * @category Posterior
 */
export interface PosteriorParts<M extends Model, L extends Likelihood> {
  /** The model at the mode. */
  readonly model: M;
  /** With its noise settled. */
  readonly likelihood: L;
  /** Bound to the model. */
  readonly prior: GroupedPrior;
  /** Which second-order matrix stands for the curvature. */
  readonly curvature: CurvatureKind;
  /** Which of its entries are kept. */
  readonly structure: Structure;
  /** T. */
  readonly temperature: number;
  /** What is kept of the data. */
  readonly data: DataTerm;
  /** $E_{W,g}$ of the prior's groups, if known already. */
  readonly priorEnergies?: Float64Array | undefined;
}

/**
 * What can be changed in a posterior without touching data again.
 *
 * @category Posterior
 */
export interface PosteriorChanges<L extends Likelihood> {
  /** Another prior, as {@link isotropic} makes it. */
  readonly prior?: Prior;
  /** The same likelihood with another noise. */
  readonly likelihood?: L;
  /** Another T. */
  readonly temperature?: number;
}

/**
 * A Gaussian over the weights of a model, $p(w \mid D) = \mathcal N(w_\mathrm{MAP}, P^{-1})$ with precision $P = H / T + A$ (MacKay 1992b), and where it
 * came from. Where the prior is an earlier posterior, by {@link posteriorAsPrior}, read its precision $P_0$ for $A$. Immutable; {@link laplace} makes it. What takes work is computed when first asked for and kept.
 *
 * @category Posterior
 * @example
 * ```ts
 * import { gaussian, laplace, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] });
 * const errorBars = posterior.marginalVariance.map(Math.sqrt);
 * console.log(Array.from(posterior.mean, (w, i) => `${w} +- ${errorBars[i].toFixed(2)}`).join(", ")); // 1 +- 0.07, 0 +- 0.09
 * console.log(posterior.logEvidence.toFixed(2), posterior.effectiveParameters.toFixed(2), posterior.gradientNorm.toFixed(2)); // -3.36 1.99 13.45
 * ```
 */
export class Posterior<M extends Model = Model, L extends Likelihood = Likelihood> {
  /** The model at the mode. */
  readonly model: M;
  /** The likelihood with its noise. */
  readonly likelihood: L;
  /** The prior over the weights, with the precisions $\alpha_g$ and names of its groups. */
  readonly prior: GroupedPrior;
  /** Which second-order matrix stands for the curvature. */
  readonly curvature: CurvatureKind;
  /** Which of its entries are kept. */
  readonly structure: Structure;
  /** T: 1 for the Bayesian posterior, below 1 for a sharper one. */
  readonly temperature: number;
  /** What is kept of the data. */
  readonly data: DataTerm;
  /** P, factorised. */
  readonly precision: Precision;
  #effectiveParametersByGroup: Float64Array | undefined;
  #priorEnergies: Float64Array | undefined;

  /** Made by {@link laplace}. */
  constructor(parts: PosteriorParts<M, L>) {
    this.model = parts.model;
    this.likelihood = parts.likelihood;
    this.prior = parts.prior;
    this.curvature = parts.curvature;
    this.structure = parts.structure;
    this.temperature = parts.temperature;
    this.data = parts.data;
    this.#priorEnergies = parts.priorEnergies;
    this.precision = posteriorPrecision(this.data.curvature, this.prior, curvatureScale(this));
  }

  /** The mode $w_\mathrm{MAP}$: W. */
  get mean(): Float64Array {
    return this.model.parameters.slice();
  }

  /** N K, the number of target values. */
  get targetCount(): number {
    return this.data.examples * this.model.outputs;
  }

  /** $\log p(D \mid w_\mathrm{MAP})$, with all constants. */
  get logLikelihood(): number {
    return this.likelihood.logLikelihood(this.data.energy, this.targetCount);
  }

  /** $E_{W,g} = \frac12 \sum_{i \in g} (w_i - w_{0,i})^2$ for each group of the prior, without $\alpha_g$: G. */
  get priorEnergies(): Float64Array {
    this.#priorEnergies ??= priorEnergies(this.prior, this.model.parameters);
    return this.#priorEnergies.slice();
  }

  /** $(w - w_0)^\top A (w - w_0)$ at the mode. */
  get scatter(): number {
    return 2 * priorEnergy(this.prior, this.model.parameters, this.priorEnergies);
  }

  /** $\log\det P - \log\det A$, how much the data narrow the weights: the Occam factor is half of it with the scatter. */
  get logDeterminantRatio(): number {
    return this.precision.logDeterminant - priorLogDeterminant(this.prior);
  }

  /**
   * The log evidence, also known as the log marginal likelihood (MacKay 1992a; Bishop 2006, eq. 5.175):
   * $$\tfrac1T \log p(D \mid w_\mathrm{MAP}) - \tfrac12 \left[ (w - w_0)^\top A (w - w_0) + \log\det P - \log\det A \right].$$
   */
  get logEvidence(): number {
    return this.logLikelihood / this.temperature - 0.5 * (this.scatter + this.logDeterminantRatio);
  }

  /** $\gamma_g = W_g - \operatorname{tr}_g (P^{-1} P_0)$ for each group of the prior, where $P_0$ is its precision: $W_g - \alpha_g \operatorname{tr}_g P^{-1}$ for one that is diagonal. */
  get effectiveParametersByGroup(): Float64Array {
    // A group that the data say nothing about has 0, but for rounding; more than that below 0 only an indefinite H gives.
    const rounding = this.curvature.kind === "factor" ? Infinity : 1e-9;
    this.#effectiveParametersByGroup ??= this.precision.effectiveParametersByGroup().map((gamma) => (gamma < 0 && gamma > -rounding ? 0 : gamma));
    return this.#effectiveParametersByGroup.slice();
  }

  /** $\gamma$, the number of parameters that the data determine, of W: for one group $\sum_i \lambda_i / (\lambda_i + \alpha)$, $\lambda_i$ the eigenvalues of $H / T$. */
  get effectiveParameters(): number {
    return this.effectiveParametersByGroup.reduce((sum, gamma) => sum + gamma, 0);
  }

  /** Gradient of the negative log posterior at the weights, $\frac1T dE_D/dw + A (w - w_0)$: W. */
  get gradient(): Float64Array {
    const scale = this.likelihood.precision / this.temperature;
    const fromPrior = priorGradient(this.prior, this.mean);
    return this.data.gradient.map((g, i) => scale * g + fromPrior[i]);
  }

  /** Euclidean norm of the {@link gradient}: 0 at a mode. */
  get gradientNorm(): number {
    return norm(this.gradient);
  }

  /** $\sqrt{g^\top P^{-1} g}$: how many posterior standard deviations a Newton step from here to the mode is long. */
  get distanceFromMode(): number {
    return norm(this.precision.whiten(this.gradient));
  }

  /** Marginal variance of each weight, the diagonal of $P^{-1}$: W. */
  get marginalVariance(): Float64Array {
    return this.precision.inverseDiagonal();
  }

  /** The precision $P = H / T + A$ of the weights, W x W; with {@link posteriorAsPrior} for a prior, $H / T + P_0$. */
  precisionMatrix(): Matrix {
    const width = this.mean.length;
    const matrix = posteriorCurvature(this.data.curvature, this.prior, curvatureScale(this)).dense();
    priorPrecision(this.prior).forEach((alpha, i) => (matrix[i * width + i] += alpha));
    return toMatrix(matrix, width, width);
  }

  /** The covariance $P^{-1}$ of the weights, W x W. For most purposes {@link solve} is quicker and more accurate. */
  covariance(): Matrix {
    return toMatrix(this.precision.inverse(), this.mean.length, this.mean.length);
  }

  /** $P^{-1} v$ for W numbers $v$. */
  solve(vector: ArrayLike<number>): Float64Array {
    return this.precision.solve(weightVector(this.model, "vector", vector));
  }

  /**
   * Weights drawn from the posterior, `count` x W.
   *
   * @param options - `seed` of the draws, default 0.
   */
  sample(count: number, options: { readonly seed?: number } = {}): Matrix {
    knownOptions("options", options, ["seed"]);
    wholeNumber("count", count, 1);
    const width = this.model.parameters.length;
    const draws = new Float64Array(count * width);
    let at = 0;
    for (const { weights } of weightDraws(this, count, options.seed ?? 0)) {
      draws.set(weights, at);
      at += width;
    }
    return toMatrix(draws, count, width);
  }

  /** The posterior with another prior, noise or temperature at the same weights. The data are not touched again. */
  with(changes: PosteriorChanges<L>): Posterior<M, L> {
    knownOptions("changes", changes, ["prior", "likelihood", "temperature"]);
    const { likelihood = this.likelihood, prior = this.prior, temperature = this.temperature } = changes;
    madeBy(LIKELIHOODS, "likelihood", likelihood, "encode");
    madeBy(PRIORS, "prior", prior, "bind");
    if (likelihood.name !== this.likelihood.name) {
      throw new InvalidArgumentError({ argument: "likelihood", expected: `a ${this.likelihood.name} likelihood, as the curvature was computed with`, received: likelihood.name, advice: "Call laplace() again for another likelihood." });
    }
    if (!differInNoiseAlone(this.likelihood, likelihood)) {
      throw new InvalidArgumentError({ argument: "likelihood", expected: `${this.likelihood.description}, as the data were seen with`, received: likelihood.description, advice: "Its noise enters in another way than by a factor: call laplace() again, or maximizeEvidence(posterior, { data })." });
    }
    return rebuilt(this, { likelihood: settled(likelihood, this.data.energy, this.targetCount), prior: prior.bind(this.model), temperature: positive("temperature", temperature) });
  }

  /** A few lines to print: model, data, prior, noise, evidence, and whether the weights are at a mode. */
  summary(): string {
    const gamma = this.effectiveParametersByGroup;
    const { groups, precisions, coupling } = this.prior;
    const distance = this.distanceFromMode;
    const lines = [
      ["model", `${this.model.parameters.length} parameters, ${plural(this.model.outputs, "output")}`],
      ["data", plural(this.data.examples, "example")],
      ["likelihood", this.likelihood.description],
      ["curvature", `${this.curvature.name}, ${this.structure.name}`],
      ["prior", `${this.prior.name}, ${plural(groups.length, "group")}`],
      ...groups.slice(0, LISTED_GROUPS).map((group, g) => [`  ${group}`, `${coupling === undefined ? `precision ${significant(precisions[g])}, ` : ""}effective parameters ${gamma[g].toFixed(2)}`]),
      ...(groups.length > LISTED_GROUPS ? [["  ...", `${groups.length - LISTED_GROUPS} more`]] : []),
      ...(this.temperature === 1 ? [] : [["temperature", significant(this.temperature)]]),
      ["effective parameters", `${this.effectiveParameters.toFixed(2)} of ${this.mean.length}`],
      ["log likelihood", significant(this.logLikelihood)],
      ["log evidence", significant(this.logEvidence)],
      ["gradient norm", significant(this.gradientNorm)],
    ];
    const { leastKept } = this.data.curvature;
    if (leastKept !== undefined && curvatureScale(this) * leastKept > LITTLE * Math.min(...precisions)) lines.push(["warning", "the rank is too low: eigenvalues of the curvature that may be as large as the prior precision are left out, and the evidence is too high. Use a higher rank"]);
    if (gamma.some((value) => value < 0)) lines.push(["warning", "the curvature has negative eigenvalues, which only the prior makes up for: the effective number of parameters means little"]);
    if (distance > FAR_FROM_MODE) lines.push(["warning", `the mode is ${distance.toPrecision(2)} posterior standard deviations away: train further with this prior and noise`]);
    return columns(lines, [0, 1]);
  }
}

/** $\beta^p / T$: what the curvature at unit noise is multiplied by. */
export function curvatureScale({ likelihood, curvature, temperature }: Pick<Posterior, "likelihood" | "curvature" | "temperature">): number {
  return likelihood.precision ** curvature.noisePower / temperature;
}

/** The posterior with other parts; nothing is checked. */
export function rebuilt<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, parts: Partial<PosteriorParts<M, L>>): Posterior<M, L> {
  const { model, likelihood, prior, curvature, structure, temperature, data, priorEnergies } = posterior;
  const { prior: next = prior } = parts;
  // They don't depend on the precisions.
  const kept = parts.model === undefined && next.groupOf === prior.groupOf && next.mean === prior.mean ? { priorEnergies } : {};
  return new Posterior({ model, likelihood, prior, curvature, structure, temperature, data, ...kept, ...parts });
}

/** What makes a prior, for messages. */
export const PRIORS = "isotropic(), perLayer(), automaticRelevance(), groups() or perWeight()";

/** Returns `value` if it is a posterior, else throws: most often it is a promise that was not awaited. */
export function checkedPosterior<P extends Posterior>(value: P): P {
  if (value instanceof Posterior) return value;
  throw new InvalidArgumentError({ argument: "posterior", expected: "what laplace() resolves to", received: describe(value), advice: adviceFor(value) });
}

function adviceFor(value: unknown): string | undefined {
  if (value instanceof Promise) return "Await it first.";
  const path = pathToPosterior(value);
  return path === undefined ? undefined : `Pass its \`${path}\`.`;
}

/** The likelihood itself, or where its noise was left open, with the noise of the residuals. */
export function settled<L extends Likelihood>(likelihood: L, energy: number, targetCount: number): L {
  return isOpen(likelihood) ? likelihood.reestimate(energy, targetCount, 0) : likelihood;
}

/** What is left out of the curvature should be less than this share of the prior precision. */
const LITTLE = 0.1;

/** How many groups of the prior a summary lists one by one. */
const LISTED_GROUPS = 12;

/** A summary warns when the mode is more than this many posterior standard deviations away. */
const FAR_FROM_MODE = 0.5;

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
