import type { Table } from "../data.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";

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

/** E_0 = 1/2 N K noise^2, for a noise that is a share of the targets' standard deviation. */
function energyOf(share: number, { data, rows, columns }: Table): number {
  let squares = 0;
  for (let k = 0; k < columns; k++) {
    let mean = 0;
    for (let n = 0; n < rows; n++) mean += data[n * columns + k] / rows;
    for (let n = 0; n < rows; n++) squares += (data[n * columns + k] - mean) ** 2;
  }
  // Targets that do not vary have no scale of their own.
  return 0.5 * share ** 2 * (squares > 0 ? squares : data.length);
}
