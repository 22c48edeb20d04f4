import type { Matrix } from "ml-matrix";
import type { MatrixLike } from "../data.ts";
import { toMatrix } from "../model/derivatives.ts";
import { mixtureQuantiles, wholeQuantiles, type Distributions } from "./mixture-quantiles.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalCumulative, type NormalMixture } from "./normal-mixture.ts";
import type { Interval, Prediction } from "./prediction.ts";

/** A matrix that each of several predictions has. */
type Part<P> = (prediction: P) => Matrix;

/** What is made of the predictions one after another, so that they need not all be there at once. */
interface Fold<P> {
  add(prediction: P, weight: number): void;
  result(): Matrix;
}

/** What mixtures of predictions are made of. */
export interface Mixing<P extends Prediction> {
  /** Several averages and variances from one pass through the predictions. */
  readonly folded: <F extends Readonly<Record<string, Fold<P>>>>(folds: F) => { readonly [name in keyof F]: Matrix };
  /** The average of a matrix. */
  readonly average: (part: Part<P>) => Matrix;
  /** The variance of what has the given means and variances. */
  readonly variance: (mean: Part<P>, variance: Part<P>) => Matrix;
  /** What is made of a mixture of normal distributions, entry by entry. */
  readonly ofNormals: (mean: Part<P>, variance: Part<P>, value: (mixture: NormalMixture, at: number) => number) => Matrix;
  /** The central interval of a mixture of normal distributions. */
  readonly normalInterval: (mean: Part<P>, variance: Part<P>, level: number) => Interval;
  /** The central interval of any mixture, of real or whole numbers, from the components' cumulative probabilities and their own intervals. */
  readonly interval: (cumulative: (prediction: P, at: Matrix) => Matrix, interval: (prediction: P) => Interval, level: number, numbers?: "real" | "whole") => Interval;
  /** log sum_i w_i p_i(t_n): N. */
  readonly logDensity: (targets: MatrixLike) => Float64Array;
}

/** Numbers that are gathered at a time from all predictions: 32 MB. */
const MOST_GATHERED = 2 ** 22;

/** Predictions of which number i holds with probability exp(logWeights[i]), about to become one. They are gone through as often as need be. */
export function mixing<P extends Prediction>(predictions: Iterable<P>, logWeights: Float64Array): Mixing<P> {
  const weights = logWeights.map(Math.exp);
  const folded: Mixing<P>["folded"] = (folds) => {
    let i = 0;
    for (const prediction of predictions) {
      for (const fold of Object.values(folds)) fold.add(prediction, weights[i]);
      i++;
    }
    return Object.fromEntries(Object.entries(folds).map(([name, fold]) => [name, fold.result()])) as { readonly [name in keyof typeof folds]: Matrix };
  };
  const average = (part: Part<P>): Matrix => folded({ average: averageOf(part) }).average;

  return {
    folded,
    average,
    variance: (mean, variance) => folded({ variance: varianceOf(mean, variance) }).variance,
    ofNormals: (mean, variance, value) => {
      const [first] = predictions;
      const { rows, columns } = mean(first);
      const result = new Float64Array(rows * columns);
      const step = Math.max(1, Math.floor(MOST_GATHERED / (2 * weights.length)));
      for (let from = 0; from < result.length; from += step) {
        const to = Math.min(result.length, from + step);
        const [means, variances] = [mean, variance].map((part) => gathered(predictions, part, from, to));
        for (let at = from; at < to; at++) {
          result[at] = value({ weights, means: Float64Array.from(means, (values) => values[at - from]), variances: Float64Array.from(variances, (values) => values[at - from]) }, at);
        }
      }
      return toMatrix(result, rows, columns);
    },
    normalInterval: (mean, variance, level) => {
      const [first] = predictions;
      const { rows, columns } = mean(first);
      const width = normalQuantile(level);
      const [lower, upper] = [new Float64Array(rows * columns), new Float64Array(rows * columns)];
      const step = Math.max(1, Math.floor(MOST_GATHERED / (2 * weights.length)));
      for (let from = 0; from < lower.length; from += step) {
        const to = Math.min(lower.length, from + step);
        const [means, variances] = [mean, variance].map((part) => gathered(predictions, part, from, to));
        const ends = (sign: number): Float64Array => {
          const own = means.map((values, i) => values.map((m, at) => m + sign * width * Math.sqrt(variances[i][at])));
          return mixtureQuantiles({
            low: reduced(own, Math.min),
            high: reduced(own, Math.max),
            cumulative: (ts, isOpen) => {
              const sum = new Float64Array(ts.length);
              for (let i = 0; i < weights.length; i++) for (let at = 0; at < ts.length; at++) if (isOpen(at)) sum[at] += weights[i] * normalCumulative(ts[at], means[i][at], variances[i][at]);
              return sum;
            },
          }, 0.5 + 0.5 * sign * level);
        };
        lower.set(ends(-1), from);
        upper.set(ends(1), from);
      }
      return { lower: toMatrix(lower, rows, columns), upper: toMatrix(upper, rows, columns) };
    },
    interval: (cumulative, interval, level, numbers = "real") => {
      const quantiles = numbers === "whole" ? wholeQuantiles : mixtureQuantiles;
      const end = (side: keyof Interval, tail: number): Matrix => {
        const { low, high } = folded({ low: extreme((p: P) => interval(p)[side], Math.min), high: extreme((p: P) => interval(p)[side], Math.max) });
        const { rows, columns } = low;
        const mixture: Distributions = {
          low: Float64Array.from(low.to1DArray()),
          high: Float64Array.from(high.to1DArray()),
          cumulative: (ts) => Float64Array.from(average((p) => cumulative(p, toMatrix(ts, rows, columns))).to1DArray()),
        };
        return toMatrix(quantiles(mixture, tail), rows, columns);
      };
      return { lower: end("lower", 0.5 - 0.5 * level), upper: end("upper", 0.5 + 0.5 * level) };
    },
    logDensity: (targets) => logAverage(predictions, logWeights, (prediction) => prediction.logDensity(targets)),
  };
}

