import { toNumbers } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, trueOrFalse, wholeNumber } from "../errors.ts";
import { random } from "../random.ts";
import { activation, type ActivationName } from "./activation.ts";
import { denseNetwork, type DenseNetwork } from "./dense-network.ts";
import type { DenseLayer } from "./dense-pass.ts";
import type { ParameterTensor } from "./model.ts";

/**
 * Options of {@link mlp}.
 *
 * @category Models
 */
export interface MlpOptions {
  /** Activation of the hidden units, or one for each hidden layer. Default `"tanh"`. */
  readonly activation?: ActivationName | readonly ActivationName[];
  /** Activation of the outputs. Default `"identity"`: likelihoods have their own link and want plain outputs. */
  readonly outputActivation?: ActivationName;
  /** Whether layers have biases. Default true. */
  readonly biases?: boolean;
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number;
  /** The weights, in the order of {@link Model.parameters}, instead of random ones. */
  readonly parameters?: ArrayLike<number>;
}

/**
 * A multilayer perceptron, $f(x) = W_L\, h(\ldots h(W_1 x + b_1) \ldots) + b_L$.
 *
 * Weights and biases start from a normal distribution of variance gain / (inputs + 1), gain 2 for units that cut away one
 * half of their input (relu, softplus, gelu, silu; He et al. 2015) and 1 for the others (LeCun et al. 1998).
 *
 * @category Models
 * @param sizes - Numbers of inputs, of units in each hidden layer, and of outputs: `[4, 10, 3]`; `[4, 1]` is a linear model.
 * @throws {@link InvalidArgumentError} for sizes that are not whole numbers above 0, unknown activations, a wrong number of
 * activations or parameters.
 * @example
 * ```ts
 * import { forward, mlp } from "laplace-ts";
 * const network = mlp([2, 5, 1], { activation: "tanh", seed: 1 });
 * console.log(network.parameters.length); // 21
 * console.log(forward(network, [[0.5, -1]]).rows); // 1
 * ```
 */
export function mlp(sizes: readonly number[], options: MlpOptions = {}): DenseNetwork {
  knownOptions("options", options, ["activation", "outputActivation", "biases", "seed", "parameters"]);
  if (!Array.isArray(sizes) || sizes.length < 2) throw new InvalidArgumentError({ argument: "sizes", expected: "the numbers of inputs, hidden units and outputs, as [1, 20, 1]", received: describe(sizes) });
  sizes.forEach((size, i) => wholeNumber(`sizes[${i}]`, size, 1));
  trueOrFalse("biases", options.biases ?? true);

  const layers = describeLayers(sizes, hiddenActivations(sizes.length - 2, options.activation ?? "tanh"), options);
  if (options.parameters === undefined) return denseNetwork(layers, initialParameters(layers, options.seed ?? 0));
  const parameters = toNumbers("parameters", options.parameters);
  return denseNetwork(layers, parameters).withParameters(parameters);
}

function hiddenActivations(count: number, choice: ActivationName | readonly ActivationName[]): readonly ActivationName[] {
  if (typeof choice === "string") return Array<ActivationName>(count).fill(choice);
  if (choice.length === count) return choice;
  throw new InvalidArgumentError({ argument: "activation", expected: `one name, or ${count} for the ${count} hidden layers`, received: describe(choice) });
}

function describeLayers(sizes: readonly number[], hidden: readonly ActivationName[], options: MlpOptions): DenseLayer[] {
  const names = [...hidden, options.outputActivation ?? "identity"];
  let offset = 0;
  const tensor = (layer: number, role: ParameterTensor["role"], rows: number, columns: number): ParameterTensor => {
    const made = { name: `layer${layer + 1}.${role}`, layer, role, offset, rows, columns };
    offset += rows * columns;
    return made;
  };
  return names.map((name, layer) => {
    const [inputs, outputs] = [sizes[layer], sizes[layer + 1]];
    const weights = tensor(layer, "weights", outputs, inputs);
    const biases = options.biases === false ? undefined : tensor(layer, "biases", outputs, 1);
    return { inputs, outputs, activation: activation(name), signSymmetric: name === "tanh", weights, biases };
  });
}

function initialParameters(layers: readonly DenseLayer[], seed: number): Float64Array {
  const source = random(seed);
  const values: number[] = [];
  for (const layer of layers) {
    const scale = Math.sqrt(layer.activation.gain / (layer.inputs + 1));
    const count = layer.outputs * (layer.inputs + (layer.biases === undefined ? 0 : 1));
    for (let i = 0; i < count; i++) values.push(scale * source.normal());
  }
  return Float64Array.from(values);
}
