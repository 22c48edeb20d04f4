import { slice, toNumbers, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, knownOptions } from "../errors.ts";
import { logSumExp } from "../likelihood/softmax.ts";
import { allFinite } from "../linalg/vector.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { drawOptions, weightDraws } from "../posterior/draws.ts";
import { checkedPosterior } from "../posterior/posterior.ts";
import { checkpoints } from "../progress.ts";
import { rowsFor, temporaries } from "../structure/structure.ts";
import type { PredictionMethod, PredictionOf } from "./method.ts";

/**
 * Options of {@link sampled}.
 *
 * @category Predictions
 */
export interface SampledOptions {
  /** S, the draws of weights. Default 100. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** A log weight for each draw, as {@link importanceSampling} gives them for the same `samples` and `seed`. Default: all draws count the same. */
  readonly logWeights?: ArrayLike<number>;
}

/**
 * Predictions by weights drawn from the posterior and put through the model itself: the mixture
 * $$p(t \mid x, D) \approx \frac1S \sum_s p\left(t \mid f(x; w_s)\right), \qquad w_s \sim \mathcal N(w_\mathrm{MAP}, P^{-1}).$$
 *
 * Means, variances and probabilities are averages over the draws, log densities logarithms of averages, intervals those of the mixture. Compared with {@link linearized}, it
 * follows the bends of the model, also to where the Gaussian reaches and the data never were: with an outer product as curvature networks often predict far worse this way
 * (Immer, Korzepa & Bauer 2021), since weights that do not matter to the linearised model are drawn as widely as the prior lets them. {@link importanceSampling} tells whether the Gaussian can be relied on, and its weights correct the draws.
 *
 * All is done in this thread, whatever `workers` says. Of a draw its outputs are kept, S x N x K numbers in all, from which densities and intervals are made when asked for. With the weights drawn, class
 * probabilities are the softmax itself: the `link` does not matter, and entropies are exact.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { functionModel, gaussian, laplace, predict, sampled, train } from "laplace-ts";
 * const decay = functionModel({ parameters: [1, 1], value: ([a, b], [t]) => a * Math.exp(-b * t) });
 * const data = { inputs: [0, 1, 2, 3], targets: [2.1, 0.7, 0.3, 0.1] };
 * const { model, likelihood, prior } = await train(decay, gaussian({ noise: 0.1 }), data);
 * const prediction = await predict(await laplace(model, likelihood, data, { prior }), [5], { method: sampled({ samples: 1000 }) });
 * const { lower, upper } = prediction.meanInterval(0.9);
 * console.log(lower.get(0, 0) > 0, upper.get(0, 0) < 0.1); // true true: a linearised decay would go below 0
 * ```
 */
export function sampled(options: SampledOptions = {}): PredictionMethod {
  knownOptions("options", options, ["samples", "seed", "logWeights"]);
  const { count, seed } = drawOptions(options, 100);
  const logWeights = options.logWeights === undefined ? new Float64Array(count) : toNumbers("logWeights", options.logWeights);
  const total = logSumExp(logWeights);
  if (logWeights.length !== count || !Number.isFinite(total)) throw new InvalidArgumentError({ argument: "logWeights", expected: `${count} numbers, one for each draw, not all of them -Infinity`, received: `${logWeights.length} numbers, the logarithm of whose sum is ${total}` });
  return {
    name: "sampled",
    ofOnePosterior: options.logWeights !== undefined,
    components: async (posterior, inputs, { signal, onProgress, workers: _, ...link }) => {
      const { model, likelihood } = checkedPosterior(posterior);
      const table = modelInputs(model, inputs);
      const checkpoint = checkpoints({ ...(signal && { signal }), ...(onProgress && { onProgress }) });
      // Wrong options are told before the work.
      likelihood.predictor(link);
      const draws: Float64Array[] = [];
      for (const { weights } of weightDraws(posterior, count, seed)) {
        draws.push(outputsOf(model.withParameters(weights), table));
        await checkpoint({ stage: "prediction", done: draws.length, total: count });
      }
      const certain = (mean: Float64Array) => likelihood.predict({ rows: table.rows, outputs: model.outputs, mean }, link) as PredictionOf<typeof likelihood>;
      // Made when they are looked at, one at a time: of a draw no more is kept than its outputs.
      const predictions = { *[Symbol.iterator]() { for (const mean of draws) yield certain(mean); } };
      return { predictions, logWeights: logWeights.map((value) => value - total) };
    },
  };
}

/** The outputs of a model at all inputs, batch by batch: N x K. */
function outputsOf(model: Model, inputs: Table): Float64Array {
  const outputs = new Float64Array(inputs.rows * model.outputs);
  const step = rowsFor(temporaries(model), 512);
  for (let from = 0; from < inputs.rows; from += step) {
    outputs.set(model.evaluate(slice(inputs, from, Math.min(inputs.rows, from + step))).outputs, from * model.outputs);
  }
  if (!allFinite(outputs)) throw new NotFiniteError("The model's outputs overflow at these inputs for weights drawn from the posterior. Are the inputs in the units the model was trained with, and is the prior strong enough?");
  return outputs;
}
