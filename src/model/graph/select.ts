import { InvalidArgumentError, describe, knownOptions, wholeNumber } from "../../errors.ts";
import { copied, makeLayer, onlyInput, type Layer, type Operation } from "./layer.ts";
import { rearrangement } from "./rearrangement.ts";
import { aroundAxis, checkedAxis, sizeOf, type Shape } from "./shape.ts";

/**
 * What {@link select} takes.
 *
 * @category Models
 */
export interface SelectOptions {
  /** Along which axis. Default 0. */
  readonly axis?: number;
  /** What is taken, in order, perhaps more than once. */
  readonly indices: readonly number[];
}

/**
 * Chosen places along an axis, in the order given: a slice, a crop, a reversal, or with indices that come again, nearest-neighbour upsampling.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for indices that the axis does not have.
 * @example
 * ```ts
 * import { forward, network, select } from "laplace-ts";
 * console.log(forward(network([3], [select({ indices: [2, 0, 0] })]), [[5, 6, 7]]).to1DArray()); // [ 7, 5, 5 ]
 * ```
 */
export function select(given: SelectOptions): Layer {
  knownOptions("options", given, ["axis", "indices"]);
  if (typeof given.indices?.length !== "number" || given.indices.length === 0) throw new InvalidArgumentError({ argument: "indices", expected: "a list of indices", received: describe(given.indices) });
  const { axis = 0, indices } = copied(given);
  Array.from(indices, (index, i) => wholeNumber(`indices[${i}]`, index, 0));
  return makeLayer("select", [{ axis, indices }], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const along = checkedAxis(`${name}: axis`, axis, shape);
    const bad = indices.find((index) => index >= shape[along]);
    if (bad !== undefined) throw new InvalidArgumentError({ argument: `${name}: indices`, expected: `whole numbers from 0 to ${shape[along] - 1}, as axis ${along} has`, received: `${bad}` });
    return alongAxis(shape, along, indices);
  });
}

/**
 * What {@link zeroPadding} adds.
 *
 * @category Models
 */
export interface ZeroPaddingOptions {
  /** Along which axis. Default 0. */
  readonly axis?: number;
  /** Zeros before the first place. Default 0. */
  readonly before?: number;
  /** Zeros after the last. Default 0. */
  readonly after?: number;
}

/**
 * Zeros before and after what there is along an axis. Convolutions have their own, as `padding`.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, network, zeroPadding } from "laplace-ts";
 * const model = network([2], [zeroPadding({ before: 1, after: 2 })]);
 * console.log(forward(model, [[5, 6]]).to1DArray()); // [ 0, 5, 6, 0, 0 ]
 * ```
 */
export function zeroPadding(options: ZeroPaddingOptions): Layer {
  knownOptions("options", options, ["axis", "before", "after"]);
  const { axis = 0, before = 0, after = 0 } = options;
  wholeNumber("before", before, 0);
  wholeNumber("after", after, 0);
  return makeLayer("zeroPadding", [{ ...options }], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const along = checkedAxis(`${name}: axis`, axis, shape);
    return alongAxis(shape, along, Array.from({ length: before + shape[along] + after }, (_, i) => (i < before || i >= before + shape[along] ? -1 : i - before)));
  });
}

/** Places along an axis; -1 is a zero. */
function alongAxis(from: Shape, axis: number, places: readonly number[]): Operation {
  const shape = from.map((size, a) => (a === axis ? places.length : size));
  const { along, after } = aroundAxis(from, axis);
  const indices = Int32Array.from({ length: sizeOf(shape) }, (_, i) => {
    const place = places[Math.floor(i / after) % places.length];
    return place < 0 ? -1 : (Math.floor(i / (after * places.length)) * along + place) * after + (i % after);
  });
  return rearrangement(from, shape, indices);
}
