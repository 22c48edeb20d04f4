import type { MatrixLike } from "../data.ts";
import { madeBy } from "../errors.ts";
import type { RegressionPrediction } from "../likelihood/regression-prediction.ts";

/**
 * Continuous ranked probability score (Matheson & Winkler 1976; Gneiting & Raftery 2007, eqs. 20 and 21), the mean over examples and outputs of
 * $$\int_{-\infty}^\infty \left( F(x) - \mathbb 1[x \ge t] \right)^2 dx = \mathrm E\,\vert X - t \vert - \tfrac12 \mathrm E\,\vert X - X' \vert ,$$
 * in the units of the targets, lower is better. It is proper, and of a prediction without error bars it is the mean absolute error. Unlike {@link meanLogDensity} it is not ruled by a few targets far off.
 *
 * In closed form where the prediction is normal (Gneiting & Raftery 2007, eq. 22) or a mixture of normals (Grimit et al. 2006), as of {@link gaussian}, its committees and draws, and of {@link heteroscedastic}; otherwise, as of
 * {@link studentT}, from cumulative probabilities by quadrature, to a relative 1e-6 or better, to 1e-4 where components of a mixture are a thousand times further apart than they are wide. It is finite for Student's t with more than half a degree of freedom. A mixture of S predictions takes a time of $O(S^2)$ a target.
 *
 * @category Calibration
 * @throws {@link InvalidArgumentError} when the targets do not fit the prediction.
 * @example
 * ```ts
 * import { continuousRankedProbabilityScore, gaussian } from "laplace-ts";
 * const prediction = gaussian({ noise: 1 }).predict({ rows: 1, outputs: 1, mean: Float64Array.of(0) });
 * console.log(continuousRankedProbabilityScore(prediction, [0]).toFixed(4)); // 0.2337
 * ```
 */
export function continuousRankedProbabilityScore(prediction: Pick<RegressionPrediction, "rankedProbabilityScore">, targets: MatrixLike): number {
  return madeBy("predict() for numbers", "prediction", prediction, "rankedProbabilityScore").rankedProbabilityScore(targets).mean();
}
