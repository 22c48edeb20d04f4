import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { columnScale } from "../model/standardized.ts";

/** The noise to start from where it was left open, as a share of the targets' standard deviation. */
const FIRST_NOISE = 0.1;
/** The least noise that re-estimation can arrive at, as a share of the targets' standard deviation. */
const LEAST_NOISE = 1e-5;

/** An open likelihood with the noise from which re-estimation starts. */
export function withFirstNoise<L extends Likelihood>(likelihood: L, targets: Table): L {
  const count = targets.data.length;
  if (count < 2) throw new InvalidArgumentError({ argument: "noise", expected: "at least two target values to estimate it from", received: `${count}`, advice: "Give the noise: gaussian({ noise }) or studentT({ scale })." });
  // A likelihood that takes more than the sum of squares gets the outputs that leave a tenth of each deviation.
  if (likelihood.reestimateFrom !== undefined) {
    const { shift } = likelihood.outputScale(targets, targets.columns);
    return likelihood.reestimateFrom(targets.data.map((t, i) => t - FIRST_NOISE * (t - shift[i % shift.length])), targets, new Float64Array(targets.columns));
  }
  return likelihood.reestimate(FIRST_NOISE ** 2 * spread(likelihood, targets), count, 0);
}

/** E_0 at the least noise. */
export function leastEnergy(likelihood: Likelihood, targets: Table): number {
  return likelihood.noiseParameters === 0 ? 0 : LEAST_NOISE ** 2 * spread(likelihood, targets);
}

/** E_0 of the targets' means for outputs; for targets that do not vary, that of a noise of 1. */
function spread(likelihood: Likelihood, targets: Table): number {
  const { shift } = columnScale(targets);
  const energy = likelihood.energy(targets.data.map((_, i) => shift[i % targets.columns]), targets);
  return energy > 0 ? energy : 0.5 * targets.data.length;
}
