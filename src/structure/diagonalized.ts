import type { GroupedPrior } from "../prior/prior.ts";
import { recipeOf, remadeAs } from "../recipe.ts";
import type { Curvature, Precision } from "./structure.ts";

/**
 * A curvature with its eigenvalues $\lambda_i$ at hand; those that are not given, of `width`, are 0. For a prior of one precision
 * $\alpha$, $\log\det P = \sum_i \log(c \lambda_i + \alpha)$ and $\gamma = \sum_i c \lambda_i / (c \lambda_i + \alpha)$ (MacKay 1992, section 4) need no factor; what does
 * makes it when it is first asked for.
 */
export function diagonalized(curvature: Curvature, eigenvalues: Float64Array, width: number): Curvature {
  const withEigenvalues: Curvature = {
    ...curvature,
    precision: (prior, scale) => {
      if (prior.groups.length > 1 || scale * smallest(eigenvalues) + prior.precisions[0] <= 0) return curvature.precision(prior, scale);
      return spectralPrecision(() => curvature.precision(prior, scale), eigenvalues, width, prior, scale);
    },
  };
  return remadeAs(withEigenvalues, () => recipeOf(curvature));
}

function smallest(values: Float64Array): number {
  return values.reduce((least, value) => Math.min(least, value), Infinity);
}

function spectralPrecision(factorize: () => Precision, eigenvalues: Float64Array, width: number, { precisions: [alpha] }: GroupedPrior, scale: number): Precision {
  let factorized: Precision | undefined;
  const precision = (): Precision => (factorized ??= factorize());
  let [logDeterminant, effective] = [(width - eigenvalues.length) * Math.log(alpha), 0];
  for (const eigenvalue of eigenvalues) {
    logDeterminant += Math.log(scale * eigenvalue + alpha);
    effective += (scale * eigenvalue) / (scale * eigenvalue + alpha);
  }
  const quick: Precision = {
    logDeterminant,
    effectiveParametersByGroup: () => Float64Array.of(effective),
    solve: (v) => precision().solve(v),
    whiten: (rows) => precision().whiten(rows),
    sample: (normals) => precision().sample(normals),
    inverseDiagonal: () => precision().inverseDiagonal(),
    inverse: () => precision().inverse(),
    batchRows: (model) => precision().batchRows(model),
    outputCovariance: (model, evaluation) => precision().outputCovariance(model, evaluation),
  };
  return remadeAs(quick, () => recipeOf(precision()));
}
