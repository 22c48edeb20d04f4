import { outerProduct, type CurvatureKind } from "./curvature/curvature.ts";
import { toTable, type Data, type MatrixLike, type Table } from "./data.ts";
import { InvalidArgumentError, knownOptions, madeBy, positive } from "./errors.ts";
import { hyperparameterChange, maximizeEvidence } from "./evidence/maximize-evidence.ts";
import { isWithEvidence } from "./evidence/with-evidence.ts";
import { examples } from "./likelihood/examples.ts";
import { isOpen, type Likelihood } from "./likelihood/likelihood.ts";
import { isNetwork } from "./model/graph/network.ts";
import { isChain, isLayered, type Model } from "./model/model.ts";
import { isPairwise } from "./model/pairwise.ts";
import { columnScale, isStandardized, standardized, unitScale, unitsOf } from "./model/standardized.ts";
import { MEMORY_BUDGET, approximation, laplace } from "./posterior/laplace.ts";
import type { DataTerm } from "./posterior/data-term.ts";
import { PRIORS, type Posterior } from "./posterior/posterior.ts";
import { predict, type PredictOptions, type PredictionOf } from "./predictive/predict.ts";
import { automaticRelevance } from "./prior/automatic-relevance.ts";
import { holdingIntercept } from "./prior/intercept.ts";
import { perLayer } from "./prior/per-layer.ts";
import { perWeight } from "./prior/per-weight.ts";
import type { Prior } from "./prior/prior.ts";
import { jobOptions, workerCount, type SharedJobOptions } from "./progress.ts";
import { diagonal } from "./structure/diagonal.ts";
import { full } from "./structure/full.ts";
import { kronecker } from "./structure/kronecker.ts";
import type { Structure } from "./structure/structure.ts";
import type { TrainingMethod } from "./training/method.ts";
import { withFirstNoise } from "./training/noise.ts";
import { methodFor, train, type TrainOptions, type Trained } from "./training/train.ts";

/**
 * Options of {@link fit}.
 *
 * @category Fitting
 */
export interface FitOptions extends SharedJobOptions {
  /** Where the prior precisions start. Default: {@link automaticRelevance} for networks of dense layers; {@link perLayer} for {@link pairwise} ones and those of {@link network}; for other
   * models a weak one that stays, with standard deviations of a hundred times the size of the parameters given. */
  readonly prior?: Prior;
  /**
   * Whether inputs, and the targets of a regression, are standardised within. Default: for networks, not for other models; of a {@link network} that takes images, sequences or
   * numbers of things ({@link embedding}), the targets alone.
   */
  readonly standardize?: boolean;
  /** Whether prior precisions and noise are re-estimated by the evidence. Default true. */
  readonly reestimate?: boolean;
  /** How the mode is found. Default: by the number of weights, as {@link train} chooses. */
  readonly method?: TrainingMethod;
  /** As in {@link train}. */
  readonly gradientTolerance?: number;
  /** As in {@link train}. */
  readonly maximumIterations?: number;
  /** Of the posterior. Default {@link outerProduct}, by which the hyperparameters are re-estimated also where the exact Hessian is asked for. */
  readonly curvature?: CurvatureKind;
  /** Default: that of {@link withEvidence} if it is the method; else {@link full} if it fits the memory budget, else {@link kronecker} for networks if that does, else {@link diagonal}. */
  readonly structure?: Structure;
  /** Most bytes that curvature and precision may take. Default 1 GiB. */
  readonly memoryBudget?: number;
}

/**
 * A fitted model: predictions in the units of the data, evidence, and the posterior behind them.
 *
 * @category Fitting
 */
