import type { Matrix } from "ml-matrix";
import { toTable, type MatrixLike } from "../data.ts";
import { InvalidArgumentError, madeBy } from "../errors.ts";
import { alike } from "../likelihood/entries.ts";
import { normalQuantile } from "../likelihood/normal-quantile.ts";
import type { RegressionPrediction } from "../likelihood/regression-prediction.ts";
import type { Prediction } from "../likelihood/prediction.ts";
import { toMatrix } from "../model/derivatives.ts";

/**
 * Mean of $\log p(\text{target} \mid x, D)$ over examples: the log density (or log probability) per example, higher is better.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, predict, meanLogDensity } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] });
 * const prediction = await predict(posterior, [0.5, 1.5]);
 * console.log(meanLogDensity(prediction, [0.6, 1.7]).toFixed(2)); // 0.34
 * ```
 */
export function meanLogDensity(prediction: Prediction, targets: MatrixLike): number {
  const values = madeBy("predict()", "prediction", prediction, "logDensity").logDensity(targets);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * sqrt of the mean of (mean - target)^2 over examples and outputs, in the units of the targets.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, predict, rootMeanSquareError } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] });
 * const prediction = await predict(posterior, [0.5, 1.5]);
 * console.log(rootMeanSquareError(prediction, [0.6, 1.7]).toFixed(2)); // 0.16
 * ```
 */
export function rootMeanSquareError(prediction: Pick<RegressionPrediction, "mean" | "judged">, targets: MatrixLike): number {
  const { mean } = madeBy("predict()", "prediction", prediction, "mean");
  // A Matrix has a mean too, but it is a function.
  if (typeof mean === "function") throw new InvalidArgumentError({ argument: "prediction", expected: "what predict() resolves to", received: "a matrix", advice: "Pass the prediction, not its mean." });
  // Error bars that targets bring have no say in it, but may stand there.
  const bringBars = prediction.judged !== undefined && toTable("targets", targets).columns === 2 * mean.columns;
  const t = alike(mean, bringBars ? judgedBy(prediction, targets).values : targets);
  let sum = 0;
  for (let n = 0; n < mean.rows; n++) for (let k = 0; k < mean.columns; k++) sum += (mean.get(n, k) - t[n * mean.columns + k]) ** 2;
  return Math.sqrt(sum / t.length);
}

/**
 * What {@link coverage} needs of a prediction: of real numbers all of it, of counts their intervals.
 *
 * @category Predictions
 */
export type CoveredPrediction = Pick<RegressionPrediction, "interval"> & Partial<Pick<RegressionPrediction, "mean" | "totalVariance" | "cumulativeProbability" | "rankedProbabilityScore" | "judged">>;

/** Ends of intervals are inside, for all that is lost by rounding. */
const ROUNDING = 1e-9;

/**
 * Share of the targets that fall into the central intervals of the given level: near the level if the error bars are honest. A target t is in there where its cumulative probability $F(t)$ has $\vert 2 F(t) - 1 \vert \le$ level; counts, for
 * which that is not so, are compared with the ends of `interval`.
 *
 * @category Predictions
 * @throws {@link InvalidArgumentError} when the targets do not fit the prediction, for levels that are no probabilities, and for {@link measurements} without error bars, neither in the targets nor in the prediction.
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, predict, coverage } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [1, 0] });
 * const posterior = await laplace(line, gaussian({ noise: 0.1 }), { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] });
 * const prediction = await predict(posterior, [0.5, 1.5]);
 * console.log(coverage(prediction, [0.6, 1.7], 0.9).toFixed(2)); // 0.50
 * ```
 */
export function coverage(prediction: CoveredPrediction, targets: MatrixLike, level: number): number {
  return coverages(prediction, targets, [level])[0];
}

/** The same for several levels. */
export function coverages(prediction: CoveredPrediction, targets: MatrixLike, levels: readonly number[]): readonly number[] {
  const made = madeBy("predict()", "prediction", prediction, "interval");
  levels.forEach(normalQuantile);
  const { values, prediction: judge } = judgedBy(made, targets);
  // Of what is scored as a real number, cumulative probabilities do not jump.
  if (judge.rankedProbabilityScore === undefined || judge.mean === undefined || judge.totalVariance === undefined || judge.cumulativeProbability === undefined) return levels.map((level) => insideInterval(judge, values, level));
  const mean = judge.mean.to1DArray();
  const variance = judge.totalVariance.to1DArray();
  const t = alike(judge.mean, values);
  const cumulative = judge.cumulativeProbability(toMatrix(t, judge.mean.rows, judge.mean.columns)).to1DArray();
  /** The level of the central interval at whose end each target is. */
  const needed = t.map((value, i) => (variance[i] === 0 ? Number(value !== mean[i]) : Math.abs(2 * cumulative[i] - 1) - ROUNDING));
  return levels.map((level) => needed.reduce((count, least) => count + Number(least <= level), 0) / t.length);
}

/** Targets without error bars, and the prediction that judges them. */
export function judgedBy<P extends Partial<Pick<RegressionPrediction, "judged">>>(prediction: P, targets: MatrixLike): { readonly values: MatrixLike | Matrix; readonly prediction: P } {
  return prediction.judged === undefined ? { values: targets, prediction } : (prediction.judged(targets) as unknown as { readonly values: Matrix; readonly prediction: P });
}

function insideInterval(prediction: Pick<RegressionPrediction, "interval">, targets: MatrixLike, level: number): number {
  const { lower, upper } = prediction.interval(level);
  const t = alike(lower, targets);
  const [low, high] = [lower.to1DArray(), upper.to1DArray()];
  return t.reduce((count, target, i) => count + Number(low[i] <= target && target <= high[i]), 0) / t.length;
}
