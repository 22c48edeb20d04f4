import { knownOptions, wholeNumber } from "../errors.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { random, type Random } from "../random.ts";
import { remakeable } from "../recipe.ts";
import { logSoftmax, logSumExp } from "./softmax.ts";

/**
 * How class probabilities are averaged over Gaussian logits.
 *
 * @category Predictions
 */
export interface Link {
  /** For reports: `"probit"`. */
  readonly name: string;
  /** $\log \mathrm E[\operatorname{softmax}(f)]$ for the logits $f \sim \mathcal N(m, C)$ of one example: K numbers. */
  logProbabilities(mean: Float64Array, covariance: Float64Array): Float64Array;
  /** The same from the variances of the logits, K numbers, where their correlations do not matter: with it, covariances are not computed. */
  fromVariances?(mean: Float64Array, variance: Float64Array): Float64Array;
  /** The same with the expected entropy, where the approximation is a distribution over probabilities. */
  withEntropy?(mean: Float64Array, covariance: Float64Array): AveragedSoftmax;
}

/**
 * What a distribution over the class probabilities of one example says of them.
 *
 * @category Predictions
 */
export interface AveragedSoftmax {
  /** $\log \mathrm E[\operatorname{softmax}(f)]$: K numbers. */
  readonly logProbabilities: Float64Array;
  /** $\mathrm E[H(\operatorname{softmax}(f))]$, in nats. */
  readonly expectedEntropy: number;
}

/**
 * The multi-class probit approximation, $\mathrm{softmax}\left( f_k / \sqrt{1 + \pi s_k^2 / 8} \right)$ with $s_k^2$ the variance of logit $k$ (Gibbs 1997, as
 * laplace-torch has it). Cheap; ignores correlation between logits, whose covariances are not even computed: with {@link kronecker} or {@link diagonal} thousands of classes take little time and memory.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { categorical, fit, mlp, probit } from "laplace-ts";
 * const data = { inputs: [[0, 2], [2, -1], [-2, -1], [0, 1], [1, -1], [-1, -1]], targets: [0, 1, 2, 0, 1, 2] };
 * const fitted = await fit(mlp([2, 3], { seed: 1 }), categorical(), data);
 * const { probabilities } = await fitted.predict([[0, 2], [0, 20]], { link: probit() });
 * console.log([0, 1].map((n) => probabilities.get(n, 0).toFixed(2)).join(" ")); // 0.79 0.87
 * ```
 */
export function probit(): Link {
  const fromVariances = (mean: Float64Array, variance: Float64Array): Float64Array => logSoftmax(mean.map((f, k) => f / Math.sqrt(1 + (Math.PI / 8) * Math.max(0, variance[k]))));
  const link: Link = { name: "probit", fromVariances, logProbabilities: (mean, covariance) => fromVariances(mean, mean.map((_, k) => covariance[k * (mean.length + 1)])) };
  return remakeable(link, "probit");
}

/**
 * Options of {@link monteCarlo}.
 *
 * @category Predictions
 */
export interface MonteCarloOptions {
  /** Draws of the logits for each example. Default 1000: a standard error of at most 0.016. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * The average of softmax(f) over draws of the logits: exact as the draws grow, with correlation between logits.
 *
 * @category Predictions
 * @example
 * ```ts
 * import { categorical, fit, mlp, monteCarlo } from "laplace-ts";
 * const data = { inputs: [[0, 2], [2, -1], [-2, -1], [0, 1], [1, -1], [-1, -1]], targets: [0, 1, 2, 0, 1, 2] };
 * const fitted = await fit(mlp([2, 3], { seed: 1 }), categorical(), data);
 * const { probabilities } = await fitted.predict([[0, 2], [0, 20]], { link: monteCarlo({ samples: 2000, seed: 1 }) });
 * console.log([0, 1].map((n) => probabilities.get(n, 0).toFixed(2)).join(" ")); // 0.77 0.85
 * ```
 */
export function monteCarlo(options: MonteCarloOptions = {}): Link {
  knownOptions("options", options, ["samples", "seed"]);
  const samples = wholeNumber("samples", options.samples ?? 1000, 1);
  const seed = options.seed ?? 0;
  random(seed);
  const withEntropy = (mean: Float64Array, covariance: Float64Array): AveragedSoftmax => average(mean, covariance, random(seed), samples);
  const link: Link = { name: "Monte Carlo", logProbabilities: (mean, covariance) => withEntropy(mean, covariance).logProbabilities, withEntropy };
  return remakeable(link, "monteCarlo", () => ({ samples, seed }));
}

/** Every example meets the same draws, so that its probabilities do not depend on its neighbours. */
function average(mean: Float64Array, covariance: Float64Array, source: Random, samples: number): AveragedSoftmax {
  const classes = mean.length;
  const root = squareRoot(covariance, classes);
  const draws = Array.from({ length: classes }, () => new Float64Array(samples));
  const normals = new Float64Array(classes);
  const logits = new Float64Array(classes);
  let entropy = 0;
  for (let s = 0; s < samples; s++) {
    for (let k = 0; k < classes; k++) normals[k] = source.normal();
    for (let k = 0; k < classes; k++) {
      logits[k] = mean[k];
      for (let j = 0; j < classes; j++) logits[k] += root[k * classes + j] * normals[j];
    }
    const total = logSumExp(logits);
    for (let k = 0; k < classes; k++) {
      const logP = logits[k] - total;
      draws[k][s] = logP;
      entropy -= Math.exp(logP) * logP;
    }
  }
  return { logProbabilities: Float64Array.from(draws, (values) => logSumExp(values) - Math.log(samples)), expectedEntropy: entropy / samples };
}

/** R with R R' = C for a symmetric C, through its eigenvectors: C may be singular; negative eigenvalues are taken for 0. */
export function squareRoot(covariance: Float64Array, n: number): Float64Array {
  const { values, vectors } = symmetricEigen(covariance, n);
  return vectors.map((v, i) => v * Math.sqrt(Math.max(0, values[i % n])));
}
