import type { Matrix } from "ml-matrix";
import { toMatrix } from "../model/derivatives.ts";
import { alike, entries } from "./entries.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalStudentCumulative, normalStudentInterval, normalStudentLogDensity, scaleMixture } from "./normal-student.ts";
import type { Interval } from "./prediction.ts";
import { levelTrend, squaredScaleFactor, type ScaleTrend } from "./scale-trend.ts";
import { scoresByQuadrature } from "./score-by-quadrature.ts";
import { studentLogNormalizer } from "./student-t-density.ts";
import type { StudentTPrediction } from "./student-t-prediction.ts";
import { rowSums } from "./without-noise.ts";

/** The one Student's t distribution in place of a mixture. */
export interface Pooling {
  /** Its squared scale, as a share of the squared scale of the mixture. */
  readonly spread: number;
  readonly degreesOfFreedom: number;
  /** How the scale of each output follows its predictions. */
  readonly trends: readonly ScaleTrend[];
}

/** What the distribution is made from: means and squared scales of targets, N x K. */
export interface Moments {
  readonly mean: Float64Array;
  readonly squaredScale: Float64Array;
}

/** What held-out examples choose from: squared scales in steps of a fifth; 1000 degrees of freedom are as good as a normal distribution, and 2.5 leave the variance finite. */
const SPREADS: readonly number[] = Array.from({ length: 15 }, (_, k) => 2 ** ((2 - k) / 4));
const DEGREES_OF_FREEDOM: readonly number[] = [1000, 30, 14, 10, 8, 6, 5, 4, 3.5, 3, 2.5];
/** From a scale that is the same everywhere to one that changes e-fold in a standard deviation of the predictions. */
const SLOPES: readonly number[] = [0, ...Array.from({ length: 20 }, (_, k) => (k < 10 ? k - 10 : k - 9) / 10)];

/** The mean of a mixture, and its squared scale: the average one, and the variance of the means. */
export function pooledMoments(components: readonly Moments[], weights: ArrayLike<number>): Moments {
  const mean = components[0].mean.map((_, i) => components.reduce((sum, component, c) => sum + weights[c] * component.mean[i], 0));
  const squaredScale = mean.map((centre, i) => components.reduce((sum, component, c) => sum + weights[c] * (component.squaredScale[i] + (component.mean[i] - centre) ** 2), 0));
  return { mean, squaredScale };
}

/**
 * The spread, the degrees of freedom and the trends by which the targets, N x K, are most probable. A trend is one parameter more for its output, and has to earn $\frac12 \log N$ (Schwarz 1978).
 */
export function bestPooling({ mean, squaredScale }: Moments, targets: Float64Array, columns: number): Pooling {
  const rows = targets.length / columns;
  const squares = targets.map((t, i) => (t - mean[i]) ** 2);
  const column = (values: Float64Array, k: number): Float64Array => Float64Array.from({ length: rows }, (_, n) => values[n * columns + k]);
  const trends = Array.from({ length: columns }, (_, k) => {
    const [predictions, scales, ofColumn] = [mean, squaredScale, squares].map((values) => column(values, k));
    const tried = SLOPES.map((slope) => {
      const trend = { ...levelTrend(predictions), slope };
      return { trend, score: bestTails(ofColumn, scales.map((s, n) => s * squaredScaleFactor(trend, predictions[n]))).score - (slope === 0 ? 0 : 0.5 * Math.log(rows)) };
    });
    return tried.reduce((highest, other) => (other.score > highest.score ? other : highest)).trend;
  });
  const { spread, degreesOfFreedom } = bestTails(squares, squaredScale.map((s, i) => s * squaredScaleFactor(trends[i % columns], mean[i])));
  return { spread, degreesOfFreedom, trends };
}

/** The share of these squared scales and the degrees of freedom by which residuals of these squares are most probable, and their log density. */
function bestTails(squares: Float64Array, squaredScales: Float64Array): { readonly spread: number; readonly degreesOfFreedom: number; readonly score: number } {
  const standardized = squares.map((square, i) => square / squaredScales[i]);
  const logScales = 0.5 * squaredScales.reduce((sum, s) => sum + Math.log(s), 0);
  const score = (spread: number, degreesOfFreedom: number): number => {
    const inverse = 1 / (spread * degreesOfFreedom);
    let sum = 0;
    for (const square of standardized) sum += Math.log1p(inverse * square);
    return squares.length * (studentLogNormalizer(degreesOfFreedom) - 0.5 * Math.log(spread)) - 0.5 * (degreesOfFreedom + 1) * sum - logScales;
  };
  const candidates = DEGREES_OF_FREEDOM.flatMap((degreesOfFreedom) => SPREADS.map((spread) => ({ spread, degreesOfFreedom, score: score(spread, degreesOfFreedom) })));
  return candidates.reduce((highest, other) => (other.score > highest.score ? other : highest));
}

/** The prediction in place of that of a mixture, whose noise has these squared scales: K. */
export function pooledStudentT({ mean, variance }: Pick<StudentTPrediction, "mean" | "variance">, noise: Float64Array, { spread, degreesOfFreedom, trends }: Pooling): StudentTPrediction {
  const { rows, columns } = mean;
  const table = (values: Float64Array): Matrix => toMatrix(values, rows, columns);
  const centre = Float64Array.from(mean.to1DArray());
  const shares = centre.map((m, i) => spread * squaredScaleFactor(trends[i % columns], m));
  const epistemic = Float64Array.from(variance.to1DArray(), (v, i) => shares[i] * v);
  const aleatoric = shares.map((share, i) => share * noise[i % columns]);
  const scales = epistemic.map((v, i) => Math.sqrt(v + aleatoric[i]));
  // A variance is larger than the squared scale by this.
  const factor = degreesOfFreedom / (degreesOfFreedom - 2);
  const student = scaleMixture(degreesOfFreedom);
  const around = (level: number, widths: Float64Array): Interval => {
    normalQuantile(level);
    const width = normalStudentInterval(student, level, 0, 1);
    return { lower: table(centre.map((m, i) => m - width * widths[i])), upper: table(centre.map((m, i) => m + width * widths[i])) };
  };
  const prediction: StudentTPrediction = {
    mean,
    variance: table(epistemic.map((v) => factor * v)),
    noiseVariance: table(aleatoric.map((v) => factor * v)),
    totalVariance: table(scales.map((s) => factor * s * s)),
    cumulativeProbability: (at) => table(entries("at", at, rows, columns).map((t, i) => normalStudentCumulative(student, t - centre[i], 0, scales[i]))),
    interval: (level = 0.95) => around(level, scales),
    meanInterval: (level = 0.95) => around(level, epistemic.map(Math.sqrt)),
    rankedProbabilityScore: (targets) => scoresByQuadrature(prediction, alike(mean, targets)),
    logDensity: (targets) => rowSums(alike(mean, targets).map((t, i) => normalStudentLogDensity(student, t - centre[i], 0, scales[i])), columns),
  };
  return prediction;
}
