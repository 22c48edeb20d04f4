import { knownOptions, wholeNumber } from "../errors.ts";
import type { JobOptions } from "../progress.ts";
import { random } from "../random.ts";
import { checkedOperator, products, type LinearOperator } from "./linear-operator.ts";
import { signs, unitVector } from "./probes.ts";

/**
 * Options of {@link estimateDiagonal}.
 *
 * @category Spectrum
 */
export interface DiagonalOptions extends JobOptions {
  /** How many products to take, at least 2. Default 100. As many as the operator has rows give the diagonal itself. */
  readonly products?: number;
  /** Default 0. */
  readonly seed?: number;
}

/**
 * A diagonal that was estimated by random probes.
 *
 * @category Spectrum
 */
export interface DiagonalEstimate {
  /** The estimate of each entry. */
  readonly values: Float64Array;
  /** The standard error of each, from how much the probes differ; 0 where it is exact. */
  readonly standardErrors: Float64Array;
  /** How many products with the operator it took. */
  readonly products: number;
}

/**
 * The diagonal of an operator, as the average of $v \odot A v$ over probes $v$ of random signs (Bekas, Kokiopoulou & Saad 2007, after Hutchinson 1990). The variance of an entry is $\sum_{j \ne i} A_{ij}^2$ each: entries that are small
 * beside others of their row are known badly. For networks of dense layers {@link diagonal} and {@link hessianDiagonal} have the exact one for less.
 *
 * @category Spectrum
 * @throws {@link InvalidArgumentError} for options that do not fit; {@link NotFiniteError} where a product is not finite.
 * @example
 * ```ts
 * import { curvatureOperator, estimateDiagonal, gaussian, mlp } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const operator = await curvatureOperator(mlp([1, 100, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const { values, products } = await estimateDiagonal(operator);
 * console.log(values.length, products); // 301 100
 * ```
 */
export async function estimateDiagonal(operator: LinearOperator, options: DiagonalOptions = {}): Promise<DiagonalEstimate> {
  knownOptions("options", options, ["products", "seed", "signal", "onProgress"]);
  const { size } = checkedOperator(operator);
  const count = Math.min(size, wholeNumber("products", options.products ?? 100, 2));
  const source = random(options.seed ?? 0);
  const times = products(operator, options, { stage: "diagonal", total: count });
  const mean = new Float64Array(size);
  const squares = new Float64Array(size);
  if (count === size) {
    for (let i = 0; i < size; i++) mean[i] = (await times(unitVector(size, i)))[i];
    return { values: mean, standardErrors: squares, products: count };
  }
  for (let s = 1; s <= count; s++) {
    const v = signs(size, source);
    const product = await times(v);
    // Running mean and sum of squares (Welford 1962).
    for (let i = 0; i < size; i++) {
      const off = v[i] * product[i] - mean[i];
      mean[i] += off / s;
      squares[i] += off * (v[i] * product[i] - mean[i]);
    }
  }
  return { values: mean, standardErrors: squares.map((sum) => Math.sqrt(sum / (count - 1) / count)), products: count };
}
