import { multiply, multiplyTransposedRight } from "../linalg/products.ts";
import { addLayerGradient, affine, times, view, type DensePass } from "./dense-pass.ts";
import type { OutputDerivatives } from "./model.ts";

interface ForwardDerivatives {
  /** For each layer, R\{z\}: how what goes into it changes; undefined for the inputs, which do not. */
  readonly activations: readonly (Float64Array | undefined)[];
  /** For each layer, R\{a\}. */
  readonly preactivations: readonly Float64Array[];
}

/** R\{a_l\} = V_l z_{l-1} + W_l R\{z_{l-1}\} + v_l, R\{z_l\} = h'(a_l) R\{a_l\}: the derivative of the forward pass along v. */
function forward({ layers, parameters, rows, activations, slopes }: DensePass, direction: Float64Array): ForwardDerivatives {
  const moved: (Float64Array | undefined)[] = [undefined];
  const preactivations = layers.map((layer, l) => {
    const change = affine(layer, direction, activations[l], rows);
    const previous = moved[l];
    if (previous !== undefined) multiplyTransposedRight(previous, view(parameters, layer.weights), rows, layer.inputs, layer.outputs, change);
    moved.push(times(slopes[l], change));
    return change;
  });
  return { activations: moved, preactivations };
}

/** J v for every example: N x K. */
export function jacobianVectorProduct(pass: DensePass, direction: Float64Array): Float64Array {
  return forward(pass, direction).activations[pass.layers.length] as Float64Array;
}

/**
 * H v by the R-operator (Pearlmutter 1994; Møller 1993): the forward and backward passes are differentiated along v, so the
 * product costs about as much as two gradients.
 */
export function hessianVectorProduct(pass: DensePass, loss: OutputDerivatives, direction: Float64Array): Float64Array {
  const { layers, parameters, rows, activations, slopes } = pass;
  const moved = forward(pass, direction);
  const product = new Float64Array(parameters.length);

  let errors = loss.gradient;
  let movedErrors = applyOutputHessian(loss.hessian, moved.activations[layers.length] as Float64Array, rows);
  for (let l = layers.length - 1; l >= 0; l--) {
    const layer = layers[l];
    const deltas = times(slopes[l], errors);
    const bend = pass.bends(l);
    const movedDeltas = times(slopes[l], movedErrors);
    for (let i = 0; i < movedDeltas.length; i++) movedDeltas[i] += bend[i] * moved.preactivations[l][i] * errors[i];

    addLayerGradient(layer, movedDeltas, activations[l], rows, product);
    const movedInput = moved.activations[l];
    if (movedInput === undefined) break;
    // The biases' part is in the line above already: only the weights meet the change of the activations.
    addLayerGradient({ ...layer, biases: undefined }, deltas, movedInput, rows, product);

    const weights = view(parameters, layer.weights);
    errors = multiply(deltas, weights, rows, layer.outputs, layer.inputs);
    movedErrors = multiply(movedDeltas, weights, rows, layer.outputs, layer.inputs);
    multiply(deltas, view(direction, layer.weights), rows, layer.outputs, layer.inputs, movedErrors);
  }
  return product;
}

/** (d2E/df2) u for every example. */
function applyOutputHessian(hessian: Float64Array, u: Float64Array, rows: number): Float64Array {
  const outputs = u.length / rows;
  const product = new Float64Array(u.length);
  for (let n = 0, h = 0; n < rows; n++) {
    for (let k = 0; k < outputs; k++) {
      let sum = 0;
      for (let j = 0; j < outputs; j++) sum += hessian[h++] * u[n * outputs + j];
      product[n * outputs + k] = sum;
    }
  }
  return product;
}
