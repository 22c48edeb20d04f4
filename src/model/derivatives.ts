import { Matrix } from "ml-matrix";
import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, allFinite } from "../errors.ts";
import type { Model } from "./model.ts";

/** The inputs as a table with as many columns as the model takes. */
export function modelInputs(model: Model, inputs: MatrixLike, argument = "inputs"): Table {
  const table = toTable(argument, inputs);
  if (model.inputs === undefined || table.columns === model.inputs) return table;
  throw new InvalidArgumentError({ argument, expected: `${model.inputs} columns, as the model has inputs`, received: `${table.rows} x ${table.columns}`, advice: table.rows === model.inputs ? "One row is one example: a single example is [[a, b, ...]]." : undefined });
}

/** A matrix of `ml-matrix` over the given numbers. */
export function toMatrix(data: Float64Array, rows: number, columns: number): Matrix {
  return Matrix.from1DArray(rows, columns, data);
}

/**
 * The outputs $f(x; w)$ of a model, N x K, before any link: for classification these are logits.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} when the inputs do not fit the model.
 * @example
 * ```ts
 * import { forward, mlp } from "laplace-ts";
 * console.log(forward(mlp([1, 1], { parameters: [2, 1] }), [3]).get(0, 0)); // 7
 * ```
 */
export function forward(model: Model, inputs: MatrixLike): Matrix {
  const table = modelInputs(model, inputs);
  const { outputs } = model.evaluate(table);
  const bad = outputs.findIndex((f) => !Number.isFinite(f));
  if (bad >= 0) throw new NotFiniteError(`The model's output ${bad % model.outputs} is ${outputs[bad]} for example ${Math.floor(bad / model.outputs)}. Are the inputs in the units the model was trained with?`);
  return toMatrix(outputs, table.rows, model.outputs);
}

/**
 * The Jacobian $\partial f / \partial w$ of a model at a batch of inputs, N K x W; row $nK + k$ belongs to output $k$ of example $n$.
 *
 * @category Models
 * @example
 * ```ts
 * import { jacobian, mlp } from "laplace-ts";
 * console.log(jacobian(mlp([1, 1], { parameters: [2, 1] }), [3, 4]).to2DArray()); // [ [ 3, 1 ], [ 4, 1 ] ]: weight and bias
 * ```
 */
export function jacobian(model: Model, inputs: MatrixLike): Matrix {
  const table = modelInputs(model, inputs);
  return toMatrix(allFinite("The Jacobian", model.evaluate(table).jacobian()), table.rows * model.outputs, model.parameters.length);
}

/**
 * $J v$, N x K: how the outputs change along a direction $v$ of W numbers in weight space.
 *
 * @category Models
 * @example
 * ```ts
 * import { jacobianVectorProduct, mlp } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [2, 1] });
 * console.log(jacobianVectorProduct(line, [3, 4], [0.1, 0]).to1DArray().map((change) => change.toFixed(1)).join(" ")); // 0.3 0.4
 * ```
 */
export function jacobianVectorProduct(model: Model, inputs: MatrixLike, direction: ArrayLike<number>): Matrix {
  const table = modelInputs(model, inputs);
  return toMatrix(allFinite("J v", model.evaluate(table).jacobianVectorProduct(weightVector(model, "direction", direction))), table.rows, model.outputs);
}

/**
 * $J^\top u = \sum_n J_n^\top u_n$, W numbers, for cotangents $u$ of N x K.
 *
 * @category Models
 * @example
 * ```ts
 * import { mlp, vectorJacobianProduct } from "laplace-ts";
 * const line = mlp([1, 1], { parameters: [2, 1] });
 * console.log(vectorJacobianProduct(line, [3, 4], [1, 1])); // Float64Array(2) [ 7, 2 ]
 * ```
 */
export function vectorJacobianProduct(model: Model, inputs: MatrixLike, cotangents: MatrixLike): Float64Array {
  const table = modelInputs(model, inputs);
  const u = toTable("cotangents", cotangents);
  if (u.rows !== table.rows || u.columns !== model.outputs) throw new InvalidArgumentError({ argument: "cotangents", expected: `${table.rows} x ${model.outputs}`, received: `${u.rows} x ${u.columns}` });
  return allFinite("J' u", model.evaluate(table).vectorJacobianProduct(u.data));
}

/** A vector with one finite entry for each parameter. */
export function weightVector(model: Model, argument: string, vector: ArrayLike<number>): Float64Array {
  const { data } = toTable(argument, vector);
  if (data.length === model.parameters.length) return data;
  throw new InvalidArgumentError({ argument, expected: `${model.parameters.length} numbers, one for each parameter`, received: `${data.length}` });
}
