import { InvalidArgumentError } from "../errors.ts";
import { uncoupled, type GroupedPrior } from "../prior/prior.ts";
import { recipeOf, remadeAs } from "../recipe.ts";
import type { Curvature, Precision } from "./structure.ts";

/** Throws unless a prior that couples weights does so in the form of the structure of this name. */
export function checkCoupling({ coupling }: GroupedPrior, structure: string): void {
  if (coupling === undefined || coupling.matrix.structure === structure) return;
  throw new InvalidArgumentError({ argument: "structure", expected: `${coupling.matrix.structure}, the structure of the posterior that became the prior`, received: structure, advice: "Use that structure, or posteriorAsPrior(posterior, { correlations: false }), which keeps each weight's variance and goes with any." });
}

/** What a posterior precision $P$ has beside the diagonal $A$ of the prior: $\text{scale} \cdot H$, and as curvature of earlier data what couples the weights of the prior. */
export function posteriorCurvature(curvature: Curvature, prior: GroupedPrior, scale: number): Curvature {
  checkCoupling(prior, curvature.structure);
  const ofData = curvature.times(scale);
  if (prior.coupling === undefined) return ofData;
  const { matrix } = prior.coupling;
  return ofData.joined?.(matrix) ?? ofData.plus(matrix);
}

/** The precision $P = \text{scale} \cdot H + P_0$, factorised, where $P_0 = A$ or, of a prior that couples weights, $C + A$. The effective parameters are those that H determines. */
export function posteriorPrecision(curvature: Curvature, prior: GroupedPrior, scale: number): Precision {
  if (prior.coupling === undefined) return curvature.precision(prior, scale);
  const precision = posteriorCurvature(curvature, prior, scale).precision(uncoupled(prior), 1);
  const result: Precision = { ...precision, effectiveParametersByGroup: (first = curvature.times(scale)) => precision.effectiveParametersByGroup(first) };
  return remadeAs(result, () => recipeOf(precision));
}
