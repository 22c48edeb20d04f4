import { makeLayer, onlyInput, wrongShape, type Layer } from "./layer.ts";
import { rearrangement } from "./rearrangement.ts";
import { checkedShape, shapeText, sizeOf, type Shape } from "./shape.ts";

/**
 * All numbers of an example along one axis, in the order in which they stand: channels x height x width becomes one vector, channel by channel.
 *
 * @category Models
 * @example
 * ```ts
 * import { convolution2d, dense, flatten, network } from "laplace-ts";
 * const model = network([1, 8, 8], [convolution2d({ filters: 4, kernel: 3, activation: "relu" }), flatten(), dense(10)]);
 * console.log(model.outputs); // 10
 * ```
 */
export function flatten(): Layer {
  return makeLayer("flatten", [], (name, shapes) => {
    const shape = onlyInput(name, shapes);
    return rearrangement(shape, [sizeOf(shape)]);
  });
}

/**
 * The same numbers, in the order in which they stand, in another shape.
 *
 * @category Models
 * @param shape - The sizes of the axes of one example.
 * @throws {@link InvalidArgumentError} for a shape of another number of entries than the input has.
 * @example
 * ```ts
 * import { flatten, forward, network, reshape, transpose } from "laplace-ts";
 * const model = network([4], [reshape([2, 2]), transpose([1, 0]), flatten()]);
 * console.log(forward(model, [[1, 2, 3, 4]]).to1DArray()); // [ 1, 3, 2, 4 ]
 * ```
 */
export function reshape(shape: Shape): Layer {
  const to = checkedShape("shape", shape).slice();
  return makeLayer("reshape", [to], (name, shapes) => {
    const from = onlyInput(name, shapes);
    if (sizeOf(from) !== sizeOf(to)) throw wrongShape(name, `${sizeOf(to)} numbers, as ${shapeText(to)} has`, from);
    return rearrangement(from, to);
  });
}
