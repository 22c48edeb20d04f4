import { UnsupportedError } from "../errors.ts";
import type { ParameterTensor } from "../model/model.ts";
import type { GroupedPrior } from "../prior/prior.ts";

/** Prior precisions of a tensor that are products, $\alpha\, r_j c_i$ in row j and column i, with $r_0 = c_0 = 1$. */
export interface SeparablePrior {
  /** $\alpha$, the precision of the first entry. */
  readonly precision: number;
  /** $r$, or nothing if all are 1. */
  readonly rows: Float64Array | undefined;
  /** $c$, or nothing if all are 1. */
  readonly columns: Float64Array | undefined;
}

/** By how much a product may miss, relatively: what rounding makes of it. */
const ROUNDING = 1e-12;

/** The prior precisions of a tensor as products. */
export function separablePrior({ groupOf, precisions }: GroupedPrior, { name, offset, rows, columns }: ParameterTensor): SeparablePrior {
  const at = (j: number, i: number): number => precisions[groupOf[offset + j * columns + i]];
  const precision = at(0, 0);
  const ofRows = Float64Array.from({ length: rows }, (_, j) => at(j, 0) / precision);
  const ofColumns = Float64Array.from({ length: columns }, (_, i) => at(0, i) / precision);
  for (let j = 1; j < rows; j++) {
    for (let i = 1; i < columns; i++) {
      const product = precision * ofRows[j] * ofColumns[i];
      if (Math.abs(at(j, i) - product) <= ROUNDING * product) continue;
      throw new UnsupportedError(`kronecker(): the prior precisions of ${name} are no products of one number for each unit and one for each input, and so cannot join its Kronecker factors. Use isotropic(), perLayer() or automaticRelevance(), or for this prior blockDiagonal(), full() or diagonal().`);
    }
  }
  return { precision, rows: unlessOnes(ofRows), columns: unlessOnes(ofColumns) };
}

function unlessOnes(ratios: Float64Array): Float64Array | undefined {
  return ratios.every((ratio) => ratio === 1) ? undefined : ratios;
}
