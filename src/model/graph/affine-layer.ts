import { knownOptions } from "../../errors.ts";
import { entriesAlong, entryValues, fixedAffine, freeAffine } from "./affine.ts";
import { copied, makeLayer, onlyInput, type Layer } from "./layer.ts";
import { checkedAxis, sizeOf } from "./shape.ts";

/**
 * Options of {@link affine}.
 *
 * @category Models
 */
export interface AffineOptions {
  /** Factors, row-major over the axes. Default: 1. */
  readonly scale?: ArrayLike<number>;
  /** What is added, row-major over the axes. Default: 0. */
  readonly shift?: ArrayLike<number>;
  /** Axes along which factors and shifts differ. Default: all, so that each number of an example has its own. */
  readonly axes?: readonly number[];
  /** Whether factors and shifts are parameters, weights and biases. Default false. */
  readonly free?: boolean;
}

/**
 * A factor and a shift for each number of an example, or for each index along some axes, $y = s \circ x + t$: constants of an imported network, pixels in units of
 * their own, positions that are added to a sequence.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} when there are more or fewer numbers than the axes have places.
 * @example
 * ```ts
 * import { affine, dense, network } from "laplace-ts";
 * // Pixels of 0 .. 255 to -1 .. 1.
 * const pixels = affine({ axes: [], scale: [1 / 127.5], shift: [-1] });
 * console.log(network([784], [pixels, dense(10)]).parameters.length); // 7850
 * ```
 */
export function affine(given: AffineOptions): Layer {
  knownOptions("options", given, ["scale", "shift", "axes", "free"]);
  const options = copied(given);
  return makeLayer("affine", [options], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const axes = options.axes?.map((axis) => checkedAxis(`${name}: axes`, axis, shape)) ?? shape.map((_, axis) => axis);
    const count = sizeOf(axes.map((axis) => shape[axis]));
    const map = { shape, entries: entriesAlong(shape, axes), scale: entryValues(name, "scale", options.scale, count, 1), shift: entryValues(name, "shift", options.shift, count, 0) };
    return options.free === true ? freeAffine(map) : fixedAffine(map);
  });
}
