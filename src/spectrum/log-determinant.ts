import { NotPositiveDefiniteError, knownOptions, positive, wholeNumber } from "../errors.ts";
import { scaled } from "../linalg/vector.ts";
import type { JobOptions } from "../progress.ts";
import { random } from "../random.ts";
import { checkedOperator, vectorsInMemory, withProductsOf, type LinearOperator } from "./linear-operator.ts";
import { meanOf, signs, unitVector, type Estimate } from "./probes.ts";
import { integral, quadrature, type Look, type Rule } from "./quadrature.ts";

/**
 * Options of {@link estimateLogDeterminant}.
 *
 * @category Spectrum
 */
export interface LogDeterminantOptions extends JobOptions {
  /** How many random probes, at least 2: the standard error falls as one over the root of their number. Default 30. As many as the operator has rows give the log determinant itself. */
  readonly probes?: number;
  /** The most products of each probe, each of which keeps a vector. Default: as many as 1 GiB holds. */
  readonly steps?: number;
  /** A probe ends when what further steps could change is at most so much of the standard deviation of probes. Default 0.01, or 1e-10 with as many probes as rows. */
  readonly tolerance?: number;
  /** A number above 0 that no eigenvalue is below, where one is known, as the prior precision is for P. What is left out by ending a probe then has a bound; without it, it is gauged by the last steps. */
  readonly lowerBound?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * A log determinant that was estimated by random probes.
 *
 * @category Spectrum
 */
export interface LogDeterminantEstimate extends Estimate {
  /** How far off the value may be, besides its standard error, since each probe takes a bounded number of steps. */
  readonly truncation: number;
}

/**
 * $\log\det A$ of a positive definite operator with its standard error, by stochastic Lanczos quadrature (Ubaru, Chen & Saad 2017): $\log\det A = \operatorname{tr} \log A$ is the average of $v^\top (\log A) v$ over probes $v$ of random signs, each of which Gauss's quadrature
 * gives from the eigenvalues $\theta_i$ of Lanczos's tridiagonal matrix, with the squares of the first entries of its eigenvectors for weights,
 * $$v^\top (\log A) v \approx \vert v \vert^2 \sum_i \tau_i \log\theta_i .$$
 * With a `lowerBound` $a$ the rules of Gauss and of Gauss and Radau with a node at $a$ have the truth between them (Golub & Meurant 1994), and the value is in the middle.
 *
 * @category Spectrum
 * @throws {@link NotPositiveDefiniteError} where an eigenvalue is seen that is not above 0; {@link InvalidArgumentError} for options that do not fit.
 * @example
 * ```ts
 * import { curvatureOperator, estimateLogDeterminant, gaussian, isotropic, laplace, mlp } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const [model, likelihood, prior] = [mlp([1, 50, 1], { seed: 1 }), gaussian({ noise: 0.1 }), isotropic(1)];
 * const { value, standardError } = await estimateLogDeterminant(await curvatureOperator(model, likelihood, data, { prior }), { lowerBound: 1 });
 * const exactly = (await laplace(model, likelihood, data, { prior })).precision.logDeterminant;
 * console.log(Math.abs(value - exactly) < 4 * standardError); // true
 * ```
 */
export async function estimateLogDeterminant(operator: LinearOperator, options: LogDeterminantOptions = {}): Promise<LogDeterminantEstimate> {
  knownOptions("options", options, ["probes", "steps", "tolerance", "lowerBound", "seed", "signal", "onProgress"]);
  return logDeterminantOf(checkedOperator(operator), options, "Add a prior, or a multiple of the identity that makes up for negative eigenvalues.");
}

/** A lower bound may be met to the last digits, where the matrix of Radau's rule would be singular. */
const BELOW = 1 - 1e-9;

/** The same; `advice` says what to do where it is not positive definite. */
export async function logDeterminantOf(operator: LinearOperator, options: LogDeterminantOptions, advice: string): Promise<LogDeterminantEstimate> {
  const { size } = operator;
  const probes = wholeNumber("probes", options.probes ?? 30, 2);
  const steps = wholeNumber("steps", options.steps ?? vectorsInMemory(operator), 1);
  const exactly = probes >= size;
  const tolerance = positive("tolerance", options.tolerance ?? (exactly ? 1e-10 : 0.01));
  const bound = options.lowerBound === undefined ? undefined : BELOW * positive("lowerBound", options.lowerBound);
  const source = random(options.seed ?? 0);
  const run = withProductsOf(operator, options, { stage: "log determinant" });

  const [values, truncations]: number[][] = [[], []];
  let products = 0;
  for (let p = 0; p < (exactly ? size : probes); p++) {
    const v = exactly ? unitVector(size, p) : scaled(1 / Math.sqrt(size), signs(size, source));
    const squared = exactly ? 1 : size;
    let before: number | undefined;
    let [value, truncation] = [0, 0];
    const { steps: taken } = await run(quadrature(v, steps, (seen) => {
      [value, truncation] = within(seen, bound, before, advice);
      before = value;
      return truncation <= tolerance * deviation(seen.rule) / Math.sqrt(squared);
    }));
    values.push(squared * value);
    truncations.push(squared * truncation);
    products += taken;
  }
  if (exactly) return { value: sum(values), standardError: 0, truncation: sum(truncations), products };
  return { ...meanOf(values), truncation: meanOf(truncations).value, products };
}

/** $\sum_i \tau_i \log\theta_i$, and how far off that may be. */
function within(look: Look, bound: number | undefined, before: number | undefined, advice: string): readonly [value: number, truncation: number] {
  const { rule, exact } = look;
  const most = rule.nodes[rule.nodes.length - 1];
  const least = rule.nodes[0];
  if (!(least > rule.nodes.length * Number.EPSILON * most)) throw new NotPositiveDefiniteError("The matrix", least, advice, "is at most");
  const gauss = integral(rule, Math.log);
  if (exact) return [gauss, 0];
  if (bound === undefined || bound >= least) return [gauss, before === undefined ? Infinity : Math.abs(before - gauss)];
  const lower = integral(look.radau(bound), Math.log);
  return [0.5 * (gauss + lower), Math.max(0, 0.5 * (gauss - lower))];
}

/** The root of $2 \sum_i \tau_i \log^2\theta_i$, about what $v^\top (\log A) v$ varies by from probe to probe, times the root of the size, for v of length 1. */
function deviation(rule: Rule): number {
  return Math.sqrt(2 * integral(rule, (node) => Math.log(node) ** 2));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
