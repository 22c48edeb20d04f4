import { functionDraws, gaussian, isotropic, laplace, levenbergMarquardt, mlp, predict, train, type DenseNetwork, type GaussianLikelihood, type Posterior } from "laplace-ts";
import { NOISE, PRIOR_PRECISION, within } from "../ranges.ts";
import type { Point } from "./points.ts";

export interface CurveRequest {
  readonly points: readonly Point[];
  /** In the one hidden layer. */
  readonly hiddenUnits: number;
  readonly priorPrecision: number;
  /** Standard deviation. */
  readonly noise: number;
  /** Where to predict, in increasing order. */
  readonly grid: readonly number[];
}

/** Lower and upper ends at each input of the grid. */
export interface Band {
  readonly level: number;
  readonly lower: readonly number[];
  readonly upper: readonly number[];
}

export interface CurveAnswer {
  readonly grid: readonly number[];
  readonly mean: readonly number[];
  /** Of new targets, the widest first. */
  readonly bands: readonly Band[];
  /** Functions drawn from the posterior. */
  readonly draws: readonly (readonly number[])[];
  readonly logEvidence: number;
  readonly effectiveParameters: number;
  readonly weights: number;
}

export interface ChosenForCurve {
  readonly priorPrecision: number;
  readonly noise: number;
}

export interface SizesRequest {
  readonly points: readonly Point[];
  readonly sizes: readonly number[];
}

/** A size and the evidence of the best network of it. */
export interface SizeEvidence extends ChosenForCurve {
  readonly hiddenUnits: number;
  readonly logEvidence: number;
}

type CurvePosterior = Posterior<DenseNetwork, GaussianLikelihood>;

const LEVELS = [0.9, 0.5];
const DRAWS = 8;
/** Networks start from these seeds, and the best is taken: training comes to one of several modes. */
const SEEDS = [1, 2, 3];

/** The network shown last, from which the next one starts, so that the curve follows its points. */
let shown: DenseNetwork | undefined;

/** The network that fits best at the hyperparameters given, and what its posterior says. */
export async function fitCurve(request: CurveRequest, signal: AbortSignal): Promise<CurveAnswer> {
  const { hiddenUnits, noise, priorPrecision, grid } = request;
  const data = dataOf(request.points);
  const starts = SEEDS.map((seed) => network(hiddenUnits, seed));
  if (shown?.parameters.length === starts[0].parameters.length) starts.unshift(shown);
  const fits = await inTurn(starts, (start) => train(start, gaussian({ noise }), data, { prior: isotropic(priorPrecision), method: levenbergMarquardt(), maximumIterations: 200, signal }));
  const { model, likelihood, prior } = best(fits, ({ loss }) => -loss);
  const posterior = await laplace(model, likelihood, data, { prior, signal });
  shown = model;
  const prediction = await predict(posterior, grid, { signal });
  const draws = await functionDraws(posterior, grid, { samples: DRAWS, seed: 1, signal });
  return {
    grid,
    mean: prediction.mean.to1DArray(),
    bands: LEVELS.map((level) => {
      const { lower, upper } = prediction.interval(level);
      return { level, lower: lower.to1DArray(), upper: upper.to1DArray() };
    }),
    draws: draws.map((draw) => draw.to1DArray()),
    logEvidence: posterior.logEvidence,
    effectiveParameters: posterior.effectiveParameters,
    weights: model.parameters.length,
  };
}

/** The hyperparameters of the highest evidence, as far as the sliders go. */
export async function chooseForCurve(request: CurveRequest, signal: AbortSignal): Promise<ChosenForCurve> {
  const posterior = await mostEvident(request.points, request.hiddenUnits, signal);
  shown = posterior.model;
  return chosen(posterior);
}

/** The evidence of each size at its own best hyperparameters. */
export async function compareSizes({ points, sizes }: SizesRequest, signal: AbortSignal, partly: (soFar: readonly SizeEvidence[]) => void): Promise<readonly SizeEvidence[]> {
  const compared: SizeEvidence[] = [];
  for (const hiddenUnits of sizes) {
    const posterior = await mostEvident(points, hiddenUnits, signal);
    compared.push({ hiddenUnits, logEvidence: posterior.logEvidence, ...chosen(posterior) });
    partly(compared);
  }
  return compared;
}

/** From several starts, prior and noise re-estimated together with the weights (MacKay 1992a). */
async function mostEvident(points: readonly Point[], hiddenUnits: number, signal: AbortSignal): Promise<CurvePosterior> {
  const data = dataOf(points);
  const posteriors = await inTurn(SEEDS, async (seed) => {
    const { model, likelihood, prior } = await train(network(hiddenUnits, seed), gaussian({ noise: 0.2 }), data, { prior: isotropic(1), reestimate: true, maximumIterations: 500, signal });
    return laplace(model, likelihood, data, { prior, signal });
  });
  return best(posteriors, ({ logEvidence }) => logEvidence);
}

function chosen({ prior, likelihood }: CurvePosterior): ChosenForCurve {
  return { priorPrecision: within(PRIOR_PRECISION, prior.precisions[0]), noise: within(NOISE, likelihood.noise) };
}

function network(hiddenUnits: number, seed: number): DenseNetwork {
  return mlp([1, hiddenUnits, 1], { activation: "tanh", seed });
}

function dataOf(points: readonly Point[]): { readonly inputs: number[]; readonly targets: number[] } {
  return { inputs: points.map(({ x }) => x), targets: points.map(({ y }) => y) };
}

async function inTurn<T, R>(values: readonly T[], change: (value: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const value of values) results.push(await change(value));
  return results;
}

function best<T>(candidates: readonly T[], score: (candidate: T) => number): T {
  return candidates.reduce((most, candidate) => (score(candidate) > score(most) ? candidate : most));
}
