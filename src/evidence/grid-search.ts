import type { Data, MatrixLike } from "../data.ts";
import { InvalidArgumentError, NotPositiveDefiniteError, UnsupportedError, describe, positive, wholeNumber } from "../errors.ts";
import { examples } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { predict, type PredictOptions, type PredictionOf } from "../predictive/predict.ts";
import { meanLogDensity } from "../predictive/scores.ts";
import { withPrecisions, type GroupedPrior } from "../prior/prior.ts";
import { checkpoints, jobOptions, type SharedJobOptions } from "../progress.ts";
import { columns, significant } from "../report.ts";
import { withNoisePrecision } from "./hyperparameters.ts";

/**
 * What {@link gridSearch} tries, and by what it judges.
 *
 * @category Evidence
 */
export interface Grid<L extends Likelihood = Likelihood> {
  /**
   * Prior precisions. Of a prior of several groups, each is the geometric mean of theirs, whose ratios stay. Default, unless something else is
   * searched: 17 from 1e-4 to 1e4, two a decade.
   */
  readonly priorPrecisions?: ArrayLike<number>;
  /** Standard deviations of the noise. Default: that of the posterior alone. */
  readonly noises?: ArrayLike<number>;
  /** Temperatures. Default: that of the posterior alone. */
  readonly temperatures?: ArrayLike<number>;
  /** How good a prediction of the held-out targets is, more being better. Default {@link meanLogDensity}. */
  readonly score?: (prediction: PredictionOf<L>, targets: MatrixLike) => number;
}

/**
 * Options of {@link gridSearch}: the grid, and those of {@link predict}, as `link`.
 *
 * @category Evidence
 */
export type GridSearchOptions<L extends Likelihood = Likelihood> = Grid<L> & PredictOptions<L>;

/**
 * A point of a grid and its score.
 *
 * @category Evidence
 */
export interface GridPoint {
  /** The geometric mean of the prior's precisions. */
  readonly priorPrecision: number;
  /** $\beta^{-1/2}$; 1 for likelihoods without noise. */
  readonly noise: number;
  /** $T$. */
  readonly temperature: number;
  /** Of the held-out data; minus infinity where the precision of the weights is not positive definite. */
  readonly score: number;
}

/**
 * What {@link gridSearch} finds.
 *
 * @category Evidence
 */
export interface GridSearch<M extends Model, L extends Likelihood> {
  /** The posterior at the best point. */
  readonly posterior: Posterior<M, L>;
  /** The best point. */
  readonly best: GridPoint;
  /** All points, temperatures running fastest, then noises. */
  readonly points: readonly GridPoint[];
  /** A table to print. */
  summary(): string;
}

/**
 * Numbers from one end to the other at equal ratios.
 *
 * @category Evidence
 * @example
 * ```ts
 * import { logarithmicGrid } from "laplace-ts";
 * console.log(logarithmicGrid(0.01, 100, 5).join(" ")); // 0.01 0.1 1 10 100
 * ```
 */
export function logarithmicGrid(from: number, to: number, count: number): Float64Array {
  const [start, ratio] = [positive("from", from), positive("to", to) / from];
  wholeNumber("count", count, 2);
  return Float64Array.from({ length: count }, (_, i) => (i === count - 1 ? to : start * ratio ** (i / (count - 1))));
}

const DEFAULT_PRECISIONS = logarithmicGrid(1e-4, 1e4, 17);

/** Scores that agree to this are taken for equal. */
const ROUNDING = 1e-12;

/**
 * The prior precision, noise and temperature at which a posterior predicts held-out data best, of all points of a grid. The weights are held; each
 * point takes one factorisation and one prediction. The default score is the mean log predictive density, which any error in the error bars lowers. What is searched must
 * show in the score: where it does not, as the mean square error of the mean predictions is the same for all prior precisions, that is an error.
 *
 * {@link maximizeEvidence} needs no held-out data and no grid. This is for posteriors whose evidence is not to be trusted, and for the temperature, of which the evidence
 * is no judge.
 *
 * @category Evidence
 * @param heldOut - Examples that the weights have not been trained on.
 * @throws {@link UnsupportedError} for noises of a likelihood that has none to vary, and when the score does not depend on what is searched.
 * @example
 * ```ts
 * import { diagonal, gaussian, gridSearch, laplace, mlp, random, train } from "laplace-ts";
 * const source = random(1);
 * const sample = (count: number) => {
 *   const inputs = Array.from({ length: count }, () => 4 * source.uniform() - 2);
 *   return { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * };
 * const [data, heldOut] = [sample(40), sample(40)];
 * const { model, likelihood, prior } = await train(mlp([1, 10, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const posterior = await laplace(model, likelihood, data, { prior, structure: diagonal() });
 * const { best, points } = await gridSearch(posterior, heldOut);
 * console.log(points.length, best.score > points[0].score); // 17 true
 * ```
 */
