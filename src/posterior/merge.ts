import { InvalidArgumentError, describe } from "../errors.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { sameCoupling } from "../prior/coupling.ts";
import { recipeOf } from "../recipe.ts";
import { addDataTerms } from "./data-term.ts";
import { checkedPosterior, rebuilt, type Posterior } from "./posterior.ts";

/**
 * One posterior of the data of several, made from different data at the same weights, prior and noise: on several machines, or on several days. What each keeps of its data adds up,
 * $$H = \sum_i H_i, \qquad P = H / T + A,$$
 * so that the result is that of all data in one go, to rounding (for `lowRank()`, to its rank). The prior counts once.
 *
 * The mode is that of the weights given: where the data say something new about them, train again.
 *
 * @category Posterior
 * @throws {@link InvalidArgumentError} when weights, prior, likelihood, noise, temperature or the kind of curvature and its structure are not the same for all.
 * @example
 * ```ts
 * import { gaussian, laplace, mergePosteriors, mlp } from "laplace-ts";
 * const [model, likelihood] = [mlp([1, 1], { parameters: [1, 0] }), gaussian({ noise: 0.1 })];
 * const monday = await laplace(model, likelihood, { inputs: [0, 1], targets: [0.1, 0.9] });
 * const tuesday = await laplace(model, likelihood, { inputs: [2, 3], targets: [2.1, 2.9] });
 * console.log(mergePosteriors([monday, tuesday]).data.examples); // 4
 * ```
 */
export function mergePosteriors<M extends Model, L extends Likelihood>(posteriors: readonly Posterior<M, L>[]): Posterior<M, L> {
  if (!(posteriors?.length > 0)) throw new InvalidArgumentError({ argument: "posteriors", expected: "an array of posteriors, at least one", received: describe(posteriors) });
  for (const posterior of posteriors) checkedPosterior(posterior);
  const [first, ...others] = posteriors;
  others.forEach((other, i) => alike(first, other, i + 1));
  return rebuilt(first, { data: posteriors.map(({ data }) => data).reduce(addDataTerms) });
}

function alike(first: Posterior, other: Posterior, i: number): void {
  const same = (a: ArrayLike<number>, b: ArrayLike<number>): boolean => a.length === b.length && Array.from(a).every((value, at) => value === b[at]);
  const demand = (holds: boolean, expected: string, received: string, advice?: string): void => {
    if (!holds) throw new InvalidArgumentError({ argument: `posteriors[${i}]`, expected: `${expected}, as the first has`, received, advice });
  };
  demand(same(first.model.parameters, other.model.parameters) && first.model.outputs === other.model.outputs, "a model with the same weights", "one with others", "Data terms add up at the same weights only: make all posteriors with one trained model.");
  demand(first.likelihood.description === other.likelihood.description && first.likelihood.precision === other.likelihood.precision, `the likelihood ${first.likelihood.description}`, other.likelihood.description, "Noise that was left open is that of each one's residuals: give all the same, with posterior.with({ likelihood }), merge, and re-estimate it then.");
  demand(same(first.prior.precisions, other.prior.precisions) && same(first.prior.groupOf, other.prior.groupOf) && same(first.prior.mean, other.prior.mean) && sameCoupling(first.prior.coupling, other.prior.coupling), "the same prior", "another", "Use posterior.with({ prior }).");
  demand(first.temperature === other.temperature, `the temperature ${first.temperature}`, `${other.temperature}`, "Use posterior.with({ temperature }).");
  demand(first.curvature.name === other.curvature.name, `the curvature ${first.curvature.name}`, other.curvature.name);
  demand(first.structure.name === other.structure.name, `the structure ${first.structure.name}`, other.structure.name);
  demand(madeAlike(first.curvature, other.curvature) && madeAlike(first.structure, other.structure), "curvature and structure with the same options", "other options");
  demand(madeAlike(first.likelihood, other.likelihood), "the same likelihood", "one with other options");
}

/** Whether two values were made from the same; of those without a recipe nothing is known. */
function madeAlike(a: object, b: object): boolean {
  const [one, other] = [recipeOf(a), recipeOf(b)].map((recipe) => recipe && JSON.stringify(recipe, (_, value: unknown) => (ArrayBuffer.isView(value) ? Array.from(value as Float64Array) : value)));
  return one === other;
}