export interface Fitted<M extends Model, L extends Likelihood> {
  /** The posterior; its model takes inputs and gives outputs in the units of the data. */
  readonly posterior: Posterior<M, L>;
  /** How training went. */
  readonly training: Trained<M, L>;
  /** The likelihood with its noise, in the units of the targets. */
  readonly likelihood: L;
  /** The log evidence, $\log p(\text{targets} \mid \text{hyperparameters})$, in the units of the targets. */
  readonly logEvidence: number;
  /** $\log p(\text{targets} \mid w_\mathrm{MAP})$. */
  readonly logLikelihood: number;
  /** $\gamma$, the effective number of parameters. */
  readonly effectiveParameters: number;
  /** What is kept of the data. */
  readonly data: DataTerm;
  /** Predictions with error bars, as {@link predict} makes them. */
  predict(inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>>;
  /** A few lines to print. */
  summary(): string;
}

/** Rounds of training and re-estimation, for methods that do not re-estimate by themselves. */
const ROUNDS = 10;

/** Rounds end when the hyperparameters change by less than this share. */
const SETTLED = 0.01;

const OPTIONS = ["prior", "standardize", "reestimate", "method", "gradientTolerance", "maximumIterations", "curvature", "structure", "memoryBudget", "workers", "signal", "onProgress"];

/** What {@link fit} does for a single model, of whose targets it is known that they differ. */
export async function fitModel<M extends Model, L extends Likelihood>(model: M, likelihood: L, data: Data, options: FitOptions = {}): Promise<Fitted<M, L>> {
  knownOptions("options", options, OPTIONS);
  const { inputs, targets } = examples(model, likelihood, data);
  const networks = isLayered(model) || isNetwork(model);
  const { standardize = networks, reestimate = true, curvature: _, structure: __, workers: ___, memoryBudget = MEMORY_BUDGET, ...training } = options;
  workerCount(options);
  const { curvature, structure } = approximation(model, { structure: chooseStructure(model, options, inputs.rows, positive("memoryBudget", memoryBudget)), ...options });
  const outputScale = likelihood.outputScale(targets, model.outputs);
  // What fit() returned is in the data's units already.
  const start = standardize && !isStandardized(model) ? standardized(model, { inputs: options.standardize === true || hasColumns(model) ? columnScale(inputs) : unitScale(inputs.columns), outputs: outputScale }) : model;
  // Outputs of different units have noise of different sizes: one noise for all is one in standardised units, unless its proportions are given.
  const noisy = standardize && model.outputs > 1 && isOpen(likelihood) && likelihood.scales === undefined && likelihood.scaled !== undefined ? likelihood.scaled(outputScale.scale) : likelihood;
  const method = options.method ?? methodFor(model, inputs.rows);
  const prior = madeBy(PRIORS, "prior", options.prior ?? priorFor(model), "bind").bind(start);
  const how: TrainOptions & { readonly prior: Prior } = { ...training, prior: hasCentredOutputs(start) ? holdingIntercept(prior, start) : prior, method };
  const posteriorOf = (mode: Trained<M, L>, kind: CurvatureKind): Promise<Posterior<M, L>> => laplace(mode.model, mode.likelihood, data, { ...jobOptions(options), prior: mode.prior, curvature: kind, structure, memoryBudget });

  // On the way the exact Hessian may be indefinite: hyperparameters go by the outer product then, as do those of likelihoods that know no other.
  const tuning = curvature.kind === "exact" || likelihood.reestimateFrom !== undefined ? outerProduct() : curvature;
  // Levenberg-Marquardt re-estimates by the full outer product; another posterior has its evidence elsewhere.
  const together = isWithEvidence(method) || (method.reestimates !== false && structure.name === "full" && tuning.name === "outer product");
  if (!reestimate || together) {
    const mode = await train(start, noisy, data, { ...how, reestimate });
    return fitted(await posteriorOf(mode, curvature), mode);
  }
  let mode = await train(start, isOpen(noisy) ? withFirstNoise(noisy, targets) : noisy, data, { ...how, ...inRound(options, 1) });
  for (let round = 1; round <= ROUNDS; round++) {
    const tuned = maximizeEvidence(await posteriorOf(mode, tuning), { data });
    const settled = hyperparameterChange(mode, tuned) < SETTLED;
    mode = await train(tuned.model, tuned.likelihood, data, { ...how, ...inRound(options, round + 1), prior: tuned.prior });
    if (settled) break;
  }
  return fitted(await posteriorOf(mode, curvature), mode);
}

/** The fit whose training ended as it is said. */
export async function fittedAt<M extends Model, L extends Likelihood>(training: Trained<M, L>, data: Data, options: FitOptions): Promise<Fitted<M, L>> {
  const { model, likelihood, prior } = training;
  const { memoryBudget = MEMORY_BUDGET } = options;
  const { rows } = toTable("data.inputs", data.inputs);
  const { curvature, structure } = approximation(model, { structure: chooseStructure(model, options, rows, memoryBudget), ...options });
  return fitted(await laplace(model, likelihood, data, { ...jobOptions(options), prior, curvature, structure, memoryBudget }), training);
}

/** The option that has progress tell the round. */
function inRound({ onProgress }: FitOptions, round: number): Pick<FitOptions, "onProgress"> {
  return typeof onProgress === "function" ? { onProgress: (progress) => onProgress({ ...progress, round }) } : {};
}

/** Throws where all targets of a user are the same: there is nothing to learn from them, and a noise or scale estimated from them would be 0. */
export function checkVaried({ data, rows, columns }: Table): void {
  if (rows < 2 || data.some((value, i) => value !== data[i % columns])) return;
  throw new InvalidArgumentError({ argument: "data.targets", expected: "targets that differ from example to example", received: `${columns === 1 ? data[0] : `[${data.subarray(0, columns).join(", ")}]`} for all ${rows} examples`, advice: "There is nothing to predict. Was the right column read? train() and laplace() take such targets." });
}

/** Whether outputs are counted from the mean of the targets. */
function hasCentredOutputs(model: Model): boolean {
  return unitsOf(model)?.outputs.shift.some((shift) => shift !== 0) ?? false;
}

/** Whether inputs are columns of a table, each in units of its own. */
function hasColumns(model: Model): boolean {
  return !isNetwork(model) || (model.inputShape.length === 1 && model.operations.every(({ kind }) => kind !== "embedding"));
}

function priorFor(model: Model): Prior {
  if (isChain(model)) return automaticRelevance();
  return isNetwork(model) || (isPairwise(model) && (isLayered(model.each) || isNetwork(model.each))) ? perLayer() : weakPrior(model);
}

/** Standard deviations of a hundred times where the parameters start (or 100), not re-estimated: little more than least squares. */
function weakPrior({ parameters }: Model): Prior {
  return perWeight(parameters.map((w) => (100 * (Math.abs(w) || 1)) ** -2), { fixed: true });
}

function chooseStructure(model: Model, { method, curvature = outerProduct() }: FitOptions, examples: number, budget: number): Structure {
  if (method !== undefined && isWithEvidence(method)) return method.structure;
  const fits = (structure: Structure): boolean => structure.bytes(model, curvature, examples) <= budget;
  if (fits(full())) return full();
  return isLayered(model) && curvature.kind === "factor" && fits(kronecker()) ? kronecker() : diagonal();
}

function fitted<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, training: Trained<M, L>): Fitted<M, L> {
  const { likelihood, logEvidence, logLikelihood, effectiveParameters, data } = posterior;
  return {
    posterior,
    training,
    likelihood,
    logEvidence,
    logLikelihood,
    effectiveParameters,
    data,
    predict: (inputs, options) => predict(posterior, inputs, options),
    summary: () => `${posterior.summary()}\n${describe(training, posterior.distanceFromMode)}`,
  };
}

/** So few posterior standard deviations from the mode, it does not matter why training stopped. */
const NEAR = 0.01;

/** What the summary says of training. */
function describe({ iterations, stopped, discrepancy = 0 }: Trained<Model, Likelihood>, distanceFromMode: number): string {
  const lines = [`training              ${iterations} iterations, stopped: ${stopped}`];
  if (discrepancy > 1e-4) lines.push("hyperparameters       those of the highest evidence on the way");
  if (stopped !== "gradient" && distanceFromMode > NEAR) lines.push("warning               training did not come to a mode: give it more iterations, another seed or start, or a stronger prior");
  return lines.join("\n");
}
