import { InvalidArgumentError, describe } from "../../errors.ts";
import { makeLayer, onlyInput, wrongShape, type Layer } from "./layer.ts";
import { rearrangement } from "./rearrangement.ts";
import { sizeOf, stridesOf } from "./shape.ts";

/**
 * The axes of an example in another order: axis i of the output is axis `axes[i]` of the input. `transpose([2, 0, 1])` takes images of
 * height x width x channels, as TensorFlow has them, to channels x height x width.
 *
 * @category Models
 * @param axes - The numbers 0, 1, ... of all axes, each once.
 * @throws {@link InvalidArgumentError} for anything else.
 * @example
 * ```ts
 * import { flatten, forward, network, transpose } from "laplace-ts";
 * const model = network([2, 3], [transpose([1, 0]), flatten()]);
 * console.log(forward(model, [[1, 2, 3, 4, 5, 6]]).to1DArray()); // [ 1, 4, 2, 5, 3, 6 ]
 * ```
 */
export function transpose(axes: readonly number[]): Layer {
  if (typeof axes?.length !== "number" || Array.from(axes).some((_, i) => !axes.includes(i))) throw new InvalidArgumentError({ argument: "axes", expected: "the numbers 0, 1, ... of all axes in another order", received: typeof axes?.length === "number" ? `[${Array.from(axes).join(", ")}]` : describe(axes) });
  return makeLayer("transpose", [axes.slice()], (name, shapes) => {
    const from = onlyInput(name, shapes);
    if (from.length !== axes.length) throw wrongShape(name, `${axes.length} axes`, from);
    const shape = axes.map((axis) => from[axis]);
    const strides = stridesOf(from);
    const [own, indices] = [stridesOf(shape), new Int32Array(sizeOf(shape))];
    for (let i = 0; i < indices.length; i++) indices[i] = axes.reduce((index, axis, a) => index + (Math.floor(i / own[a]) % shape[a]) * strides[axis], 0);
    return rearrangement(from, shape, indices);
  });
}
