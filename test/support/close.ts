import { expect } from "vitest";

/** Expects equal lengths and no entry further off than `tolerance` times the largest entry (or 1, if that is larger). */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  const { error, index } = worst(actual, expected);
  if (error <= tolerance) return;
  expect.fail(`entry ${index} of ${actual.length}: expected ${expected[index]}, got ${actual[index]}, ${error} of the largest entry away`);
}

/** Expects equal lengths and no entry further off than `tolerance` times its own size. */
export function expectRelativelyClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (Math.abs(actual[i] - expected[i]) <= tolerance * Math.abs(expected[i])) continue;
    expect.fail(`entry ${i} of ${actual.length}: expected ${expected[i]}, got ${actual[i]}`);
  }
}

/** The largest difference, relative to the largest entry of `expected` (or 1, if that is larger). */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return worst(actual, expected).error;
}

function worst(actual: ArrayLike<number>, expected: ArrayLike<number>): { error: number; index: number } {
  const scale = Array.from(expected).reduce((largest, value) => Math.max(largest, Math.abs(value)), 1);
  let [error, index] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const here = Math.abs(actual[i] - expected[i]) / scale;
    // The negation lets NaN count as an error.
    if (!(here <= error)) [error, index] = [Number.isNaN(here) ? Infinity : here, i];
  }
  return { error, index };
}
