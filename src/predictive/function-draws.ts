import type { Matrix } from "ml-matrix";
import { slice, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, knownOptions } from "../errors.ts";
import { concatenated } from "../linalg/vector.ts";
import { modelInputs, toMatrix } from "../model/derivatives.ts";
import type { Evaluation, Model } from "../model/model.ts";
import { drawOptions, weightDraws } from "../posterior/draws.ts";
import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { rowsFor, temporaries } from "../structure/structure.ts";

/**
 * Options of {@link functionDraws}.
 *
 * @category Predictions
 */
export interface FunctionDrawOptions extends JobOptions {
  /** How many functions. Default 10. */
  readonly count?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Whether draws are of the model linearised in its weights, as {@link predict} takes it, or go through the model itself. Default true. */
  readonly linearized?: boolean;
}

/**
 * Functions drawn from the posterior, at N inputs: for each draw the outputs, N x K. Within a draw, outputs at different inputs go together as the posterior has
 * them: a curve, where {@link predict} gives error bars point by point. For Thompson sampling, for pictures, and for whatever depends on several outputs at once.
 *
 * Draw s belongs to the weights $w_s$, row s of `posterior.sample(count, { seed })`: $f(x; w_\mathrm{MAP}) + J (w_s - w_\mathrm{MAP})$, without a Jacobian, or with
 * `linearized: false` $f(x; w_s)$. The former have the covariance {@link jointCovariance}.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { functionDraws, gaussian, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
 * const [line] = await functionDraws(await laplace(model, likelihood, data, { prior }), [0, 1, 2], { count: 5, seed: 1 });
 * const slopes = [line.get(1, 0) - line.get(0, 0), line.get(2, 0) - line.get(1, 0)];
 * console.log(Math.abs(slopes[0] - slopes[1]) < 1e-12); // true: a draw of a line is a line
 * ```
 */
export async function functionDraws(posterior: Posterior, inputs: MatrixLike, options: FunctionDrawOptions = {}): Promise<Matrix[]> {
  knownOptions("options", options, ["count", "seed", "linearized", "signal", "onProgress"]);
  const { linearized = true } = options;
  if (typeof linearized !== "boolean") throw new InvalidArgumentError({ argument: "linearized", expected: "true or false", received: describe(linearized) });
  const { count, seed } = drawOptions({ samples: options.count, seed: options.seed }, 10, "count");
  const { model, mean } = checkedPosterior(posterior);
  const table = modelInputs(model, inputs);
  const checkpoint = checkpoints(options);
  const outputsAt = linearized ? linearizedOutputs(model, mean, table) : (weights: Float64Array): Float64Array => concatenated(Array.from(evaluations(model.withParameters(weights), table), ({ outputs }) => outputs));
  const draws: Matrix[] = [];
  for (const { weights } of weightDraws(posterior, count, seed)) {
    const outputs = outputsAt(weights);
    if (!outputs.every(Number.isFinite)) throw new NotFiniteError("The model's outputs overflow at these inputs for weights drawn from the posterior. Are the inputs in the units the model was trained with?");
    draws.push(toMatrix(outputs, table.rows, model.outputs));
    await checkpoint({ stage: "draws", done: draws.length, total: count });
  }
  return draws;
}

/** From weights to f + J (w - w_MAP); the passes at the mode are made once. */
function linearizedOutputs(model: Model, mode: Float64Array, inputs: Table): (weights: Float64Array) => Float64Array {
  const atMode = [...evaluations(model, inputs)];
  return (weights) => {
    const deviation = weights.map((w, i) => w - mode[i]);
    const linear = (evaluation: Evaluation): Float64Array => evaluation.jacobianVectorProduct(deviation).map((change, i) => evaluation.outputs[i] + change);
    return concatenated(atMode.map(linear));
  };
}

/** The model at all inputs, batch by batch. */
function* evaluations(model: Model, inputs: Table): Generator<Evaluation> {
  const step = rowsFor(temporaries(model), 512);
  for (let from = 0; from < inputs.rows; from += step) yield model.evaluate(slice(inputs, from, Math.min(inputs.rows, from + step)));
}
