import type { Table } from "../data.ts";
import { UnsupportedError } from "../errors.ts";
import { random } from "../random.ts";
import type { Derivatives } from "./derivatives.ts";

/** Steps of differences, as shares of the size of the parameters. One of them is neither too long for the bending nor too short for single precision. */
const STEPS = [2 ** -4, 2 ** -7, 2 ** -10];

/** By how much J v and u' J v may differ when they are computed in two ways, as a share of the largest: single precision, and sums that cancel. */
const ROUNDING = 1e-3;

/**
 * Compares derivatives with values: J v with differences of the outputs along a random direction v, and J_n' u_n of each example with its J_n v. Returns how far J v is from differences, as a share of its largest entry.
 */
export function checkDerivatives(derivatives: Derivatives, parameters: Float64Array, inputs: Table, tolerance: number, seed: number): number {
  const source = random(seed);
  const size = Math.sqrt(parameters.reduce((sum, w) => sum + w * w, 0) / parameters.length) || 1;
  const v = parameters.map(() => Math.fround(size * source.normal()));
  const changes = derivatives.push(parameters, inputs, v);
  const difference = Math.min(...STEPS.map((step) => distance(changes, differences(derivatives, parameters, inputs, v, step))));
  if (!(difference <= tolerance)) {
    throw new UnsupportedError(
      `jax-js does not give the derivatives of this function: along a random direction they differ from its finite differences by ${difference.toPrecision(3)} of the largest, and ${tolerance} is allowed. ` +
        "Does it round or compare parameters, stop gradients, read numbers out of arrays, or draw random numbers? A function that bends much, or has kinks near these parameters, may need a larger options.tolerance.",
    );
  }
  const u = changes.map(() => source.normal());
  const rows = derivatives.rows(parameters, inputs, u);
  const ofRows = Float64Array.from({ length: inputs.rows }, (_, n) => v.reduce((sum, value, i) => sum + value * rows[n * v.length + i], 0));
  const outputs = changes.length / inputs.rows;
  const ofChanges = ofRows.map((_, n) => changes.subarray(n * outputs, (n + 1) * outputs).reduce((sum, value, k) => sum + value * u[n * outputs + k], 0));
  if (!(distance(ofChanges, ofRows) <= ROUNDING * outputs)) {
    throw new UnsupportedError("The outputs for one example depend on those beside it: alone and among others, their derivatives differ. A model here is a function of one example; normalisation over the batch needs fixed statistics.");
  }
  return difference;
}

/** (f(w + h v) - f(w - h v)) / 2h. */
function differences(derivatives: Derivatives, w: Float64Array, inputs: Table, v: Float64Array, h: number): Float64Array {
  const [above, below] = [h, -h].map((step) => derivatives.outputs(w.map((value, i) => value + step * v[i]), inputs));
  return above.map((value, i) => (value - below[i]) / (2 * h));
}

/** The largest difference as a share of the largest entry of both; 0 where all are 0. */
function distance(a: Float64Array, b: Float64Array): number {
  let [gap, largest] = [0, 0];
  for (let i = 0; i < a.length; i++) {
    // Of NaN the largest is NaN, whatever comes after it.
    gap = Math.max(gap, Math.abs(a[i] - b[i]));
    largest = Math.max(largest, Math.abs(a[i]), Math.abs(b[i]));
  }
  return gap === 0 ? 0 : gap / largest;
}
