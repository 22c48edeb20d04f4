/// <reference path="../../jstat.d.ts" />
import jStat from "jstat";
import { InvalidArgumentError, describe, knownOptions, oneOf } from "../../errors.ts";
import { elementwiseOperation, type ElementwiseFunction } from "./elementwise.ts";
import { makeLayer, onlyInput, type Layer } from "./layer.ts";

/**
 * Names of the functions that {@link elementwise} has.
 *
 * @category Models
 */
export type ElementwiseName = "absolute" | "squareRoot" | "reciprocal" | "logarithm" | "errorFunction" | "sine" | "cosine" | "power";

const SQRT_PI = Math.sqrt(Math.PI);

const FUNCTIONS: Readonly<Record<ElementwiseName, (exponent: number) => Omit<ElementwiseFunction, "gain">>> = {
  absolute: () => ({ value: Math.abs, first: Math.sign, second: () => 0 }),
  squareRoot: () => ({ value: Math.sqrt, first: (_, z) => 0.5 / z, second: (a, z) => -0.25 / (a * z) }),
  reciprocal: () => ({ value: (a) => 1 / a, first: (_, z) => -z * z, second: (_, z) => 2 * z ** 3 }),
  logarithm: () => ({ value: Math.log, first: (a) => 1 / a, second: (a) => -1 / (a * a) }),
  errorFunction: () => ({ value: (a) => jStat.erf(a), first: (a) => (2 / SQRT_PI) * Math.exp(-a * a), second: (a) => (-4 / SQRT_PI) * a * Math.exp(-a * a) }),
  sine: () => ({ value: Math.sin, first: Math.cos, second: (_, z) => -z }),
  cosine: () => ({ value: Math.cos, first: (a) => -Math.sin(a), second: (_, z) => -z }),
  power: (p) => ({ value: (a) => a ** p, first: (a) => (p === 0 ? 0 : p * a ** (p - 1)), second: (a) => (p === 0 || p === 1 ? 0 : p * (p - 1) * a ** (p - 2)) }),
};

/**
 * A function of every number, which other programs write their layers with: |a|, square root, 1 / a, natural logarithm, error function, sine, cosine, and with `exponent` a power.
 *
 * Outside of their domain they give NaN or infinity, which {@link forward} and {@link laplace} report.
 *
 * @category Models
 * @param options - `exponent`: of power, and of that alone.
 * @throws {@link InvalidArgumentError} for an unknown name, or a power without exponent.
 * @example
 * ```ts
 * import { elementwise, forward, network } from "laplace-ts";
 * console.log(forward(network([2], [elementwise("power", { exponent: 3 })]), [[1, 2]]).to1DArray()); // [ 1, 8 ]
 * ```
 */
export function elementwise(name: ElementwiseName, options: { readonly exponent?: number } = {}): Layer {
  oneOf("name", name, Object.keys(FUNCTIONS));
  knownOptions("options", options, name === "power" ? ["exponent"] : []);
  const { exponent = name === "power" ? Number.NaN : 1 } = options;
  if (!Number.isFinite(exponent)) throw new InvalidArgumentError({ argument: "exponent", expected: "a finite number", received: describe(options.exponent) });
  const h = { ...FUNCTIONS[name](exponent), gain: 1 };
  return makeLayer("elementwise", [name, { ...options }], (layer, shapes) => elementwiseOperation(onlyInput(layer, shapes), h));
}
