import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";

/**
 * Names of the axes, with units: `{ x: "horsepower (hp)", y: "fuel economy (miles per gallon)" }`.
 *
 * @category Plots
 */
export interface AxisLabels {
  /** Below the horizontal axis. */
  readonly x: string;
  /** Above the vertical one. */
  readonly y: string;
}

/** Throws unless `labels` are two texts and nothing else. */
export function checkLabels(argument: string, labels: AxisLabels): void {
  const given: unknown = labels;
  if (typeof given !== "object" || given === null || Array.isArray(given)) throw new InvalidArgumentError({ argument, expected: "the names of the axes, { x, y }", received: describe(given) });
  knownOptions(argument, given, ["x", "y"]);
  for (const axis of ["x", "y"] as const) {
    if (typeof labels[axis] !== "string") throw new InvalidArgumentError({ argument: `${argument}.${axis}`, expected: "the name of the axis, a text", received: describe(labels[axis]) });
  }
}
