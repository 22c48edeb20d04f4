import { slice, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, UnsupportedError, madeBy } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Prediction } from "../likelihood/prediction.ts";
import type { KeptOutputs, Predictor } from "../likelihood/predictor.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { isMixture, type Mixture } from "../posterior/mixture.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { checkpoints, jobOptions, workerCount, type SharedJobOptions } from "../progress.ts";
import { varianceRows } from "../structure/output-variance.ts";
import { rowsFor } from "../structure/structure.ts";
import type { MethodOptions, PredictionComponents, PredictionMethod, PredictionOf } from "./method.ts";
import { predictionsOfBatches, type PredictionParts } from "./batch-prediction.ts";
import { inWorkers } from "../workers/in-workers.ts";

export type { PredictionOf };

/**
 * Options of {@link predict}: those of every long computation, those of the likelihood, as `link` for classes, and the `method`, {@link linearized} (default) or {@link sampled}.
 *
 * @category Predictions
 */
export type PredictOptions<L extends Likelihood> = SharedJobOptions & {
  /** How the posterior over the weights becomes one over the outputs: {@link linearized} (default) or {@link sampled}. */
  readonly method?: PredictionMethod;
} & NonNullable<Parameters<L["predict"]>[1]>;

/**
 * Predictions of the model linearised in its weights, the default of {@link predict}.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { gaussian, laplace, linearized, mlp, predict, sampled } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.2] });
 * const [one, other] = await Promise.all([linearized(), sampled({ samples: 4000 })].map((method) => predict(posterior, [3], { method })));
 * console.log([one, other].map(({ variance }) => Math.sqrt(variance.get(0, 0)).toFixed(2)).join(" ")); // 0.15 0.15, as the model is linear in its weights
 * ```
 */
export function linearized(): PredictionMethod {
  return { name: "linearized", components: async (posterior, inputs, options) => ({ predictions: [await linearizedPrediction(posterior, inputs, options)], logWeights: Float64Array.of(0) }) };
}

/**
 * Predictions with error bars, by linearising the model in its weights (MacKay 1992b; Immer, Korzepa & Bauer 2021):
 * $$f(x) \sim \mathcal N\left( f(x; w_\mathrm{MAP}),\; J P^{-1} J^\top \right),$$
 * then the likelihood on top.
 *
 * Gaussian: mean, epistemic `variance`, `noiseVariance`, `totalVariance`, intervals. Bernoulli: MacKay's moderated probability.
 * Categorical: probabilities by `link`, {@link extendedMacKay} for up to 50 classes.
 *
 * With `method: sampled()` weights are drawn and go through the model itself. The prediction of a {@link mixture} is the mixture of the predictions of its posteriors: densities and probabilities
 * are averages, `variance` is the average variance and the variance between means, and intervals are those of the mixture.
 *
 * @category Predictions
 * @param inputs - N x D.
 * @throws {@link InvalidArgumentError} when the inputs do not fit the model.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, predict, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
 * const { variance } = await predict(await laplace(model, likelihood, data, { prior }), [1, 10]);
 * console.log(variance.get(1, 0) > variance.get(0, 0)); // true: less sure far from the data
 * ```
 */
export async function predict<M extends Model, L extends Likelihood>(posterior: Posterior<M, L> | Mixture<M, L>, inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>> {
  const { method = linearized(), ...others }: { readonly method?: PredictionMethod } & MethodOptions = options ?? {};
  madeBy("linearized() or sampled()", "method", method, "components");
  if (!isMixture(posterior)) return mixed(posterior, await method.components(posterior, inputs, others));
  const { posteriors, weights } = posterior;
  if (method.ofOnePosterior === true && posteriors.length > 1) throw new InvalidArgumentError({ argument: "method", expected: "a method for any posterior, as sampled() without logWeights", received: "importance weights, which belong to one posterior", advice: "Predict with each component by itself." });
  const parts: PredictionComponents<L>[] = [];
  for (const [i, component] of posteriors.entries()) {
    const { predictions, logWeights } = await method.components(component, inputs, { ...others, ...partOfProgress(others, i, posteriors.length) });
    parts.push({ predictions, logWeights: logWeights.map((value) => value + Math.log(weights[i])) });
  }
  return mixed(posteriors[0], { predictions: { [Symbol.iterator]: () => inTurn(parts) }, logWeights: Float64Array.from(parts.flatMap(({ logWeights }) => Array.from(logWeights))) });
}

/** One prediction of several. */
function mixed<L extends Likelihood>({ likelihood }: Posterior<Model, L>, { predictions, logWeights }: PredictionComponents<L>): PredictionOf<L> {
  if (logWeights.length === 1) return [...predictions][0];
  if (likelihood.mix !== undefined) return likelihood.mix(predictions, logWeights) as PredictionOf<L>;
  throw new UnsupportedError(`predict: the ${likelihood.name} likelihood does not say how several predictions become one. Give it a method mix(), or predict with a single posterior, linearised.`);
}

/** The predictions of one part after those of another. */
function* inTurn<L extends Likelihood>(parts: readonly PredictionComponents<L>[]): Generator<PredictionOf<L>> {
  for (const { predictions } of parts) yield* predictions;
}

/** Progress of part `i` of `count`, told as that of the whole. */
function partOfProgress({ onProgress }: MethodOptions, i: number, count: number): Pick<MethodOptions, "onProgress"> {
  if (typeof onProgress !== "function") return {};
  return { onProgress: ({ done, total, ...rest }) => onProgress({ ...rest, done: i * (total ?? 0) + done, ...(total === undefined ? {} : { total: count * total }) }) };
}

/** The prediction of one posterior by the model linearised at its mode. */
async function linearizedPrediction<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, inputs: MatrixLike, options: MethodOptions): Promise<PredictionOf<L>> {
  const { model, likelihood, precision } = checkedPosterior(posterior);
  const { signal: _signal, onProgress: _onProgress, workers: _workers, ...link } = options ?? {};
  const job = jobOptions(options ?? {});
  const table = modelInputs(model, inputs);
  const predictor = likelihood.predictor(link);
  const checkpoint = checkpoints(job);
  let done = 0;
  for await (const kept of predictions({ model, likelihood, precision, link }, predictor, table, job)) {
    predictor.take(kept);
    done += kept.rows;
    await checkpoint({ stage: "prediction", done, total: table.rows });
  }
  return predictor.prediction() as PredictionOf<L>;
}

/** What is kept of all batches, in their order. */
async function* predictions(parts: PredictionParts, predictor: Predictor<Prediction>, inputs: Table, options: SharedJobOptions): AsyncGenerator<KeptOutputs> {
  const workers = workerCount(options);
  const tables = batches(parts, predictor.isMarginal(parts.model.outputs), inputs);
  if (workers === 0) {
    const predictionOfBatch = predictionsOfBatches(parts, predictor);
    for (const table of tables) yield predictionOfBatch(table);
    return;
  }
  yield* inWorkers<KeptOutputs>(workers, { task: "prediction", about: parts, batches: tables }, options.signal);
}

/** The inputs, so few at a time that the variances or covariances of their outputs take little memory. */
function* batches({ model, precision }: PredictionParts, isMarginal: boolean, inputs: Table): Generator<Table> {
  const step = isMarginal ? varianceRows(precision, model) : rowsFor(model.outputs ** 2, precision.batchRows(model));
  for (let from = 0; from < inputs.rows; from += step) yield slice(inputs, from, Math.min(inputs.rows, from + step));
}
