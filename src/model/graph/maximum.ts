import { addGathered, broadcast, spread } from "./broadcast.ts";
import { makeLayer, type Layer, type OperationPass } from "./layer.ts";
import { sizeOf } from "./shape.ts";

/**
 * The largest of all inputs, number by number; shapes are matched as in {@link add}. Derivatives are those of the largest, of equals the first, as in {@link maxPooling2d}.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, maximum, network, select } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: select({ indices: [0, 1] }) },
 *   { name: "second", layer: select({ indices: [2, 3] }), inputs: ["input"] },
 *   { layer: maximum(), inputs: ["first", "second"] },
 * ]);
 * console.log(forward(model, [[1, 7, 5, 2]]).to1DArray()); // [ 5, 7 ]
 * ```
 */
export function maximum(): Layer {
  return extreme("maximum", 1);
}

/**
 * The smallest of all inputs, number by number, as {@link maximum}.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, minimum, network, select } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: select({ indices: [0, 1] }) },
 *   { name: "second", layer: select({ indices: [2, 3] }), inputs: ["input"] },
 *   { layer: minimum(), inputs: ["first", "second"] },
 * ]);
 * console.log(forward(model, [[1, 7, 5, 2]]).to1DArray()); // [ 1, 2 ]
 * ```
 */
export function minimum(): Layer {
  return extreme("minimum", -1);
}

function extreme(kind: string, sign: 1 | -1): Layer {
  return makeLayer(kind, [], (name, shapes) => {
    const { shape, places } = broadcast(name, shapes);
    return { shape, tensors: [], evaluate: (inputs, _, rows) => extremePass(inputs, rows, sizeOf(shape), places, sign) };
  });
}

function extremePass(inputs: readonly Float64Array[], rows: number, size: number, places: readonly (Int32Array | undefined)[], sign: number): OperationPass {
  const wide = inputs.map((input, i) => spread(input, rows, size, places[i]));
  const chosen = new Int32Array(rows * size);
  for (let i = 1; i < wide.length; i++) for (let at = 0; at < chosen.length; at++) if (sign * (wide[i][at] - wide[chosen[at]][at]) > 0) chosen[at] = i;
  /** The numbers where input i was chosen, and zeros elsewhere. */
  const where = (v: Float64Array, i: number): Float64Array => {
    const kept = new Float64Array(v.length);
    for (let at = 0; at < v.length; at++) if (chosen[at] === i) kept[at] = v[at];
    return kept;
  };
  return {
    outputs: Float64Array.from(chosen, (i, at) => wide[i][at]),
    pull: (u, into) =>
      into.forEach((to, i) => {
        if (to !== undefined) addGathered(where(u, i), rows, size, places[i], to);
      }),
    push: (changes, _, into) =>
      changes.forEach((change, i) => {
        if (change !== undefined) addGathered(where(spread(change, rows, size, places[i]), i), rows, size, undefined, into);
      }),
  };
}
