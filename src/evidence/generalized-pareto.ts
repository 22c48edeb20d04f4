import { logSumExp } from "../likelihood/softmax.ts";

/** The distribution with $P(X > x) = (1 + k x / \sigma)^{-1/k}$: what exceeds a high threshold, whatever the distribution it comes from. */
export interface GeneralizedPareto {
  /** k: above 0 a tail of which moments from 1/k on are infinite, below 0 a bounded one. */
  readonly shape: number;
  /** sigma. */
  readonly scale: number;
}

/** Points of the grid over theta, besides the square root of the number of exceedances. */
const GRID = 30;
/** Of Zhang and Stephens's prior. */
const PRIOR = 3;

/**
 * The empirical Bayes estimate of Zhang & Stephens (2009): with theta = -k / sigma the profile likelihood has one dimension, and theta its mean over a grid of
 * quantiles of a prior that the data give. Exceedances are above 0, ascending; the lower quartile and the largest count.
 */
export function fitGeneralizedPareto(exceedances: Float64Array): GeneralizedPareto {
  const count = exceedances.length;
  const points = GRID + Math.floor(Math.sqrt(count));
  const quartile = exceedances[Math.floor(count / 4 + 0.5) - 1];
  const thetas = Float64Array.from({ length: points }, (_, j) => 1 / exceedances[count - 1] + (1 - Math.sqrt(points / (j + 0.5))) / (PRIOR * quartile));
  const logLikelihoods = thetas.map((theta) => {
    const shape = shapeAt(theta, exceedances);
    return count * (Math.log(-theta / shape) - shape - 1);
  });
  const total = logSumExp(logLikelihoods);
  const theta = thetas.reduce((sum, value, j) => sum + value * Math.exp(logLikelihoods[j] - total), 0);
  const shape = shapeAt(theta, exceedances);
  return { shape, scale: -shape / theta };
}

/** The most likely k where theta is given. */
function shapeAt(theta: number, exceedances: Float64Array): number {
  let sum = 0;
  for (const x of exceedances) sum += Math.log1p(-theta * x);
  return sum / exceedances.length;
}

/** The x that is not exceeded with the given probability. */
export function generalizedParetoQuantile({ shape, scale }: GeneralizedPareto, probability: number): number {
  const logTail = Math.log1p(-probability);
  return shape === 0 ? -scale * logTail : (scale * Math.expm1(-shape * logTail)) / shape;
}