/** The average of a matrix. */
export function averageOf<P>(part: Part<P>): Fold<P> {
  return folding(part, (total, values, weight) => {
    if (weight === 0) return;
    for (let at = 0; at < total.length; at++) total[at] += weight * values[at];
  });
}

/** The least or the largest of a matrix, entry by entry. */
function extreme<P>(part: Part<P>, choose: (a: number, b: number) => number): Fold<P> {
  let isFirst = true;
  return folding(part, (total, values) => {
    for (let at = 0; at < total.length; at++) total[at] = isFirst ? values[at] : choose(total[at], values[at]);
    isFirst = false;
  });
}

function folding<P>(part: Part<P>, add: (total: Float64Array, values: readonly number[], weight: number) => void): Fold<P> {
  let total: Float64Array | undefined;
  let shape: Matrix;
  return {
    add: (prediction, weight) => {
      shape = part(prediction);
      total ??= new Float64Array(shape.rows * shape.columns);
      add(total, shape.to1DArray(), weight);
    },
    result: () => toMatrix(total!, shape.rows, shape.columns),
  };
}

/**
 * The variance of what has the given means and variances: the average variance, and the variance of the means. That is a sum of squares about a mean which moves with each addition (West 1979), and
 * not a difference of squares, which would cancel.
 */
export function varianceOf<P>(mean: Part<P>, variance: Part<P>): Fold<P> {
  let centre: Float64Array | undefined;
  let total = 0;
  const within = averageOf(variance);
  const between = folding(mean, (sum, values, weight) => {
    centre ??= new Float64Array(sum.length);
    if (weight === 0) return;
    total += weight;
    for (let at = 0; at < sum.length; at++) {
      const deviation = values[at] - centre[at];
      centre[at] += (weight / total) * deviation;
      sum[at] += weight * deviation * (values[at] - centre[at]);
    }
  });
  return {
    add: (prediction, weight) => {
      within.add(prediction, weight);
      between.add(prediction, weight);
    },
    result: () => within.result().add(between.result()),
  };
}

/** Entries from .. to - 1 of a matrix of each prediction. */
function gathered<P>(predictions: Iterable<P>, part: Part<P>, from: number, to: number): readonly Float64Array[] {
  return Array.from(predictions, (prediction) => Float64Array.from(part(prediction).to1DArray().slice(from, to)));
}

function reduced(values: readonly Float64Array[], choose: (a: number, b: number) => number): Float64Array {
  return values[0].map((_, at) => values.reduce((chosen, each) => choose(chosen, each[at]), values[0][at]));
}

/** The log of the weighted average of what has the given logs, the largest so far taken out: N. */
function logAverage<P>(predictions: Iterable<P>, logWeights: Float64Array, logs: (prediction: P) => Float64Array): Float64Array {
  let largest: Float64Array | undefined;
  let sum = new Float64Array(0);
  let i = 0;
  for (const prediction of predictions) {
    const values = logs(prediction);
    largest ??= new Float64Array(values.length).fill(-Infinity);
    if (i === 0) sum = new Float64Array(values.length);
    for (let n = 0; n < values.length; n++) {
      const value = logWeights[i] + values[n];
      if (value === -Infinity) continue;
      if (value > largest[n]) {
        sum[n] = 1 + (largest[n] === -Infinity ? 0 : sum[n] * Math.exp(largest[n] - value));
        largest[n] = value;
      } else sum[n] += Math.exp(value - largest[n]);
    }
    i++;
  }
  return sum.map((value, n) => (value === 0 ? -Infinity : largest![n] + Math.log(value)));
}
