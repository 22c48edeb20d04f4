/** A symmetric matrix $A = Q T Q^\top$ reduced to a tridiagonal one, on its way to its eigendecomposition. */
export interface SymmetricReduction {
  readonly diagonal: Float64Array;
  /** Entry i couples i and i + 1; the last entry is zero. */
  readonly offDiagonal: Float64Array;
  /** The orthogonal matrix $Q$. */
  basis(): RotatingBasis;
}

/** An orthogonal matrix whose columns take part in rotations. */
export interface RotatingBasis {
  /** Rotates the columns i and i + 1 by their angle for i from `last` - 1 down to `first`. */
  rotate(first: number, last: number, cosines: Float64Array, sines: Float64Array): void;
  /** The columns in the given order, as a row-major matrix. */
  columns(order: ArrayLike<number>): Float64Array;
}

/** The basis $Q$, $n \times n$ and row-major, which is spoiled. */
export function rotatingBasis(q: Float64Array, n: number): RotatingBasis {
  return {
    rotate: (first, last, cosines, sines) => rotateColumns(q, n, first, last, cosines, sines),
    columns(order) {
      const result = new Float64Array(n * n);
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < n; j++) result[i * n + j] = q[i * n + order[j]];
      }
      return result;
    },
  };
}

/** Four rows at a time, with the column that all rotations pass on in registers. */
function rotateColumns(a: Float64Array, n: number, first: number, last: number, cosines: Float64Array, sines: Float64Array): void {
  let row = 0;
  for (; row + 4 <= n; row += 4) {
    const r0 = row * n;
    const r1 = r0 + n;
    const r2 = r1 + n;
    const r3 = r2 + n;
    let f0 = a[r0 + last];
    let f1 = a[r1 + last];
    let f2 = a[r2 + last];
    let f3 = a[r3 + last];
    for (let i = last - 1; i >= first; i--) {
      const c = cosines[i];
      const s = sines[i];
      const g0 = a[r0 + i];
      const g1 = a[r1 + i];
      const g2 = a[r2 + i];
      const g3 = a[r3 + i];
      a[r0 + i + 1] = s * g0 + c * f0;
      a[r1 + i + 1] = s * g1 + c * f1;
      a[r2 + i + 1] = s * g2 + c * f2;
      a[r3 + i + 1] = s * g3 + c * f3;
      f0 = c * g0 - s * f0;
      f1 = c * g1 - s * f1;
      f2 = c * g2 - s * f2;
      f3 = c * g3 - s * f3;
    }
    a[r0 + first] = f0;
    a[r1 + first] = f1;
    a[r2 + first] = f2;
    a[r3 + first] = f3;
  }
  for (; row < n; row++) {
    const start = row * n;
    let f = a[start + last];
    for (let i = last - 1; i >= first; i--) {
      const g = a[start + i];
      a[start + i + 1] = sines[i] * g + cosines[i] * f;
      f = cosines[i] * g - sines[i] * f;
    }
    a[start + first] = f;
  }
}
