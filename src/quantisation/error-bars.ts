import { slice, type Table } from "../data.ts";
import { dot } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { curvatureScale, type Posterior } from "../posterior/posterior.ts";
import { priorPrecision } from "../prior/prior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { outputVarianceOf, varianceRows } from "../structure/output-variance.ts";
import { posteriorCurvature } from "../structure/posterior-precision.ts";
import { chiSquareProbability } from "./chi-square.ts";

/**
 * How rounding compares with what the data leave open about the weights anyway.
 *
 * @category Quantisation
 */
export interface RoundingErrorBars {
  /** $\delta^\top P \delta$, with $\delta$ the rounding errors: the squared distance of the rounded weights from the mode, in posterior standard deviations. */
  readonly squaredDistance: number;
  /** W, what it is on average for weights drawn from the posterior. */
  readonly degreesOfFreedom: number;
  /** $P(\chi^2_W \le \delta^\top P \delta)$: the share of the posterior that is nearer to the mode than the rounded weights are. Near 0 the rounding is nothing beside the error bars. */
  readonly probability: number;
  /** Of the weights that are rounded, the share whose $\vert \delta_i \vert$ is at most their marginal standard deviation. */
  readonly weightsWithin: number;
  /** The root mean square over those weights of $\delta_i$ over their marginal standard deviation. */
  readonly weightRatio: number;
  /** The outputs. */
  readonly outputs: OutputErrorBars;
}

/**
 * How much rounding changes the outputs (before any link), beside their standard deviations $s_{nk} = \sqrt{(J P^{-1} J^\top)_{nk}}$ under the posterior.
 *
 * @category Quantisation
 */
export interface OutputErrorBars {
  /** The root mean square over examples and outputs of $(J \delta)_{nk} / s_{nk}$: what the linearised model expects. */
  readonly expectedRatio: number;
  /** The same of $f_k(x_n; \hat w) - f_k(x_n; w)$: what comes. */
  readonly ratio: number;
  /** The share of outputs that change by at most $s_{nk}$. */
  readonly within: number;
}

/** Where the rounded weights lie within the posterior; `rounded` marks those that are, and the outputs are looked at for the inputs. */
export async function roundingErrorBars(posterior: Posterior, model: Model, error: Float64Array, rounded: Uint8Array, inputs: Table, job: JobOptions): Promise<RoundingErrorBars> {
  const outputs = await outputErrorBars(posterior, model, error, inputs, job);
  const squaredDistance = dot(error, precisionTimes(posterior, error));
  const { marginalVariance } = posterior;
  let [count, within, squares] = [0, 0, 0];
  for (let i = 0; i < error.length; i++) {
    if (rounded[i] === 0) continue;
    const square = error[i] ** 2 / marginalVariance[i];
    count++;
    if (square <= 1) within++;
    squares += square;
  }
  return {
    squaredDistance,
    degreesOfFreedom: error.length,
    probability: chiSquareProbability(squaredDistance, error.length),
    weightsWithin: within / count,
    weightRatio: Math.sqrt(squares / count),
    outputs,
  };
}

/** $P v$. */
function precisionTimes(posterior: Posterior, v: Float64Array): Float64Array {
  const product = posteriorCurvature(posterior.data.curvature, posterior.prior, curvatureScale(posterior)).product(v);
  const alpha = priorPrecision(posterior.prior);
  return product.map((value, i) => value + alpha[i] * v[i]);
}

async function outputErrorBars({ model, precision }: Posterior, quantized: Model, error: Float64Array, inputs: Table, job: JobOptions): Promise<OutputErrorBars> {
  const checkpoint = checkpoints(job);
  const step = varianceRows(precision, model);
  let [expected, actual, within, count] = [0, 0, 0, 0];
  for (let from = 0; from < inputs.rows; from += step) {
    const batch = slice(inputs, from, Math.min(inputs.rows, from + step));
    const evaluation = model.evaluate(batch);
    const variance = outputVarianceOf(precision, model, evaluation);
    const linear = evaluation.jacobianVectorProduct(error);
    const { outputs } = quantized.evaluate(batch);
    for (let i = 0; i < outputs.length; i++) {
      const change = outputs[i] - evaluation.outputs[i];
      // An output that no weight moves has neither a change nor an error bar.
      if (variance[i] === 0) continue;
      expected += linear[i] ** 2 / variance[i];
      actual += change ** 2 / variance[i];
      if (change ** 2 <= variance[i]) within++;
      count++;
    }
    await checkpoint({ stage: "error bars", done: from + batch.rows, total: inputs.rows });
  }
  return { expectedRatio: Math.sqrt(expected / Math.max(1, count)), ratio: Math.sqrt(actual / Math.max(1, count)), within: count === 0 ? 1 : within / count };
}
