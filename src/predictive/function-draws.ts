import type { Matrix } from "ml-matrix";
import { slice, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, knownOptions } from "../errors.ts";
import { allFinite } from "../linalg/vector.ts";
import { modelInputs, toMatrix } from "../model/derivatives.ts";
import type { Model } from "../model/model.ts";
import { drawOptions, weightDraws } from "../posterior/draws.ts";
import { componentsOf, type Mixture } from "../posterior/mixture.ts";
import type { Posterior } from "../posterior/posterior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { random } from "../random.ts";
import { rowsFor, temporaries } from "../structure/structure.ts";

/**
 * Options of {@link functionDraws}.
 *
 * @category Predictions
 */
export interface FunctionDrawOptions extends JobOptions {
  /** How many functions. Default 10. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Whether draws are of the model linearised in its weights, as {@link predict} takes it, or go through the model itself. Default true. */
  readonly linearized?: boolean;
}

/**
 * Functions drawn from the posterior, at N inputs: for each draw the outputs, N x K. Within a draw, outputs at different inputs go together as the posterior has
 * them: a curve, where {@link predict} gives error bars point by point. For Thompson sampling, for pictures, and for whatever depends on several outputs at once.
 *
 * Draw s belongs to the weights $w_s$, row s of `posterior.sample(samples, { seed })`: $f(x; w_\mathrm{MAP}) + J (w_s - w_\mathrm{MAP})$, without a Jacobian, or with
 * `linearized: false` $f(x; w_s)$. The former have the covariance {@link jointCovariance}. Of a {@link mixture}, each draw is of one of its posteriors, chosen with the probability of its weight.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { functionDraws, gaussian, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.1 }), data);
 * const [line] = await functionDraws(await laplace(model, likelihood, data, { prior }), [0, 1, 2], { samples: 5, seed: 1 });
 * const slopes = [line.get(1, 0) - line.get(0, 0), line.get(2, 0) - line.get(1, 0)];
 * console.log(Math.abs(slopes[0] - slopes[1]) < 1e-12); // true: a draw of a line is a line
 * ```
 */
export async function functionDraws(posterior: Posterior | Mixture, inputs: MatrixLike, options: FunctionDrawOptions = {}): Promise<Matrix[]> {
  knownOptions("options", options, ["samples", "seed", "linearized", "signal", "onProgress"]);
  const { linearized = true } = options;
  if (typeof linearized !== "boolean") throw new InvalidArgumentError({ argument: "linearized", expected: "true or false", received: describe(linearized) });
  const { count, seed } = drawOptions(options, 10);
  const sources = sourcesOf(posterior, count, seed);
  const tables = sources.map(({ posterior: { model } }) => modelInputs(model, inputs));
  const checkpoint = checkpoints(options);
  const draws: Float64Array[] = [];
  let done = 0;
  for (const [i, source] of sources.entries()) {
    const { model } = source.posterior;
    for (const block of blocks(source, model.parameters.length)) {
      for (const { s } of block) draws[s] = new Float64Array(tables[i].rows * model.outputs);
      for (const { rows, from, isLast } of batches(model, tables[i])) {
        const outputsAt = linearized ? linearizedOutputs(source.posterior, rows) : (weights: Float64Array): Float64Array => model.withParameters(weights).evaluate(rows).outputs;
        for (const { s, weights } of block) {
          const outputs = outputsAt(weights);
          if (!allFinite(outputs)) throw new NotFiniteError("The model's outputs overflow at these inputs for weights drawn from the posterior. Are the inputs in the units the model was trained with?");
          draws[s].set(outputs, from * model.outputs);
          if (isLast) done++;
          await checkpoint({ stage: "draws", done, total: count });
        }
      }
    }
  }
  return draws.map((outputs) => toMatrix(outputs, tables[0].rows, sources[0].posterior.model.outputs));
}

/** The draws that are of a posterior, by their numbers among all, and the seed of their weights. */
interface Source {
  readonly posterior: Posterior;
  readonly numbers: readonly number[];
  readonly seed: number;
}

/** From which of the posteriors each draw is; of a single one, all with the seed that was asked for. */
function sourcesOf(posterior: Posterior | Mixture, count: number, seed: number): readonly Source[] {
  const { posteriors, weights } = componentsOf(posterior);
  if (posteriors.length === 1) return [{ posterior: posteriors[0], numbers: Array.from({ length: count }, (_, s) => s), seed }];
  const source = random(seed);
  // Seeds of their own: posteriors that share a stream would have draws that go together.
  const seeds = posteriors.map(() => source.integer(Number.MAX_SAFE_INTEGER));
  const chosen = Array.from({ length: count }, () => drawn(weights, source.uniform()));
  return posteriors.map((component, i) => ({ posterior: component, seed: seeds[i], numbers: chosen.flatMap((c, s) => (c === i ? [s] : [])) }));
}

/** The entry in whose share of the unit interval a number falls. */
function drawn(weights: Float64Array, u: number): number {
  let rest = u;
  let possible = 0;
  for (let i = 0; i < weights.length; i++) {
    if (weights[i] > 0) possible = i;
    rest -= weights[i];
    if (rest < 0) return i;
  }
  return possible;
}

/** The weights of the draws, so many at a time as take little memory. */
function* blocks({ posterior, numbers, seed }: Source, width: number): Generator<readonly { readonly s: number; readonly weights: Float64Array }[]> {
  const most = rowsFor(width, numbers.length);
  let block: { readonly s: number; readonly weights: Float64Array }[] = [];
  let at = 0;
  for (const { weights } of weightDraws(posterior, numbers.length, seed)) {
    block.push({ s: numbers[at++], weights });
    if (block.length < most && at < numbers.length) continue;
    yield block;
    block = [];
  }
}

/** From weights to f + J (w - w_MAP) at some inputs; the pass at the mode is made once. */
function linearizedOutputs({ model, mean: mode }: Posterior, inputs: Table): (weights: Float64Array) => Float64Array {
  const evaluation = model.evaluate(inputs);
  return (weights) => evaluation.jacobianVectorProduct(weights.map((w, i) => w - mode[i])).map((change, i) => evaluation.outputs[i] + change);
}

/** The inputs, batch by batch. */
function* batches(model: Model, inputs: Table): Generator<{ readonly rows: Table; readonly from: number; readonly isLast: boolean }> {
  const step = rowsFor(temporaries(model), 512);
  for (let from = 0; from < inputs.rows; from += step) yield { rows: slice(inputs, from, Math.min(inputs.rows, from + step)), from, isLast: from + step >= inputs.rows };
}
