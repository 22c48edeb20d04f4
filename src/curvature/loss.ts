import type { Matrix } from "ml-matrix";
import { InvalidArgumentError, UnsupportedError, allFinite, knownOptions, oneOf } from "../errors.ts";
import type { Data, Table } from "../data.ts";
import { examples } from "../likelihood/examples.ts";
import { isOpen, type Likelihood } from "../likelihood/likelihood.ts";
import { toMatrix, weightVector } from "../model/derivatives.ts";
import { isLayered, type Evaluation, type LayeredEvaluation, type Model, type OutputDerivatives } from "../model/model.ts";
import type { ExactOptions } from "./curvature.ts";

/** Gradient and Hessian of the data error with respect to the outputs. */
export function outputDerivatives(likelihood: Likelihood, outputs: Float64Array, targets: Table): OutputDerivatives {
  return { gradient: likelihood.gradient(outputs, targets), hessian: likelihood.hessian(outputs, targets) };
}

function evaluate(model: Model, likelihood: Likelihood, data: Data): { evaluation: Evaluation; loss: OutputDerivatives; targets: Table } {
  const { inputs, targets } = examples(model, likelihood, data);
  if (isOpen(likelihood)) throw new InvalidArgumentError({ argument: "likelihood", expected: "known noise, as gaussian({ noise: 0.1 }) has", received: "noise left open", advice: "Derivatives depend on it." });
  const evaluation = model.evaluate(inputs);
  return { evaluation, loss: outputDerivatives(likelihood, evaluation.outputs, targets), targets };
}

/**
 * The gradient $dE_D/dw$ of the data error $E_D = -\log p(\text{targets} \mid f)$, W numbers, without the prior.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { gaussian, gradient, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [2, 0] });
 * const data = { inputs: [1, 2], targets: [2, 5] };
 * console.log(gradient(line, gaussian({ noise: 1 }), data)); // Float64Array(2) [ -2, -1 ]
 * ```
 */
export function gradient(model: Model, likelihood: Likelihood, data: Data): Float64Array {
  const { evaluation, loss } = evaluate(model, likelihood, data);
  return allFinite("The gradient", evaluation.vectorJacobianProduct(loss.gradient));
}

/**
 * The exact Hessian of the data error, W x W, by extended backpropagation (Bishop 1992), O(W^2) an example.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { gaussian, hessian, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [2, 0] });
 * const data = { inputs: [1, 2], targets: [2, 5] };
 * console.log(hessian(line, gaussian({ noise: 1 }), data).to2DArray()); // [ [ 5, 3 ], [ 3, 2 ] ]
 * ```
 */
export function hessian(model: Model, likelihood: Likelihood, data: Data): Matrix {
  const { evaluation, loss } = evaluate(model, likelihood, data);
  return toMatrix(allFinite("The Hessian", evaluation.hessian(loss)), model.parameters.length, model.parameters.length);
}

/**
 * $H v$ for the exact Hessian of the data error, by the R-operator (Pearlmutter 1994; Møller 1993), O(W) an example.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { gaussian, hessianVectorProduct, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [2, 0] });
 * const data = { inputs: [1, 2], targets: [2, 5] };
 * console.log(hessianVectorProduct(line, gaussian({ noise: 1 }), data, [1, 0])); // Float64Array(2) [ 5, 3 ]
 * ```
 */
export function hessianVectorProduct(model: Model, likelihood: Likelihood, data: Data, direction: ArrayLike<number>): Float64Array {
  const { evaluation, loss } = evaluate(model, likelihood, data);
  return allFinite("The Hessian-vector product", evaluation.hessianVectorProduct(loss, weightVector(model, "direction", direction)));
}

/**
 * The diagonal of the Hessian of the data error, W numbers, exact or approximate as {@link ExactOptions.diagonal} says.
 *
 * @category Curvature
 * @example
 * ```ts
 * import { gaussian, hessianDiagonal, mlp } from "laplace-ts";
 * const network = mlp([1, 2, 1], { seed: 1 });
 * const data = { inputs: [1, 2], targets: [2, 5] };
 * const [exactly, approximately] = (["exact", "approximate"] as const).map((diagonal) => hessianDiagonal(network, gaussian({ noise: 1 }), data, { diagonal }));
 * console.log(exactly.every((value, i) => Math.abs(value - approximately[i]) < 1e-9)); // true, as there is one hidden layer
 * ```
 */
export function hessianDiagonal(model: Model, likelihood: Likelihood, data: Data, options: ExactOptions = {}): Float64Array {
  knownOptions("options", options, ["diagonal"]);
  const which = oneOf("diagonal", options.diagonal ?? "exact", ["exact", "approximate"]);
  const { evaluation, loss } = evaluate(model, likelihood, data);
  return allFinite("The diagonal of the Hessian", diagonalOf(model, evaluation, loss, which));
}

/** The chosen diagonal of the Hessian at an evaluation. */
export function diagonalOf(model: Model, evaluation: Evaluation, loss: OutputDerivatives, which: "exact" | "approximate"): Float64Array {
  if (which === "exact") return evaluation.hessianDiagonal(loss);
  const approximate = isLayered(model) ? (evaluation as LayeredEvaluation).approximateHessianDiagonal?.(loss) : undefined;
  if (approximate !== undefined) return approximate;
  throw new UnsupportedError('The approximate diagonal of Becker and LeCun needs a chain of dense layers, as mlp() makes. Use exact({ diagonal: "exact" }).');
}
