import { knownOptions } from "../../errors.ts";
import { add } from "./add.ts";
import { chain } from "./chain.ts";
import type { NetworkEntry } from "./entries.ts";
import { makeLayer, type Layer, type NetworkNode } from "./layer.ts";

/**
 * Options of {@link residual}.
 *
 * @category Models
 */
export interface ResidualOptions {
  /** Layers on the other way, where the block changes the shape. Default: none, the input itself. */
  readonly shortcut?: readonly NetworkEntry[];
}

/**
 * A residual block, $y = x + g(x)$ with g a chain of layers (He et al. 2016), or $y = s(x) + g(x)$ with layers on the shortcut as well.
 *
 * @category Models
 * @param layers - As in a {@link network}; `"input"` is the input of the block.
 * @throws {@link InvalidArgumentError} when the two ways end in different shapes.
 * @example
 * ```ts
 * import { convolution2d, dense, globalAveragePooling, network, residual } from "laplace-ts";
 * const convolution = (activation?: "relu") => convolution2d({ filters: 4, kernel: 3, padding: "same", activation: activation ?? "identity" });
 * const model = network([1, 8, 8], [convolution("relu"), residual([convolution("relu"), convolution()]), "relu", globalAveragePooling(), dense(2)]);
 * console.log(model.outputs, model.parameters.length); // 2 346
 * ```
 */
export function residual(layers: readonly NetworkEntry[], options: ResidualOptions = {}): Layer {
  knownOptions("options", options, ["shortcut"]);
  const block: NetworkNode = { name: "block", layer: chain(layers), inputs: ["input"] };
  const shortcut: readonly NetworkNode[] = options.shortcut === undefined ? [] : [{ name: "shortcut", layer: chain(options.shortcut), inputs: ["input"] }];
  const nodes = [block, ...shortcut, { name: "sum", layer: add(), inputs: [shortcut.length === 0 ? "input" : "shortcut", "block"] }];
  return makeLayer("residual", [layers.slice(), { ...options }], () => nodes);
}
