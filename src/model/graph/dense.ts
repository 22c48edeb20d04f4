import { knownOptions, wholeNumber } from "../../errors.ts";
import { activationOption, type ActivationOption } from "./activation-layer.ts";
import { makeLayer, onlyInput, type Layer } from "./layer.ts";
import { linearOperation } from "./linear-map.ts";
import { sizeOf } from "./shape.ts";

/**
 * Options of {@link dense}.
 *
 * @category Models
 */
export interface DenseOptions {
  /** Whether it has biases. Default true. */
  readonly biases?: boolean;
  /** What its outputs go through: a name, or what {@link activationLayer} makes. Default: nothing. */
  readonly activation?: ActivationOption;
}

/**
 * A dense layer, $a = W z + b$ with z the numbers along the last axis: as PyTorch's `Linear`, it takes vectors of D numbers, and for inputs of more axes,
 * as T x D for sequences, it is the same map at each position.
 *
 * Parameters: weights, units x D, and biases.
 *
 * @category Models
 * @param units - The number of outputs.
 * @throws {@link InvalidArgumentError} for units that are not a whole number above 0, or an unknown activation.
 * @example
 * ```ts
 * import { dense, network } from "laplace-ts";
 * console.log(network([3], [dense(4, { activation: "tanh" }), dense(2)]).parameters.length); // 26
 * ```
 */
export function dense(units: number, options: DenseOptions = {}): Layer {
  wholeNumber("units", units, 1);
  knownOptions("options", options, ["biases", "activation"]);
  const { biases = true } = options;
  return makeLayer(
    "dense",
    [units, options],
    (name, shapes) => {
      const shape = onlyInput(name, shapes);
      const around = shape.slice(0, -1);
      return linearOperation({ shape: [...around, units], positions: sizeOf(around), groups: 1, inputs: shape[shape.length - 1], outputs: units, biases, features: shape[shape.length - 1], channelsFirst: false });
    },
    activationOption(options.activation),
  );
}
