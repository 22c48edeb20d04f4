import { toTable, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, knownOptions, wholeNumber } from "../errors.ts";
import { extrapolatedHessian, extrapolatedJacobian } from "./richardson.ts";
import { functionPrediction, mixedFunction, normalPoints, type FunctionPrediction, type FunctionPredictionOptions } from "./function-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import type { Random } from "../random.ts";
import { squareRoot } from "./link.ts";
import { correlated } from "./moments.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { withoutNoise } from "./without-noise.ts";

/**
 * A log density of one example, for {@link functionLikelihood}.
 *
 * @category Likelihoods
 */
export interface LikelihoodFunction {
  /** For reports. Default `"function"`. */
  readonly name?: string;
  /** $\log p(t \mid f)$, normalised over $t$, for the K outputs of an example and its row of targets. */
  readonly logDensity: (outputs: Float64Array, target: Float64Array) => number;
  /** $\partial \log p / \partial f$: K numbers. Differences stand in where it is absent. */
  readonly gradient?: (outputs: Float64Array, target: Float64Array) => ArrayLike<number>;
  /** $\partial^2 \log p / \partial f \partial f^\top$: K x K numbers, row after row. Differences stand in where it is absent. */
  readonly hessian?: (outputs: Float64Array, target: Float64Array) => ArrayLike<number>;
  /**
   * The Fisher information of the outputs, the average of the negative Hessian over targets: K x K numbers, positive semidefinite. Where it is absent, the
   * negative Hessian at the target stands in, its negative eigenvalues set to 0.
   */
  readonly information?: (outputs: Float64Array) => ArrayLike<number>;
  /** Columns that targets must have. Default: as many as the model has outputs. */
  readonly targetColumns?: number;
  /** Whether a row is a target that can occur; the others are refused. Default: any finite numbers. */
  readonly isTarget?: (target: Float64Array) => boolean;
  /** A target drawn from $p(t \mid f)$, for {@link monteCarloFisher}. */
  readonly draw?: (outputs: Float64Array, source: Random) => ArrayLike<number>;
}

type OfExample<T> = (outputs: Float64Array, target: Float64Array) => T;

/**
 * A likelihood of your own: any log density of a target given the outputs of a model, $E_D = -\sum_n \log p(t_n \mid f_n)$.
 *
 * Where no derivatives are given, central differences with Richardson's extrapolation stand in, with steps of about 0.002 (relative error about
 * 1e-11 for a density that changes over distances of the size of 1), and steps of 0.01 where the Hessian must come from the log density itself (about 1e-7). Densities much narrower than that in
 * $f$ should come with derivatives. There is no noise scale to be re-estimated: parameters of the density are yours to choose, for instance by the
 * evidence ({@link compareModels}).
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} for a definition or targets that do not fit; {@link NotFiniteError} where the log density is NaN or plus infinity.
 * @example
 * A line through data with an outlier, which Student's t distribution with 4 degrees of freedom takes for one:
 * ```ts
 * import { functionLikelihood, functionModel, laplace, predict, train } from "laplace-ts";
 * const scale = 0.1;
 * const robust = functionLikelihood({
 *   name: "student t",
 *   logDensity: ([f], [t]) => Math.log(0.375 / scale) - 2.5 * Math.log(1 + ((t - f) / scale) ** 2 / 4),
 *   information: () => [5 / 7 / scale ** 2],
 * });
 * const line = functionModel({ parameters: [0, 1], value: ([a, b], [x]) => a + b * x });
 * const data = { inputs: [0, 1, 2, 3, 4], targets: [0.1, 0.9, 2.1, 9, 3.9] };
 * const { model, likelihood, prior } = await train(line, robust, data);
 * const prediction = await predict(await laplace(model, likelihood, data, { prior }), [3]);
 * console.log(prediction.expectation(([f]) => f).get(0, 0).toFixed(1)); // 3.0
 * ```
 */
