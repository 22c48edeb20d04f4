import { likelihoodChange, type Likelihood } from "../likelihood/likelihood.ts";
import { logDeterminant } from "../linalg/cholesky.ts";
import { diagonalOfProduct } from "../linalg/symmetric-product.ts";
import { inverseDiagonal, inverseFromCholesky } from "../linalg/triangular.ts";
import { effectiveParametersByGroup, priorEnergies, priorEnergy, priorLogDeterminant, reestimatePrior, sumByGroup, type GroupedPrior } from "../prior/prior.ts";
import { likelihoodFromData } from "./likelihood-reestimation.ts";
import type { ObjectiveCurvature, Objective } from "./objective.ts";
import { precisionFactor } from "./refinement.ts";

/** One re-estimation of the hyperparameters at a point. */
export interface ReestimatedObjective<L extends Likelihood> {
  /** The objective with the new hyperparameters. */
  readonly objective: Objective<L>;
  /** gamma for each group, at the old hyperparameters. */
  readonly effectiveParameters: Float64Array;
  /** Log evidence at the old hyperparameters (MacKay 1992a, with the outer product for the Hessian). */
  readonly logEvidence: number;
  /** How far 2 alpha_g E_W,g is from gamma_g (relative where gamma_g > 1), and the likelihood's hyperparameters from their new values; 0 at a fixed point. */
  readonly discrepancy: number;
}

/**
 * alpha_g = gamma_g / (2 E_W,g), beta = (N K - gamma) / (2 E_0), with gamma_g = W_g - alpha_g tr(P^-1)_g and P = H + A (MacKay 1992a).
 *
 * A likelihood with other hyperparameters than beta has them re-estimated from the outputs.
 *
 * @param leastEnergy - The noise is not estimated from an E_0 below this: no data are free of rounding.
 */
export async function reestimated<L extends Likelihood>(objective: Objective<L>, point: ObjectiveCurvature, leastEnergy: number): Promise<ReestimatedObjective<L>> {
  const { prior, likelihood, inputs, model } = objective;
  const count = inputs.rows * model.outputs;
  const width = point.weights.length;
  const factor = precisionFactor(objective, point);
  const gamma = effectiveParameters(prior, factor, point).map((value) => Math.max(value, 0));
  const energies = priorEnergies(prior, point.weights);
  const nextPrior = reestimatePrior(prior, gamma, energies);
  const allParameters = gamma.reduce((sum, value) => sum + value, 0);
  const nextLikelihood = likelihood.reestimateFrom === undefined ? likelihood.reestimate(Math.max(point.energy, leastEnergy), count, allParameters) : await likelihoodFromData(objective, point, factor, allParameters);

  let discrepancy = likelihoodChange(likelihood, nextLikelihood);
  prior.precisions.forEach((alpha, g) => {
    if (nextPrior.precisions[g] !== alpha) discrepancy = Math.max(discrepancy, Math.abs(2 * alpha * energies[g] - gamma[g]) / Math.max(1, gamma[g]));
  });
  const logJoint = likelihood.logLikelihood(point.energy, count) - priorEnergy(prior, point.weights, energies);
  return {
    objective: { ...objective, prior: nextPrior, likelihood: nextLikelihood },
    effectiveParameters: gamma,
    logEvidence: logJoint + 0.5 * (priorLogDeterminant(prior) - logDeterminant(factor, width)),
    discrepancy,
  };
}

/** gamma_g, or where the prior couples weights tr_g(P^-1 H). */
function effectiveParameters(prior: GroupedPrior, factor: Float64Array, { weights, curvature }: ObjectiveCurvature): Float64Array {
  const width = weights.length;
  if (prior.coupling === undefined) return effectiveParametersByGroup(prior, inverseDiagonal(factor, width));
  return sumByGroup(prior, diagonalOfProduct(inverseFromCholesky(factor, width), curvature, width));
}
