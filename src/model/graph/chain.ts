import { InvalidArgumentError, describe } from "../../errors.ts";
import { entryNode, type NetworkEntry } from "./entries.ts";
import { makeLayer, type Layer } from "./layer.ts";

/**
 * Several layers as one: a block with a name, whose parts are called `"block.dense1"` and so on. Within it, `"input"` is what it is given, and `"input2"`, ... if there are more; the
 * last layer gives the outputs.
 *
 * @category Models
 * @param layers - As in a {@link network}.
 * @throws {@link InvalidArgumentError} for an empty list, and what is no layer.
 * @example
 * A function of the library's user, for blocks that come again:
 * ```ts
 * import { chain, dense, network, type Layer } from "laplace-ts";
 * const gated = (units: number): Layer => chain([dense(units), "silu", dense(units)]);
 * const model = network([2], [{ name: "first", layer: gated(8) }, { name: "second", layer: gated(8) }, dense(1)]);
 * console.log(model.tensors[0].name, model.tensors.length); // first.dense1.weights 10
 * ```
 */
export function chain(layers: readonly NetworkEntry[]): Layer {
  if (!Array.isArray(layers) || layers.length === 0) throw new InvalidArgumentError({ argument: "layers", expected: "a list of layers", received: describe(layers) });
  const nodes = layers.map(entryNode);
  return makeLayer("chain", [layers.slice()], () => nodes);
}
