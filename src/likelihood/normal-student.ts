import { normalQuantile } from "./normal-quantile.ts";
import { normalCumulative } from "./normal-mixture.ts";
import { logSumExp } from "./softmax.ts";
import { studentLogDensity } from "./student-t-density.ts";

/**
 * Student's t distribution as a mixture of normal ones of variances $e^{-u}$, over the log $u$ of a Gamma variable with mean 1 and shape $\nu / 2$. The sum with an
 * independent normal variable of variance v is the mixture of variances $e^{-u} + v$.
 */
export interface ScaleMixture {
  readonly degreesOfFreedom: number;
  /** Between points. */
  readonly step: number;
  /** At equal steps, from where its density begins to where it ends. */
  readonly points: Float64Array;
  /** They add up to 1. */
  readonly weights: Float64Array;
  readonly logWeights: Float64Array;
}

/** Where the density has fallen to exp(-40) of its peak, what lies beyond is below rounding. */
const DEPTH = 40;
/** The longest step over which exp(-e^u) is smooth: the trapezoidal rule is then good to the last digits (Trefethen & Weideman 2014). */
const STEP = 0.3;

/** The mixture, by the trapezoidal rule. */
export function scaleMixture(degreesOfFreedom: number): ScaleMixture {
  const step = Math.min(STEP, 0.5 * Math.sqrt(2 / degreesOfFreedom));
  const [below, above] = [end(degreesOfFreedom, -step), end(degreesOfFreedom, step)];
  const points = Float64Array.from({ length: above + below + 1 }, (_, i) => (i - below) * step);
  const density = points.map((u) => logWeight(u, degreesOfFreedom));
  const logWeights = density.map((value) => value - logSumExp(density));
  return { degreesOfFreedom, step, points, weights: logWeights.map(Math.exp), logWeights };
}

/** The log density of u, 0 at its mode u = 0. */
function logWeight(u: number, degreesOfFreedom: number): number {
  return 0.5 * degreesOfFreedom * (u - Math.expm1(u));
}

/** How many steps it takes to the end of the density. */
function end(degreesOfFreedom: number, step: number): number {
  let steps = 1;
  while (logWeight(steps * step, degreesOfFreedom) > -DEPTH) steps++;
  return steps;
}

/** The log density, at r, of a normal variable of the given variance plus `scale` times one of Student's t. */
export function normalStudentLogDensity({ degreesOfFreedom, step, points, logWeights }: ScaleMixture, r: number, variance: number, scale: number): number {
  const z = r / scale;
  if (variance === 0) return studentLogDensity(z, degreesOfFreedom) - Math.log(scale);
  const v = variance / (scale * scale);
  const term = (u: number, logProbability: number): number => {
    const total = Math.exp(-u) + v;
    return logProbability - 0.5 * Math.log(2 * Math.PI * total) - 0.5 * (z / Math.sqrt(total)) ** 2;
  };
  const terms = Array.from(points, (u, i) => term(u, logWeights[i]));
  // A target far off tells of a large variance: there the integrand goes on below where the weights end.
  const lowest = points[0] - Math.log1p(Math.min((z * z) / degreesOfFreedom, Number.MAX_VALUE));
  const first = logWeights[0] - logWeight(points[0], degreesOfFreedom);
  for (let u = points[0] - step; u >= lowest; u -= step) terms.push(term(u, first + logWeight(u, degreesOfFreedom)));
  return logSumExp(terms) - Math.log(scale);
}

/** The probability of at most r. */
export function normalStudentCumulative(mixture: ScaleMixture, r: number, variance: number, scale: number): number {
  const outside = upperTail(mixture, Math.abs(r) / scale, variance / (scale * scale)).probability;
  return r > 0 ? 1 - outside : outside;
}

/** The probability of more than x > 0, and the density there, for a scale of 1. */
function upperTail({ points, weights }: ScaleMixture, x: number, v: number): { readonly probability: number; readonly density: number } {
  let [probability, density] = [0, 0];
  for (let i = 0; i < points.length; i++) {
    const total = Math.exp(-points[i]) + v;
    probability += weights[i] * normalCumulative(-x, 0, total);
    density += (weights[i] * Math.exp((-0.5 * x * x) / total)) / Math.sqrt(2 * Math.PI * total);
  }
  return { probability, density };
}

/** How far the central interval of the given level reaches on either side. */
export function normalStudentInterval(mixture: ScaleMixture, level: number, variance: number, scale: number): number {
  const v = variance / (scale * scale);
  const target = Math.log(0.5 - 0.5 * level);
  // Newton's method on the log of the tail in the log of its end, in which a heavy tail is straight.
  let y = Math.log(normalQuantile(level) * Math.sqrt(1 + v));
  for (let tries = 0; tries < 100; tries++) {
    const x = Math.exp(y);
    const { probability, density } = upperTail(mixture, x, v);
    const step = Math.max(-1, Math.min(1, ((Math.log(probability) - target) * probability) / (density * x)));
    y += step;
    if (Math.abs(step) < 1e-11) break;
  }
  return scale * Math.exp(y);
}