export function functionLikelihood(definition: LikelihoodFunction): Likelihood<FunctionPrediction, FunctionPredictionOptions> {
  const { name, logDensity, gradient, hessian, information, encode, draw } = checked(definition);
  const perExample = (outputs: Float64Array, { data, rows, columns }: Table, size: (count: number) => number, value: OfExample<ArrayLike<number>>): Float64Array => {
    const count = outputs.length / rows;
    const result = new Float64Array(rows * size(count));
    for (let n = 0; n < rows; n++) {
      // Copies, lest a function that changes its arguments change the data.
      const numbers = value(outputs.slice(n * count, (n + 1) * count), data.slice(n * columns, (n + 1) * columns));
      if (numbers.length !== size(count)) throw new InvalidArgumentError({ argument: "definition", expected: `derivatives of ${size(count)} numbers for ${count} outputs`, received: `${numbers.length}` });
      result.set(numbers, n * size(count));
    }
    return result;
  };
  const densities = (outputs: Float64Array, targets: Table): Float64Array => perExample(outputs, targets, () => 1, (f, t) => [logDensity(f, t)]);
  const curvature: OfExample<Float64Array> = (f, t) => (hessian === undefined ? extrapolatedHessian((g) => logDensity(g, t), gradient && ((g) => gradient(g, t)), f) : Float64Array.from(hessian(f, t))).map((h) => -h);
  return {
    ...withoutNoise,
    name,
    description: name,
    encode,
    energy: (outputs, targets) => densities(outputs, targets).reduce((sum, value) => sum - value, 0),
    logDensity: densities,
    gradient: (outputs, targets) => perExample(outputs, targets, (count) => count, gradient ?? ((f, t) => extrapolatedJacobian((g) => [logDensity(g, t)], f))).map((g) => -g),
    hessian: (outputs, targets) => perExample(outputs, targets, (count) => count * count, curvature),
    factor: (outputs, targets) => {
      const root: OfExample<Float64Array> = (f, t) => squareRoot(information === undefined ? curvature(f, t) : Float64Array.from(information(f)), f.length);
      return { data: perExample(outputs, targets, (count) => count * count, root), columns: outputs.length / targets.rows };
    },
    ...(draw && { draw: (outputs: Float64Array, target: Float64Array, source: Random) => Float64Array.from(drawnRow(draw(outputs.slice(), source), target.length)) }),
    mix: mixedFunction,
    ...predicting((options: FunctionPredictionOptions) => {
      knownOptions("options", options, ["samples", "seed"], PREDICT_OPTIONS);
      return {
        keep: correlated,
        make: (kept, rows, outputs) => functionPrediction({ rows, outputs, ...kept }, normalPoints(outputs, options), (targets) => encode(targets, rows, outputs), logDensity),
      };
    }),
  };
}

function drawnRow(drawn: ArrayLike<number>, columns: number): ArrayLike<number> {
  if (drawn.length === columns) return drawn;
  throw new InvalidArgumentError({ argument: "draw", expected: `a function that gives ${columns} numbers, a row of targets`, received: `${drawn.length} numbers` });
}

const KEYS = ["name", "logDensity", "gradient", "hessian", "information", "targetColumns", "isTarget", "draw"] as const;

/** The definition with its defaults, a log density that is never NaN, and a check of targets. */
function checked(definition: LikelihoodFunction): LikelihoodFunction & Pick<Likelihood, "name" | "encode"> {
  knownOptions("definition", definition, KEYS);
  for (const key of ["logDensity", "gradient", "hessian", "information", "isTarget", "draw"] as const) {
    const value: unknown = definition[key];
    if (typeof value !== "function" && (value !== undefined || key === "logDensity")) throw new InvalidArgumentError({ argument: key, expected: key === "logDensity" ? "a function (outputs, target) => log density" : "a function, or none", received: describe(value) });
  }
  const { name = "function", logDensity, targetColumns, isTarget = () => true } = definition;
  if (targetColumns !== undefined) wholeNumber("targetColumns", targetColumns, 1);
  return {
    ...definition,
    name,
    logDensity: (f, t) => {
      const value: unknown = logDensity(f, t);
      if (typeof value === "number" && value < Infinity) return value;
      throw new NotFiniteError(`The log density of "${name}" is ${describe(value)} for the outputs ${f.join(", ")} and the target ${t.join(", ")}.`);
    },
    encode: (targets, rows, outputs) => {
      const table = toTable("targets", targets);
      const columns = targetColumns ?? outputs;
      if (table.rows !== rows || table.columns !== columns) throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${columns}`, received: `${table.rows} x ${table.columns}` });
      for (let n = 0; n < rows; n++) {
        const row = table.data.slice(n * columns, (n + 1) * columns);
        if (!isTarget(row)) throw new InvalidArgumentError({ argument: "targets", expected: `targets that "${name}" can have`, received: `${row.join(", ")} in row ${n}` });
      }
      return table;
    },
  };
}
