/// <reference path="../jstat.d.ts" />
import jStat from "jstat";
import { InvalidArgumentError, describe } from "../errors.ts";

/** How many standard deviations on either side of the mean hold the given probability. */
export function normalQuantile(level: number): number {
  if (typeof level !== "number" || !(level > 0 && level < 1)) throw new InvalidArgumentError({ argument: "level", expected: "a probability between 0 and 1, as 0.95", received: describe(level) });
  // The lower tail keeps the digits of a level near 1.
  return -jStat.normal.inv(0.5 - 0.5 * level, 0, 1);
}
