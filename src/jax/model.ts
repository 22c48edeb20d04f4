import type { Array as JaxArray, JsTree } from "@jax-js/jax";
import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import type { Evaluation, Model, OutputDerivatives, ParameterTensor } from "../model/model.ts";
import { split, type Derivatives } from "./derivatives.ts";
import { unflattened, type Form, type Leaf } from "./tree.ts";

/**
 * A function of jax-js as a {@link Model}: what {@link fromJax} makes.
 *
 * @category Models
 */
export interface JaxModel<P extends JsTree<JaxArray> = JsTree<JaxArray>> extends Model {
  readonly inputs: number;
  /** The parameters as new arrays of jax-js in their lists and objects, for the function itself. They are the caller's, to pass on or dispose of. */
  arrays(): P;
}

/** What all models of a function share. */
export interface JaxFunction {
  readonly derivatives: Derivatives;
  readonly form: Form;
  readonly leaves: readonly Leaf[];
  /** D and K. */
  readonly inputs: number;
  readonly outputs: number;
}

export function jaxModel<P extends JsTree<JaxArray>>(f: JaxFunction, parameters: Float64Array): JaxModel<P> {
  return {
    parameters,
    inputs: f.inputs,
    outputs: f.outputs,
    tensors: tensorsOf(f.leaves),
    withParameters: (other) => {
      if (other.length !== parameters.length) throw new InvalidArgumentError({ argument: "parameters", expected: `${parameters.length} numbers`, received: `${other.length}` });
      const bad = other.findIndex((w) => !Number.isFinite(w));
      if (bad >= 0) throw new InvalidArgumentError({ argument: "parameters", expected: "finite numbers", received: `${other[bad]} at index ${bad}` });
      return jaxModel(f, other.slice());
    },
    evaluate: (inputs) => evaluation(f, parameters, inputs),
    arrays: () => unflattened(f.form, split(parameters, f.leaves)) as P,
  };
}

/** Each array is a layer of its own, as nothing says which belong together. */
function tensorsOf(leaves: readonly Leaf[]): readonly ParameterTensor[] {
  let offset = 0;
  return leaves.map(({ name, shape, values: { length } }, layer) => {
    const tensor: ParameterTensor = { name, layer, role: shape.length > 1 ? "weights" : "biases", offset, rows: shape.length > 1 ? shape[0] : length, columns: shape.length > 1 ? length / shape[0] : 1 };
    offset += length;
    return tensor;
  });
}

function evaluation({ derivatives, outputs: count }: JaxFunction, parameters: Float64Array, inputs: Table): Evaluation {
  const width = parameters.length;

  const scaledJacobian = (factor: Float64Array, columns: number): Float64Array => {
    const result = new Float64Array(inputs.rows * columns * width);
    const cotangents = new Float64Array(inputs.rows * count);
    for (let r = 0; r < columns; r++) {
      for (let i = 0; i < cotangents.length; i++) cotangents[i] = factor[i * columns + r];
      const rows = derivatives.rows(parameters, inputs, cotangents);
      for (let n = 0; n < inputs.rows; n++) result.set(rows.subarray(n * width, (n + 1) * width), (n * columns + r) * width);
    }
    return result;
  };
  /** H v = J' A J v + the change of J' g along v, with g and A the gradient and Hessian of the loss in the outputs. */
  const hessianVectorProduct = (loss: OutputDerivatives, direction: Float64Array): Float64Array => {
    const changes = derivatives.push(parameters, inputs, direction);
    const curved = changes.map((_, i) => {
      let sum = 0;
      for (let l = 0; l < count; l++) sum += loss.hessian[i * count + l] * changes[i - (i % count) + l];
      return sum;
    });
    const product = derivatives.pull(parameters, inputs, curved);
    const bent = derivatives.bend(parameters, inputs, loss.gradient, direction);
    return product.map((value, i) => value + bent[i]);
  };
  const hessian = (loss: OutputDerivatives): Float64Array => {
    const h = new Float64Array(width * width);
    for (let i = 0; i < width; i++) h.set(hessianVectorProduct(loss, unit(width, i)), i * width);
    for (let i = 0; i < width; i++) for (let j = 0; j < i; j++) h[i * width + j] = h[j * width + i] = 0.5 * (h[i * width + j] + h[j * width + i]);
    return h;
  };
  return {
    outputs: derivatives.outputs(parameters, inputs),
    jacobian: () => scaledJacobian(identities(inputs.rows, count), count),
    scaledJacobian,
    jacobianVectorProduct: (direction) => derivatives.push(parameters, inputs, direction),
    vectorJacobianProduct: (cotangents) => derivatives.pull(parameters, inputs, cotangents),
    hessianVectorProduct,
    hessian,
    hessianDiagonal: (loss) => {
      const diagonal = new Float64Array(width);
      for (let i = 0; i < width; i++) diagonal[i] = hessianVectorProduct(loss, unit(width, i))[i];
      return diagonal;
    },
  };
}

function unit(width: number, i: number): Float64Array {
  const vector = new Float64Array(width);
  vector[i] = 1;
  return vector;
}

/** N unit matrices, K x K. */
function identities(rows: number, count: number): Float64Array {
  const result = new Float64Array(rows * count * count);
  for (let i = 0; i < rows * count; i++) result[i * count + (i % count)] = 1;
  return result;
}
