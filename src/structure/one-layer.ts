import { addProduct } from "../linalg/gemm.ts";
import { multiplyTransposedLeft } from "../linalg/products.ts";
import { block, rowMajor } from "../linalg/view.ts";
import { parameterIndex, type JacobianRows } from "./jacobian-rows.ts";

/**
 * Adds B'B for rows of one layer of several units, as those of a last layer are, to the lower triangle of a W x W matrix. For units j and k its entries are
 * $\sum_n \Lambda_{njk} z_n z_n^\top$ with $\Lambda_n = \sum_r \delta_{nr} \delta_{nr}^\top$: a product for each pair of units, and R times fewer operations than with rows written out.
 */
export function addPairsOfUnits({ examples, columns, width, layers: [layer] }: JacobianRows, sum: Float64Array): void {
  const { activations, deltas, inputs, units } = layer;
  for (let j = 0; j < units; j++) {
    // Independent outputs have no curvature between them.
    const others = Array.from({ length: j + 1 }, (_, k) => weightsOfPair(deltas, units, columns, j, k)).map((weights, k) => ({ weights, k })).filter(({ weights, k }) => k === j || weights.some((weight) => weight !== 0));
    const side = others.length * inputs;
    const weighted = new Float64Array(examples * side);
    others.forEach(({ weights }, at) => {
      for (let n = 0; n < examples; n++) for (let i = 0; i < inputs; i++) weighted[n * side + at * inputs + i] = weights[n] * activations[n * inputs + i];
    });
    const products = multiplyTransposedLeft(activations, weighted, inputs, examples, side);
    others.forEach(({ k }, at) => {
      for (let i = 0; i < inputs; i++) {
        const p = parameterIndex(layer, j, i);
        // Of a unit with itself, each pair of inputs once.
        const end = j === k ? i + 1 : inputs;
        for (let l = 0; l < end; l++) {
          const q = parameterIndex(layer, k, l);
          sum[p > q ? p * width + q : q * width + p] += products[i * side + at * inputs + l];
        }
      }
    });
  }
}

/** $\Lambda_{njk}$ for each example. */
function weightsOfPair(deltas: Float64Array, units: number, columns: number, j: number, k: number): Float64Array {
  const weights = new Float64Array(deltas.length / (units * columns));
  for (let m = 0, n = 0; n < weights.length; n++) for (let r = 0; r < columns; r++, m++) weights[n] += deltas[m * units + j] * deltas[m * units + k];
  return weights;
}

/** Whether rows are of one layer whose output k is unit k times a slope, in which case these slopes are returned: N x K. */
export function slopesOfOneLayer({ columns, layers }: JacobianRows): Float64Array | undefined {
  const [{ deltas, units }] = layers;
  if (layers.length > 1 || units === 1 || units !== columns) return undefined;
  const slopes = new Float64Array(deltas.length / units);
  for (let m = 0; m < slopes.length; m++) {
    for (let j = 0; j < units; j++) if (j !== m % units && deltas[m * units + j] !== 0) return undefined;
    slopes[m] = deltas[m * units + (m % units)];
  }
  return slopes;
}

/** The columns of $L^{-1}$ that belong to each unit, one below the other: K times inputs x W. */
export function columnsOfUnits({ width, layers: [layer] }: JacobianRows, inverse: Float64Array): readonly Float64Array[] {
  return Array.from({ length: layer.units }, (_, k) => {
    const columns = new Float64Array(layer.inputs * width);
    for (let i = 0; i < layer.inputs; i++) {
      const index = parameterIndex(layer, k, i);
      for (let p = index; p < width; p++) columns[i * width + p] = inverse[p * width + index];
    }
    return columns;
  });
}

/**
 * Rows times $L^{-\top}$ for the rows of the outputs of one layer, M x W: those of output k are its slopes times $z_n^\top$ times the columns of $L^{-1}$ that belong to unit k, and no zeros
 * are multiplied.
 */
export function whitenedByUnits({ examples, width, layers: [layer] }: JacobianRows, slopes: Float64Array, ofUnits: readonly Float64Array[]): Float64Array {
  const { activations, inputs, units } = layer;
  const whitened = new Float64Array(slopes.length * width);
  ofUnits.forEach((columns, k) => {
    // Above the first weight of the unit, its columns are zero.
    const start = parameterIndex(layer, k, 0);
    const rows = { data: whitened, offset: k * width + start, rowStride: units * width, columnStride: 1 };
    addProduct(1, rowMajor(activations, inputs), block(rowMajor(columns, width), 0, start), rows, examples, inputs, width - start);
  });
  slopes.forEach((slope, m) => {
    if (slope !== 1) for (let p = m * width; p < (m + 1) * width; p++) whitened[p] *= slope;
  });
  return whitened;
}
