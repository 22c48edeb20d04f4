import { toNumbers, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError, describe, knownOptions, wholeNumber } from "../errors.ts";
import { dot } from "../linalg/vector.ts";
import { centralDifferences, secondDifferences } from "./differences.ts";
import type { Evaluation, Model, OutputDerivatives, ParameterTensor } from "./model.ts";

/**
 * A function of weights and one example, for {@link functionModel}.
 *
 * @category Models
 */
export interface ModelFunction {
  /** Where the weights start. */
  readonly parameters: ArrayLike<number>;
  /** K, the number of outputs. Default 1. */
  readonly outputs?: number;
  /** D, the number of inputs, if it is to be checked. */
  readonly inputs?: number;
  /** $f(x; w)$ for one example: a number, or K of them. */
  readonly value: (parameters: Float64Array, input: Float64Array) => number | ArrayLike<number>;
  /** $\partial f / \partial w$ for one example: W numbers, or K rows of W. Central differences stand in where it is absent. */
  readonly jacobian?: (parameters: Float64Array, input: Float64Array) => ArrayLike<number> | readonly ArrayLike<number>[];
}

/**
 * A model from any differentiable function of a weight vector: a curve with three parameters, the solution of an equation.
 *
 * Where no Jacobian is given, central differences with steps of $\epsilon^{1/3} \max(1, \vert w \vert)$ stand in, shorter where the function bends much over
 * that (relative error about 1e-10, at worst 1e-8). Second derivatives are differences of the Jacobian, or second differences of the function where there is none
 * (relative error about 1e-7); `exact()` curvature inherits that.
 *
 * @category Models
 * @throws {@link NotFiniteError} when the function gives NaN or infinity.
 * @example
 * ```ts
 * import { forward, functionModel } from "laplace-ts";
 * const decay = functionModel({ parameters: [2, 0.5], value: ([amount, rate], [time]) => amount * Math.exp(-rate * time) });
 * console.log(forward(decay, [0, 1]).to1DArray()); // [ 2, 1.2130613194252668 ]
 * ```
 */
export function functionModel(definition: ModelFunction): Model {
  knownOptions("definition", definition, ["parameters", "outputs", "inputs", "value", "jacobian"]);
  if (typeof definition.value !== "function") throw new InvalidArgumentError({ argument: "value", expected: "a function (parameters, input) => output", received: describe(definition.value) });
  if (definition.jacobian !== undefined && typeof definition.jacobian !== "function") throw new InvalidArgumentError({ argument: "jacobian", expected: "a function (parameters, input) => rows, or none", received: describe(definition.jacobian) });
  if (definition.inputs !== undefined) wholeNumber("inputs", definition.inputs, 1);
  const count = (definition.parameters as ArrayLike<number> | undefined)?.length ?? 0;
  if (!(count >= 1)) throw new InvalidArgumentError({ argument: "parameters", expected: "the numbers where the parameters start", received: describe(definition.parameters) });
  return create(definition, toNumbers("parameters", definition.parameters));
}

function create(definition: ModelFunction, parameters: Float64Array): Model {
  const bad = parameters.findIndex((w) => !Number.isFinite(w));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "parameters", expected: "finite numbers", received: `${parameters[bad]} at index ${bad}` });
  const outputs = wholeNumber("outputs", definition.outputs ?? 1, 1);
  const tensor: ParameterTensor = { name: "parameters", layer: 0, role: "weights", offset: 0, rows: 1, columns: parameters.length };
  return {
    parameters,
    inputs: definition.inputs,
    outputs,
    tensors: [tensor],
    withParameters: (other) => {
      if (other.length !== parameters.length) throw new InvalidArgumentError({ argument: "parameters", expected: `${parameters.length} numbers`, received: `${other.length}` });
      return create(definition, other.slice());
    },
    evaluate: (inputs) => evaluate(definition, parameters, outputs, inputs),
  };
}

