import { backpropagateErrors, view, type DenseLayer, type DensePass } from "./dense-pass.ts";
import type { OutputDerivatives } from "./model.ts";

/** Numbers of units of each layer. */
const units = (layers: readonly DenseLayer[]): number[] => layers.map(({ outputs }) => outputs);

/**
 * Carries d2E/da da' back from the outputs for example `n`:
 * B_l = h'_l (W_{l+1}' B_{l+1} W_{l+1}) h'_l + diag(h''_l e_l), with e_l = dE/dz_l (Bishop 1992).
 */
function backpropagateCurvature(pass: DensePass, loss: OutputDerivatives, errors: readonly Float64Array[], n: number, into: readonly Float64Array[], scratch: Float64Array): void {
  const { layers, parameters, slopes } = pass;
  for (let l = layers.length - 1; l >= 0; l--) {
    const size = layers[l].outputs;
    const block = into[l];
    if (l === layers.length - 1) block.set(loss.hessian.subarray(n * size * size, (n + 1) * size * size));
    else congruence(view(parameters, layers[l + 1].weights), into[l + 1], layers[l + 1].outputs, size, block, scratch);
    const bend = pass.bends(l);
    for (let i = 0; i < size; i++) {
      for (let j = 0; j < size; j++) block[i * size + j] *= slopes[l][n * size + i] * slopes[l][n * size + j];
      block[i * size + i] += bend[n * size + i] * errors[l][n * size + i];
    }
  }
}

/** into = W' B W for W of m x n and B of m x m. */
function congruence(w: Float64Array, b: Float64Array, m: number, n: number, into: Float64Array, scratch: Float64Array): void {
  into.fill(0);
  for (let k = 0; k < m; k++) {
    scratch.fill(0, 0, n);
    for (let q = 0; q < m; q++) {
      const value = b[k * m + q];
      for (let j = 0; j < n; j++) scratch[j] += value * w[q * n + j];
    }
    for (let i = 0; i < n; i++) {
      const value = w[k * n + i];
      for (let j = 0; j < n; j++) into[i * n + j] += value * scratch[j];
    }
  }
}

/** Room for d2E / da_l da_l' of one example at every layer. */
const blocksOf = (layers: readonly DenseLayer[]): Float64Array[] => units(layers).map((size) => new Float64Array(size * size));

/** The exact diagonal of the Hessian, d2E/dw_ji2 = (B_l)_jj z_i2 (Ricotti, Ragazzini & Martinelli 1988). */
export function hessianDiagonal(pass: DensePass, loss: OutputDerivatives): Float64Array {
  const { layers, rows } = pass;
  const { errors } = backpropagateErrors(pass, loss.gradient);
  const blocks = blocksOf(layers);
  const scratch = new Float64Array(Math.max(...units(layers)));
  const diagonal = new Float64Array(pass.parameters.length);
  const curvatures = new Float64Array(scratch.length);
  for (let n = 0; n < rows; n++) {
    backpropagateCurvature(pass, loss, errors, n, blocks, scratch);
    layers.forEach((layer, l) => {
      for (let j = 0; j < layer.outputs; j++) curvatures[j] = blocks[l][j * layer.outputs + j];
      addSquares(layer, curvatures, pass.activations[l], n, diagonal);
    });
  }
  return diagonal;
}

/**
 * The diagonal of the Hessian with off-diagonal curvature dropped between layers,
 * b_l,j = h'_j2 sum_k w_kj2 b_l+1,k + h''_j e_j (Becker & LeCun 1989; LeCun, Denker & Solla 1990).
 */
export function approximateHessianDiagonal(pass: DensePass, loss: OutputDerivatives): Float64Array {
  const { layers, parameters, rows, slopes } = pass;
  const { errors } = backpropagateErrors(pass, loss.gradient);
  const curvatures = layers.map(({ outputs }) => new Float64Array(outputs));
  const diagonal = new Float64Array(parameters.length);
  for (let n = 0; n < rows; n++) {
    for (let l = layers.length - 1; l >= 0; l--) {
      const size = layers[l].outputs;
      const current = curvatures[l].fill(0);
      if (l === layers.length - 1) for (let k = 0; k < size; k++) current[k] = loss.hessian[(n * size + k) * size + k];
      else {
        const w = view(parameters, layers[l + 1].weights);
        curvatures[l + 1].forEach((value, k) => {
          for (let j = 0; j < size; j++) current[j] += w[k * size + j] ** 2 * value;
        });
      }
      const bend = pass.bends(l);
      for (let j = 0; j < size; j++) current[j] = slopes[l][n * size + j] ** 2 * current[j] + bend[n * size + j] * errors[l][n * size + j];
      addSquares(layers[l], current, pass.activations[l], n, diagonal);
    }
  }
  return diagonal;
}

