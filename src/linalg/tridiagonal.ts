import { addProduct } from "./gemm.ts";
import { block, rowMajor, transposed } from "./view.ts";

/** The reduction $A = Q T Q^\top$ of a symmetric matrix to a tridiagonal one, $Q = H_{n-1} \cdots H_1$. */
export interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry i couples i and i + 1; the last entry is zero. */
  readonly offDiagonal: Float64Array;
  /** Row i holds the vector $v_i$ of the reflection $H_i = I - \tau_i v_i v_i^\top$, zero from entry i on. */
  readonly reflectors: Float64Array;
  /** The factors $\tau_i$. */
  readonly factors: Float64Array;
}

/** Reflections that act together, as one product. */
const blockSize = 16;

/** Squares below this are lost beside entries of size one. */
const negligible = 1e-290;

/**
 * Reduces a symmetric matrix to tridiagonal form by Householder reflections, from its last row up: $H_i$ clears row i left of
 * the subdiagonal.
 *
 * With $p = \tau A v$ and $w = p - \frac{\tau}{2} (p^\top v) v$ a reflection leaves $A - v w^\top - w v^\top$ (Golub & Van Loan
 * 2013, algorithm 8.3.1). A row of a block gets these updates when its turn comes, the rows above when the block is done
 * (Dongarra, Sorensen & Hammarling 1989, Block reduction of matrices to condensed forms).
 *
 * @param a - $n \times n$, row-major, with entries about one; only the lower triangle is read. Overwritten with the reflectors
 * @param n - the order of $A$
 */
export function tridiagonalize(a: Float64Array, n: number): Tridiagonal {
  const diagonal = new Float64Array(n);
  const offDiagonal = new Float64Array(n);
  const factors = new Float64Array(n);
  const updates = new Float64Array(blockSize * n);
  for (let start, end = n; end > 0; end = start) {
    start = Math.max(0, end - blockSize);
    for (let i = end - 1; i >= start; i--) {
      const v = i * n;
      const w = (i - start) * n;
      for (let k = i + 1; k < end; k++) {
        subtractMultiples(a, v, i + 1, a[k * n + i], updates, (k - start) * n, updates[(k - start) * n + i], a, k * n);
      }
      diagonal[i] = a[v + i];
      if (i > 0) factors[i] = reflect(a, v, i, offDiagonal);
      if (factors[i] === 0) {
        updates.fill(0, w, w + n);
        continue;
      }
      multiplySymmetric(a, n, i, v, updates, w);
      for (let k = i + 1; k < end; k++) {
        const other = (k - start) * n;
        const alongUpdate = innerProduct(updates, other, a, v, i);
        const alongVector = innerProduct(a, k * n, a, v, i);
        subtractMultiples(updates, w, i, alongUpdate, a, k * n, alongVector, updates, other);
      }
      const shift = (factors[i] / 2) * innerProduct(updates, w, a, v, i);
      for (let j = 0; j < i; j++) updates[w + j] = factors[i] * (updates[w + j] - shift * a[v + j]);
    }
    const vectors = block(rowMajor(a, n), start, 0);
    const products = rowMajor(updates, n);
    addProduct(-1, transposed(vectors), products, rowMajor(a, n), start, end - start, start, "lower");
    addProduct(-1, transposed(products), vectors, rowMajor(a, n), start, end - start, start, "lower");
  }
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) a[i * n + j] = 0;
  }
  return { diagonal, offDiagonal, reflectors: a, factors };
}

/** Turns the first `length` entries at `start` into the vector that reflects them onto the last; returns its factor. */
function reflect(a: Float64Array, start: number, length: number, offDiagonal: Float64Array): number {
  const last = start + length - 1;
  const head = a[last];
  const tail = innerProduct(a, start, a, start, length - 1);
  const image = tail < negligible ? head : (head > 0 ? -1 : 1) * Math.sqrt(tail + head * head);
  offDiagonal[length - 1] = image;
  if (tail < negligible) return 0;
  a[last] = head - image;
  return 1 / (image * (image - head));
}

