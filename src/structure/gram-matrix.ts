import { addGram, likeUnits, type LikeUnits } from "./like-units.ts";
import { rowCount, type JacobianRows } from "../model/jacobian-rows.ts";

/** The Gram matrix of rows B for any prior: its lower triangle, M x M. */
export interface GramMatrix {
  /** $c B A^{-1} B^\top$. */
  weighted(like: readonly LikeUnits[], c: number): Float64Array;
  /** $B B^\top$. */
  unweighted(): Float64Array;
}

/** A layer whose weights share one precision only rescales its part, so that it is computed once. */
export function gramMatrix(rows: JacobianRows): GramMatrix {
  const size = rowCount(rows) ** 2;
  const ofLayer = new Map<number, Float64Array>();
  const add = (sum: Float64Array, like: LikeUnits, c: number): void => {
    const { layer, units, variances } = like;
    if (units.length < rows.layers[layer].units || variances.some((variance) => variance !== variances[0])) {
      addGram(rows, rows, { ...like, variances: variances.map((variance) => c * variance) }, "lower", sum);
      return;
    }
    let part = ofLayer.get(layer);
    if (part === undefined) {
      part = new Float64Array(size);
      addGram(rows, rows, { ...like, variances: variances.map(() => 1) }, "lower", part);
      ofLayer.set(layer, part);
    }
    const scale = c * variances[0];
    for (let i = 0; i < size; i++) sum[i] += scale * part[i];
  };
  const weighted: GramMatrix["weighted"] = (like, c) => {
    const sum = new Float64Array(size);
    for (const units of like) add(sum, units, c);
    return sum;
  };
  return {
    weighted,
    unweighted: () => weighted(likeUnits(rows, { groupOf: new Int32Array(rows.width), precisions: Float64Array.of(1) }), 1),
  };
}
