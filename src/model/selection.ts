import { toNumbers } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy, wholeNumber } from "../errors.ts";
import { random } from "../random.ts";
import type { Model } from "./model.ts";
import { remakeable } from "../recipe.ts";

/**
 * A rule that chooses parameters of a model, for {@link subnetwork}: {@link largestMagnitude}, {@link largestMarginalVariance},
 * {@link byName}, {@link randomSelection}.
 *
 * @category Models
 */
export interface ParameterSelection {
  /** For reports: `"largest magnitude"`. */
  readonly name: string;
  /** The chosen indices into the parameters of a model. */
  indices(model: Model): ArrayLike<number>;
}

/**
 * How many parameters to choose: one of the two.
 *
 * @category Models
 */
export interface SelectionSize {
  /** So many parameters. */
  readonly count?: number;
  /** This share of them, above 0 and at most 1; rounded, and at least one parameter. */
  readonly share?: number;
}

/**
 * Chooses the parameters of largest magnitude $\vert w_i \vert$, as magnitude pruning keeps them (Han et al. 2015). Of equals, the first.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} when the size is not a count or a share, or more than the model has.
 * @example
 * ```ts
 * import { largestMagnitude, mlp, subnetwork } from "laplace-ts";
 * const network = mlp([3, 1], { parameters: [0.1, -2, 0.3, 1] });
 * console.log(subnetwork(network, largestMagnitude({ count: 2 })).indices.join()); // 1,3
 * ```
 */
export function largestMagnitude(size: SelectionSize): ParameterSelection {
  const countOf = checkedSize(size, []);
  const rule: ParameterSelection = { name: "largest magnitude", indices: ({ parameters }) => largest(parameters.map(Math.abs), countOf(parameters.length)) };
  return remakeable(rule, "largestMagnitude", () => ({ ...size }));
}

/**
 * Chooses the parameters of largest marginal posterior variance $\sigma_i^2 = (P^{-1})_{ii}$. With weights taken as
 * independent, no other subnetwork of this size has a posterior nearer to that of all weights in Wasserstein distance (Daxberger et al. 2021, section 5).
 *
 * The variances may come from a cheap posterior of the whole, as that of {@link diagonal}. Its variances are $1 / (H_{ii} + \alpha)$: with one prior precision
 * $\alpha$ for all weights the rule then takes those that move the outputs of the data least, and on small networks another rule may keep more of the
 * outputs' variance. The guide on choosing compares them.
 *
 * @category Models
 * @param variances - One for each parameter: {@link Posterior.marginalVariance}.
 * @throws {@link InvalidArgumentError} for variances that are negative, not finite or not one for each parameter, and sizes as in {@link largestMagnitude}.
 * @example
 * ```ts
 * import { diagonal, full, gaussian, laplace, largestMarginalVariance, mlp, subnetwork, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 8, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const rough = await laplace(model, likelihood, data, { prior, structure: diagonal() });
 * const part = subnetwork(model, largestMarginalVariance(rough.marginalVariance, { count: 10 }));
 * const posterior = await laplace(part, likelihood, data, { prior, structure: full() });
 * console.log(posterior.covariance().rows, "of", model.parameters.length); // 10 of 25
 * ```
 */
export function largestMarginalVariance(variances: ArrayLike<number>, size: SelectionSize): ParameterSelection {
  if (typeof variances?.length !== "number") throw new InvalidArgumentError({ argument: "variances", expected: "one number for each parameter", received: describe(variances), advice: "A posterior's are its `marginalVariance`." });
  const values = toNumbers("variances", variances);
  const bad = values.findIndex((variance) => !(variance >= 0 && variance < Infinity));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "variances", expected: "finite numbers of at least 0", received: `${values[bad]} at index ${bad}` });
  const countOf = checkedSize(size, []);
  const rule: ParameterSelection = {
    name: "largest marginal variance",
    indices: ({ parameters }) => {
      if (values.length !== parameters.length) throw new InvalidArgumentError({ argument: "variances", expected: `${parameters.length} numbers, one for each parameter of the model`, received: `${values.length}`, advice: "Take them from a posterior of the whole model." });
      return largest(values, countOf(parameters.length));
    },
  };
  return remakeable(rule, "largestMarginalVariance", () => ({ variances: values, ...size }));
}

/**
 * Chooses parameters by name: of a weight matrix or a vector of biases, `"layer1.weights"`, or of a layer, `"layer1"`, which is both.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for a name that the model does not have; the message lists those that it has.
 * @example
 * ```ts
 * import { byName, mlp, subnetwork } from "laplace-ts";
 * const part = subnetwork(mlp([2, 3, 1]), byName("layer1.biases", "layer2"));
 * console.log(part.tensors.map(({ name }) => name).join()); // layer1.biases,layer2.weights,layer2.biases
 * ```
 */
export function byName(...names: readonly string[]): ParameterSelection {
  names.forEach((name, i) => {
    if (typeof name !== "string") throw new InvalidArgumentError({ argument: `names[${i}]`, expected: 'a name, such as "layer1.weights" or "layer1"', received: describe(name) });
  });
  const rule: ParameterSelection = {
    name: "by name",
    indices: ({ tensors }) => {
      const isCalled = (tensor: string, name: string): boolean => tensor === name || tensor.startsWith(`${name}.`);
      for (const name of names) {
        if (!tensors.some((tensor) => isCalled(tensor.name, name))) throw new InvalidArgumentError({ argument: "names", expected: `any of ${tensors.map((tensor) => JSON.stringify(tensor.name)).join(", ")}`, received: JSON.stringify(name) });
      }
      return tensors.filter((tensor) => names.some((name) => isCalled(tensor.name, name))).flatMap(({ offset, rows, columns }) => Array.from({ length: rows * columns }, (_, i) => offset + i));
    },
  };
  return remakeable(rule, "byName", () => ({ names }));
}

