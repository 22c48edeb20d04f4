import { InvalidArgumentError, describe } from "./errors.ts";

/**
 * A stream of pseudo-random numbers that depends on its seed alone, the same on every engine.
 *
 * @category Random numbers
 */
export interface Random {
  /** Uniform on [0, 1), 53 bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Whole number, uniform on 0 .. `bound` - 1. */
  integer(bound: number): number;
}

/**
 * A seeded random number generator: sfc32 (Doty-Humphrey, PractRand), normals by Marsaglia's polar method (1964).
 *
 * @category Random numbers
 * @param seed - Any whole number.
 * @example
 * ```ts
 * import { random } from "laplace-ts";
 * const source = random(1);
 * console.log(source.normal() === random(1).normal()); // true
 * ```
 */
export function random(seed: number): Random {
  return randomStream(seed, 0);
}

/** One of many streams of the same seed, by its number, independent of each other; stream 0 is that of {@link random}. What must not go together with other things that the same seed may have made takes one of its own. */
export function randomStream(seed: number, stream: number): Random {
  if (!Number.isSafeInteger(seed)) throw new InvalidArgumentError({ argument: "seed", expected: "a whole number", received: describe(seed) });
  let a = seed | 0;
  let b = Math.floor(seed / 4294967296) | 0;
  let c = 0x9e3779b9 ^ stream;
  let counter = 1;
  const next = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return sum >>> 0;
  };
  for (let i = 0; i < 15; i++) next();

  const uniform = (): number => ((next() >>> 5) * 67108864 + (next() >>> 6)) / 9007199254740992;
  let spare: number | undefined;
  const normal = (): number => {
    if (spare !== undefined) {
      const value = spare;
      spare = undefined;
      return value;
    }
    for (;;) {
      const u = 2 * uniform() - 1;
      const v = 2 * uniform() - 1;
      const s = u * u + v * v;
      if (s === 0 || s >= 1) continue;
      const scale = Math.sqrt((-2 * Math.log(s)) / s);
      spare = v * scale;
      return u * scale;
    }
  };
  return { uniform, normal, integer: (bound) => Math.floor(uniform() * bound) };
}

/** The numbers 0 .. `count` - 1 in random order (Fisher and Yates). */
export function permutation(count: number, source: Random): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i);
  for (let i = count - 1; i > 0; i--) {
    const j = source.integer(i + 1);
    const kept = order[i];
    order[i] = order[j];
    order[j] = kept;
  }
  return order;
}
