import type { GroupedPrior } from "../prior/prior.ts";
import { outputVarianceOf } from "./output-variance.ts";
import { recipeOf, remadeAs } from "../recipe.ts";
import type { Curvature, Precision } from "./structure.ts";

/**
 * A curvature with its eigenvalues $\lambda_i$ at hand; those that are not given, of `width`, are 0. For a prior of one precision
 * $\alpha$, $\log\det P = \sum_i \log(c \lambda_i + \alpha)$ and $\gamma = \sum_i c \lambda_i / (c \lambda_i + \alpha)$ (MacKay 1992a, section 4) need no factor; what does
 * makes it when it is first asked for.
 */
export function diagonalized(curvature: Curvature, eigenvalues: Float64Array, width: number): Curvature {
  const smallest = eigenvalues.reduce((least, value) => Math.min(least, value), Infinity);
  const withEigenvalues: Curvature = {
    ...curvature,
    precision: (prior, scale) => {
      if (prior.groups.length > 1 || scale * smallest + prior.precisions[0] <= 0) return curvature.precision(prior, scale);
      return spectralPrecision(() => curvature.precision(prior, scale), eigenvalues, width, prior, scale);
    },
  };
  return remadeAs(withEigenvalues, () => recipeOf(curvature));
}

function spectralPrecision(factorize: () => Precision, eigenvalues: Float64Array, width: number, { precisions: [alpha] }: GroupedPrior, scale: number): Precision {
  let factorized: Precision | undefined;
  const precision = (): Precision => (factorized ??= factorize());
  let [logDeterminant, effective] = [(width - eigenvalues.length) * Math.log(alpha), 0];
  // A logarithm takes longer than all else here: it is taken of products, before they leave the numbers that there are.
  let product = 1;
  for (let i = 0; i < eigenvalues.length; i++) {
    const ofData = scale * eigenvalues[i];
    const inAll = ofData + alpha;
    effective += ofData / inAll;
    const grown = product * inAll;
    if (grown > 1e-150 && grown < 1e150) product = grown;
    else {
      logDeterminant += Math.log(product);
      product = inAll;
    }
  }
  logDeterminant += Math.log(product);
  const quick: Precision = {
    logDeterminant,
    effectiveParametersByGroup: (first) => (first === undefined ? Float64Array.of(effective) : precision().effectiveParametersByGroup(first)),
    solve: (v) => precision().solve(v),
    whiten: (rows) => precision().whiten(rows),
    sample: (normals) => precision().sample(normals),
    inverseDiagonal: () => precision().inverseDiagonal(),
    inverse: () => precision().inverse(),
    batchRows: (model) => precision().batchRows(model),
    outputCovariance: (model, evaluation) => precision().outputCovariance(model, evaluation),
    outputVariance: (model, evaluation) => outputVarianceOf(precision(), model, evaluation),
  };
  return remadeAs(quick, () => recipeOf(precision()));
}
