import { InvalidArgumentError, describe, knownOptions } from "../../errors.ts";
import { activationLayer, type NetworkActivationName } from "./activation-layer.ts";
import type { Layer, NetworkNode } from "./layer.ts";

/**
 * A layer with a name, or with inputs of its choice, in the list of a {@link network}.
 *
 * @category Models
 */
export interface NamedLayer extends Omit<NetworkNode, "layer"> {
  /** What is done: a layer, or the name of an activation. */
  readonly layer: Layer | NetworkActivationName;
}

/**
 * What stands in the list of a {@link network}: a layer, the name of an activation, or one of these with a name and inputs.
 *
 * @category Models
 */
export type NetworkEntry = Layer | NetworkActivationName | NamedLayer;

/** The entry with its layer. */
export function entryNode(entry: NetworkEntry, index: number): NetworkNode {
  const argument = `layers[${index}]`;
  if (typeof entry === "object" && entry !== null && "layer" in entry) {
    knownOptions(argument, entry, ["name", "layer", "inputs"]);
    const { name, inputs } = entry;
    if (name !== undefined && (typeof name !== "string" || name === "")) throw new InvalidArgumentError({ argument: `${argument}.name`, expected: "a name", received: describe(name) });
    if (inputs !== undefined && !(Array.isArray(inputs) && inputs.length > 0)) throw new InvalidArgumentError({ argument: `${argument}.inputs`, expected: 'a list of names of layers before it, as ["input"]', received: describe(inputs) });
    return { ...entry, layer: bareLayer(`${argument}.layer`, entry.layer) };
  }
  return { layer: bareLayer(argument, entry) };
}

function bareLayer(argument: string, layer: Layer | NetworkActivationName): Layer {
  if (typeof layer === "string") return activationLayer(layer);
  if (typeof layer === "object" && layer !== null && "connect" in layer) return layer;
  throw new InvalidArgumentError({ argument, expected: "a layer, as dense(10) makes it, the name of an activation, or { name, layer, inputs }", received: describe(layer), advice: typeof layer === "function" ? "Call the function." : undefined });
}
