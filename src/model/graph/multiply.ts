import { InvalidArgumentError } from "../../errors.ts";
import { addGathered, broadcast, spread } from "./broadcast.ts";
import { makeLayer, type Changes, type Layer, type OperationPass } from "./layer.ts";
import { sizeOf } from "./shape.ts";

/**
 * The product of two inputs, number by number, $y = x_1 \circ x_2$: gates. Shapes are matched as in {@link add}.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for other than two inputs, or shapes that do not match.
 * @example
 * ```ts
 * import { forward, multiply, network, select } from "laplace-ts";
 * const model = network([4], [
 *   { name: "first", layer: select({ indices: [0, 1] }) },
 *   { name: "second", layer: select({ indices: [2, 3] }), inputs: ["input"] },
 *   { layer: multiply(), inputs: ["first", "second"] },
 * ]);
 * console.log(forward(model, [[1, 7, 5, 2]]).to1DArray()); // [ 5, 14 ]
 * ```
 */
export function multiply(): Layer {
  return makeLayer("multiply", [], (name, shapes) => {
    if (shapes.length !== 2) throw new InvalidArgumentError({ argument: name, expected: "two inputs", received: `${shapes.length}` });
    const { shape, places } = broadcast(name, shapes);
    return { shape, tensors: [], evaluate: (inputs, _, rows) => productPass(inputs, rows, sizeOf(shape), places) };
  });
}

function productPass(inputs: readonly Float64Array[], rows: number, size: number, places: readonly (Int32Array | undefined)[]): OperationPass {
  const wide = (values: Changes): readonly (Float64Array | undefined)[] => values.map((v, i) => v && spread(v, rows, size, places[i]));
  const [a, b] = wide(inputs) as readonly Float64Array[];
  const addProduct = (u: Float64Array | undefined, v: Float64Array | undefined, into: Float64Array): void => {
    if (u !== undefined && v !== undefined) for (let i = 0; i < into.length; i++) into[i] += u[i] * v[i];
  };
  /** What reaches each input when the other is `others`. */
  const pullBy = (u: Float64Array, others: readonly (Float64Array | undefined)[], into: Changes): void =>
    into.forEach((to, i) => {
      if (to === undefined || others[i] === undefined) return;
      const product = new Float64Array(rows * size);
      addProduct(u, others[i], product);
      addGathered(product, rows, size, places[i], to);
    });
  const outputs = new Float64Array(rows * size);
  addProduct(a, b, outputs);
  return {
    outputs,
    pull: (u, into) => pullBy(u, [b, a], into),
    push: (changes, _, into) => {
      const [first, second] = wide(changes);
      addProduct(first, b, into);
      addProduct(a, second, into);
    },
    bend: (u, changes, _, into) => {
      const [first, second] = wide(changes);
      pullBy(u, [second, first], into);
    },
  };
}
