import { remakeable } from "../recipe.ts";
import type { Link } from "./link.ts";
import { logSoftmax, logSumExp } from "./softmax.ts";

/**
 * MacKay's moderated output for several classes (Daunizeau 2017; Lu, Ie & Sha 2021): each pair of logits is moderated by the variance of its difference,
 * $$p_k \propto \left( 1 + \sum_{j \ne k} e^{-\kappa_{kj} (m_k - m_j)} \right)^{-1}, \qquad \kappa_{kj} = \left( 1 + \tfrac\pi8 (C_{kk} + C_{jj} - 2 C_{kj}) \right)^{-1/2}.$$
 *
 * As cheap as {@link probit} for some tens of classes, it minds the correlation between logits: what all logits share leaves the probabilities alone. For two classes it is {@link moderated} of
 * their difference.
 *
 * @category Predictions
 */
export function extendedMacKay(): Link {
  const link: Link = {
    name: "extended MacKay",
    logProbabilities: (mean, covariance) => {
      const classes = mean.length;
      const variance = (k: number, j: number): number => Math.max(0, covariance[k * (classes + 1)] + covariance[j * (classes + 1)] - 2 * covariance[k * classes + j]);
      // For j = k the exponent is 0: that is the 1 of the formula.
      return logSoftmax(mean.map((m, k) => -logSumExp(mean.map((other, j) => (other - m) / Math.sqrt(1 + (Math.PI / 8) * variance(k, j))))));
    },
  };
  return remakeable(link, "extendedMacKay");
}
