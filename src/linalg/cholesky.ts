/**
 * Overwrites the symmetric matrix $A$ with its Cholesky factor $L$, $A = L L^\top$.
 *
 * Golub & Van Loan (2013), Matrix Computations, section 4.2.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read. On success it holds $L$, with zeros above the diagonal.
 * @param n - the order of $A$
 * @returns -1 on success, else the zero-based index of the first pivot that is not positive (or is NaN); `a` is then spoiled
 */
export function cholesky(a: Float64Array, n: number): number {
  for (let i = 0; i < n; i++) {
    const rowI = i * n;
    for (let j = 0; j < i; j++) {
      const rowJ = j * n;
      let sum = a[rowI + j];
      for (let k = 0; k < j; k++) sum -= a[rowI + k] * a[rowJ + k];
      a[rowI + j] = sum / a[rowJ + j];
    }
    let pivot = a[rowI + i];
    for (let k = 0; k < i; k++) pivot -= a[rowI + k] * a[rowI + k];
    if (!(pivot > 0)) return i;
    a[rowI + i] = Math.sqrt(pivot);
    a.fill(0, rowI + i + 1, rowI + n);
  }
  return -1;
}

/**
 * The log determinant of $A = L L^\top$: $\log\det A = 2 \sum_i \log L_{ii}$.
 *
 * @param l - the $n \times n$ Cholesky factor, row-major
 * @param n - its order
 */
export function logDeterminant(l: Float64Array, n: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) sum += Math.log(l[i * n + i]);
  return 2 * sum;
}
