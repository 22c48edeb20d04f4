import { gather, toTable, type Data, type MatrixLike } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, wholeNumber } from "../errors.ts";
import type { Prediction } from "../likelihood/prediction.ts";
import { toMatrix } from "../model/derivatives.ts";
import { Posterior } from "../posterior/posterior.ts";
import { predict } from "../predictive/predict.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { permutation, random } from "../random.ts";
import { columns, significant } from "../report.ts";

/**
 * Options of {@link crossValidate}.
 *
 * @category Evidence
 */
export interface CrossValidationOptions extends JobOptions {
  /** Parts into which the examples are divided. Default 5, or as many as there are examples. */
  readonly folds?: number;
  /** Seed of the division. Default 0. */
  readonly seed?: number;
}

/**
 * What cross-validation asks of a fit: a {@link Fitted} is one; a {@link Posterior} is taken, too.
 *
 * @category Evidence
 */
export interface Predictive {
  /** The predictive distribution at new inputs. */
  predict(inputs: MatrixLike): Promise<Prediction>;
}

/**
 * How well examples were predicted by fits that had not seen them.
 *
 * @category Evidence
 */
export interface CrossValidation {
  /** $\\log p(t_n \\mid x_n, \\text{the other folds})$ for each example, in the order of the data: N. */
  readonly logDensity: Float64Array;
  /** Their mean. */
  readonly mean: number;
  /**
   * The standard error of the mean, $s / \\sqrt N$. It takes the examples for independent, which they are not quite, as the fits share data (Bengio &
   * Grandvalet 2004). To compare two models, take that of the differences of their log densities with the same seed.
   */
  readonly standardError: number;
  /** The fold in which each example was held out, from 0: N. */
  readonly foldOf: Int32Array;
  /** A table to print: the mean and its standard error, of all examples and of each fold. */
  summary(): string;
}

const DEFAULT_FOLDS = 5;

/**
 * K-fold cross-validation (Stone 1974): the examples are shuffled and divided into folds of equal size, give or take one; for each fold a model is fitted to the others and judged by the
 * log density of its predictions. Every example is held out once.
 *
 * Where {@link compareModels} trusts the evidence, this trusts held-out data, at the price of as many fits as folds. It judges all that `fitFold` does, the choice of
 * hyperparameters too.
 *
 * @category Evidence
 * @param data - In any form; the folds come in the same.
 * @param fitFold - Fits to the examples that it is given; the second argument is the number of the fold, from 0.
 * @throws {@link InvalidArgumentError} when there are fewer examples than folds, or `fitFold` gives what can't predict.
 * @example
 * ```ts
 * import { crossValidate, fit, gaussian, mlp, random } from "laplace-ts";
 * const source = random(1);
 * const inputs = Array.from({ length: 40 }, () => 4 * source.uniform() - 2);
 * const data = { inputs, targets: inputs.map((x) => Math.sin(2 * x) + 0.1 * source.normal()) };
 * const line = await crossValidate(data, (training) => fit(mlp([1, 1]), gaussian(), training));
 * const network = await crossValidate(data, (training) => fit(mlp([1, 5, 1], { seed: 1 }), gaussian(), training));
 * console.log(network.mean - network.standardError > line.mean + line.standardError); // true
 * console.log(network.summary().split("\n").length); // 7: a head, five folds, all
 * ```
 */
