import type { MatrixLike } from "../data.ts";
import { outcomesOf, type ClassPrediction } from "./class-events.ts";

/**
 * Brier score, the mean squared distance of the predicted probabilities from what came true, over all classes (Brier 1950, eq. 2):
 * $$\frac1N \sum_n \sum_k \left( p_{nk} - \mathbb 1[t_n = k] \right)^2 ,$$
 * 0 at best and 2 at worst, lower is better. It is a proper score: no other probabilities than the true ones make it smaller on average.
 *
 * Class 0 and class 1 of a {@link bernoulli} prediction count as two classes, so that it is $2 (p_n - t_n)^2$: the same as {@link categorical} with two classes has, and twice what is often given for two
 * classes alone (scikit-learn's `brier_score_loss`). Of several labels it is the mean over labels.
 *
 * @category Calibration
 * @param targets - Labels or one-hot rows, as the likelihood takes them.
 * @throws {@link InvalidArgumentError} for targets or probabilities of the wrong shape or content.
 * @example
 * ```ts
 * import { brierScore } from "laplace-ts";
 * console.log(brierScore({ probabilities: [[0.5, 0.25, 0.25]] }, [0])); // 0.375
 * console.log(brierScore({ probability: [0.5] }, [1])); // 0.5
 * ```
 */
export function brierScore(prediction: ClassPrediction, targets: MatrixLike): number {
  const { probabilities, outcomes, isExclusive } = outcomesOf(prediction, targets);
  const squares = probabilities.data.reduce((sum, p, i) => sum + (p - outcomes[i]) ** 2, 0);
  return isExclusive ? squares / probabilities.rows : (2 * squares) / outcomes.length;
}
