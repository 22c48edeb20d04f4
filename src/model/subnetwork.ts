import { madeBy } from "../errors.ts";
import type { Table } from "../data.ts";
import { checkedParameters } from "./dense-network.ts";
import { isChain, type Evaluation, type LayeredEvaluation, type Model, type OutputDerivatives, type ParameterTensor } from "./model.ts";
import { withValues, type PartOf } from "./part.ts";
import { chosenColumns } from "./chosen-columns.ts";
import { layerEntries, layeredRows, type LayerEntries } from "./layer-entries.ts";
import { isNetwork } from "./graph/network.ts";
import { selectedIndices, type ParameterSelection } from "./selection.ts";
import { remakeable } from "../recipe.ts";

/**
 * A model with only some of its parameters free: what {@link subnetwork} makes.
 *
 * @category Models
 */
export interface Subnetwork<M extends Model = Model> extends Model, PartOf<M> {}

/**
 * The model with only the selected parameters $w_S$ free, and all others frozen at their values:
 * $$f_S(x; w_S) = f(x; w_S, w_{\bar S}).$$
 * A full posterior over a well chosen few hundred of many weights keeps their correlations, and most of the uncertainty of the outputs
 * (Daxberger et al. 2021). Derivatives are those of the model, restricted: columns $J_S$ of the Jacobian, the block $H_{SS}$ of the Hessian.
 * For networks they come from activations and deltas, with nothing of the size of the whole Jacobian or Hessian on the way.
 *
 * Tensors are those of the model that have selected entries, each as one column, in the model's order. {@link isotropic}, {@link perLayer} and {@link perWeight} suit;
 * {@link automaticRelevance} groups the selected weights of a network by the whole network's inputs.
 *
 * @category Models
 * @param model - Any model; the whole should be at its mode.
 * @param selected - Indices into the model's parameters (their order does not matter), a mask of booleans, or a rule: {@link largestMagnitude},
 * {@link largestMarginalVariance}, {@link byName}, {@link randomSelection}.
 * @throws {@link InvalidArgumentError} when no parameter is selected, or one twice, or one that does not exist.
 * @example
 * ```ts
 * import { gaussian, laplace, largestMagnitude, mlp, subnetwork, train } from "laplace-ts";
 * const data = { inputs: [-2, -1, 0, 1, 2], targets: [-0.9, -0.8, 0, 0.8, 0.9] };
 * const { model, likelihood, prior } = await train(mlp([1, 5, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const part = subnetwork(model, largestMagnitude({ share: 0.5 }));
 * const posterior = await laplace(part, likelihood, data, { prior });
 * console.log(posterior.covariance().rows, "of", model.parameters.length); // 8 of 16
 * const drawn = part.withParameters(Float64Array.from(posterior.sample(1).getRow(0)));
 * console.log(drawn.whole.parameters.length);                             // 16
 * ```
 */
export function subnetwork<M extends Model>(model: M, selected: ArrayLike<number> | readonly boolean[] | ParameterSelection): Subnetwork<M> {
  madeBy("mlp(), functionModel() or fit()", "model", model, "evaluate");
  const indices = selectedIndices(model, selected);
  const tensors = selectedTensors(model, indices);
  const entries = isChain(model) ? layerEntries(model, indices) : undefined;
  const create = (parameters: Float64Array): Subnetwork<M> => {
    let stored: M | undefined;
    const whole = (): M => (stored ??= withValues<M>(model, indices, parameters));
    const part: Subnetwork<M> = {
      parameters,
      inputs: model.inputs,
      outputs: model.outputs,
      tensors,
      indices,
      get whole() {
        return whole();
      },
      withParameters: (other) => create(checkedParameters(other, tensors).slice()),
      evaluate: (inputs) => evaluate(whole(), indices, entries, inputs),
    };
    return remakeable(part, "subnetwork", () => ({ model, indices, parameters }));
  };
  return create(gather(model.parameters, indices));
}

