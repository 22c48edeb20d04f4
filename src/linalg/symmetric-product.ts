/**
 * The product of a symmetric matrix and a vector.
 *
 * @param lower - $n \times n$, row-major; nothing above the diagonal is read
 * @param v - $n$ numbers
 */
export function symmetricTimes(lower: Float64Array, v: Float64Array): Float64Array {
  const n = v.length;
  const product = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    const value = v[i];
    let sum = lower[row + i] * value;
    for (let j = 0; j < i; j++) {
      sum += lower[row + j] * v[j];
      product[j] += lower[row + j] * value;
    }
    product[i] += sum;
  }
  return product;
}

/**
 * The diagonal of the product $A B$ of two symmetric matrices.
 *
 * @param a - $n \times n$, row-major; nothing above the diagonal is read
 * @param b - the same
 * @param n - their order
 */
export function diagonalOfProduct(a: Float64Array, b: Float64Array, n: number): Float64Array {
  const diagonal = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = i * n;
    let sum = a[row + i] * b[row + i];
    for (let j = 0; j < i; j++) {
      const term = a[row + j] * b[row + j];
      sum += term;
      diagonal[j] += term;
    }
    diagonal[i] += sum;
  }
  return diagonal;
}
