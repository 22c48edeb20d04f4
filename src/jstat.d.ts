/**
 * The few functions of jStat that this library uses; the package ships no types of its own.
 *
 * A source file that imports jStat starts with a reference to this file, which tsc and Deno both follow and which
 * the emitted declarations drop, so nothing here reaches the users of the library:
 *
 *     /// <reference path="../jstat.d.ts" />
 *     import jStat from "jstat";
 *
 * jStat 1.9.6 is good in the centre of a distribution and poor in its tails: `normal.cdf(-8, 0, 1)` is off by 1.8 %,
 * `normal.cdf(-10, 0, 1)` is 0 and `normal.inv(0, 0, 1)` is -141. Do not use it where tails matter.
 */
declare module "jstat" {
  /** The density and the quantile of a distribution with the given kind of parameters. */
  interface Distribution<Parameters extends readonly number[]> {
    pdf(x: number, ...parameters: Parameters): number;
    /** The quantile at probability `p` of [0, 1]. */
    inv(p: number, ...parameters: Parameters): number;
  }

  const jStat: {
    readonly normal: Distribution<[mean: number, standardDeviation: number]>;
    /** The error function. */
    erf(x: number): number;
  };
  export default jStat;
}
