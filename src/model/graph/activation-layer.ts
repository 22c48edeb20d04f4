import { InvalidArgumentError, describe, knownOptions, oneOf } from "../../errors.ts";
import { sigmoid, softplus } from "../../sigmoid.ts";
import { activation, type ActivationName } from "../activation.ts";
import { elementwiseOperation, type ElementwiseFunction } from "./elementwise.ts";
import { makeLayer, onlyInput, type Layer } from "./layer.ts";

/**
 * Names of the activation functions that a {@link network} takes: those of {@link mlp} and of {@link activationLayer}.
 *
 * @category Models
 */
export type NetworkActivationName = ActivationName | "leakyRelu" | "elu" | "selu" | "clip" | "hardSigmoid" | "hardSilu" | "softsign" | "mish" | "geluTanh" | "exponential";

/**
 * An activation: its name, or what {@link activationLayer} makes.
 *
 * @category Models
 */
export type ActivationOption = NetworkActivationName | Layer;

/**
 * Numbers that some activation functions have.
 *
 * @category Models
 */
export interface ActivationLayerOptions {
  /** Of leakyRelu below 0 (default 0.01), of hardSigmoid and hardSilu in the middle (default 1/6). */
  readonly slope?: number;
  /** Of elu, how far it goes below 0. Default 1. */
  readonly scale?: number;
  /** Of clip. Default 0. */
  readonly minimum?: number;
  /** Of clip. Default 6. */
  readonly maximum?: number;
}

/** The constants that keep mean 0 and variance 1 (Klambauer et al. 2017). */
const [SELU_SCALE, SELU_DEPTH] = [1.0507009873554805, 1.6732632423543772];
const GELU = Math.sqrt(2 / Math.PI);

type Make = (options: Required<ActivationLayerOptions>) => ElementwiseFunction;

/** All pieces that are straight have second derivative 0; at a kink the derivative from the left is taken, as relu() has it. */
const FUNCTIONS: Readonly<Record<Exclude<NetworkActivationName, ActivationName>, { readonly options: readonly (keyof ActivationLayerOptions)[]; readonly make: Make }>> = {
  leakyRelu: { options: ["slope"], make: ({ slope }) => ({ gain: 2 / (1 + slope * slope), value: (a) => (a > 0 ? a : slope * a), first: (a) => (a > 0 ? 1 : slope), second: () => 0 }) },
  elu: { options: ["scale"], make: ({ scale }) => exponentialBelow(1, scale) },
  selu: { options: [], make: () => ({ ...exponentialBelow(SELU_SCALE, SELU_SCALE * SELU_DEPTH), gain: 1 }) },
  clip: {
    options: ["minimum", "maximum"],
    make: ({ minimum, maximum }) => ({ gain: 2, value: (a) => Math.min(Math.max(a, minimum), maximum), first: (a) => (a > minimum && a < maximum ? 1 : 0), second: () => 0 }),
  },
  hardSigmoid: { options: ["slope"], make: ({ slope }) => ({ gain: 1, value: (a) => hardSigmoid(slope, a), first: (a) => (Math.abs(slope * a) < 0.5 ? slope : 0), second: () => 0 }) },
  hardSilu: {
    options: ["slope"],
    make: ({ slope }) => ({
      gain: 2,
      value: (a) => a * hardSigmoid(slope, a),
      first: (a) => (Math.abs(slope * a) < 0.5 ? 0.5 + 2 * slope * a : a > 0 ? 1 : 0),
      second: (a) => (Math.abs(slope * a) < 0.5 ? 2 * slope : 0),
    }),
  },
  softsign: {
    options: [],
    make: () => ({ gain: 1, value: (a) => a / (1 + Math.abs(a)), first: (a) => (1 + Math.abs(a)) ** -2, second: (a) => -2 * Math.sign(a) * (1 + Math.abs(a)) ** -3 }),
  },
  mish: {
    options: [],
    make: () => ({
      gain: 2,
      value: (a) => a * Math.tanh(softplus(a)),
      first: (a) => {
        const t = Math.tanh(softplus(a));
        return t + a * (1 - t * t) * sigmoid(a);
      },
      second: (a) => {
        const [t, s] = [Math.tanh(softplus(a)), sigmoid(a)];
        return (1 - t * t) * (2 * s + a * s * (1 - s - 2 * t * s));
      },
    }),
  },
  geluTanh: {
    options: [],
    make: () => ({
      gain: 2,
      value: (a) => 0.5 * a * (1 + Math.tanh(GELU * (a + 0.044715 * a ** 3))),
      first: (a) => {
        const t = Math.tanh(GELU * (a + 0.044715 * a ** 3));
        return 0.5 * (1 + t) + 0.5 * a * (1 - t * t) * GELU * (1 + 0.134145 * a * a);
      },
      second: (a) => {
        const t = Math.tanh(GELU * (a + 0.044715 * a ** 3));
        const slope = GELU * (1 + 0.134145 * a * a);
        return (1 - t * t) * (slope + 0.5 * a * (GELU * 0.26829 * a - 2 * t * slope * slope));
      },
    }),
  },
  exponential: { options: [], make: () => ({ gain: 1, value: Math.exp, first: (_, z) => z, second: (_, z) => z }) },
};

