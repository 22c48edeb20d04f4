import { exact } from "../curvature/curvature.ts";
import type { Data } from "../data.ts";
import { knownOptions } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { dot, norm } from "../linalg/vector.ts";
import type { Model } from "../model/model.ts";
import { isotropic } from "../prior/isotropic.ts";
import { priorGradient, type GroupedPrior, type Prior } from "../prior/prior.ts";
import { jobOptions, type JobOptions } from "../progress.ts";
import { conjugateGradient } from "./conjugate-gradient.ts";
import { curvatureOperator } from "./curvature-operator.ts";
import { smallestEigenpairs } from "./eigenpairs.ts";

/**
 * Options of {@link modeCheck}.
 *
 * @category Spectrum
 */
export interface ModeCheckOptions extends JobOptions {
  /** The prior that the weights were trained with. Default `isotropic(1)`. */
  readonly prior?: Prior;
  /** T. Default 1. */
  readonly temperature?: number;
  /** The most products with the Hessian, and as many with the outer product. Default 100. */
  readonly steps?: number;
  /** Seed of the first vector of Lanczos's method. Default 0. */
  readonly seed?: number;
}

/**
 * Whether weights are at a mode of the posterior: what {@link modeCheck} finds.
 *
 * @category Spectrum
 */
export interface ModeCheck {
  /** Whether they are, as far as was seen. */
  readonly isMode: boolean;
  /** The same in a sentence, with what to do. */
  readonly verdict: string;
  /** $\vert g \vert$, $g = \frac1T dE_D/dw + A (w - w_0)$. */
  readonly gradientNorm: number;
  /** $\sqrt{g^\top P^{-1} g}$ with the precision $P$ of the outer product: how many posterior standard deviations a Gauss-Newton step from here is long. */
  readonly distanceFromMode: number;
  /** The smallest eigenvalue of the exact Hessian of the negative log posterior: below 0, there is a direction in which the posterior rises to both sides. The true one is not above it. */
  readonly smallestEigenvalue: number;
  /** How near an eigenvalue is to that one at least. */
  readonly residualNorm: number;
  /** Its eigenvector, of length 1: W. */
  readonly direction: Float64Array;
}

/** In posterior standard deviations, as {@link Posterior.summary} has it. */
const FAR = 0.5;

/**
 * Looks whether the weights of a model are at a mode of the posterior, where alone a Laplace approximation makes sense: at a mode the gradient is 0 and the Hessian of the negative log posterior has no negative eigenvalue. The size of a gradient says little
 * by itself. What is natural is the length of the step that it asks for in posterior standard deviations, $\sqrt{g^\top P^{-1} g}$, by {@link conjugateGradient} with the outer product; the eigenvalue comes from Lanczos's method with the exact Hessian. Holds for networks of
 * millions of weights: at most `steps` products of each kind, and as many vectors.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for data, options or shapes that do not fit.
 * @example
 * ```ts
 * import { gaussian, mlp, modeCheck, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const start = mlp([1, 5, 1], { seed: 1 });
 * const { model, likelihood, prior } = await train(start, gaussian({ noise: 0.1 }), data);
 * console.log((await modeCheck(model, likelihood, data, { prior })).isMode); // true
 * console.log((await modeCheck(start, likelihood, data, { prior })).isMode); // false
 * ```
 */
export async function modeCheck(model: Model, likelihood: Likelihood, data: Data, options: ModeCheckOptions = {}): Promise<ModeCheck> {
  knownOptions("options", options, ["prior", "temperature", "steps", "seed", "signal", "onProgress"]);
  const { prior = isotropic(), temperature = 1, steps = 100, seed = 0 } = options;
  const job = jobOptions(options);
  const shared = { prior, temperature, ...job };
  const operator = await curvatureOperator(model, likelihood, data, { ...shared, curvature: exact() });
  const gradient = priorGradient(operator.prior as GroupedPrior, model.parameters);
  for (let i = 0; i < gradient.length; i++) gradient[i] += operator.gradient[i] / temperature;
  const { values, vectors, residualNorms } = await smallestEigenpairs(operator, { tolerance: 1e-9, steps, seed, ...job });

  const outer = await curvatureOperator(model, likelihood, data, shared);
  const { solution } = await conjugateGradient(outer, gradient, { tolerance: 1e-3, iterations: steps, ...job });
  const distanceFromMode = Math.sqrt(Math.max(0, dot(gradient, solution)));
  const found = { gradientNorm: norm(gradient), distanceFromMode, smallestEigenvalue: values[0], residualNorm: residualNorms[0], direction: vectors[0] };
  return { isMode: distanceFromMode <= FAR && values[0] > 0, verdict: verdictOf(found), ...found };
}

function verdictOf({ gradientNorm, distanceFromMode, smallestEigenvalue, residualNorm }: Pick<ModeCheck, "gradientNorm" | "distanceFromMode" | "smallestEigenvalue" | "residualNorm">): string {
  const gradient = `the gradient, of norm ${gradientNorm.toPrecision(3)}, asks for a step of ${distanceFromMode.toPrecision(2)} posterior standard deviations`;
  const least = `the smallest eigenvalue of the Hessian is ${smallestEigenvalue.toPrecision(3)}`;
  const [near, bent] = [distanceFromMode <= FAR, smallestEigenvalue > 0];
  if (near && bent) return `The weights are at a mode: ${gradient}, and ${least}${residualNorm > 0.1 * smallestEigenvalue ? `, give or take ${residualNorm.toPrecision(1)}: more steps would say it more exactly` : ""}.`;
  if (near) return `The weights are at a saddle point, not at a mode: ${gradient}, but ${least}. Take a step along its eigenvector to either side, and train on from there.`;
  return `The weights are not at a mode: ${gradient}, and ${least}. Train further with this prior and noise.`;
}
