import { InvalidArgumentError, describe, knownOptions } from "../../errors.ts";
import { entriesAlong } from "./affine.ts";
import { makeLayer, onlyInput, type Layer, type Operation } from "./layer.ts";
import { checkedAxis, sizeOf, type Shape } from "./shape.ts";

/**
 * Options of {@link mean}.
 *
 * @category Models
 */
export interface MeanOptions {
  /** Whether the axes stay, of size 1, as {@link add} and {@link multiply} need them to repeat the mean along them. Default false. */
  readonly keepAxes?: boolean;
}

/**
 * The mean along some axes: over the positions of a sequence, `mean([0])`, or of an image, `mean([1, 2])`.
 *
 * @category Models
 * @param axes - Axes of an example, from 0, or from -1 backwards.
 * @throws {@link InvalidArgumentError} for axes that the input does not have.
 * @example
 * ```ts
 * import { forward, mean, network } from "laplace-ts";
 * const model = network([3, 2], [mean([0])]);
 * console.log(forward(model, [[1, 10, 2, 20, 3, 30]]).to1DArray()); // [ 2, 20 ]
 * ```
 */
export function mean(axes: readonly number[], options: MeanOptions = {}): Layer {
  knownOptions("options", options, ["keepAxes"]);
  if (typeof axes?.length !== "number" || axes.length === 0) throw new InvalidArgumentError({ argument: "axes", expected: "a list of axes", received: describe(axes) });
  const { keepAxes = false } = options;
  const given = Array.from(axes);
  return makeLayer("mean", [given, { ...options }], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    const gone = new Set(given.map((axis) => checkedAxis(`${name}: axes`, axis, shape)));
    const left = shape.map((_, axis) => axis).filter((axis) => !gone.has(axis));
    const kept = keepAxes ? shape.map((size, axis) => (gone.has(axis) ? 1 : size)) : left.map((axis) => shape[axis]);
    return meanOperation(shape, kept.length === 0 ? [1] : kept, entriesAlong(shape, left));
  });
}

function meanOperation(from: Shape, shape: Shape, entries: Int32Array): Operation {
  const [before, after] = [sizeOf(from), sizeOf(shape)];
  const share = after / before;
  const average = (x: Float64Array, into: Float64Array): void => {
    for (let start = 0, to = 0; start < x.length; start += before, to += after) for (let i = 0; i < before; i++) into[to + entries[i]] += share * x[start + i];
  };
  return {
    shape,
    tensors: [],
    evaluate: ([x], _, rows) => {
      const outputs = new Float64Array(rows * after);
      average(x, outputs);
      return {
        outputs,
        pull: (u, [into]) => {
          if (into === undefined) return;
          for (let start = 0, from = 0; from < u.length; start += before, from += after) for (let i = 0; i < before; i++) into[start + i] += share * u[from + entries[i]];
        },
        push: ([change], _direction, into) => {
          if (change !== undefined) average(change, into);
        },
      };
    },
  };
}
