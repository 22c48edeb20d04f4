import type { Data } from "../data.ts";
import { slice } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, knownOptions } from "../errors.ts";
import { examples, type Examples } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { logSumExp } from "../likelihood/softmax.ts";
import type { Model } from "../model/model.ts";
import { drawOptions, weightDraws } from "../posterior/draws.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { priorEnergy } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { rowsFor, temporaries } from "../structure/structure.ts";
import { paretoSmoothed } from "./pareto-smoothing.ts";

/**
 * Options of {@link importanceSampling}.
 *
 * @category Evidence
 */
export interface ImportanceSamplingOptions extends JobOptions {
  /** S, the draws of weights, each of which takes a pass through the data. Default 1000. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * How well a Gaussian stands for the true posterior, and what correcting it gives.
 *
 * @category Evidence
 */
export interface ImportanceSampling {
  /**
   * $\hat k$, the shape of the tail of the importance ratios: their moments from $1 / \hat k$ on are infinite. Below {@link threshold} what is computed with the weights
   * can be relied on, from there on it can't, and from 1 on not even the mean of the ratios exists. $-\infty$ where all ratios are equal, as
   * for a posterior that is Gaussian.
   */
  readonly paretoShape: number;
  /** $\min(1 - 1 / \log_{10} S,\; 0.7)$, the largest $\hat k$ at which so many draws are enough. */
  readonly threshold: number;
  /** Logarithms of the smoothed weights of the draws, which add up to 1: S. Weight s belongs to row s of `posterior.sample(samples, { seed })`. */
  readonly logWeights: Float64Array;
  /** $1 / \sum_s w_s^2$: as many draws from the true posterior would do as well, if {@link paretoShape} is below the threshold. */
  readonly effectiveSampleSize: number;
  /** The log of the mean of the smoothed ratios: the log evidence of the model itself at these hyperparameters, near this mode, where {@link Posterior.logEvidence} takes it as Gaussian. */
  readonly logEvidence: number;
}

/**
 * Compares a posterior with the true one, by importance sampling with Pareto smoothing (Vehtari, Simpson, Gelman, Yao & Gabry 2024; Yao, Vehtari, Simpson &
 * Gelman 2018). For weights drawn from the Gaussian q,
 * $$\log r_s = \tfrac1T \log p(D \mid w_s) + \log p(w_s) - \log q(w_s), \qquad w_s \sim q = \mathcal N(w_\mathrm{MAP}, P^{-1}).$$
 *
 * It says how near the Gaussian is to what exact sampling through the model's own bends would give, at this mode: modes elsewhere are not seen. {@link predict} uses
 * the Gaussian with the linearised model, which may do well where $\hat k$ is large; predictions with `sampled()` draw through the model and rely on what is
 * tested here, and can be corrected by the weights. In many dimensions $\hat k$ grows even where each weight's distribution is near a normal one.
 *
 * @category Evidence
 * @param data - The same that the posterior was made from, in one piece: it is gone through for every draw.
 * @throws {@link InvalidArgumentError} when the data are not those of the posterior.
 * @example
 * ```ts
 * import { gaussian, importanceSampling, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
 * const posterior = await laplace(model, likelihood, data, { prior });
 * const { paretoShape, logEvidence } = await importanceSampling(posterior, data);
 * console.log(paretoShape, Math.abs(logEvidence - posterior.logEvidence) < 1e-6); // -Infinity true, as a linear model is Gaussian
 * ```
 */
export async function importanceSampling<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, data: Data, options: ImportanceSamplingOptions = {}): Promise<ImportanceSampling> {
  knownOptions("options", options, ["samples", "seed", "signal", "onProgress"]);
  const { count, seed } = drawOptions(options, 1000);
  const { model, likelihood, prior, temperature, logDeterminantRatio } = checkedPosterior(posterior);
  const given = sameData(posterior, examples(model, likelihood, data));
  const checkpoint = checkpoints(options);
  const logRatios = new Float64Array(count);
  let done = 0;
  for (const { weights, squaredDistance } of weightDraws(posterior, count, seed)) {
    const logRatio = logLikelihood(posterior, given, weights) / temperature - priorEnergy(prior, weights) - 0.5 * logDeterminantRatio + 0.5 * squaredDistance;
    if (Number.isNaN(logRatio) || logRatio === Infinity) throw new NotFiniteError(`The log likelihood at draw ${done} is not a number: the model overflows at weights that the posterior holds possible. A stronger prior keeps them near those that the model was trained to.`);
    logRatios[done++] = logRatio;
    await checkpoint({ stage: "importance sampling", done, total: count });
  }
  return weighed(logRatios);
}

function weighed(ratios: Float64Array): ImportanceSampling {
  const count = ratios.length;
  if (!ratios.some(Number.isFinite)) throw new NotFiniteError("All draws from the posterior have likelihood 0: its Gaussian is nowhere near the data. Are the weights at a mode?");
  const { shape, logRatios } = paretoSmoothed(ratios);
  const total = logSumExp(logRatios);
  const logWeights = logRatios.map((value) => value - total);
  return {
    paretoShape: shape,
    threshold: Math.min(1 - 1 / Math.log10(count), 0.7),
    logWeights,
    effectiveSampleSize: Math.exp(-logSumExp(logWeights.map((value) => 2 * value))),
    logEvidence: total - Math.log(count),
  };
}

/** $\log p(D \mid w)$. */
function logLikelihood({ model, likelihood, targetCount }: Posterior, { inputs, targets }: Examples, weights: Float64Array): number {
  const drawn = model.withParameters(weights);
  const step = rowsFor(temporaries(model), 512);
  let energy = 0;
  for (let from = 0; from < inputs.rows; from += step) {
    const to = Math.min(inputs.rows, from + step);
    energy += likelihood.energy(drawn.evaluate(slice(inputs, from, to)).outputs, slice(targets, from, to));
  }
  return likelihood.logLikelihood(energy, targetCount);
}

/** The share that sums over data in another order may differ by. */
const ROUNDING = 1e-9;

function sameData(posterior: Posterior, given: Examples): Examples {
  const { rows } = given.inputs;
  if (rows !== posterior.data.examples) throw new InvalidArgumentError({ argument: "data", expected: `the ${posterior.data.examples} examples of the posterior`, received: `${rows}` });
  const [expected, received] = [posterior.logLikelihood, logLikelihood(posterior, given, posterior.mean)];
  if (Math.abs(received - expected) <= ROUNDING * (Math.abs(expected) + posterior.targetCount)) return given;
  throw new InvalidArgumentError({ argument: "data", expected: `the data of the posterior, whose log likelihood is ${expected}`, received: `data with ${received}` });
}
