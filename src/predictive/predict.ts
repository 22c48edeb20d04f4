import type { Matrix } from "ml-matrix";
import { slice, type MatrixLike, type Table } from "../data.ts";
import { NotFiniteError } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { OutputMoments } from "../likelihood/prediction.ts";
import { multiplyTransposedRight } from "../linalg/products.ts";
import { modelInputs, toMatrix } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { checkpoints, jobOptions, type JobOptions } from "../progress.ts";
import { rowsFor } from "../structure/structure.ts";

/**
 * What {@link predict} returns for a likelihood.
 *
 * @category Predictions
 */
export type PredictionOf<L extends Likelihood> = ReturnType<L["predict"]>;

/**
 * Options of {@link predict}: those of every long computation and those of the likelihood, as `link` for classes.
 *
 * @category Predictions
 */
export type PredictOptions<L extends Likelihood> = JobOptions & NonNullable<Parameters<L["predict"]>[1]>;

/**
 * Predictions with error bars, by linearising the model in its weights (MacKay 1992; Immer, Korzepa & Bauer 2021):
 * $$f(x) \sim \mathcal N\left( f(x; w_\mathrm{MAP}),\; J P^{-1} J^\top \right),$$
 * then the likelihood on top.
 *
 * Gaussian: mean, epistemic `variance`, `noiseVariance`, `totalVariance`, intervals. Bernoulli: MacKay's moderated probability.
 * Categorical: probabilities by `link`, {@link probit} or {@link monteCarlo}.
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
export async function predict<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, inputs: MatrixLike, options?: PredictOptions<L>): Promise<PredictionOf<L>> {
  checkedPosterior(posterior);
  const { signal: _signal, onProgress: _onProgress, ...link } = options ?? {};
  const table = modelInputs(posterior.model, inputs);
  const predictor = posterior.likelihood.predictor(link);
  const checkpoint = checkpoints(jobOptions(options ?? {}));
  let done = 0;
  for (const moments of outputMoments(posterior, table)) {
    predictor.add(moments);
    done += moments.rows;
    await checkpoint({ stage: "prediction", done, total: table.rows });
  }
  return predictor.prediction() as PredictionOf<L>;
}

/** Mean and covariance of the outputs under the linearised model, in batches so small that their covariances take little memory. */
function* outputMoments({ model, precision }: Posterior, inputs: Table): Generator<OutputMoments> {
  const { outputs } = model;
  const step = rowsFor(outputs * outputs, precision.batchRows(model));
  for (let from = 0; from < inputs.rows; from += step) {
    const to = Math.min(inputs.rows, from + step);
    const evaluation = model.evaluate(slice(inputs, from, to));
    const [mean, covariance] = [evaluation.outputs.slice(), precision.outputCovariance(model, evaluation)];
    if (!mean.every(Number.isFinite) || !covariance.every(Number.isFinite)) throw new NotFiniteError("The model's outputs or their derivatives overflow at these inputs. Are they in the units the model was trained with?");
    yield { rows: to - from, outputs, mean, covariance };
  }
}

/**
 * The joint epistemic covariance of all outputs at all inputs, NK x NK: entry $(nK + k, mK + l)$ is the covariance of output $k$
 * at input $n$ with output $l$ at input $m$, $J P^{-1} J^\top$. Its diagonal is the `variance` that {@link predict} gives.
 *
 * @category Predictions
 */
export function jointCovariance(posterior: Posterior, inputs: MatrixLike): Matrix {
  const { model, precision } = checkedPosterior(posterior);
  const table = modelInputs(model, inputs);
  const size = table.rows * model.outputs;
  const whitened = precision.whiten(model.evaluate(table).jacobian());
  return toMatrix(multiplyTransposedRight(whitened, whitened, size, model.parameters.length, size), size, size);
}
