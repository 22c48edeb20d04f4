import { addLayerGradient, backpropagate, type DensePass } from "./dense-pass.ts";

/** sum_n J_n' u_n: one backpropagation. */
export function vectorJacobianProduct(pass: DensePass, cotangents: Float64Array): Float64Array {
  const gradient = new Float64Array(pass.parameters.length);
  const deltas = backpropagate(pass, cotangents);
  pass.layers.forEach((layer, l) => addLayerGradient(layer, deltas[l], pass.activations[l], pass.rows, gradient));
  return gradient;
}

/** J: the scaled Jacobian with S = I. */
export function jacobian(pass: DensePass): Float64Array {
  const outputs = pass.layers[pass.layers.length - 1].outputs;
  const identity = new Float64Array(pass.rows * outputs * outputs);
  for (let n = 0; n < pass.rows; n++) for (let k = 0; k < outputs; k++) identity[(n * outputs + k) * outputs + k] = 1;
  return scaledJacobian(pass, identity, outputs);
}

/** One backpropagation for each column of the factor; a row of the result is the outer product delta z' of each layer. */
export function scaledJacobian(pass: DensePass, factor: Float64Array, columns: number): Float64Array {
  const { layers, rows, activations, parameters } = pass;
  const width = parameters.length;
  const result = new Float64Array(rows * columns * width);
  const cotangents = new Float64Array(factor.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = factor[i * columns + r];
    const deltas = backpropagate(pass, cotangents);
    layers.forEach(({ inputs, outputs, weights, biases }, l) => {
      const [delta, z] = [deltas[l], activations[l]];
      for (let n = 0; n < rows; n++) {
        const start = (n * columns + r) * width;
        let at = start + weights.offset;
        for (let j = 0; j < outputs; j++) {
          const d = delta[n * outputs + j];
          for (let i = 0; i < inputs; i++) result[at++] = d * z[n * inputs + i];
        }
        if (biases !== undefined) result.set(delta.subarray(n * outputs, (n + 1) * outputs), start + biases.offset);
      }
    });
  }
  return result;
}