export async function gridSearch<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, heldOut: Data, options?: GridSearchOptions<L>): Promise<GridSearch<M, L>> {
  const { model, likelihood, prior, temperature } = checkedPosterior(posterior);
  const { priorPrecisions, noises, temperatures, score = meanLogDensity, ...how } = (options ?? {}) as GridSearchOptions<L>;
  if (typeof score !== "function") throw new InvalidArgumentError({ argument: "score", expected: "a function of a prediction and the targets", received: describe(score) });
  const job = jobOptions(how as SharedJobOptions);
  const predictOptions = { ...how, onProgress: undefined } as PredictOptions<L>;
  examples(model, likelihood, heldOut);
  checkOptions(likelihood, how);
  if (noises !== undefined && likelihood.noiseParameters === 0) throw new UnsupportedError(`noises: the likelihood (${likelihood.description}) has no noise to vary. Leave the option out, or let the noise be estimated: gaussian() or gaussian({ noise }).`);
  const mean = geometricMean(prior.precisions);
  const onlyPrior = noises === undefined && temperatures === undefined;
  const grid: Omit<GridPoint, "score">[] = [];
  for (const priorPrecision of axis("priorPrecisions", priorPrecisions ?? (onlyPrior ? DEFAULT_PRECISIONS : [mean]))) {
    for (const noise of axis("noises", noises ?? [likelihood.precision ** -0.5])) {
      for (const t of axis("temperatures", temperatures ?? [temperature])) grid.push({ priorPrecision, noise, temperature: t });
    }
  }
  const at = (point: Omit<GridPoint, "score">): Posterior<M, L> =>
    posterior.with({
      prior: point.priorPrecision === mean ? prior : scaledPrior(prior, point.priorPrecision / mean),
      likelihood: noises === undefined ? likelihood : withNoisePrecision(likelihood, point.noise ** -2),
      temperature: point.temperature,
    });

  const checkpoint = checkpoints(job);
  const points: GridPoint[] = [];
  for (const point of grid) {
    const value = await scoreOf(() => at(point), async (candidate) => score(await predict(candidate, heldOut.inputs, predictOptions), heldOut.targets));
    points.push({ ...point, score: value });
    await checkpoint({ stage: "grid search", done: points.length, total: grid.length, value });
  }
  const best = points.reduce((most, point) => (point.score > most.score ? point : most));
  const found = at(best);
  checkDependence(points);
  return { posterior: found, best, points, summary: () => table(points, best) };
}

/** Looks at what is left for the likelihood now, when all options that there are can be named. */
function checkOptions(likelihood: Likelihood, how: object): void {
  const { method: _method, workers: _workers, signal: _signal, onProgress: _onProgress, ...link } = how as Record<string, unknown>;
  try {
    likelihood.predictor(link);
  } catch (error) {
    if (!(error instanceof InvalidArgumentError) || !error.argument.startsWith("options.")) throw error;
    const { argument, expected, received } = error;
    throw new InvalidArgumentError({ argument, expected: `${expected}, priorPrecisions, noises, temperatures, score`, received });
  }
}

function axis(name: string, values: ArrayLike<number>): Float64Array {
  if (typeof values !== "object" || values === null || !(values.length > 0)) throw new InvalidArgumentError({ argument: name, expected: "numbers above 0", received: describe(values) });
  return Float64Array.from(values, (value, i) => positive(`${name}[${i}]`, value));
}

function geometricMean(values: Float64Array): number {
  return values.length === 1 ? values[0] : Math.exp(values.reduce((sum, value) => sum + Math.log(value), 0) / values.length);
}

function scaledPrior(prior: GroupedPrior, factor: number): GroupedPrior {
  return withPrecisions(prior, prior.precisions.map((alpha) => factor * alpha));
}

/** A score, or minus infinity where there is no Gaussian. */
async function scoreOf<P>(make: () => P, score: (posterior: P) => Promise<number>): Promise<number> {
  let posterior: P;
  try {
    posterior = make();
  } catch (error) {
    if (error instanceof NotPositiveDefiniteError) return -Infinity;
    throw error;
  }
  const value: unknown = await score(posterior);
  if (typeof value === "number" && !Number.isNaN(value)) return value;
  throw new InvalidArgumentError({ argument: "score", expected: "a function that returns a number", received: describe(value) });
}

/** Throws where the score is the same for all values of what was searched, whatever the others. */
function checkDependence(points: readonly GridPoint[]): void {
  const searched = { priorPrecision: "priorPrecisions", noise: "noises", temperature: "temperatures" } as const;
  for (const [field, name] of Object.entries(searched) as [keyof typeof searched, string][]) {
    if (points.every((point) => point[field] === points[0][field])) continue;
    const first = new Map<string, number>();
    const same = points.every((point) => {
      const others = JSON.stringify({ ...point, [field]: 0, score: 0 });
      const score = first.get(others) ?? point.score;
      first.set(others, score);
      return point.score === score || Math.abs(point.score - score) <= ROUNDING * Math.min(Math.abs(score), Number.MAX_VALUE);
    });
    if (same) throw new UnsupportedError(`score: it is the same for all ${name}, and so cannot choose between them. The mean of a Gaussian prediction, say, does not depend on its error bars: leave score out for the log density, or do not search ${name}.`);
  }
}

function table(points: readonly GridPoint[], best: GridPoint): string {
  const lines = points.map((point) => [...[point.priorPrecision, point.noise, point.temperature, point.score].map(significant), point === best ? "best" : ""]);
  return columns([["prior precision", "noise", "temperature", "score", ""], ...lines], []);
}
