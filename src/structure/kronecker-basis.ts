import { symmetricEigen } from "../linalg/symmetric-eigen.ts";

/** A factor $M$ of a block, diagonalised together with a diagonal $D$: $D^{-1/2} M D^{-1/2} = U \operatorname{diag}(\ell) U^\top$. */
export interface FactorBasis {
  /** The order of $M$. */
  readonly size: number;
  /** $\ell$, none below 0. */
  readonly eigenvalues: Float64Array;
  /** $U$, its columns the eigenvectors. */
  readonly vectors: Float64Array;
  /** $D^{-1/2} U$. */
  readonly directions: Float64Array;
}

/** The bases of one factor for any $D$; nothing stands for the identity. */
export type FactorBases = (ratios?: Float64Array) => FactorBasis;

/** The bases of a factor $M$, of which the lower triangle counts. That for the identity is kept, and the last other one. */
export function factorBases(matrix: Float64Array, size: number): FactorBases {
  let plain: FactorBasis | undefined;
  let scaled: { readonly ratios: Float64Array; readonly basis: FactorBasis } | undefined;
  return (ratios) => {
    if (ratios === undefined) return (plain ??= basisOf(matrix, size));
    if (scaled === undefined || !scaled.ratios.every((ratio, i) => ratio === ratios[i])) scaled = { ratios, basis: basisOf(matrix, size, ratios) };
    return scaled.basis;
  };
}

/** The basis of the factor that is the number 1, for a tensor of one column. */
export const UNIT_BASIS: FactorBasis = { size: 1, eigenvalues: Float64Array.of(1), vectors: Float64Array.of(1), directions: Float64Array.of(1) };

function basisOf(matrix: Float64Array, size: number, ratios?: Float64Array): FactorBasis {
  const inverseRoots = ratios?.map((ratio) => 1 / Math.sqrt(ratio));
  const scaled = inverseRoots === undefined ? matrix : matrix.map((value, at) => value * inverseRoots[Math.floor(at / size)] * inverseRoots[at % size]);
  const { values, vectors } = symmetricEigen(scaled, size);
  return {
    size,
    // Sums of outer products have no negative eigenvalues but by rounding.
    eigenvalues: values.map((value) => Math.max(0, value)),
    vectors,
    directions: inverseRoots === undefined ? vectors : vectors.map((value, at) => value * inverseRoots[Math.floor(at / size)]),
  };
}
