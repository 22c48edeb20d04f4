/// <reference path="../jstat.d.ts" />
import jStat from "jstat";
import { logSumExp } from "./softmax.ts";

/** Normal distributions of which one is drawn with the given weights, which add up to 1. */
export interface NormalMixture {
  readonly weights: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
}

/** The log density of a mixture at t. */
export function mixtureLogDensity({ weights, means, variances }: NormalMixture, t: number): number {
  return logSumExp(weights.map((w, i) => Math.log(w) - 0.5 * Math.log(2 * Math.PI * variances[i]) - (t - means[i]) ** 2 / (2 * variances[i])));
}

/** The probability of at most t under a normal distribution, or where the variance is 0, a certain number. */
export function normalCumulative(t: number, mean: number, variance: number): number {
  if (variance === 0) return t < mean ? 0 : 1;
  return 0.5 + 0.5 * jStat.erf((t - mean) / Math.sqrt(2 * variance));
}

/** The probability of at most t. */
export function mixtureCumulative({ weights, means, variances }: NormalMixture, t: number): number {
  let sum = 0;
  for (let i = 0; i < weights.length; i++) sum += weights[i] * normalCumulative(t, means[i], variances[i]);
  return sum;
}

/** Where the cumulative probability comes to `level`, looked for from `centre` on in steps of `width`: to 1e-10 of that. */
export function mixtureQuantile(mixture: NormalMixture, level: number, centre: number, width: number): number {
  let [below, above] = [centre - width, centre + width];
  for (let step = width; mixtureCumulative(mixture, below) > level; step *= 2) below -= step;
  for (let step = width; mixtureCumulative(mixture, above) < level; step *= 2) above += step;
  while (above - below > 1e-10 * width) {
    const middle = 0.5 * (below + above);
    if (middle === below || middle === above) break;
    if (mixtureCumulative(mixture, middle) < level) below = middle;
    else above = middle;
  }
  return 0.5 * (below + above);
}