/** $y = A v$ from the lower triangle of $A$, two rows at a time, with $v$ in row `order` of the same array. */
function multiplySymmetric(a: Float64Array, n: number, order: number, v: number, y: Float64Array, to: number): void {
  let r = 0;
  for (; r + 1 < order; r += 2) {
    const row = r * n;
    const next = row + n;
    const v0 = a[v + r];
    const v1 = a[v + r + 1];
    let s0 = a[row + r] * v0 + a[next + r] * v1;
    let s1 = a[next + r] * v0 + a[next + r + 1] * v1;
    for (let j = 0; j < r; j++) {
      const x0 = a[row + j];
      const x1 = a[next + j];
      const vj = a[v + j];
      s0 += x0 * vj;
      s1 += x1 * vj;
      y[to + j] += x0 * v0 + x1 * v1;
    }
    y[to + r] = s0;
    y[to + r + 1] = s1;
  }
  if (r === order) return;
  const row = r * n;
  let sum = a[row + r] * a[v + r];
  for (let j = 0; j < r; j++) {
    sum += a[row + j] * a[v + j];
    y[to + j] += a[row + j] * a[v + r];
  }
  y[to + r] = sum;
}

function innerProduct(x: Float64Array, atX: number, y: Float64Array, atY: number, length: number): number {
  let sum = 0;
  for (let j = 0; j < length; j++) sum += x[atX + j] * y[atY + j];
  return sum;
}

/** $y \leftarrow y - s u - t v$ */
function subtractMultiples(
  y: Float64Array, atY: number, length: number, s: number, u: Float64Array, atU: number, t: number, v: Float64Array, atV: number,
): void {
  for (let j = 0; j < length; j++) y[atY + j] -= s * u[atU + j] + t * v[atV + j];
}

/**
 * The orthogonal matrix $Q = H_{n-1} \cdots H_1$, row-major.
 *
 * A block of reflections is $I - V T V^\top$ with a small triangular $T$ (Schreiber & Van Loan 1989, A storage-efficient WY
 * representation for products of Householder transformations).
 */
export function accumulateReflections({ reflectors, factors }: Tridiagonal, n: number): Float64Array {
  const q = new Float64Array(n * n);
  for (let i = 0; i < n; i++) q[i * n + i] = 1;
  const size = Math.min(blockSize, n);
  const gram = new Float64Array(size * size);
  const t = new Float64Array(size * size);
  const projected = new Float64Array(size * n);
  const combined = new Float64Array(size * n);
  for (let start = 0; start < n; start += size) {
    const count = Math.min(size, n - start);
    const order = start + count - 1;
    const vectors = block(rowMajor(reflectors, n), start, 0);
    gram.fill(0);
    projected.fill(0);
    combined.fill(0);
    addProduct(1, vectors, transposed(vectors), rowMajor(gram, size), count, order, count, "lower");
    for (let r = 0; r < count; r++) triangularFactorRow(t, gram, size, r, factors[start + r]);
    addProduct(1, vectors, rowMajor(q, n), rowMajor(projected, n), count, order, order);
    addProduct(1, rowMajor(t, size), rowMajor(projected, n), rowMajor(combined, n), count, count, order);
    addProduct(-1, transposed(vectors), rowMajor(combined, n), rowMajor(q, n), order, count, order);
  }
  return q;
}

/** Row r of T: $-\tau_r (v_r^\top V) T$ over the rows before, and $\tau_r$ on the diagonal. */
function triangularFactorRow(t: Float64Array, gram: Float64Array, size: number, r: number, factor: number): void {
  for (let j = 0; j < r; j++) {
    let sum = 0;
    for (let k = j; k < r; k++) sum += gram[r * size + k] * t[k * size + j];
    t[r * size + j] = -factor * sum;
  }
  t[r * size + r] = factor;
}
