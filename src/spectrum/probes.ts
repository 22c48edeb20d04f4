import type { Random } from "../random.ts";

/**
 * A number that was estimated by random probes.
 *
 * @category Spectrum
 */
export interface Estimate {
  /** The estimate. */
  readonly value: number;
  /** Its standard error, from how much the probes differ; 0 where it is exact. */
  readonly standardError: number;
  /** How many products with the operator it took. */
  readonly products: number;
}

/** Numbers that are 1 or -1 with equal probability (Rademacher): of all probes with independent entries those of the least variance (Hutchinson 1990). */
export function signs(size: number, source: Random): Float64Array {
  const v = new Float64Array(size);
  for (let i = 0; i < size; i++) v[i] = source.uniform() < 0.5 ? -1 : 1;
  return v;
}

/** A unit vector. */
export function unitVector(size: number, i: number): Float64Array {
  const v = new Float64Array(size);
  v[i] = 1;
  return v;
}

/** The mean of independent numbers, and its standard error. */
export function meanOf(values: readonly number[]): { readonly value: number; readonly standardError: number } {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / count;
  const squares = values.reduce((sum, one) => sum + (one - value) ** 2, 0);
  return { value, standardError: count < 2 ? 0 : Math.sqrt(squares / (count - 1) / count) };
}
