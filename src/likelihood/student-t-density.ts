import type { Random } from "../random.ts";
import { logGammaHalfStep } from "./log-gamma.ts";

/** $\log \Gamma(\frac{\nu + 1}2) - \log \Gamma(\frac\nu2) - \frac12 \log \nu\pi$, without the cancellation of many degrees of freedom. */
export function studentLogNormalizer(degreesOfFreedom: number): number {
  return logGammaHalfStep(0.5 * degreesOfFreedom) - 0.5 * Math.log(2 * Math.PI);
}

/** The log density of Student's t distribution at z. */
export function studentLogDensity(z: number, degreesOfFreedom: number): number {
  return studentLogNormalizer(degreesOfFreedom) - 0.5 * (degreesOfFreedom + 1) * Math.log1p((z * z) / degreesOfFreedom);
}

/** A draw from it, by the polar method (Bailey 1994). */
export function studentDraw(degreesOfFreedom: number, source: Random): number {
  for (;;) {
    const [u, v] = [2 * source.uniform() - 1, 2 * source.uniform() - 1];
    const w = u * u + v * v;
    if (w > 0 && w <= 1) return u * Math.sqrt((degreesOfFreedom * Math.expm1((-2 / degreesOfFreedom) * Math.log(w))) / w);
  }
}