/**
 * Chooses parameters at random, all subsets being equally likely: what another rule has to be better than.
 *
 * @category Models
 * @param options - The size, and the `seed` of the draws, default 0.
 * @throws {@link InvalidArgumentError} as {@link largestMagnitude}.
 * @example
 * ```ts
 * import { mlp, randomSelection, subnetwork } from "laplace-ts";
 * const part = subnetwork(mlp([4, 8, 1], { seed: 1 }), randomSelection({ count: 10, seed: 1 }));
 * console.log(part.parameters.length); // 10
 * ```
 */
export function randomSelection(options: SelectionSize & { readonly seed?: number }): ParameterSelection {
  const countOf = checkedSize(options, ["seed"]);
  const rule: ParameterSelection = {
    name: "random",
    indices: ({ parameters }) => {
      const count = countOf(parameters.length);
      const source = random(options.seed ?? 0);
      const indices = Int32Array.from(parameters, (_, i) => i);
      // Fisher and Yates's shuffle, as far as needed.
      for (let i = 0; i < count; i++) {
        const other = i + source.integer(indices.length - i);
        [indices[i], indices[other]] = [indices[other], indices[i]];
      }
      return indices.subarray(0, count);
    },
  };
  return remakeable(rule, "randomSelection", () => ({ ...options }));
}

/** Checks a size at once; gives the count for a number of parameters when that is known. */
function checkedSize(size: SelectionSize, others: readonly string[]): (parameters: number) => number {
  knownOptions("size", size, ["count", "share", ...others]);
  const { count, share } = size;
  if ((count === undefined) === (share === undefined)) throw new InvalidArgumentError({ argument: "size", expected: "either { count } or { share }", received: count === undefined ? "neither" : "both" });
  if (count !== undefined) {
    wholeNumber("size.count", count, 1);
    return (parameters) => {
      if (count > parameters) throw new InvalidArgumentError({ argument: "size.count", expected: `at most ${parameters}, the number of parameters`, received: `${count}` });
      return count;
    };
  }
  if (!(typeof share === "number" && share > 0 && share <= 1)) throw new InvalidArgumentError({ argument: "size.share", expected: "a number above 0 and at most 1", received: describe(share) });
  return (parameters) => Math.max(1, Math.round(share * parameters));
}

/** The indices of the `count` largest values; of equals, the first. */
function largest(values: Float64Array, count: number): number[] {
  const least = values.slice().sort()[values.length - count];
  let spare = count - values.reduce((above, value) => above + (value > least ? 1 : 0), 0);
  const indices: number[] = [];
  for (let i = 0; i < values.length; i++) if (values[i] > least || (values[i] === least && spare-- > 0)) indices.push(i);
  return indices;
}

/** What makes a selection, for messages. */
const SELECTIONS = "largestMagnitude(), largestMarginalVariance(), byName() or randomSelection()";

/**
 * The chosen indices, ascending.
 *
 * @throws {@link InvalidArgumentError} when none is chosen, one is chosen twice or does not exist, or a mask has another length than the model's parameters.
 */
export function selectedIndices(model: Model, selected: ArrayLike<number> | readonly boolean[] | ParameterSelection): Int32Array {
  const width = model.parameters.length;
  const given = typeof selected === "object" && selected !== null && "length" in selected ? selected : madeBy(`${SELECTIONS}, an array of indices, or a mask of ${width} booleans`, "selected", selected, "indices").indices(model);
  const indices = typeof given[0] === "boolean" ? fromMask(given as readonly boolean[], width) : Int32Array.from(given as ArrayLike<number>, (index, i) => checkedIndex(index, i, width)).sort();
  if (indices.length === 0) throw new InvalidArgumentError({ argument: "selected", expected: "at least one parameter", received: "none", advice: "A model without parameters has no posterior: its predictions are those of the weights as they are." });
  const twice = indices.findIndex((index, i) => i > 0 && index === indices[i - 1]);
  if (twice >= 0) throw new InvalidArgumentError({ argument: "selected", expected: "each parameter once", received: `index ${indices[twice]} twice` });
  return indices;
}

function fromMask(mask: readonly boolean[], width: number): Int32Array {
  if (mask.length !== width) throw new InvalidArgumentError({ argument: "selected", expected: `${width} booleans, one for each parameter`, received: `${mask.length}` });
  const bad = mask.findIndex((value) => typeof value !== "boolean");
  if (bad >= 0) throw new InvalidArgumentError({ argument: `selected[${bad}]`, expected: "true or false, as before it", received: describe(mask[bad]) });
  return Int32Array.from(mask.flatMap((value, i) => (value ? [i] : [])));
}

function checkedIndex(index: number, at: number, width: number): number {
  if (Number.isInteger(index) && index >= 0 && index < width) return index;
  throw new InvalidArgumentError({ argument: `selected[${at}]`, expected: `an index from 0 to ${width - 1}, as the model has ${width} parameters`, received: describe(index) });
}
