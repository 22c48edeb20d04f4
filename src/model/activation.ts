/// <reference path="../jstat.d.ts" />
import jStat from "jstat";
import { oneOf } from "../errors.ts";
import { sigmoid, softplus } from "../sigmoid.ts";

/**
 * Names of the activation functions that {@link mlp} takes.
 *
 * @category Models
 */
export type ActivationName = "tanh" | "sigmoid" | "relu" | "softplus" | "gelu" | "silu" | "identity";

/**
 * A unit's activation function $h$ with its first two derivatives. Derivatives get the pre-activation $a$ and the value
 * $z = h(a)$, since many are cheap in terms of $z$.
 *
 * @category Models
 */
export interface Activation {
  /** `"tanh"` and so on. */
  readonly name: ActivationName;
  /** $h(a)$. */
  readonly value: (a: number) => number;
  /** $h'(a)$. */
  readonly first: (a: number, z: number) => number;
  /** $h''(a)$. */
  readonly second: (a: number, z: number) => number;
  /** Variance gain of the initial weights: 2 for units that cut away one half of their input, else 1. */
  readonly gain: number;
}

const normalDensity = (a: number): number => Math.exp(-0.5 * a * a) / Math.sqrt(2 * Math.PI);
/** jStat's erf is good to 1e-16 absolutely, which is what a unit's value needs; the tail's relative error does not matter here. */
const normalDistribution = (a: number): number => 0.5 * (1 + jStat.erf(a / Math.SQRT2));

const ACTIVATIONS: Readonly<Record<ActivationName, Activation>> = {
  tanh: { name: "tanh", gain: 1, value: Math.tanh, first: (_, z) => 1 - z * z, second: (_, z) => -2 * z * (1 - z * z) },
  sigmoid: { name: "sigmoid", gain: 1, value: sigmoid, first: (_, z) => z * (1 - z), second: (_, z) => z * (1 - z) * (1 - 2 * z) },
  // At the kink, where no derivative exists, 0 is taken, as frameworks do; the second derivative is 0 wherever it exists.
  relu: { name: "relu", gain: 2, value: (a) => (a > 0 ? a : 0), first: (a) => (a > 0 ? 1 : 0), second: () => 0 },
  softplus: {
    name: "softplus",
    gain: 2,
    value: softplus,
    first: sigmoid,
    second: (a) => sigmoid(a) * sigmoid(-a),
  },
  gelu: {
    name: "gelu",
    gain: 2,
    value: (a) => a * normalDistribution(a),
    first: (a) => normalDistribution(a) + a * normalDensity(a),
    second: (a) => normalDensity(a) * (2 - a * a),
  },
  silu: {
    name: "silu",
    gain: 2,
    value: (a) => a * sigmoid(a),
    first: (a, z) => sigmoid(a) + z * sigmoid(-a),
    second: (a) => sigmoid(a) * sigmoid(-a) * (2 + a * (sigmoid(-a) - sigmoid(a))),
  },
  identity: { name: "identity", gain: 1, value: (a) => a, first: () => 1, second: () => 0 },
};

/**
 * The activation function with the given name: tanh, sigmoid $\sigma(a) = 1 / (1 + e^{-a})$, relu $\max(a, 0)$,
 * softplus $\log(1 + e^a)$, gelu $a\, \Phi(a)$ (Hendrycks & Gimpel 2016, the exact form), silu $a\, \sigma(a)$, identity.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for an unknown name.
 * @example
 * ```ts
 * import { activation } from "laplace-ts";
 * const { value, first } = activation("softplus");
 * console.log(value(0).toFixed(3), first(0, value(0))); // 0.693 0.5
 * ```
 */
export function activation(name: ActivationName): Activation {
  return ACTIVATIONS[oneOf("activation", name, Object.keys(ACTIVATIONS) as ActivationName[])];
}
