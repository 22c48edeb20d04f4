import { knownOptions, oneOf, wholeNumber } from "../errors.ts";
import { EXHAUSTED, orthogonalize } from "../linalg/lanczos.ts";
import { dot, norm, scaled } from "../linalg/vector.ts";
import type { JobOptions } from "../progress.ts";
import { random, type Random } from "../random.ts";
import { checkedOperator, products, type LinearOperator } from "./linear-operator.ts";
import { meanOf, signs, unitVector, type Estimate } from "./probes.ts";

/**
 * Options of {@link estimateTrace}.
 *
 * @category Spectrum
 */
export interface TraceOptions extends JobOptions {
  /** `"hutch++"` or `"hutchinson"`. Default `"hutch++"`. */
  readonly method?: "hutch++" | "hutchinson";
  /** How many products to take, at least 6. Default 60. As many as the operator has rows give the trace itself. */
  readonly products?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Products from which an error bar can be had: two probes, and of Hutch++ two for each of its three parts. */
const LEAST = 6;

type Product = (v: Float64Array) => Promise<Float64Array>;

/**
 * The trace of an operator, the sum of its eigenvalues, with its standard error. Hutchinson's (1990) estimate is the average of $v^\top A v$ over probes $v$ of random signs, whose variance is $2 \sum_{i \ne j} A_{ij}^2$ each. Hutch++ (Meyer, Musco, Musco &
 * Woodruff 2021, algorithm 1) takes a third of the products to find a basis $Q$ of the range in which most of $A$ lies, a third for the trace there, which is exact, and a third for the rest:
 * $$\operatorname{tr} A = \operatorname{tr} Q^\top A Q + \operatorname{tr} (I - Q Q^\top) A (I - Q Q^\top).$$
 * It pays where few eigenvalues are much larger than the others, as those of curvature are.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for options that do not fit; {@link NotFiniteError} where a product is not finite.
 * @example
 * ```ts
 * import { curvatureOperator, estimateTrace, gaussian, mlp } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] };
 * const operator = await curvatureOperator(mlp([1, 50, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const { value, standardError } = await estimateTrace(operator);
 * console.log(value > 0, standardError < 0.01 * value); // true true
 * ```
 */
export async function estimateTrace(operator: LinearOperator, options: TraceOptions = {}): Promise<Estimate> {
  knownOptions("options", options, ["method", "products", "seed", "signal", "onProgress"]);
  const { size } = checkedOperator(operator);
  const method = oneOf("method", options.method ?? "hutch++", ["hutch++", "hutchinson"]);
  const count = wholeNumber("products", options.products ?? 60, LEAST);
  const source = random(options.seed ?? 0);
  const times = products(operator, options, { stage: "trace", total: Math.min(size, count) });
  if (count >= size) return { value: await exactTrace(times, size), standardError: 0, products: size };
  return method === "hutch++" ? hutchPlusPlus(times, size, count, source) : { ...meanOf(await quadraticForms(times, size, count, source, [])), products: count };
}

async function exactTrace(times: Product, size: number): Promise<number> {
  let trace = 0;
  for (let i = 0; i < size; i++) trace += (await times(unitVector(size, i)))[i];
  return trace;
}

async function hutchPlusPlus(times: Product, size: number, count: number, source: Random): Promise<Estimate> {
  const third = Math.floor(count / 3);
  const basis: Float64Array[] = [];
  for (let i = 0; i < third; i++) {
    const image = await times(signs(size, source));
    const before = norm(image);
    orthogonalize(image, basis);
    const length = norm(image);
    // What is left of a matrix whose range the basis spans already is rounding.
    if (length > EXHAUSTED * before) basis.push(scaled(1 / length, image));
  }
  let within = 0;
  for (const q of basis) within += dot(q, await times(q));
  const rest = meanOf(await quadraticForms(times, size, count - third - basis.length, source, basis));
  return { value: within + rest.value, standardError: rest.standardError, products: count };
}

/** v' A v for probes v that have nothing along the basis. */
async function quadraticForms(times: Product, size: number, count: number, source: Random, basis: readonly Float64Array[]): Promise<number[]> {
  const forms: number[] = [];
  for (let i = 0; i < count; i++) {
    const v = signs(size, source);
    orthogonalize(v, basis);
    forms.push(dot(v, await times(v)));
  }
  return forms;
}
