import { InvalidArgumentError, NotPositiveDefiniteError, describe, knownOptions, positive, wholeNumber } from "../errors.ts";
import { dot, norm } from "../linalg/vector.ts";
import type { JobOptions } from "../progress.ts";
import { checkedOperator, operatorVector, products, type LinearOperator } from "./linear-operator.ts";

/**
 * Options of {@link conjugateGradient}.
 *
 * @category Spectrum
 */
export interface ConjugateGradientOptions extends JobOptions {
  /** $\alpha$ in $(A + \alpha I) x = v$, 0 or above. Default 0: the operator as it is, with its prior if it has one. */
  readonly shift?: number;
  /** It ends when $\vert v - (A + \alpha I) x \vert$ is at most so much times $\vert v \vert$. Default 1e-8. */
  readonly tolerance?: number;
  /** The most iterations, a product each. Default ten times the size of the operator, at least 100 and at most 2,000. */
  readonly iterations?: number;
  /** The diagonal of A, exact or estimated, for Jacobi's preconditioner $\operatorname{diag}(A) + \alpha$: fewer products where the scales of weights differ much. Its entries and $\alpha$ must add up to more than 0. */
  readonly diagonal?: ArrayLike<number>;
}

/**
 * What {@link conjugateGradient} found.
 *
 * @category Spectrum
 */
export interface LinearSolution {
  /** x: of all that so many products lead to, the nearest to the solution by $(A + \alpha I)$, though its residual may be larger than that of another. */
  readonly solution: Float64Array;
  /** Whether it is as good as the tolerance asks. Where it is not, allow more iterations, or take a larger shift or a preconditioner. */
  readonly converged: boolean;
  /** $\vert v - (A + \alpha I) x \vert / \vert v \vert$, computed from the solution itself. */
  readonly relativeResidual: number;
  /** How many products it took. */
  readonly products: number;
}

/**
 * Solves $(A + \alpha I)\, x = v$ for a positive definite operator by conjugate gradients (Hestenes & Stiefel 1952), preconditioned by the diagonal if one is given (Golub & Van Loan 2013, algorithm 11.5.1): a product for each iteration and four vectors. With $P = H / T + A$ for operator, as a
 * {@link curvatureOperator} with a prior is, $x = P^{-1} v$ has the covariances of the posterior in it.
 *
 * Iterations grow with the root of the ratio of the largest to the smallest eigenvalue, and are few where most eigenvalues are alike. Rounding makes the residual that is carried along drift from the true one: the latter is computed
 * at the end, and the search goes on from there where it is too large.
 *
 * @category Spectrum
 * @throws {@link NotPositiveDefiniteError} where a direction of negative or no curvature is met; {@link InvalidArgumentError} for options that do not fit.
 * @example
 * ```ts
 * import { conjugateGradient, curvatureOperator, gaussian, isotropic, mlp } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const model = mlp([1, 20, 1], { seed: 1 });
 * const precision = await curvatureOperator(model, gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
 * const unit = new Float64Array(61).fill(0).fill(1, 60);
 * const { solution, converged } = await conjugateGradient(precision, unit);
 * console.log(converged, solution[60] > 0 && solution[60] < 1); // true true: the variance of the last bias, below that of the prior
 * ```
 */
export async function conjugateGradient(operator: LinearOperator, vector: ArrayLike<number>, options: ConjugateGradientOptions = {}): Promise<LinearSolution> {
  knownOptions("options", options, ["shift", "tolerance", "iterations", "diagonal", "signal", "onProgress"]);
  const { size } = checkedOperator(operator);
  const v = operatorVector(operator, "vector", vector);
  const shift = options.shift ?? 0;
  if (!(typeof shift === "number" && Number.isFinite(shift) && shift >= 0)) throw new InvalidArgumentError({ argument: "shift", expected: "a finite number of at least 0", received: describe(options.shift) });
  const tolerance = positive("tolerance", options.tolerance ?? 1e-8);
  const most = wholeNumber("iterations", options.iterations ?? Math.max(100, Math.min(10 * size, 2000)), 1);
  const inverse = options.diagonal === undefined ? undefined : inverseDiagonal(operator, options.diagonal, shift);
  const product = products(operator, options, { stage: "conjugate gradient" });
  const times = async (u: Float64Array): Promise<Float64Array> => {
    const result = await product(u);
    if (shift > 0) for (let i = 0; i < size; i++) result[i] += shift * u[i];
    return result;
  };

  const length = norm(v);
  const x = new Float64Array(size);
  if (length === 0) return { solution: x, converged: true, relativeResidual: 0, products: 0 };
  const residual = v.slice();
  let [iterations, checks, last] = [0, 0, Infinity];
  for (;;) {
    iterations += await descend(times, x, residual, inverse, tolerance * length, most - iterations);
    // The residual itself, in place of the one that was carried along.
    const image = await times(x);
    checks++;
    for (let i = 0; i < size; i++) residual[i] = v[i] - image[i];
    const now = norm(residual);
    const converged = now <= tolerance * length;
    if (converged || iterations === most || !(now < 0.5 * last)) return { solution: x, converged, relativeResidual: now / length, products: iterations + checks };
    last = now;
  }
}

/** Moves x along conjugate directions until the residual is small or there are no products left; returns how many it took. */
async function descend(times: (v: Float64Array) => Promise<Float64Array>, x: Float64Array, residual: Float64Array, inverse: Float64Array | undefined, enough: number, most: number): Promise<number> {
  const preconditioned = (): Float64Array => (inverse === undefined ? residual : residual.map((value, i) => inverse[i] * value));
  let z = preconditioned();
  const direction = z.slice();
  let power = dot(residual, z);
  for (let taken = 0; ; ) {
    if (norm(residual) <= enough || taken === most) return taken;
    const image = await times(direction);
    taken++;
    const bend = dot(direction, image);
    const squared = dot(direction, direction);
    if (!(bend > 0)) throw new NotPositiveDefiniteError("The matrix of the equations", bend / squared, "With exact curvature the weights are not at a mode: train further; or take outerProduct() curvature, a prior, or a larger shift.", "is at most");
    const step = power / bend;
    for (let i = 0; i < x.length; i++) {
      x[i] += step * direction[i];
      residual[i] -= step * image[i];
    }
    z = preconditioned();
    const next = dot(residual, z);
    for (let i = 0; i < x.length; i++) direction[i] = z[i] + (next / power) * direction[i];
    power = next;
  }
}

function inverseDiagonal(operator: LinearOperator, diagonal: ArrayLike<number>, shift: number): Float64Array {
  const values = operatorVector(operator, "diagonal", diagonal);
  return values.map((value, i) => {
    if (value + shift > 0) return 1 / (value + shift);
    throw new InvalidArgumentError({ argument: "diagonal", expected: `entries that are above 0 with the shift of ${shift}`, received: `${value} at index ${i}`, advice: "Take that of the outer product, or a larger shift." });
  });
}
