import { InvalidArgumentError, knownOptions, positive, wholeNumber } from "../errors.ts";
import { eigenpairSearch, type ByProducts, type Eigenpairs } from "../linalg/lanczos.ts";
import { random } from "../random.ts";
import type { JobOptions } from "../progress.ts";
import { awaitProducts, checkedOperator, vectorsInMemory, type LinearOperator } from "./linear-operator.ts";

/**
 * Options of {@link largestEigenpairs} and {@link smallestEigenpairs}.
 *
 * @category Spectrum
 */
export interface EigenpairsOptions extends JobOptions {
  /** How many pairs, at most as many as the operator has rows. Default 1. */
  readonly count?: number;
  /** Residuals $\vert A u - \lambda u \vert$ are at most so much times the eigenvalue of largest magnitude; eigenvalues are then much nearer. Default 1e-6. */
  readonly tolerance?: number;
  /** The most products, each of which keeps a vector. At least `count`. Default: as many as 1 GiB holds. */
  readonly steps?: number;
  /** Seed of the vector from which it starts. Default 0. */
  readonly seed?: number;
}

/**
 * The `count` largest eigenvalues of a symmetric operator, the largest first, with their eigenvectors, by the method of Lanczos (1950) with full reorthogonalisation (Golub & Van Loan 2013, section 10.3). Eigenvalues
 * that are there several times are found as often: where a search ends, another one starts in what is orthogonal to the eigenvectors found.
 *
 * Takes a product for each step, O(W m^2) for m steps to keep their vectors orthogonal, and $8 m W$ bytes; mostly 2 to 4 steps for each pair. Where `steps` end it, or memory does, `converged` is false, and
 * `residualNorms` say how far each pair may be off: an eigenvalue is no further away than that from $\lambda$.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for options that do not fit; {@link NotFiniteError} where a product is not finite.
 * @example
 * ```ts
 * import { largestEigenpairs } from "laplace-ts";
 * const diagonal = [5, 1, 4, 4];
 * const { values } = await largestEigenpairs({ size: 4, times: (v) => v.map((x, i) => diagonal[i] * x) }, { count: 3 });
 * console.log(Array.from(values, (value) => value.toFixed(6)).join(" ")); // 5.000000 4.000000 4.000000
 * ```
 */
export async function largestEigenpairs(operator: LinearOperator, options: EigenpairsOptions = {}): Promise<Eigenpairs> {
  return awaitProducts(checkedOperator(operator), ...job(operator, options));
}

/**
 * The `count` smallest eigenvalues, the smallest first: the most negative ones, if there are any. Otherwise as {@link largestEigenpairs}. Small eigenvalues of curvature lie close together, and so take
 * more steps.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for options that do not fit; {@link NotFiniteError} where a product is not finite.
 * @example
 * ```ts
 * import { curvatureOperator, exact, gaussian, mlp, smallestEigenpairs } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const operator = await curvatureOperator(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data, { curvature: exact() });
 * const { values } = await smallestEigenpairs(operator);
 * console.log(values[0] < 0); // true: untrained, these weights are at no minimum
 * ```
 */
export async function smallestEigenpairs(operator: LinearOperator, options: EigenpairsOptions = {}): Promise<Eigenpairs> {
  const { size } = checkedOperator(operator);
  const negative: LinearOperator = { size, times: async (v, more) => negated(await operator.times(v, more)) };
  const pairs = await awaitProducts(negative, ...job(operator, options));
  return { ...pairs, values: negated(pairs.values) };
}

function negated(values: Float64Array): Float64Array {
  const result = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) result[i] = 0 - values[i];
  return result;
}

function job(operator: LinearOperator, options: EigenpairsOptions): readonly [ByProducts<Eigenpairs>, EigenpairsOptions, { readonly stage: string; readonly total?: number }] {
  const { size } = operator;
  knownOptions("options", options, ["count", "tolerance", "steps", "seed", "signal", "onProgress"]);
  const count = wholeNumber("count", options.count ?? 1, 1);
  if (count > size) throw new InvalidArgumentError({ argument: "count", expected: `at most ${size}, the size of the operator`, received: `${count}` });
  const tolerance = positive("tolerance", options.tolerance ?? 1e-6);
  const steps = wholeNumber("steps", options.steps ?? Math.max(2 * count, vectorsInMemory(operator)), 1);
  if (steps < count) throw new InvalidArgumentError({ argument: "steps", expected: `at least ${count}, one for each pair`, received: `${steps}` });
  const search = eigenpairSearch(size, random(options.seed ?? 0), { count, tolerance, steps });
  return [search, options, { stage: "eigenvalues", ...(options.steps !== undefined && { total: steps }) }];
}
