/** The eigendecomposition $A = V \operatorname{diag}(\lambda) V^\top$ of a symmetric matrix. */
export interface SymmetricEigen {
  /** The eigenvalues $\lambda$ in ascending order. */
  readonly values: Float64Array;
  /** The orthogonal matrix $V$, row-major: column $j$ is the eigenvector of $\lambda_j$. */
  readonly vectors: Float64Array;
}

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, by Householder tridiagonalisation and implicit QL.
 *
 * Golub & Van Loan (2013), Matrix Computations, algorithms 8.3.1 and 8.3.2; Wilkinson & Reinsch (1971), II/2 and II/4.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws RangeError if an entry is NaN or infinite
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const { diagonal, offDiagonal, reflectors, factors, scale } = tridiagonalize(a, n);
  const rows = accumulateReflectors(reflectors, factors, n);
  implicitQl(diagonal, offDiagonal, n, rows);
  const order = Array.from(diagonal.keys()).sort((i, j) => diagonal[i] - diagonal[j]);
  const values = new Float64Array(n);
  const vectors = new Float64Array(n * n);
  order.forEach((source, j) => {
    values[j] = diagonal[source] / scale;
    for (let i = 0; i < n; i++) vectors[i * n + j] = rows[source * n + i];
  });
  return { values, vectors };
}

/**
 * The eigenvalues of a symmetric matrix in ascending order, without eigenvectors: a small part of the work of
 * {@link symmetricEigen}.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws RangeError if an entry is NaN or infinite
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  const { diagonal, offDiagonal, scale } = tridiagonalize(a, n);
  implicitQl(diagonal, offDiagonal, n);
  return diagonal.sort().map((value) => value / scale);
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i couples i and i + 1; the last entry is zero. */
  readonly offDiagonal: Float64Array;
  /** Row i holds in its first i entries the vector v of the reflection I - factor v v'. */
  readonly reflectors: Float64Array;
  readonly factors: Float64Array;
  /** The power of two that A was multiplied by to keep squares in range. */
  readonly scale: number;
}

/** Householder reflections, from the last row up: each clears a row to the left of its subdiagonal entry. */
function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const scale = scaleToUnity(a, n);
  const work = a.map((value) => value * scale);
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const factors = new Float64Array(n);
  const p = new Float64Array(n);
  for (let i = n - 1; i > 0; i--) {
    const v = work.subarray(i * n, i * n + i);
    diagonal[i] = work[i * n + i];
    let tail = 0;
    for (let j = 0; j < i - 1; j++) tail += v[j] * v[j];
    const head = v[i - 1];
    if (tail === 0) {
      offDiagonal[i - 1] = head;
      continue;
    }
    const norm = Math.sqrt(tail + head * head);
    const image = head > 0 ? -norm : norm;
    offDiagonal[i - 1] = image;
    v[i - 1] = head - image;
    const factor = 1 / (image * (image - head));
    factors[i] = factor;
    // p = factor A v, then w = p - (factor / 2) (p' v) v and A - v w' - w v'.
    p.fill(0, 0, i);
    for (let r = 0; r < i; r++) {
      const row = r * n;
      const vr = v[r];
      let sum = work[row + r] * vr;
      for (let j = 0; j < r; j++) {
        sum += work[row + j] * v[j];
        p[j] += work[row + j] * vr;
      }
      p[r] += sum;
    }
    let inner = 0;
    for (let j = 0; j < i; j++) {
      p[j] *= factor;
      inner += p[j] * v[j];
    }
    for (let j = 0; j < i; j++) p[j] -= 0.5 * factor * inner * v[j];
    for (let r = 0; r < i; r++) {
      const row = r * n;
      const vr = v[r];
      const wr = p[r];
      for (let j = 0; j <= r; j++) work[row + j] -= vr * p[j] + wr * v[j];
    }
  }
  if (n > 0) diagonal[0] = work[0];
  return { diagonal, offDiagonal, reflectors: work, factors, scale };
}

function scaleToUnity(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(a[i * n + j]);
      if (!(size < Infinity)) throw new RangeError(`The matrix must be finite, but entry (${i}, ${j}) is ${a[i * n + j]}.`);
      if (size > largest) largest = size;
    }
  }
  if (largest === 0) return 1;
  return 2 ** -Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))));
}

/** The transpose of the product of the reflections; its rows become the eigenvectors. */
function accumulateReflectors(reflectors: Float64Array, factors: Float64Array, n: number): Float64Array {
  const rows = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    const factor = factors[i];
    rows[i * n + i] = 1;
    if (factor === 0) continue;
    for (let r = 0; r < i; r++) {
      let sum = 0;
      for (let j = 0; j < i; j++) sum += rows[r * n + j] * reflectors[i * n + j];
      sum *= factor;
      for (let j = 0; j < i; j++) rows[r * n + j] -= sum * reflectors[i * n + j];
    }
  }
  return rows;
}

const maximumSweeps = 60;

/** Implicit QL with Wilkinson's shift; rotates the rows of `rows` along when they are given. */
function implicitQl(d: Float64Array, e: Float64Array, n: number, rows?: Float64Array): void {
  // A coupling this small is rounding error of the largest entries; a bound relative to its neighbours might never be met.
  let negligible = 0;
  for (let i = 0; i < n; i++) negligible = Math.max(negligible, Number.EPSILON * (Math.abs(d[i]) + Math.abs(e[i])));
  for (let l = 0; l < n; l++) {
    for (let sweep = 0; ; sweep++) {
      let m = l;
      while (m < n - 1 && Math.abs(e[m]) > negligible) m++;
      if (m === l) break;
      if (sweep === maximumSweeps) throw new Error("The QL iteration did not converge.");
      const half = (d[l + 1] - d[l]) / (2 * e[l]);
      const root = Math.sqrt(half * half + 1);
      let g = d[m] - d[l] + e[l] / (half + (half < 0 ? -root : root));
      let s = 1;
      let c = 1;
      let p = 0;
      let i = m - 1;
      for (; i >= l; i--) {
        const f = s * e[i];
        const b = c * e[i];
        const r = Math.sqrt(f * f + g * g);
        e[i + 1] = r;
        if (r === 0) {
          d[i + 1] -= p;
          break;
        }
        s = f / r;
        c = g / r;
        g = d[i + 1] - p;
        const t = (d[i] - g) * s + 2 * c * b;
        p = s * t;
        d[i + 1] = g + p;
        g = c * t - b;
        if (rows) rotateRows(rows, n, i, c, s);
      }
      e[m] = 0;
      if (i >= l) continue;
      d[l] -= p;
      e[l] = g;
    }
  }
}

function rotateRows(rows: Float64Array, n: number, i: number, c: number, s: number): void {
  const upper = i * n;
  const lower = upper + n;
  for (let j = 0; j < n; j++) {
    const f = rows[lower + j];
    const g = rows[upper + j];
    rows[lower + j] = s * g + c * f;
    rows[upper + j] = c * g - s * f;
  }
}
