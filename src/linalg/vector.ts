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
