import { InvalidArgumentError, knownOptions, describe } from "../errors.ts";
import type { PriorOptions } from "./isotropic.ts";
import { checkedPrecisions } from "./precisions.ts";
import { groupedPrior, priorMean, type Prior } from "./prior.ts";

/**
 * A precision for each group of weights that you name: `groupOf[i]` is the number of weight i's group, from 0 without gaps.
 *
 * @category Priors
 * @param precisions - One number for all groups, or one for each. Default 1.
 * @throws {@link InvalidArgumentError} when the numbers of weights, groups or precisions do not fit.
 * @example
 * ```ts
 * import { groups, mlp } from "laplace-ts";
 * const prior = groups([0, 0, 1], [0.1, 10]);            // two slopes, one intercept
 * console.log(prior.bind(mlp([2, 1])).groups.join());    // group 1,group 2
 * ```
 */
export function groups(groupOf: ArrayLike<number>, precisions: number | ArrayLike<number> = 1, options: PriorOptions = {}): Prior {
  knownOptions("options", options, ["mean", "fixed"]);
  const precisionsOf = checkedPrecisions(precisions);
  const numbers = Array.from(groupOf);
  const count = numbers.reduce((most, g) => Math.max(most, g + 1), 0);
  const used = new Set(numbers);
  for (let g = 0; g < count; g++) {
    if (!used.has(g)) throw new InvalidArgumentError({ argument: "groupOf", expected: "whole group numbers from 0 without gaps", received: `no weight in group ${g}` });
  }
  if (used.size !== count) throw new InvalidArgumentError({ argument: "groupOf", expected: "whole group numbers from 0", received: describe(numbers.find((g) => !Number.isInteger(g) || g < 0)) });
  const names = Array.from({ length: count }, (_, g) => `group ${g + 1}`);
  return {
    name: "groups",
    bind: (model) => {
      if (numbers.length !== model.parameters.length) throw new InvalidArgumentError({ argument: "groupOf", expected: `${model.parameters.length} group numbers, one for each weight`, received: `${numbers.length}` });
      return groupedPrior("groups", names, Int32Array.from(numbers), precisionsOf(count), priorMean(model, options.mean), options.fixed);
    },
  };
}
