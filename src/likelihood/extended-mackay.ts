import { remakeable } from "../recipe.ts";
import { mutualInformationFrom, normalDraws } from "./class-information.ts";
import type { Link } from "./link.ts";
import { entropyOf, logSoftmax, logSumExp } from "./softmax.ts";

/**
 * MacKay's moderated output for several classes (Daunizeau 2017; Lu, Ie & Sha 2021): each pair of logits is moderated by the variance of its difference,
 * $$p_k \propto \left( 1 + \sum_{j \ne k} e^{-\kappa_{kj} (m_k - m_j)} \right)^{-1}, \qquad \kappa_{kj} = \left( 1 + \tfrac\pi8 (C_{kk} + C_{jj} - 2 C_{kj}) \right)^{-1/2}.$$
 *
 * It minds the correlation between logits: what all logits share, as softmax ignores it, leaves the probabilities alone. For two classes it is {@link moderated} of their difference, within 0.02 of the
 * average; for more it is rather too flat where variances are large: the probability of the likeliest of three classes is too low by 0.01 to 0.02 where logits have a standard deviation of 2, that of
 * the likeliest of ten by 0.06. {@link monteCarlo} is exact as its draws grow.
 *
 * For {@link CategoricalPrediction.uncertainty} the mutual information of class and weights comes from 128 draws of the logits, the same for every example, and the expected entropy is what it leaves of
 * the entropy of these probabilities.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { categorical, fit, mlp, extendedMacKay } from "laplace-ts";
 * const data = { inputs: [[0, 2], [2, -1], [-2, -1], [0, 1], [1, -1], [-1, -1]], targets: [0, 1, 2, 0, 1, 2] };
 * const fitted = await fit(mlp([2, 3], { seed: 1 }), categorical(), data);
 * const { probabilities } = await fitted.predict([[0, 2], [0, 20]], { link: extendedMacKay() });
 * console.log([0, 1].map((n) => probabilities.get(n, 0).toFixed(2)).join(" ")); // 0.75 0.82
 * ```
 */
export function extendedMacKay(): Link {
  let draws: Float64Array = new Float64Array(0);
  const link: Link = {
    name: "extended MacKay",
    logProbabilities,
    withEntropy: (mean, covariance) => {
      const logs = logProbabilities(mean, covariance);
      if (draws.length !== DRAWS * mean.length) draws = normalDraws(DRAWS, mean.length);
      return { logProbabilities: logs, expectedEntropy: Math.max(0, entropyOf(logs) - mutualInformationFrom(draws, mean, covariance)) };
    },
  };
  return remakeable(link, "extendedMacKay");
}

const DRAWS = 128;

function logProbabilities(mean: Float64Array, covariance: Float64Array): Float64Array {
  const classes = mean.length;
  const variance = (k: number, j: number): number => Math.max(0, covariance[k * (classes + 1)] + covariance[j * (classes + 1)] - 2 * covariance[k * classes + j]);
  // For j = k the exponent is 0: that is the 1 of the formula.
  return logSoftmax(mean.map((m, k) => -logSumExp(mean.map((other, j) => (other - m) / Math.sqrt(1 + (Math.PI / 8) * variance(k, j))))));
}
