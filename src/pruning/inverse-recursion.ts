/**
 * The inverse of $P = A + \sum_m x_m x_m^\top$ by one update for each row (Hassibi & Stork 1993, section 3; the formula of Sherman and Morrison):
 * $$P_{m+1}^{-1} = P_m^{-1} - \frac{P_m^{-1} x_{m+1} x_{m+1}^\top P_m^{-1}}{1 + x_{m+1}^\top P_m^{-1} x_{m+1}}, \qquad P_0^{-1} = A^{-1}.$$
 * $O(W^2)$ operations a row, and nothing but the matrix in memory.
 */
export interface InverseRecursion {
  /** $P^{-1}$ of all rows seen: W x W. */
  readonly inverse: Float64Array;
  /** Sees more rows, of W numbers each. */
  add(rows: Float64Array): void;
}

/** Begins with the diagonal A. */
export function inverseRecursion(diagonal: Float64Array): InverseRecursion {
  const width = diagonal.length;
  const inverse = new Float64Array(width * width);
  for (let i = 0; i < width; i++) inverse[i * (width + 1)] = 1 / diagonal[i];
  const product = new Float64Array(width);
  return {
    inverse,
    add: (rows) => {
      for (let start = 0; start < rows.length; start += width) {
        let denominator = 1;
        for (let i = 0; i < width; i++) {
          let sum = 0;
          for (let j = 0, at = i * width; j < width; j++) sum += inverse[at++] * rows[start + j];
          product[i] = sum;
          denominator += rows[start + i] * sum;
        }
        subtractSquare(inverse, product, denominator);
      }
    },
  };
}

/** Takes $v v^\top / d$ off a matrix. Symmetric to the last digit, as $v_i v_j$ is. */
function subtractSquare(matrix: Float64Array, v: Float64Array, d: number): void {
  const width = v.length;
  for (let i = 0; i < width; i++) {
    if (v[i] === 0) continue;
    for (let j = 0, at = i * width; j < width; j++) matrix[at++] -= (v[i] * v[j]) / d;
  }
}

/**
 * The inverse of $P$ without row and column $q$, from that of $P$, with zeros in their places: $P^{-1} - P^{-1} e_q e_q^\top P^{-1} / [P^{-1}]_{qq}$. Overwrites the matrix.
 */
export function downdate(inverse: Float64Array, width: number, q: number): void {
  const column = inverse.slice(q * width, (q + 1) * width);
  subtractSquare(inverse, column, column[q]);
  for (let i = 0; i < width; i++) {
    inverse[i * width + q] = 0;
    inverse[q * width + i] = 0;
  }
}
