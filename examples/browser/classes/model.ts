import { bernoulli, isotropic, laplace, levenbergMarquardt, mlp, predict, sigmoid, train, type BernoulliLikelihood, type DenseNetwork, type Posterior, type Trained } from "laplace-ts";
import { PRIOR_PRECISION, atShare } from "../ranges.ts";
import { contours, type Segment } from "./contours.ts";
import type { LabelledPoint } from "./points.ts";

/** Where probabilities are asked for: all pairs of an x and a y. */
export interface GridOfInputs {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

export interface ClassesRequest {
  readonly points: readonly LabelledPoint[];
  /** In the one hidden layer. */
  readonly hiddenUnits: number;
  readonly priorPrecision: number;
  readonly grid: GridOfInputs;
}

/** Probabilities of the second class over the grid, row by row of equal y, and the lines where they have the levels asked for. */
export interface Regions {
  readonly probability: Float64Array;
  readonly contours: readonly { readonly level: number; readonly segments: readonly Segment[] }[];
  /** Of the grid, where one class or the other has a probability of at least 90 %. */
  readonly confidentShare: number;
}

export interface ClassesAnswer {
  readonly grid: GridOfInputs;
  /** Of the most probable weights alone. */
  readonly plugIn: Regions;
  /** Averaged over the posterior. */
  readonly averaged: Regions;
  readonly logEvidence: number;
  readonly effectiveParameters: number;
  readonly weights: number;
}

export interface ChosenForClasses {
  readonly priorPrecision: number;
}

/** A region is confident where a class has at least this probability. */
const CONFIDENT = 0.9;

const LEVELS = [1 - CONFIDENT, 0.5, CONFIDENT];
const SEEDS = [1, 2];
/** So many prior precisions are tried over the range of the slider. */
const TRIED = 31;

let shown: DenseNetwork | undefined;

/** The classifier that fits best at the prior given, and its probabilities with and without the posterior. */
export async function fitClasses(request: ClassesRequest, signal: AbortSignal): Promise<ClassesAnswer> {
  const { grid, hiddenUnits } = request;
  const starts = SEEDS.map((seed) => network(hiddenUnits, seed));
  if (shown?.parameters.length === starts[0].parameters.length) starts.unshift(shown);
  const posterior = await fitted(starts, request.points, request.priorPrecision, signal);
  shown = posterior.model;
  const prediction = await predict(posterior, grid.y.flatMap((y) => grid.x.map((x) => [x, y])), { signal });
  return {
    grid,
    plugIn: regions(grid, Float64Array.from(prediction.logit.to1DArray(), sigmoid)),
    averaged: regions(grid, Float64Array.from(prediction.probability.to1DArray())),
    logEvidence: posterior.logEvidence,
    effectiveParameters: posterior.effectiveParameters,
    weights: posterior.model.parameters.length,
  };
}

/** The prior precision of the highest evidence among many, each with weights trained for it: the networks of one are where those of the next begin. */
export async function chooseForClasses({ points, hiddenUnits }: ClassesRequest, signal: AbortSignal): Promise<ChosenForClasses> {
  const starts = SEEDS.map((seed) => network(hiddenUnits, seed));
  const tried: Posterior<DenseNetwork, BernoulliLikelihood>[] = [];
  for (let step = TRIED - 1; step >= 0; step--) {
    const previous = tried.length > 0 ? [tried[tried.length - 1].model] : [];
    tried.push(await fitted([...previous, ...starts], points, atShare(PRIOR_PRECISION, step / (TRIED - 1)), signal));
  }
  const best = tried.reduce((most, posterior) => (posterior.logEvidence > most.logEvidence ? posterior : most));
  shown = best.model;
  return { priorPrecision: best.prior.precisions[0] };
}

/** The posterior at the lowest of the modes that training comes to. */
async function fitted(starts: readonly DenseNetwork[], points: readonly LabelledPoint[], priorPrecision: number, signal: AbortSignal): Promise<Posterior<DenseNetwork, BernoulliLikelihood>> {
  const data = { inputs: points.map(({ x, y }) => [x, y]), targets: points.map(({ label }) => label) };
  const modes: Trained<DenseNetwork, BernoulliLikelihood>[] = [];
  for (const start of starts) modes.push(await train(start, bernoulli(), data, { prior: isotropic(priorPrecision), method: levenbergMarquardt(), maximumIterations: 200, signal }));
  const { model, likelihood, prior } = modes.reduce((best, mode) => (mode.loss < best.loss ? mode : best));
  return laplace(model, likelihood, data, { prior, signal });
}

function regions(grid: GridOfInputs, probability: Float64Array): Regions {
  const confident = probability.filter((p) => Math.max(p, 1 - p) >= CONFIDENT).length;
  return { probability, contours: LEVELS.map((level) => ({ level, segments: contours(grid, probability, level) })), confidentShare: confident / probability.length };
}

function network(hiddenUnits: number, seed: number): DenseNetwork {
  return mlp([2, hiddenUnits, 1], { activation: "tanh", seed });
}
