import { knownOptions } from "../../errors.ts";
import { makeLayer, wrongShape, type Layer, type Operation } from "./layer.ts";
import { aroundAxis, checkedAxis, shapeText, type Shape } from "./shape.ts";

/**
 * All inputs one after the other along an axis, along the others of which they agree: channels of several branches.
 *
 * @category Models
 * @param options - `axis`: default 0, for images their channels.
 * @throws {@link InvalidArgumentError} when shapes differ along another axis.
 * @example
 * ```ts
 * import { forward, concatenate, network, select } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: select({ indices: [0, 1] }) },
 *   { name: "second", layer: select({ indices: [2, 3] }), inputs: ["input"] },
 *   { layer: concatenate(), inputs: ["first", "second"] },
 * ]);
 * console.log(forward(model, [[1, 7, 5, 2]]).to1DArray()); // [ 1, 7, 5, 2 ]
 * ```
 */
export function concatenate(options: { readonly axis?: number } = {}): Layer {
  knownOptions("options", options, ["axis"]);
  return makeLayer("concatenate", [options], (name, shapes) => {
    const [first] = shapes;
    const axis = checkedAxis(`${name}: axis`, options.axis ?? 0, first);
    for (const shape of shapes) {
      if (shape.length !== first.length || shape.some((size, a) => a !== axis && size !== first[a])) throw wrongShape(name, `${shapeText(first)}, as the first, but for axis ${axis}`, shape);
    }
    return concatenation(shapes, axis);
  });
}

function concatenation(shapes: readonly Shape[], axis: number): Operation {
  const shape = shapes[0].map((size, a) => (a === axis ? shapes.reduce((sum, one) => sum + one[axis], 0) : size));
  const after = aroundAxis(shape, axis).after;
  const widths = shapes.map((one) => one[axis] * after);
  const starts = widths.map((_, i) => widths.slice(0, i).reduce((sum, width) => sum + width, 0));
  const whole = shape[axis] * after;

  /** Adds part i to its places in the whole. */
  const put = (v: Float64Array, i: number, into: Float64Array): void => {
    for (let from = 0, to = starts[i]; from < v.length; to += whole) for (let j = 0; j < widths[i]; j++) into[to + j] += v[from++];
  };
  const take = (u: Float64Array, i: number, into: Float64Array): void => {
    for (let to = 0, from = starts[i]; to < into.length; from += whole) for (let j = 0; j < widths[i]; j++) into[to++] += u[from + j];
  };
  const putAll = (values: readonly (Float64Array | undefined)[], into: Float64Array): void => values.forEach((v, i) => v && put(v, i, into));
  return {
    shape,
    tensors: [],
    evaluate: (inputs) => {
      const outputs = new Float64Array(inputs.reduce((sum, { length }) => sum + length, 0));
      putAll(inputs, outputs);
      return { outputs, pull: (u, into) => into.forEach((to, i) => to && take(u, i, to)), push: (changes, _, into) => putAll(changes, into) };
    },
  };
}
