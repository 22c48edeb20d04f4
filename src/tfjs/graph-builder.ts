import type { NamedLayer } from "../model/graph/entries.ts";
import type { Layer } from "../model/graph/layer.ts";
import type { Shape } from "../model/graph/shape.ts";
import { transpose } from "../model/graph/transpose.ts";
import type { NetworkActivationName } from "../model/graph/activation-layer.ts";

/**
 * What a layer gives, under the name that it has with channels last, as TensorFlow has them, or first, as our convolutions want them: one form is made of the other only when
 * somebody asks for it, so that a stack of convolutions is transposed once.
 */
export interface Value {
  /** Of one example, channels last. */
  readonly shape: Shape;
  last?: string | undefined;
  first?: string | undefined;
}

/** Entries for `network()`, and the parameters by name, as they grow. */
export interface GraphBuilder {
  readonly entries: NamedLayer[];
  readonly parameters: Record<string, Float64Array>;
  /** For inputs that number things, how many there are. */
  readonly things: Map<Value, number>;
}

/** Adds a layer, and returns its name. Weights and biases are those of the layer itself, in our order. */
export function addLayer(builder: GraphBuilder, name: string, layer: Layer | NetworkActivationName, inputs: readonly string[], weights?: Float64Array, biases?: Float64Array): string {
  builder.entries.push({ name, layer, inputs });
  if (weights !== undefined) builder.parameters[`${name}.weights`] = weights;
  if (biases !== undefined) builder.parameters[`${name}.biases`] = biases;
  return name;
}

/** The name of a value with channels last. */
export function channelsLast(builder: GraphBuilder, value: Value): string {
  const axes = value.shape.map((_, axis) => (axis + 1) % value.shape.length);
  return (value.last ??= addLayer(builder, `${value.first}.channelsLast`, transpose(axes), [value.first!]));
}

/** The name of a value with channels first. */
export function channelsFirst(builder: GraphBuilder, value: Value): string {
  const rank = value.shape.length;
  const axes = value.shape.map((_, axis) => (axis + rank - 1) % rank);
  return (value.first ??= addLayer(builder, `${value.last}.channelsFirst`, transpose(axes), [value.last!]));
}
