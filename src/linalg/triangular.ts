/**
 * Solves $L X = B$ in place: $B \leftarrow L^{-1} B$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveLower(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  for (let i = 0; i < n; i++) {
    const row = i * columns;
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k];
      const other = k * columns;
      for (let j = 0; j < columns; j++) b[row + j] -= factor * b[other + j];
    }
    const pivot = l[i * n + i];
    for (let j = 0; j < columns; j++) b[row + j] /= pivot;
  }
}

/**
 * Solves $L^\top X = B$ in place: $B \leftarrow L^{-\top} B$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveLowerTransposed(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  for (let i = n - 1; i >= 0; i--) {
    const row = i * columns;
    const pivot = l[i * n + i];
    for (let j = 0; j < columns; j++) b[row + j] /= pivot;
    for (let k = 0; k < i; k++) {
      const factor = l[i * n + k];
      const other = k * columns;
      for (let j = 0; j < columns; j++) b[other + j] -= factor * b[row + j];
    }
  }
}

/**
 * Solves $L v = b$ for every row $b^\top$ of $B$ in place: $B \leftarrow B L^{-\top}$. It whitens the rows of a
 * Jacobian: the squared norm of a whitened row is $b^\top (L L^\top)^{-1} b$.
 *
 * @param l - $n \times n$ lower triangular, row-major; nothing above the diagonal is read
 * @param n - the order of $L$
 * @param b - `rows` $\times n$, row-major; overwritten with the solution
 * @param rows - the number of rows of $B$
 */
export function solveLowerRows(l: Float64Array, n: number, b: Float64Array, rows: number): void {
  for (let r = 0; r < rows; r++) {
    const row = r * n;
    for (let i = 0; i < n; i++) {
      let sum = b[row + i];
      for (let k = 0; k < i; k++) sum -= l[i * n + k] * b[row + k];
      b[row + i] = sum / l[i * n + i];
    }
  }
}

/**
 * Solves $L L^\top X = B$ in place: $B \leftarrow (L L^\top)^{-1} B$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 * @param b - $n \times$ `columns`, row-major; overwritten with the solution
 * @param columns - the number of right-hand sides
 */
export function solveCholesky(l: Float64Array, n: number, b: Float64Array, columns: number): void {
  solveLower(l, n, b, columns);
  solveLowerTransposed(l, n, b, columns);
}

/**
 * The diagonal of $(L L^\top)^{-1}$ as sums of squares over the columns of $L^{-1}$, so that no entry can come out
 * negative: $[(L L^\top)^{-1}]_{jj} = \sum_i [L^{-1}]_{ij}^2$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function inverseDiagonal(l: Float64Array, n: number): Float64Array {
  const inverse = inverseLower(l, n);
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) diagonal[j] += inverse[i * n + j] ** 2;
  }
  return diagonal;
}

/**
 * The inverse $(L L^\top)^{-1} = L^{-\top} L^{-1}$, symmetric and in full.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function inverseFromCholesky(l: Float64Array, n: number): Float64Array {
  const inverse = inverseLower(l, n);
  const result = new Float64Array(n * n);
  for (let k = 0; k < n; k++) {
    for (let i = 0; i <= k; i++) {
      const factor = inverse[k * n + i];
      for (let j = 0; j <= i; j++) result[i * n + j] += factor * inverse[k * n + j];
    }
  }
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) result[j * n + i] = result[i * n + j];
  }
  return result;
}

function inverseLower(l: Float64Array, n: number): Float64Array {
  const inverse = new Float64Array(n * n);
  for (let i = 0; i < n; i++) inverse[i * n + i] = 1;
  solveLower(l, n, inverse, n);
  return inverse;
}