/** What is left of each tensor, as a column of its own. */
function selectedTensors(model: Model, indices: Int32Array): ParameterTensor[] {
  let offset = 0;
  return model.tensors.flatMap((tensor) => {
    const end = tensor.offset + tensor.rows * tensor.columns;
    const start = offset;
    while (offset < indices.length && indices[offset] < end) offset++;
    return offset === start ? [] : [{ ...tensor, offset: start, rows: offset - start, columns: 1 }];
  });
}

function evaluate(whole: Model, indices: Int32Array, entries: readonly LayerEntries[] | undefined, inputs: Table): Evaluation {
  const inner = whole.evaluate(inputs);
  const { outputs: count } = whole;
  const scatter = (direction: Float64Array): Float64Array => {
    const full = new Float64Array(whole.parameters.length);
    for (let i = 0; i < indices.length; i++) full[indices[i]] = direction[i];
    return full;
  };
  const scaledJacobian = (factor: Float64Array, columns: number): Float64Array =>
    entries === undefined ? chosenColumns(whole, inputs, inner, indices, factor, columns) : layeredRows(inner as LayeredEvaluation, entries, indices.length, factor, columns);
  const hessianVectorProduct = (loss: OutputDerivatives, direction: Float64Array): Float64Array => gather(inner.hessianVectorProduct(loss, scatter(direction)), indices);
  return {
    outputs: inner.outputs,
    scaledJacobian,
    jacobian: () => {
      const identity = new Float64Array(inputs.rows * count * count);
      for (let i = 0; i < inputs.rows * count; i++) identity[i * count + (i % count)] = 1;
      return scaledJacobian(identity, count);
    },
    jacobianVectorProduct: (direction) => inner.jacobianVectorProduct(scatter(direction)),
    vectorJacobianProduct: (cotangents) => gather(inner.vectorJacobianProduct(cotangents), indices),
    hessianVectorProduct,
    // Without layers a product takes the whole Hessian; with them the whole Hessian takes W^2 numbers.
    hessian: (loss) => (entries === undefined && !isNetwork(whole) ? block(inner.hessian(loss), whole.parameters.length, indices) : hessianByProducts(indices.length, (direction) => hessianVectorProduct(loss, direction))),
    // That of a graph of layers takes a product for each entry.
    hessianDiagonal: (loss) => (isNetwork(whole) ? diagonalByProducts(indices.length, (direction) => hessianVectorProduct(loss, direction)) : gather(inner.hessianDiagonal(loss), indices)),
  };
}

function gather(values: Float64Array, indices: Int32Array): Float64Array {
  return Float64Array.from(indices, (index) => values[index]);
}

/** The selected rows and columns of a square matrix. */
function block(matrix: Float64Array, width: number, indices: Int32Array): Float64Array {
  const size = indices.length;
  const result = new Float64Array(size * size);
  for (let i = 0; i < size; i++) for (let j = 0; j < size; j++) result[i * size + j] = matrix[indices[i] * width + indices[j]];
  return result;
}

/** The diagonal of the matrix whose products with the unit vectors are given. */
function diagonalByProducts(size: number, product: (direction: Float64Array) => Float64Array): Float64Array {
  const unit = new Float64Array(size);
  return Float64Array.from({ length: size }, (_, i) => {
    unit[i] = 1;
    const entry = product(unit)[i];
    unit[i] = 0;
    return entry;
  });
}

/** The matrix whose products with the unit vectors are given, symmetric to the last digit. */
function hessianByProducts(size: number, product: (direction: Float64Array) => Float64Array): Float64Array {
  const result = new Float64Array(size * size);
  const unit = new Float64Array(size);
  for (let i = 0; i < size; i++) {
    unit[i] = 1;
    result.set(product(unit), i * size);
    unit[i] = 0;
  }
  for (let i = 0; i < size; i++) for (let j = 0; j < i; j++) result[i * size + j] = result[j * size + i] = 0.5 * (result[i * size + j] + result[j * size + i]);
  return result;
}
