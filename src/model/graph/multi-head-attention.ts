import { InvalidArgumentError, knownOptions, wholeNumber } from "../../errors.ts";
import { affine } from "./affine-layer.ts";
import { dense } from "./dense.ts";
import { makeLayer, wrongShape, type Layer, type NetworkNode } from "./layer.ts";
import { matrixProduct } from "./matrix-product.ts";
import { reshape } from "./reshape.ts";
import { softmaxLayer } from "./softmax-layer.ts";
import { shapeText, type Shape } from "./shape.ts";
import { transpose } from "./transpose.ts";

/**
 * Options of {@link multiHeadAttention}.
 *
 * @category Models
 */
export interface MultiHeadAttentionOptions {
  /** How many heads. */
  readonly heads: number;
  /** Numbers of a query, and of a key, of one head. Default: those of a position, divided by the heads. */
  readonly size?: number;
  /** Numbers of each position of the outputs. Default: as many as the inputs have. */
  readonly outputs?: number;
  /** Whether each position attends to none after it. Default false. */
  readonly causal?: boolean;
  /** Whether its four dense layers have biases. Default true. */
  readonly biases?: boolean;
}

/**
 * Multi-head attention (Vaswani et al. 2017) over sequences of T x C:
 * $$\operatorname{concatenate}_h \left[ \operatorname{softmax} \left( \frac{Q_h K_h^\top}{\sqrt d} \right) V_h \right] W_o^\top + b_o$$
 * with queries, keys and values from a dense layer each. One input attends to itself; with two, queries come from the first, keys and values from the second; three
 * are queries, keys and values.
 *
 * It is made of other layers, `query`, `key`, `value` and `output` are the names of its dense ones: `"attention1.query.weights"`. Their weights are those of PyTorch's
 * `MultiheadAttention`, whose `in_proj_weight` has those of query, key and value one below the other.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for inputs that are not sequences, or that the heads do not divide.
 * @example
 * ```ts
 * import { dense, flatten, multiHeadAttention, network } from "laplace-ts";
 * const model = network([6, 8], [multiHeadAttention({ heads: 2 }), flatten(), dense(1)]);
 * console.log(model.tensors[0].name, model.parameters.length); // multiHeadAttention1.query.weights 337
 * ```
 */
export function multiHeadAttention(options: MultiHeadAttentionOptions): Layer {
  knownOptions("options", options, ["heads", "size", "outputs", "causal", "biases"]);
  const { heads, biases = true, causal = false } = options;
  wholeNumber("heads", heads, 1);
  if (options.size !== undefined) wholeNumber("size", options.size, 1);
  if (options.outputs !== undefined) wholeNumber("outputs", options.outputs, 1);
  return makeLayer("multiHeadAttention", [options], (name, shapes) => {
    const { positions, others, width } = sequences(name, shapes);
    const size = options.size ?? width / heads;
    if (!Number.isInteger(size)) throw wrongShape(name, `positions x numbers that its ${heads} heads divide`, shapes[0], "Or give the size of a head.");
    if (causal && positions !== others) throw wrongShape(name, `${positions} positions, as there are queries, for causal attention`, shapes[1]);
    const projected = (part: string, input: string, count: number, order: readonly number[]): NetworkNode[] => [
      { name: part, layer: dense(heads * size, { biases }), inputs: [input] },
      { name: `${part}.heads`, layer: reshape([count, heads, size]) },
      { name: `${part}.order`, layer: transpose(order) },
    ];
    const scale = Float64Array.of(1 / Math.sqrt(size));
    const inputs = ["input", "input2", "input3"].slice(0, shapes.length);
    return [
      ...projected("query", inputs[0], positions, [1, 0, 2]),
      ...projected("key", inputs[Math.min(1, inputs.length - 1)], others, [1, 2, 0]),
      ...projected("value", inputs[inputs.length - 1], others, [1, 0, 2]),
      { name: "scores", layer: matrixProduct(), inputs: ["query.order", "key.order"] },
      { name: "scaled", layer: causal ? affine({ axes: [1, 2], scale: new Float64Array(positions * others).fill(scale[0]), shift: causalMask(positions) }) : affine({ axes: [], scale }) },
      { name: "attention", layer: softmaxLayer() },
      { name: "mixed", layer: matrixProduct(), inputs: ["attention", "value.order"] },
      { name: "mixed.order", layer: transpose([1, 0, 2]) },
      { name: "mixed.joined", layer: reshape([positions, heads * size]) },
      { name: "output", layer: dense(options.outputs ?? width, { biases }) },
    ];
  });
}

/** What is added to the scores, T x T: nothing up to the position itself, and minus infinity after it. */
function causalMask(positions: number): Float64Array {
  return Float64Array.from({ length: positions ** 2 }, (_, i) => (i % positions > Math.floor(i / positions) ? -Infinity : 0));
}

function sequences(name: string, shapes: readonly Shape[]): { readonly positions: number; readonly others: number; readonly width: number } {
  if (shapes.length > 3) throw new InvalidArgumentError({ argument: name, expected: "one to three inputs: queries, keys, values", received: `${shapes.length}` });
  const bad = shapes.find((shape) => shape.length !== 2);
  if (bad !== undefined) throw wrongShape(name, "positions x numbers", bad);
  const [queries, keys = queries, values = keys] = shapes;
  if (values[0] !== keys[0]) throw wrongShape(name, `as many positions as the keys, ${shapeText(keys)}, for its values`, values);
  return { positions: queries[0], others: keys[0], width: queries[1] };
}
