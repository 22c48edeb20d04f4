import type { MatrixLike } from "./data.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy, wholeNumber } from "./errors.ts";
import type { Fitted } from "./fit-model.ts";
import type { Likelihood } from "./likelihood/likelihood.ts";
import type { Model } from "./model/model.ts";
import { mixture, type Mixture, type MixtureOptions } from "./posterior/mixture.ts";
import { predict, type PredictOptions, type PredictionOf } from "./predictive/predict.ts";
import { checkpoints, type JobOptions } from "./progress.ts";
import { random } from "./random.ts";
import { columns, significant } from "./report.ts";

/**
 * Options of {@link committee}.
 *
 * @category Fitting
 */
export interface CommitteeOptions extends MixtureOptions, JobOptions {
  /** The seed of the first member; the others follow by one. Default 0. */
  readonly seed?: number;
}

/**
 * Several fits of the same data whose predictions are averaged.
 *
 * @category Fitting
 */
export interface Committee<M extends Model, L extends Likelihood> {
  /** The fits, in the order of their seeds. */
  readonly members: readonly Fitted<M, L>[];
  /** The mixture of their posteriors. */
  readonly posterior: Mixture<M, L>;
  /** What each member counts, adding up to 1. */
  readonly weights: Float64Array;
  /** {@link Mixture.logEvidence}. */
  readonly logEvidence: number;
  /** The mixture of the members' predictions, as {@link predict} makes it. */
  predict(inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>>;
  /** A line for each member. */
  summary(): string;
}

/**
 * Fits the same data several times from different starts, and averages the predictions: a committee (MacKay 1992b), also known as a mixture of Laplace approximations (Eschenhagen, Daxberger,
 * Hennig & Kristiadi 2021) or a deep ensemble with error bars in each member (Lakshminarayanan, Pritzel & Blundell 2017).
 *
 * A network has many modes and a posterior describes one. Members agree where the data speak and differ elsewhere, which makes predictions better and error bars more honest, at so many times the cost:
 * for small networks the best use of further time.
 *
 * @category Fitting
 * @param count - How many members; 5 to 10 have most of the gain.
 * @param fitMember - The fit with the given seed, from which it should take its initial weights.
 * @param options - `weights` of the members as for {@link mixture}, equal by default; `signal` is looked at, and `onProgress` called, after each member.
 * @throws {@link InvalidArgumentError} when `fitMember` does not resolve to what {@link fit} returns.
 * @example
 * ```ts
 * import { committee, fit, gaussian, mlp, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * const fitted = await committee(3, (seed) => fit(mlp([1, 8, 1], { seed }), gaussian(), data));
 * const { mean, totalVariance } = await fitted.predict([0, 4]);
 * console.log(fitted.members.length, totalVariance.get(1, 0) > totalVariance.get(0, 0), mean.rows); // 3 true 2
 * ```
 */
export async function committee<M extends Model, L extends Likelihood>(count: number, fitMember: (seed: number) => Promise<Fitted<M, L>>, options: CommitteeOptions = {}): Promise<Committee<M, L>> {
  knownOptions("options", options, ["weights", "seed", "signal", "onProgress"]);
  wholeNumber("count", count, 1);
  if (typeof fitMember !== "function") throw new InvalidArgumentError({ argument: "fitMember", expected: "a function of the seed", received: (fitMember as unknown) instanceof Promise ? "a promise" : describe(fitMember), advice: "Pass (seed) => fit(mlp([1, 8, 1], { seed }), ...)." });
  const { seed = 0, weights: wanted = "equal" } = options;
  random(seed);
  const checkpoint = checkpoints(options);
  const members: Fitted<M, L>[] = [];
  for (let i = 0; i < count; i++) {
    members.push(madeBy("fit()", "fitMember", await fitMember(seed + i), "posterior"));
    await checkpoint({ stage: "committee", done: i + 1, total: count });
  }
  if (count > 1 && members.slice(1).every(({ posterior }) => posterior.mean.every((w, i) => w === members[0].posterior.mean[i]))) {
    throw new InvalidArgumentError({ argument: "fitMember", expected: "fits from different starts", received: "the same weights for each seed", advice: "Pass the seed on to the network: (seed) => fit(mlp([1, 8, 1], { seed }), ...)." });
  }
  const posterior = mixture(members.map((member) => member.posterior), { weights: wanted });
  const { weights, logEvidence } = posterior;
  return { members, posterior, weights, logEvidence, predict: (inputs, asked) => predict(posterior, inputs, asked), summary: () => summary(members, seed, weights) };
}

function summary(members: readonly Fitted<Model, Likelihood>[], seed: number, weights: Float64Array): string {
  const lines = members.map(({ logEvidence, logLikelihood, effectiveParameters }, i) => [`${seed + i}`, weights[i].toFixed(3), significant(logEvidence), significant(logLikelihood), effectiveParameters.toFixed(1)]);
  return columns([["seed", "weight", "log evidence", "log likelihood", "effective parameters"], ...lines]);
}
