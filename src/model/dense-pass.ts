import type { Table } from "../data.ts";
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import type { Activation } from "./activation.ts";
import type { LayerShape, ParameterTensor } from "./model.ts";

/**
 * A dense layer $z' = h(W z + b)$.
 *
 * @category Models
 */
export interface DenseLayer extends LayerShape {
  /** h. */
  readonly activation: Activation;
}

/** What the forward pass leaves behind for derivatives. */
export interface DensePass {
  readonly layers: readonly DenseLayer[];
  readonly parameters: Float64Array;
  /** N. */
  readonly rows: number;
  /** For each layer, what goes in: N x inputs. */
  readonly activations: readonly Float64Array[];
  /** For each layer, h'(a) at its pre-activations: N x outputs. */
  readonly slopes: readonly Float64Array[];
  /** For each layer, h''(a); computed when first asked for. */
  bends(layer: number): Float64Array;
}

/** The forward pass, a_l = W_l z_{l-1} + b_l and z_l = h(a_l), keeping what derivatives need. */
export function forwardPass(layers: readonly DenseLayer[], parameters: Float64Array, inputs: Table): DensePass {
  const rows = inputs.rows;
  const activations = [inputs.data];
  const preactivations: Float64Array[] = [];
  layers.forEach((layer, l) => {
    const a = affine(layer, parameters, activations[l], rows);
    preactivations.push(a);
    activations.push(layer.activation.name === "identity" ? a : valuesOf(layer.activation, a));
  });

  const derivative = (of: Activation["first"], l: number): Float64Array => {
    const [a, z] = [preactivations[l], activations[l + 1]];
    const values = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) values[i] = of(a[i], z[i]);
    return values;
  };
  const bends: Float64Array[] = [];
  let slopes: Float64Array[] | undefined;
  return {
    layers,
    parameters,
    rows,
    activations,
    get slopes() {
      return (slopes ??= layers.map(({ activation }, l) => derivative(activation.first, l)));
    },
    bends: (l) => (bends[l] ??= derivative(layers[l].activation.second, l)),
  };
}

/** A plain loop: Float64Array.map is several times slower. */
function valuesOf({ value }: Activation, a: Float64Array): Float64Array {
  const z = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) z[i] = value(a[i]);
  return z;
}

/** Errors and deltas of every layer for given cotangents. */
export interface BackwardPass {
  /** For each layer, dE/dz_l: N x outputs. */
  readonly errors: readonly Float64Array[];
  /** For each layer, dE/da_l: N x outputs. */
  readonly deltas: readonly Float64Array[];
}

/** errors_L = u, errors_l = W_{l+1}' delta_{l+1}, delta_l = h'(a_l) errors_l (Rumelhart, Hinton & Williams 1986). */
export function backpropagateErrors({ layers, parameters, rows, slopes }: DensePass, cotangents: Float64Array): BackwardPass {
  const errors = Array<Float64Array>(layers.length);
  const deltas = Array<Float64Array>(layers.length);
  for (let l = layers.length - 1; l >= 0; l--) {
    const next = layers[l + 1];
    errors[l] = l === layers.length - 1 ? cotangents : multiply(deltas[l + 1], view(parameters, next.weights), rows, next.outputs, next.inputs);
    deltas[l] = times(slopes[l], errors[l]);
  }
  return { errors, deltas };
}

/** The deltas alone. */
export function backpropagate(pass: DensePass, cotangents: Float64Array): readonly Float64Array[] {
  return backpropagateErrors(pass, cotangents).deltas;
}

/** The elementwise product. */
export function times(a: Float64Array, b: Float64Array): Float64Array {
  const product = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) product[i] = a[i] * b[i];
  return product;
}

/** dE/dW_l = sum_n delta_l z_{l-1}', dE/db_l = sum_n delta_l, added to `into`. */
export function addLayerGradient(layer: DenseLayer, deltas: Float64Array, activations: Float64Array, rows: number, into: Float64Array): void {
  multiplyTransposedLeft(deltas, activations, layer.outputs, rows, layer.inputs, view(into, layer.weights));
  if (layer.biases === undefined) return;
  const sums = view(into, layer.biases);
  for (let n = 0, i = 0; n < rows; n++) for (let j = 0; j < sums.length; j++) sums[j] += deltas[i++];
}

/** The rows of the parameter vector that a tensor names. */
export function view(parameters: Float64Array, { offset, rows, columns }: ParameterTensor): Float64Array {
  return parameters.subarray(offset, offset + rows * columns);
}

/** W z + b for a batch: N x outputs. */
export function affine(layer: DenseLayer, parameters: Float64Array, z: Float64Array, rows: number): Float64Array {
  const a = new Float64Array(rows * layer.outputs);
  if (layer.biases !== undefined) {
    const b = view(parameters, layer.biases);
    for (let n = 0; n < rows; n++) a.set(b, n * layer.outputs);
  }
  return multiplyTransposedRight(z, view(parameters, layer.weights), rows, layer.inputs, layer.outputs, a);
}