function evaluate(definition: ModelFunction, parameters: Float64Array, count: number, inputs: Table): Evaluation {
  const width = parameters.length;
  const outputsAt = (w: Float64Array): Float64Array => perExample(w, inputs, count, (p, x) => definition.value(p, x), "value");
  const { jacobian: derivative } = definition;
  const jacobianAt = (w: Float64Array): Float64Array =>
    derivative === undefined ? centralDifferences(outputsAt, w) : perExample(w, inputs, count * width, (p, x) => flatten(derivative(p, x), count, width), "jacobian");
  let stored: Float64Array | undefined;
  const jacobian = (): Float64Array => (stored ??= jacobianAt(parameters));

  /** sum_nk u_nk d2f_nk/dw2: what the outputs' own bending adds to the outer product. */
  const bending = (u: Float64Array): Float64Array =>
    derivative === undefined ? secondDifferences((w) => dot(outputsAt(w), u), parameters) : centralDifferences((w) => transposedProduct(jacobianAt(w), u), parameters);
  const hessian = (loss: OutputDerivatives): Float64Array => {
    const h = bending(loss.gradient);
    const j = jacobian();
    for (let n = 0; n < inputs.rows; n++) {
      for (let k = 0; k < count; k++) {
        for (let l = 0; l < count; l++) {
          const weight = loss.hessian[(n * count + k) * count + l];
          if (weight !== 0) addOuter(h, weight, j.subarray((n * count + k) * width, (n * count + k + 1) * width), j.subarray((n * count + l) * width, (n * count + l + 1) * width));
        }
      }
    }
    for (let a = 0; a < width; a++) for (let b = 0; b < a; b++) h[a * width + b] = h[b * width + a] = 0.5 * (h[a * width + b] + h[b * width + a]);
    return h;
  };
  return {
    outputs: outputsAt(parameters),
    jacobian,
    scaledJacobian: (factor, columns) => scaleJacobian(jacobian(), factor, columns, count, width),
    jacobianVectorProduct: (direction) => product(jacobian(), direction),
    vectorJacobianProduct: (cotangents) => transposedProduct(jacobian(), cotangents),
    hessian,
    hessianVectorProduct: (loss, direction) => product(hessian(loss), direction),
    hessianDiagonal: (loss) => {
      const h = hessian(loss);
      return Float64Array.from({ length: width }, (_, i) => h[i * width + i]);
    },
  };
}

function perExample(parameters: Float64Array, inputs: Table, count: number, f: ModelFunction["value"], what: string): Float64Array {
  const values = new Float64Array(inputs.rows * count);
  // The function may write into what it gets, so these are copies.
  const [w, x] = [new Float64Array(parameters.length), new Float64Array(inputs.columns)];
  for (let n = 0; n < inputs.rows; n++) {
    w.set(parameters);
    x.set(inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns));
    const result = f(w, x);
    if (typeof result !== "number" && (typeof result !== "object" || result === null || !("length" in result))) {
      throw new InvalidArgumentError({ argument: what, expected: `a function that returns ${count === 1 ? "a number" : `${count} numbers`}`, received: `${describe(result)} for example ${n}`, advice: "Does it return?" });
    }
    const entries = typeof result === "number" ? [result] : result;
    if (entries?.length !== count) throw new InvalidArgumentError({ argument: what, expected: `${count} numbers for an example`, received: entries?.length === undefined ? describe(entries) : `${entries.length}`, advice: "Set `outputs` to the number of outputs." });
    for (let k = 0; k < count; k++) {
      if (!Number.isFinite(entries[k])) throw new NotFiniteError(`${what} gave ${entries[k]} for example ${n}. Check the function at these weights, or keep them in its domain (a log-parametrisation keeps weights positive).`);
      values[n * count + k] = entries[k];
    }
  }
  return values;
}

/** The K rows of W numbers of a Jacobian, one after another; it may come so already. */
function flatten(rows: ArrayLike<number> | readonly ArrayLike<number>[], count: number, width: number): number[] {
  return Array.from(rows as ArrayLike<number | ArrayLike<number>>).flatMap((row) => {
    if (typeof row === "number") return [row];
    // W rows of K numbers are as many numbers, in another order.
    if (row.length !== width) throw new InvalidArgumentError({ argument: "jacobian", expected: `${count} rows of ${width} numbers, df_k/dw, for an example`, received: `a row of ${row.length}` });
    return Array.from(row);
  });
}

/** A v. */
function product(a: Float64Array, v: Float64Array): Float64Array {
  return Float64Array.from({ length: a.length / v.length }, (_, i) => dot(a.subarray(i * v.length, (i + 1) * v.length), v));
}

/** A' u. */
function transposedProduct(a: Float64Array, u: Float64Array): Float64Array {
  const width = a.length / u.length;
  const result = new Float64Array(width);
  for (let r = 0; r < u.length; r++) for (let i = 0; i < width; i++) result[i] += u[r] * a[r * width + i];
  return result;
}

function addOuter(into: Float64Array, scale: number, a: Float64Array, b: Float64Array): void {
  for (let i = 0; i < a.length; i++) for (let j = 0; j < b.length; j++) into[i * b.length + j] += scale * a[i] * b[j];
}

function scaleJacobian(jacobian: Float64Array, factor: Float64Array, columns: number, count: number, width: number): Float64Array {
  const rows = factor.length / (columns * count);
  const result = new Float64Array(rows * columns * width);
  for (let n = 0; n < rows; n++) {
    for (let k = 0; k < count; k++) {
      for (let r = 0; r < columns; r++) {
        const s = factor[(n * count + k) * columns + r];
        for (let i = 0; i < width; i++) result[(n * columns + r) * width + i] += s * jacobian[(n * count + k) * width + i];
      }
    }
  }
  return result;
}
