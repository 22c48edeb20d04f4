import type { Table } from "../data.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { columnScale } from "../model/standardized.ts";

/** The noise to start from where it was left open, as a share of the targets' standard deviation. */
const FIRST_NOISE = 0.1;
/** The least noise that re-estimation can arrive at, as a share of the targets' standard deviation. */
const LEAST_NOISE = 1e-5;

/** Whether a likelihood's noise was left open, as `gaussian()` leaves it. */
export function isOpen(likelihood: Likelihood): boolean {
  return likelihood.estimated === true;
}

/** An open likelihood with the noise from which re-estimation starts. */
export function withFirstNoise<L extends Likelihood>(likelihood: L, targets: Table): L {
  return likelihood.reestimate(energyOf(FIRST_NOISE, targets), targets.data.length, 0);
}

/** E_0 at the least noise. */
export function leastEnergy(targets: Table): number {
  return energyOf(LEAST_NOISE, targets);
}

/** E_0 = 1/2 N K noise^2, for a noise that is a share of the targets' standard deviation (1 for targets that do not vary). */
function energyOf(share: number, targets: Table): number {
  const { scale } = columnScale(targets);
  return 0.5 * targets.rows * share ** 2 * scale.reduce((sum, deviation) => sum + deviation ** 2, 0);
}
