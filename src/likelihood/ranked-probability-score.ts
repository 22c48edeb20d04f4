import { normalCumulative, type NormalMixture } from "./normal-mixture.ts";

/** E|X| of a normal variable: 2 s phi(m / s) + m (2 Phi(m / s) - 1). */
function absoluteMoment(mean: number, variance: number): number {
  if (variance === 0) return Math.abs(mean);
  const density = Math.exp((-0.5 * mean * mean) / variance) / Math.sqrt(2 * Math.PI);
  return 2 * Math.sqrt(variance) * density + mean * (2 * normalCumulative(mean, 0, variance) - 1);
}

/** The continuous ranked probability score of a normal distribution (Gneiting & Raftery 2007, eq. 22). */
export function normalRankedScore(t: number, mean: number, variance: number): number {
  return absoluteMoment(t - mean, variance) - Math.sqrt(variance / Math.PI);
}

/** The continuous ranked probability score of a mixture of normals, E|X - t| - 1/2 E|X - X'| (Grimit et al. 2006). */
export function mixtureRankedScore({ weights, means, variances }: NormalMixture, t: number): number {
  let [distance, spread] = [0, 0];
  for (let i = 0; i < weights.length; i++) {
    distance += weights[i] * absoluteMoment(t - means[i], variances[i]);
    spread += 0.5 * weights[i] * weights[i] * absoluteMoment(0, 2 * variances[i]);
    for (let j = 0; j < i; j++) spread += weights[i] * weights[j] * absoluteMoment(means[i] - means[j], variances[i] + variances[j]);
  }
  return Math.max(0, distance - spread);
}
