import { wholeNumber } from "../errors.ts";
import { random, randomStream } from "../random.ts";
import type { Precision } from "../structure/structure.ts";

/** One draw from a Gaussian over weights. */
export interface WeightDraw {
  /** w: W. */
  readonly weights: Float64Array;
  /** $(w - w_\mathrm{MAP})^\top P (w - w_\mathrm{MAP})$. */
  readonly squaredDistance: number;
}

/** Not the stream that a network of the same seed has its first weights from: a mode remembers these, and a draw along them lies many standard deviations away, the farther the wider the network. */
const STREAM = 1;

/** Draws w + F z for standard normal z, one at a time: all of them would take count x W numbers. */
export function* weightDraws({ mean, precision }: { readonly mean: Float64Array; readonly precision: Precision }, count: number, seed: number): Generator<WeightDraw> {
  const source = randomStream(seed, STREAM);
  const normals = new Float64Array(mean.length);
  for (let s = 0; s < count; s++) {
    let squaredDistance = 0;
    for (let i = 0; i < normals.length; i++) {
      normals[i] = source.normal();
      squaredDistance += normals[i] * normals[i];
    }
    const deviation = precision.sample(normals);
    yield { weights: deviation.map((value, i) => mean[i] + value), squaredDistance };
  }
}

/** How many draws, and from which seed; the checked options of what draws. */
export function drawOptions({ samples, seed = 0 }: { readonly samples?: number | undefined; readonly seed?: number | undefined }, fallback: number, argument = "samples"): { readonly count: number; readonly seed: number } {
  const count = wholeNumber(argument, samples ?? fallback, 1);
  // Made to check the seed now, not when the first draw is asked for.
  random(seed);
  return { count, seed };
}
