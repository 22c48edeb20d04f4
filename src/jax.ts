/**
 * Functions of jax-js as models: derivatives by its transformations, error bars by this library (`npm install @jax-js/jax`).
 *
 * @module laplace-ts/jax
 * @category Reference
 */

import type { Array as JaxArray, JsTree } from "@jax-js/jax";
import { slice, toTable, type MatrixLike, type Table } from "./data.ts";
import { InvalidArgumentError, LaplaceError, UnsupportedError, describe, knownOptions, positive } from "./errors.ts";
import { checkDerivatives } from "./jax/check.ts";
import { derivativesOf, type ListFunction } from "./jax/derivatives.ts";
import { jaxModel, type JaxModel } from "./jax/model.ts";
import { flattened, unflattened } from "./jax/tree.ts";
import { checkedShape, shapeText, sizeOf, type Shape } from "./model/graph/shape.ts";
import type { CheckedModel } from "./model/imported.ts";

export type { JaxModel } from "./jax/model.ts";
export type { CheckedModel, ImportedModel, OutputLink } from "./model/imported.ts";

/** So many of the inputs are enough to compare derivatives. */
const EXAMPLES = 8;

/**
 * Options of {@link fromJax}.
 *
 * @category Models
 */
export interface FromJaxOptions {
  /** The shape of one example, where the function takes more than a row of numbers: `[28, 28, 1]` gives it inputs of N x 28 x 28 x 1. Default: the columns of the inputs. */
  readonly inputShape?: Shape;
  /** How far derivatives may be from finite differences, as a share of the largest. Default 0.01: differences in single precision are no better than that where a function bends. */
  readonly tolerance?: number;
  /** Seed of the direction along which they are compared. Default 0. */
  readonly seed?: number;
}

/**
 * A function of jax-js and its parameters as a {@link Model}: {@link train}, {@link laplace} and {@link predict} take it as any other.
 *
 * **The function** takes its parameters, and inputs of N x D (or N x `inputShape`), and returns outputs of N x K, or N of them: logits, where the likelihood is a classification. It follows jax-js's rule of ownership: each array that it is
 * given is used once, and by `.ref` wherever it is used again. The outputs of an example depend on that example alone. Anything that jax-js can differentiate will do; it is compiled by its `jit`, once for each number of examples.
 *
 * **Parameters** are an array, or lists and plain objects of arrays, as jax-js has them; those of an optimiser as they are. They stay the caller's, who may dispose of them at once. Each array becomes a tensor of the model with the name of its
 * place (`"dense.weights"`), and a layer of its own, so that {@link perLayer} gives each array a precision, and {@link byName} frees some of them. {@link JaxModel.arrays} gives the parameters back. The rows of a matrix
 * of `x @ W` belong to inputs, where those of a network made here belong to units: {@link weightReport} and `groupSize: "unit"` of {@link quantize}, which go by rows, mean inputs when they say units. Nothing of jax-js is held between calls but what it compiled.
 *
 * **Derivatives**: products by `jvp` and `vjp`, Jacobians by `vmap` of `vjp`, and the exact Hessian by `jvp` of `vjp`. {@link full}, {@link diagonal}, {@link lowRank} and {@link blockDiagonal} take the model; {@link kronecker}, which wants
 * to see layers, does not.
 *
 * **Accuracy** is that of jax-js: outputs and derivatives to about 1e-7 of the largest, also where arrays are float64, since its functions are no better (tanh to 1e-7, sine to 4e-7, the logarithm between 0.01 and 10 to 1e-5). What this library makes of them
 * is in double precision. So error bars are right to about five digits, and {@link exact} curvature of small eigenvalues to fewer; training stops where rounding makes it. float64 needs a `Float16Array` besides, as Node 24 and Deno have it.
 *
 * **Check.** Derivatives are compared with finite differences of the function before the model is returned.
 *
 * @category Models
 * @param f - Gives outputs for parameters and inputs.
 * @param parameters - Where the parameters start.
 * @param inputs - Some inputs as the model will get them, N x D: the first 8 show how many outputs there are, and derivatives are compared there.
 * @throws {@link UnsupportedError} when jax-js cannot differentiate the function, or derivatives are not those of its values.
 * @throws {@link InvalidArgumentError} for parameters that are no arrays of jax-js, are not float32 or float64, or are not finite.
 * @example
 * ```ts
 * import { numpy as np } from "@jax-js/jax";
 * import { gaussian, isotropic, laplace, predict, train } from "laplace-ts";
 * import { fromJax } from "laplace-ts/jax";
 *
 * const data = { inputs: [0, 0.5, 1, 1.5, 2, 3], targets: [2.1, 1.6, 1.2, 0.9, 0.8, 0.4] };
 * const parameters = { amount: np.array([1]), rate: np.array([1]) };
 * const decay = (p: { amount: np.Array; rate: np.Array }, time: np.Array) => p.amount.mul(np.exp(time.mul(p.rate).mul(-1)));
 *
 * const { model } = await fromJax(decay, parameters, data.inputs);
 * const trained = await train(model, gaussian({ noise: 0.1 }), data, { prior: isotropic(0.01) });
 * const posterior = await laplace(trained.model, gaussian({ noise: 0.1 }), data, { prior: isotropic(0.01) });
 * const { mean, variance } = await predict(posterior, [4]);
 * console.log(mean.get(0, 0).toFixed(3), Math.sqrt(variance.get(0, 0)).toFixed(3)); // 0.248 0.040
 * ```
 */
export async function fromJax<P extends JsTree<JaxArray>>(f: (parameters: P, inputs: JaxArray) => JaxArray, parameters: P, inputs: MatrixLike, options: FromJaxOptions = {}): Promise<CheckedModel<JaxModel<P>>> {
  knownOptions("options", options, ["inputShape", "tolerance", "seed"]);
  const { tolerance = 0.01, seed = 0 } = options;
  positive("options.tolerance", tolerance);
  if (typeof f !== "function") throw new InvalidArgumentError({ argument: "f", expected: "a function (parameters, inputs) => outputs", received: describe(f) });
  const table = toTable("inputs", inputs);
  const inputShape = shapeOf(table, options.inputShape);
  const { form, leaves } = await flattened(parameters);
  const values = Float64Array.from(leaves.flatMap((leaf) => Array.from(leaf.values)));
  if (values.length === 0) throw new InvalidArgumentError({ argument: "parameters", expected: "arrays with at least one number", received: "none" });

  const ofList: ListFunction = (list, x) => f(unflattened(form, list) as P, x);
  const derivatives = derivativesOf(ofList, leaves, inputShape);
  const examples = slice(table, 0, Math.min(table.rows, EXAMPLES));
  return attempt(() => {
    const outputs = derivatives.outputs(values, examples).length / examples.rows;
    const difference = checkDerivatives(derivatives, values, examples, tolerance, seed);
    return { model: jaxModel<P>({ derivatives, form, leaves, inputs: table.columns, outputs }, values), link: undefined, difference };
  });
}

function shapeOf({ columns }: Table, given: Shape | undefined): Shape {
  if (given === undefined) return [columns];
  const shape = checkedShape("options.inputShape", given);
  if (sizeOf(shape) === columns) return shape;
  throw new InvalidArgumentError({ argument: "options.inputShape", expected: `${columns} numbers, as the inputs have columns`, received: shapeText(shape) });
}

/** What jax-js itself throws at a function, with what to do about it. */
function attempt<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof LaplaceError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new UnsupportedError(`jax-js cannot evaluate or differentiate this function (${message}). An array is used once, and wherever it is used again as array.ref.`, { cause: error });
  }
}
