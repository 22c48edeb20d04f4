import type { MatrixLike } from "../data.ts";
import { InvalidArgumentError, madeBy } from "../errors.ts";
import { alike } from "../likelihood/entries.ts";
import type { RegressionPrediction } from "../likelihood/regression-prediction.ts";
import type { Prediction } from "../likelihood/prediction.ts";

/**
 * Mean of $\log p(\text{target} \mid x, D)$ over examples: the log density (or log probability) per example, higher is better.
 *
 * @category Predictions
 */
export function meanLogDensity(prediction: Prediction, targets: MatrixLike): number {
  const values = madeBy("predict()", "prediction", prediction, "logDensity").logDensity(targets);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/**
 * sqrt of the mean of (mean - target)^2 over examples and outputs, in the units of the targets.
 *
 * @category Predictions
 */
export function rootMeanSquareError(prediction: Pick<RegressionPrediction, "mean">, targets: MatrixLike): number {
  const { mean } = madeBy("predict()", "prediction", prediction, "mean");
  // A Matrix has a mean too, but it is a function.
  if (typeof mean === "function") throw new InvalidArgumentError({ argument: "prediction", expected: "what predict() resolves to", received: "a matrix", advice: "Pass the prediction, not its mean." });
  const t = alike(mean, targets);
  let sum = 0;
  for (let n = 0; n < mean.rows; n++) for (let k = 0; k < mean.columns; k++) sum += (mean.get(n, k) - t[n * mean.columns + k]) ** 2;
  return Math.sqrt(sum / t.length);
}

/**
 * Share of the targets that fall into the intervals of the given level: near the level if the error bars are honest.
 *
 * @category Predictions
 */
export function coverage(prediction: Pick<RegressionPrediction, "interval">, targets: MatrixLike, level: number): number {
  const { lower, upper } = madeBy("predict()", "prediction", prediction, "interval").interval(level);
  const t = alike(lower, targets);
  let inside = 0;
  for (let n = 0; n < lower.rows; n++) {
    for (let k = 0; k < lower.columns; k++) {
      const target = t[n * lower.columns + k];
      if (lower.get(n, k) <= target && target <= upper.get(n, k)) inside++;
    }
  }
  return inside / t.length;
}
