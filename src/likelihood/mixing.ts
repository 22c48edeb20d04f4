import type { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";
import { toMatrix } from "../model/derivatives.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { mixtureCumulative, type NormalMixture } from "./normal-mixture.ts";
import type { Interval, Prediction } from "./prediction.ts";
import { logSumExp } from "./softmax.ts";

/** A matrix that each of several predictions has. */
type Part<P> = (prediction: P) => Matrix;

/** What mixtures of predictions are made of. */
export interface Mixing<P extends Prediction> {
  /** The average of a matrix. */
  readonly average: (part: Part<P>) => Matrix;
  /** The variance of what has the given means and variances: the average variance, and the variance of the means. */
  readonly variance: (mean: Part<P>, variance: Part<P>) => Matrix;
  /** The central interval of a mixture of normal distributions. */
  readonly normalInterval: (mean: Part<P>, variance: Part<P>, level: number) => Interval;
  /** The central interval of any mixture, of real or whole numbers, from the components' cumulative probabilities and their own intervals. */
  readonly interval: (cumulative: (prediction: P, at: Matrix) => Matrix, interval: (prediction: P) => Interval, level: number, numbers?: "real" | "whole") => Interval;
  /** log sum_i w_i p_i(t_n): N. */
  readonly logDensity: (targets: MatrixLike) => Float64Array;
}

/** Predictions of which number i holds with probability exp(logWeights[i]), about to become one. */
export function mixing<P extends Prediction>(predictions: readonly P[], logWeights: Float64Array): Mixing<P> {
  const weights = logWeights.map(Math.exp);
  const sum = (parts: readonly ArrayLike<number>[]): Float64Array => {
    const total = new Float64Array(parts[0].length);
    parts.forEach((part, i) => {
      for (let at = 0; at < total.length; at++) total[at] += weights[i] * part[at];
    });
    return total;
  };
  const flat = (part: Part<P>): number[][] => predictions.map((prediction) => part(prediction).to1DArray());
  const shaped = (values: Float64Array, { rows, columns }: Matrix): Matrix => toMatrix(values, rows, columns);
  const average = (part: Part<P>): Matrix => shaped(sum(flat(part)), part(predictions[0]));

  return {
    average,
    variance: (mean, variance) => {
      const means = flat(mean);
      const centre = sum(means);
      // A sum of squares, and not a difference of them, which would cancel.
      return shaped(sum(flat(variance).map((values, i) => values.map((value, at) => value + (means[i][at] - centre[at]) ** 2))), mean(predictions[0]));
    },
    normalInterval: (mean, variance, level) => {
      const width = normalQuantile(level);
      const [means, variances] = [flat(mean), flat(variance)];
      const mixtures = means[0].map((_, at): NormalMixture => ({ weights, means: Float64Array.from(means, (values) => values[at]), variances: Float64Array.from(variances, (values) => values[at]) }));
      const end = (sign: number): Matrix => {
        const own = means.map((values, i) => values.map((m, at) => m + sign * width * Math.sqrt(variances[i][at])));
        return shaped(quantiles((ts) => ts.map((t, at) => mixtureCumulative(mixtures[at], t)), 0.5 + 0.5 * sign * level, own, "real"), mean(predictions[0]));
      };
      return { lower: end(-1), upper: end(1) };
    },
    interval: (cumulative, interval, level, numbers = "real") => {
      const own = predictions.map(interval);
      const end = (side: keyof Interval, tail: number): Matrix => {
        const shape = own[0][side];
        return shaped(quantiles((ts) => sum(predictions.map((prediction) => cumulative(prediction, shaped(ts, shape)).to1DArray())), tail, own.map((each) => each[side].to1DArray()), numbers), shape);
      };
      return { lower: end("lower", 0.5 - 0.5 * level), upper: end("upper", 0.5 + 0.5 * level) };
    },
    logDensity: (targets) => {
      const densities = predictions.map((prediction) => prediction.logDensity(targets));
      return densities[0].map((_, n) => logSumExp(logWeights.map((logWeight, i) => logWeight + densities[i][n])));
    },
  };
}

/** Ends of intervals are found to this share of what the components' differ by. */
const PRECISION = 1e-10;

/** The least numbers at which cumulative probabilities come to `level`, by bisection: they lie between the components' own. */
function quantiles(cumulative: (at: Float64Array) => Float64Array, level: number, own: readonly (readonly number[])[], numbers: "real" | "whole"): Float64Array {
  const low = Float64Array.from(own[0], (_, at) => Math.min(...own.map((values) => values[at])));
  const high = Float64Array.from(own[0], (_, at) => Math.max(...own.map((values) => values[at])));
  const precision = low.map((value, at) => (numbers === "whole" ? 1 : PRECISION * (high[at] - value)));
  cumulative(low).forEach((value, at) => {
    if (value >= level) high[at] = low[at];
  });
  const isOpen = (at: number): boolean => high[at] - low[at] > precision[at];
  while (low.some((_, at) => isOpen(at))) {
    const middle = low.map((value, at) => (numbers === "whole" ? Math.floor(0.5 * (value + high[at])) : 0.5 * (value + high[at])));
    const values = cumulative(middle);
    for (let at = 0; at < middle.length; at++) {
      if (!isOpen(at)) continue;
      if (middle[at] <= low[at] || middle[at] >= high[at]) low[at] = high[at];
      else if (values[at] >= level) high[at] = middle[at];
      else low[at] = middle[at];
    }
  }
  return high;
}