/** a above 0, and below it c (e^a - 1). */
function exponentialBelow(above: number, below: number): ElementwiseFunction {
  return { gain: 2, value: (a) => (a > 0 ? above * a : below * Math.expm1(a)), first: (a, z) => (a > 0 ? above : z + below), second: (a, z) => (a > 0 ? 0 : z + below) };
}

function hardSigmoid(slope: number, a: number): number {
  return Math.min(Math.max(slope * a + 0.5, 0), 1);
}

/** Names of all activation functions. */
const NAMES = [...Object.keys(FUNCTIONS), "tanh", "sigmoid", "relu", "softplus", "gelu", "silu", "identity"] as readonly NetworkActivationName[];

/**
 * An activation function as a layer, $z = h(a)$ for every number. Where it has no numbers to set, its name alone does in a {@link network}.
 *
 * Beyond the functions that {@link activation} has: leakyRelu $\max(a, 0) + s \min(a, 0)$; elu $a$ above 0 and $c\,(e^a - 1)$ below (Clevert et al. 2016);
 * selu, elu with the constants of Klambauer et al. (2017); clip $\min(\max(a, l), u)$, by default relu6; hardSigmoid, $s a + 1/2$ clipped to 0 .. 1, and hardSilu
 * (or hard swish), $a$ times that; softsign $a / (1 + \vert a \vert)$; mish $a \tanh \log(1 + e^a)$ (Misra 2019); geluTanh,
 * $\frac a2 [1 + \tanh \sqrt{2 / \pi} (a + 0.044715\, a^3)]$ (Hendrycks & Gimpel 2016); exponential $e^a$.
 *
 * TensorFlow.js has another leakyRelu (slope 0.3), and both it and ONNX another hardSigmoid (slope 0.2), than PyTorch, whose numbers are the defaults.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for an unknown name, a number that the function does not have, or one that is not finite.
 * @example
 * ```ts
 * import { activationLayer, dense, forward, network } from "laplace-ts";
 * const model = network([1], [dense(1), activationLayer("leakyRelu", { slope: 0.2 })], { parameters: [1, 0] });
 * console.log(forward(model, [-1, 1]).to1DArray()); // [ -0.2, 1 ]
 * ```
 */
export function activationLayer(name: NetworkActivationName, options: ActivationLayerOptions = {}): Layer {
  oneOf("activation", name, NAMES);
  const kind = name in FUNCTIONS ? FUNCTIONS[name as keyof typeof FUNCTIONS] : { options: [], make: () => activation(name as ActivationName) };
  knownOptions("options", options, kind.options);
  for (const [key, value] of Object.entries(options) as [string, unknown][]) {
    if (typeof value !== "number" || !Number.isFinite(value)) throw new InvalidArgumentError({ argument: `options.${key}`, expected: "a finite number", received: describe(value) });
  }
  const { slope = name === "leakyRelu" ? 0.01 : 1 / 6, scale = 1, minimum = 0, maximum = 6 } = options;
  const h = kind.make({ slope, scale, minimum, maximum });
  return makeLayer("activation", [name, options], (layer, shapes) => elementwiseOperation(onlyInput(layer, shapes), h));
}

/** The layer that an option means. */
export function activationOption(option: ActivationOption | undefined): Layer | undefined {
  if (option === undefined || typeof option === "object") return option;
  return activationLayer(option);
}