export async function crossValidate<D extends Data>(data: D, fitFold: (training: D, fold: number) => Promise<Predictive | Posterior>, options: CrossValidationOptions = {}): Promise<CrossValidation> {
  knownOptions("options", options, ["folds", "seed", "signal", "onProgress"]);
  if (typeof fitFold !== "function") throw new InvalidArgumentError({ argument: "fitFold", expected: "a function that fits a model to the examples it is given", received: describe(fitFold) });
  const count = countOf(data);
  const folds = wholeNumber("folds", options.folds ?? Math.min(DEFAULT_FOLDS, count), 2);
  if (folds > count) throw new InvalidArgumentError({ argument: "folds", expected: `at most ${count}, the number of examples`, received: `${folds}` });
  const order = permutation(count, random(options.seed ?? 0));
  const checkpoint = checkpoints(options);

  const logDensity = new Float64Array(count);
  const foldOf = new Int32Array(count);
  for (let fold = 0; fold < folds; fold++) {
    await checkpoint({ stage: "cross-validation", done: fold, total: folds });
    const [from, to] = [Math.round((fold * count) / folds), Math.round(((fold + 1) * count) / folds)];
    const held = order.slice(from, to);
    const rest = Int32Array.of(...order.subarray(0, from), ...order.subarray(to));
    const fitted = await fitFold(examplesOf(data, rest), fold);
    const { inputs, targets } = examplesOf(data, held);
    const values = (await predictionOf(fitted, inputs)).logDensity(targets);
    held.forEach((n, i) => {
      logDensity[n] = values[i];
      foldOf[n] = fold;
    });
  }
  await checkpoint({ stage: "cross-validation", done: folds, total: folds });
  const mean = logDensity.reduce((sum, value) => sum + value, 0) / count;
  const variance = logDensity.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
  const standardError = Math.sqrt(variance / count);
  return { logDensity, mean, standardError, foldOf, summary: () => table({ logDensity, mean, standardError, foldOf }, folds) };
}

function table({ logDensity, mean, standardError, foldOf }: Omit<CrossValidation, "summary">, folds: number): string {
  const ofFold = (fold: number): string[] => {
    const own = logDensity.filter((_, n) => foldOf[n] === fold);
    return [`fold ${fold}`, `${own.length}`, significant(own.reduce((sum, value) => sum + value, 0) / own.length), ""];
  };
  return columns([["", "examples", "mean log density", "standard error"], ...Array.from({ length: folds }, (_, fold) => ofFold(fold)), ["all", `${logDensity.length}`, significant(mean), significant(standardError)]]);
}

function countOf(data: Data): number {
  if (typeof data !== "object" || data === null || !("inputs" in data && "targets" in data)) {
    throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }", received: describe(data), advice: "Put batches together first." });
  }
  const [inputs, targets] = [toTable("data.inputs", data.inputs), toTable("data.targets", data.targets)];
  if (inputs.rows !== targets.rows) throw new InvalidArgumentError({ argument: "data.targets", expected: `${inputs.rows} rows, one for each input`, received: `${targets.rows}` });
  if (inputs.rows < 2) throw new InvalidArgumentError({ argument: "data", expected: "at least two examples", received: "1" });
  return inputs.rows;
}

async function predictionOf(fitted: Predictive | Posterior, inputs: MatrixLike): Promise<Prediction> {
  if (fitted instanceof Posterior) return predict(fitted, inputs);
  if (typeof fitted === "object" && fitted !== null && typeof fitted.predict === "function") return fitted.predict(inputs);
  throw new InvalidArgumentError({ argument: "fitFold", expected: "a function that resolves to what fit() or laplace() resolve to, or another object with predict(inputs)", received: `one that gives ${describe(fitted)}` });
}

function examplesOf<D extends Data>(data: D, rows: Int32Array): D {
  return { ...data, inputs: rowsOf(data.inputs, rows), targets: rowsOf(data.targets, rows) };
}

/** The rows with the given numbers, in the form of the whole. */
function rowsOf(source: MatrixLike, rows: Int32Array): MatrixLike {
  if (Array.isArray(source)) return Array.from(rows, (n) => (source as (number | ArrayLike<number>)[])[n]) as MatrixLike;
  const { data, columns } = gather(toTable("data", source), rows);
  if ("to1DArray" in source) return toMatrix(data, rows.length, columns);
  return "shape" in source ? { data, shape: [rows.length, columns] } : data;
}
