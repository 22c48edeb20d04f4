import { checkedPosterior, type Posterior } from "../posterior/posterior.ts";
import { noiseFreedom } from "./hyperparameters.ts";

/**
 * Derivatives of the log evidence, at fixed weights.
 *
 * @category Evidence
 */
export interface EvidenceGradient {
  /** $\partial \log p(D) / \partial \log\alpha_g$ for each group of the prior; 0 for the prior that {@link posteriorAsPrior} makes, which has no hyperparameters: G. */
  readonly logPriorPrecisions: Float64Array;
  /** $\partial \log p(D) / \partial \log\beta$; 0 for likelihoods without a noise that can be estimated. */
  readonly logNoisePrecision: number;
}

/**
 * The derivatives of the log evidence in the logarithms of its hyperparameters (MacKay 1992a, section 4),
 * $$\frac{\partial \log p(D)}{\partial \log\alpha_g} = \frac{\gamma_g}{2} - \alpha_g E_{W,g}, \qquad \frac{\partial \log p(D)}{\partial \log\beta} = \frac{NK - 2 \beta E_0 - p T \gamma}{2T},$$
 * for curvature that grows as $\beta^p$: 1, or 2 for the empirical Fisher. The weights are held; at a mode they would move with the hyperparameters, but to first
 * order that changes the evidence by the change of the curvature alone, which is neglected as usual.
 *
 * @category Evidence
 * @example
 * ```ts
 * import { evidenceGradient, gaussian, isotropic, laplace, mlp, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), gaussian({ noise: 0.5 }), data, { prior: isotropic(1) });
 * const posterior = await laplace(model, likelihood, data, { prior });
 * console.log(evidenceGradient(posterior).logNoisePrecision > 0); // true: there is less noise than that
 * ```
 */
export function evidenceGradient(posterior: Posterior): EvidenceGradient {
  const { prior, likelihood, data, temperature } = checkedPosterior(posterior);
  const energies = posterior.priorEnergies;
  return {
    logPriorPrecisions: posterior.effectiveParametersByGroup.map((gamma, g) => prior.coupling !== undefined ? 0 : 0.5 * gamma - prior.precisions[g] * energies[g]),
    logNoisePrecision: likelihood.noiseParameters === 0 ? 0 : (noiseFreedom(posterior) - 2 * likelihood.precision * data.energy) / (2 * temperature),
  };
}
