/** The scalar product $a^\top b$. */
export function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** The Euclidean norm $\sqrt{v^\top v}$. */
export function norm(v: Float64Array): number {
  return Math.sqrt(dot(v, v));
}

/** $c\,v$. A plain loop: Float64Array.map is several times slower. */
export function scaled(c: number, v: Float64Array): Float64Array {
  const product = new Float64Array(v.length);
  for (let i = 0; i < v.length; i++) product[i] = c * v[i];
  return product;
}

/** $a + b$. */
export function sum(a: Float64Array, b: Float64Array): Float64Array {
  const total = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) total[i] = a[i] + b[i];
  return total;
}

/** Whether all numbers are finite. */
export function allFinite(v: Float64Array): boolean {
  // 0 x is NaN for what is not finite, and no sum of zeros hides it.
  let zero = 0;
  for (let i = 0; i < v.length; i++) zero += 0 * v[i];
  return zero === 0;
}

/** The numbers of all arrays, one after the other. */
export function concatenated(arrays: readonly Float64Array[]): Float64Array {
  const whole = new Float64Array(arrays.reduce((total, { length }) => total + length, 0));
  let at = 0;
  for (const array of arrays) {
    whole.set(array, at);
    at += array.length;
  }
  return whole;
}
