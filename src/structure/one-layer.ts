import { addProduct } from "../linalg/gemm.ts";
import { block, rowMajor } from "../linalg/view.ts";
import { parameterIndex, type JacobianRows } from "../model/jacobian-rows.ts";

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
