import { scaled } from "../../linalg/vector.ts";
import { addGathered, broadcast, spread } from "./broadcast.ts";
import { makeLayer, type Layer } from "./layer.ts";
import { sizeOf } from "./shape.ts";

/**
 * The sum of all inputs, $y = \sum_i x_i$: where a residual connection joins its block. Shapes are matched from the last axis on; one that is 1 along an axis is
 * repeated there.
 *
 * @category Models
 * @example
 * ```ts
 * import { add, dense, network } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: dense(4, { activation: "tanh" }) },
 *   { name: "second", layer: dense(4, { activation: "tanh" }) },
 *   { layer: add(), inputs: ["first", "second"] },
 *   dense(1),
 * ]);
 * console.log(model.parameters.length); // 45
 * ```
 */
export function add(): Layer {
  return sum("add", () => 1);
}

/**
 * The first input less all others.
 *
 * @category Models
 * @example
 * ```ts
 * import { forward, subtract, network, select } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: select({ indices: [0, 1] }) },
 *   { name: "second", layer: select({ indices: [2, 3] }), inputs: ["input"] },
 *   { layer: subtract(), inputs: ["first", "second"] },
 * ]);
 * console.log(forward(model, [[1, 7, 5, 2]]).to1DArray()); // [ -4, 5 ]
 * ```
 */
export function subtract(): Layer {
  return sum("subtract", (i) => (i === 0 ? 1 : -1));
}

function sum(kind: string, sign: (input: number) => number): Layer {
  return makeLayer(kind, [], (name, shapes) => {
    const { shape, places } = broadcast(name, shapes);
    const size = sizeOf(shape);
    return {
      shape,
      tensors: [],
      evaluate: (inputs, _, rows) => {
        const addAll = (values: readonly (Float64Array | undefined)[], into: Float64Array): void =>
          values.forEach((v, i) => {
            if (v === undefined) return;
            const [wide, factor] = [spread(v, rows, size, places[i]), sign(i)];
            for (let at = 0; at < into.length; at++) into[at] += factor * wide[at];
          });
        const outputs = new Float64Array(rows * size);
        addAll(inputs, outputs);
        return {
          outputs,
          pull: (u, into) =>
            into.forEach((to, i) => {
              if (to !== undefined) addGathered(sign(i) === 1 ? u : scaled(-1, u), rows, size, places[i], to);
            }),
          push: (changes, _direction, into) => addAll(changes, into),
        };
      },
    };
  });
}