/** Adds b_j z_i2 to the weights' places and b_j to the biases'. */
function addSquares({ inputs, outputs, weights, biases }: DenseLayer, curvatures: Float64Array, activations: Float64Array, n: number, into: Float64Array): void {
  let at = weights.offset;
  for (let j = 0; j < outputs; j++) for (let i = 0; i < inputs; i++) into[at++] += curvatures[j] * activations[n * inputs + i] ** 2;
  if (biases !== undefined) for (let j = 0; j < outputs; j++) into[biases.offset + j] += curvatures[j];
}

/**
 * The exact Hessian by extended backpropagation (Bishop 1992), O(W2) an example. For layers l <= m, with z = 1 for biases,
 *
 *     d2E / dw_l,ji dw_m,kr = z_l-1,i [ (B_m G_ml)_kj z_m-1,r + delta_m,k h'_m-1,r (G_m-1,l)_rj ],
 *
 * where B_m = d2E/da_m da_m' and G_ml = da_m/da_l; the second term is absent for m = l.
 */
export function hessian(pass: DensePass, loss: OutputDerivatives): Float64Array {
  const { layers, parameters, rows, activations } = pass;
  const width = parameters.length;
  const result = new Float64Array(width * width);
  const { deltas, errors } = backpropagateErrors(pass, loss.gradient);
  const blocks = blocksOf(layers);
  const widest = Math.max(layers[0].inputs, ...units(layers));
  const scratch = new Float64Array(widest);
  const sensitivity = [new Float64Array(widest), new Float64Array(widest)];
  const row = new Float64Array(width);

  for (let n = 0; n < rows; n++) {
    backpropagateCurvature(pass, loss, errors, n, blocks, scratch);
    layers.forEach((layer, l) => {
      for (let j = 0; j < layer.outputs; j++) {
        const start = layer.weights.offset;
        hessianRow(pass, deltas, blocks, n, l, j, sensitivity, row);
        for (let i = 0; i < layer.inputs; i++) addScaled(row, activations[l][n * layer.inputs + i], start, width, result, start + j * layer.inputs + i);
        if (layer.biases !== undefined) addScaled(row, 1, start, width, result, layer.biases.offset + j);
      }
    });
  }
  // Rows were filled from their own layer on; what lies before is the mirror image.
  layers.forEach((layer, l) => {
    const [start, end] = [layer.weights.offset, layers[l + 1]?.weights.offset ?? width];
    for (let i = start; i < end; i++) for (let j = 0; j < start; j++) result[i * width + j] = result[j * width + i];
  });
  return result;
}

/** d(dE/dw)/da_l,j for example n and all w from layer l on: what multiplies z_l-1,i in the Hessian's rows of unit j. */
function hessianRow(pass: DensePass, deltas: readonly Float64Array[], curvature: readonly Float64Array[], n: number, l: number, j: number, sensitivity: readonly Float64Array[], row: Float64Array): void {
  const { layers, parameters, activations, slopes } = pass;
  // Column j of G_ml, carried forward layer by layer: da_m/da_l,j = W_m h'_m-1 da_m-1/da_l,j.
  let [current, previous] = sensitivity;
  for (let m = l; m < layers.length; m++) {
    const { inputs, outputs, weights, biases } = layers[m];
    [current, previous] = [previous, current];
    if (m === l) {
      current.fill(0);
      current[j] = 1;
    } else {
      // From here on `previous` is dz_m-1/da_l,j.
      for (let r = 0; r < inputs; r++) previous[r] *= slopes[m - 1][n * inputs + r];
      const w = view(parameters, weights);
      for (let k = 0; k < outputs; k++) {
        let sum = 0;
        for (let r = 0; r < inputs; r++) sum += w[k * inputs + r] * previous[r];
        current[k] = sum;
      }
    }
    let at = weights.offset;
    for (let k = 0; k < outputs; k++) {
      let change = 0;
      for (let q = 0; q < outputs; q++) change += curvature[m][k * outputs + q] * current[q];
      const delta = m === l ? 0 : deltas[m][n * outputs + k];
      for (let r = 0; r < inputs; r++) row[at++] = change * activations[m][n * inputs + r] + delta * previous[r];
      if (biases !== undefined) row[biases.offset + k] = change;
    }
  }
}

/** Adds scale * source[from ..] to the given row of a square matrix. */
function addScaled(source: Float64Array, scale: number, from: number, width: number, into: Float64Array, row: number): void {
  const start = row * width;
  for (let i = from; i < width; i++) into[start + i] += scale * source[i];
}
