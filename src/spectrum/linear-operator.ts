import { toNumbers } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, madeBy, wholeNumber } from "../errors.ts";
import type { ByProducts } from "../linalg/lanczos.ts";
import { allFinite } from "../linalg/vector.ts";
import { checkpoints, type JobOptions } from "../progress.ts";

/**
 * A symmetric matrix that is known by its products with vectors alone: what {@link curvatureOperator} makes. Any object of this form will do, as
 * `{ size, times: (v) => ... }` around a matrix of your own.
 *
 * @category Spectrum
 */
export interface LinearOperator {
  /** How many rows and columns it has. */
  readonly size: number;
  /** Its product with `size` numbers, at once or as a promise. The vector is not to be changed. */
  times(v: Float64Array, options?: Pick<JobOptions, "signal">): Float64Array | Promise<Float64Array>;
}

/** Returns `operator` if it is one, else throws: most often it is a promise that was not awaited. */
export function checkedOperator<T extends LinearOperator>(operator: T): T {
  madeBy("curvatureOperator(), or { size, times }", "operator", operator, "times");
  if (typeof (operator as { readonly times: unknown }).times !== "function") throw new InvalidArgumentError({ argument: "operator.times", expected: "a function (v) => A v", received: "none" });
  wholeNumber("operator.size", operator.size, 1);
  return operator;
}

/** As many finite numbers as the operator has columns. */
export function operatorVector({ size }: LinearOperator, argument: string, vector: ArrayLike<number>): Float64Array {
  if (typeof vector !== "object" || vector === null || typeof vector.length !== "number") throw new InvalidArgumentError({ argument, expected: `${size} numbers`, received: describe(vector) });
  const values = toNumbers(argument, vector);
  if (values.length !== size) throw new InvalidArgumentError({ argument, expected: `${size} numbers, as the operator has columns`, received: `${values.length}` });
  const bad = values.findIndex((value) => !Number.isFinite(value));
  if (bad >= 0) throw new InvalidArgumentError({ argument, expected: "finite numbers", received: `${values[bad]} at index ${bad}` });
  return values;
}

/** What a job by products reports: its stage, and the most products that there can be. */
interface Stage {
  readonly stage: string;
  readonly total?: number;
}

/** How many vectors 1 GiB holds. */
export function vectorsInMemory({ size }: LinearOperator): number {
  return Math.max(1, Math.floor(2 ** 27 / size));
}

/** What comes of a computation whose products are awaited. Each counts as a step of progress. */
export async function awaitProducts<T>(operator: LinearOperator, work: ByProducts<T>, options: JobOptions, stage: Stage): Promise<T> {
  return withProductsOf(operator, options, stage)(work);
}

/** The same for several computations, whose products are counted on. */
export function withProductsOf(operator: LinearOperator, options: JobOptions, stage: Stage): <T>(work: ByProducts<T>) => Promise<T> {
  const product = products(operator, options, stage);
  return async (work) => {
    let step = work.next();
    while (step.done !== true) step = work.next(await product(step.value));
    return step.value;
  };
}

/** Checked products with the operator, one after the other. */
export function products(operator: LinearOperator, options: JobOptions, stage: Stage): (v: Float64Array) => Promise<Float64Array> {
  const checkpoint = checkpoints(options);
  const { signal } = options;
  let done = 0;
  return async (v) => {
    const product = await operator.times(v, signal === undefined ? {} : { signal });
    if (!(product instanceof Float64Array) || product.length !== operator.size) {
      throw new InvalidArgumentError({ argument: "operator.times", expected: `a function that returns a Float64Array of ${operator.size} numbers`, received: describe(product) });
    }
    if (!allFinite(product)) throw new NotFiniteError("A product with the operator is not finite. Are the inputs in the units the model was trained with? Inputs of the size of 1 keep numbers finite.");
    await checkpoint({ stage: stage.stage, done: ++done, ...(stage.total !== undefined && { total: stage.total }) });
    // It may be the vector itself, or an array that the operator uses again.
    return product.slice();
  };
}
