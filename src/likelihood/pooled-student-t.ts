import type { Matrix } from "ml-matrix";
import { toMatrix } from "../model/derivatives.ts";
import { alike, entries } from "./entries.ts";
import { normalQuantile } from "./normal-quantile.ts";
import { normalStudentCumulative, normalStudentInterval, normalStudentLogDensity, scaleMixture } from "./normal-student.ts";
import type { Interval } from "./prediction.ts";
import { scoresByQuadrature } from "./score-by-quadrature.ts";
import { studentLogDensity } from "./student-t-density.ts";
import type { StudentTPrediction } from "./student-t-prediction.ts";
import { rowSums } from "./without-noise.ts";

/** The one Student's t distribution in place of a mixture. */
export interface Pooling {
  /** Its squared scale, as a share of the squared scale of the mixture. */
  readonly spread: number;
  readonly degreesOfFreedom: number;
}

/** What the distribution is made from: means and squared scales of targets, N x K. */
export interface Moments {
  readonly mean: Float64Array;
  readonly squaredScale: Float64Array;
}

/** What held-out examples choose from: squared scales in steps of a fifth; 1000 degrees of freedom are as good as a normal distribution, and 2.5 leave the variance finite. */
const SPREADS: readonly number[] = Array.from({ length: 15 }, (_, k) => 2 ** ((2 - k) / 4));
const DEGREES_OF_FREEDOM: readonly number[] = [1000, 30, 14, 10, 8, 6, 5, 4, 3.5, 3, 2.5];

/** The mean of a mixture, and its squared scale: the average one, and the variance of the means. */
export function pooledMoments(components: readonly Moments[], weights: ArrayLike<number>): Moments {
  const mean = components[0].mean.map((_, i) => components.reduce((sum, component, c) => sum + weights[c] * component.mean[i], 0));
  const squaredScale = mean.map((centre, i) => components.reduce((sum, component, c) => sum + weights[c] * (component.squaredScale[i] + (component.mean[i] - centre) ** 2), 0));
  return { mean, squaredScale };
}

/** The spread and the degrees of freedom by which the targets are most probable. */
export function bestPooling({ mean, squaredScale }: Moments, targets: Float64Array): Pooling {
  const score = ({ spread, degreesOfFreedom }: Pooling): number =>
    targets.reduce((sum, t, i) => {
      const scale = Math.sqrt(spread * squaredScale[i]);
      return sum + studentLogDensity((t - mean[i]) / scale, degreesOfFreedom) - Math.log(scale);
    }, 0);
  const candidates = DEGREES_OF_FREEDOM.flatMap((degreesOfFreedom) => SPREADS.map((spread) => ({ spread, degreesOfFreedom })));
  const scores = candidates.map(score);
  return candidates[scores.indexOf(Math.max(...scores))];
}

/** The prediction in place of that of a mixture, whose noise has these squared scales: K. */
export function pooledStudentT({ mean, variance }: Pick<StudentTPrediction, "mean" | "variance">, noise: Float64Array, { spread, degreesOfFreedom }: Pooling): StudentTPrediction {
  const { rows, columns } = mean;
  const table = (values: Float64Array): Matrix => toMatrix(values, rows, columns);
  const centre = Float64Array.from(mean.to1DArray());
  const epistemic = Float64Array.from(variance.to1DArray(), (v) => spread * v);
  const aleatoric = centre.map((_, i) => spread * noise[i % columns]);
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
