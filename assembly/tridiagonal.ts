import { addProduct } from "./gemm";
import { innerProduct, multiplySymmetric, subtractMultiples } from "./vector";

/** Reflections that act together, as one product. */
const blockSize: i32 = 32;

/** Squares below this are lost beside entries of size one. */
const negligible: f64 = 1e-290;

/**
 * Reduces a symmetric matrix with contiguous rows to tridiagonal form by Householder reflections, from its last row up, as
 * `src/linalg/tridiagonal.ts` does. Row i of A becomes the vector of the reflection that clears it.
 *
 * @param work - room for 32 rows
 */
export function tridiagonalize(a: usize, row: i32, n: i32, diagonal: usize, offDiagonal: usize, factors: usize, work: usize): void {
  for (let end = n; end > 0; end -= blockSize) {
    const start = max(0, end - blockSize);
    for (let i = end - 1; i >= start; i--) {
      const v = a + i * row;
      const w = work + (i - start) * row;
      for (let k = i + 1; k < end; k++) {
        const other = work + (k - start) * row;
        const vector = a + k * row;
        subtractMultiples(v, i + 1, load<f64>(vector + 8 * i), other, load<f64>(other + 8 * i), vector);
      }
      store<f64>(diagonal + 8 * i, load<f64>(v + 8 * i));
      const factor = i > 0 ? reflect(v, i, offDiagonal + 8 * (i - 1)) : 0;
      store<f64>(factors + 8 * i, factor);
      memory.fill(w, 0, row);
      if (factor !== 0) updateOf(a, row, i, factor, end, work, start, w);
    }
    addProduct(-1, a + start * row, 8, row, work, row, 8, a, row, 8, start, end - start, start, true);
    addProduct(-1, work, 8, row, a + start * row, row, 8, a, row, 8, start, end - start, start, true);
  }
  store<f64>(offDiagonal + 8 * (n - 1), 0);
  for (let i = 0; i < n; i++) memory.fill(a + i * row + 8 * i, 0, row - 8 * i);
}

/** Turns the first `length` entries into the vector that reflects them onto the last, stored at `image`; returns its factor. */
function reflect(v: usize, length: i32, image: usize): f64 {
  const last = v + 8 * (length - 1);
  const head = load<f64>(last);
  const tail = innerProduct(v, v, length - 1);
  if (tail < negligible) {
    store<f64>(image, head);
    return 0;
  }
  const size = sqrt(tail + head * head);
  const value = head > 0 ? -size : size;
  store<f64>(image, value);
  store<f64>(last, head - value);
  return 1 / (value * (value - head));
}

/** w = p - tau/2 (p'v) v with p = tau A v, where A lacks the updates of the rows from i + 1 to `end`. */
function updateOf(a: usize, row: i32, i: i32, factor: f64, end: i32, work: usize, start: i32, w: usize): void {
  const v = a + i * row;
  multiplySymmetric(a, row, i, v, w);
  for (let k = i + 1; k < end; k++) {
    const other = work + (k - start) * row;
    const vector = a + k * row;
    subtractMultiples(w, i, innerProduct(other, v, i), vector, innerProduct(vector, v, i), other);
  }
  const shift = (factor / 2) * innerProduct(w, v, i);
  for (let j = 0; j < 8 * i; j += 8) store<f64>(w + j, factor * (load<f64>(w + j) - shift * load<f64>(v + j)));
}

/**
 * Q = the product of the reflections, with contiguous rows: a block of them is I - V'TV with a small triangular T.
 *
 * @param work - room for 64 rows and 2 x 32 x 32 numbers
 */
export function accumulateReflections(reflectors: usize, row: i32, n: i32, factors: usize, q: usize, work: usize): void {
  const projected = work;
  const combined = projected + blockSize * row;
  const gram = combined + blockSize * row;
  const t = gram + 8 * blockSize * blockSize;
  const small = 8 * blockSize;
  for (let i = 0; i < n; i++) {
    memory.fill(q + i * row, 0, row);
    store<f64>(q + i * row + 8 * i, 1);
  }
  for (let start = 0; start < n; start += blockSize) {
    const count = min(blockSize, n - start);
    const order = start + count - 1;
    const vectors = reflectors + start * row;
    memory.fill(work, 0, 2 * blockSize * row + small * blockSize);
    addProduct(1, vectors, row, 8, vectors, 8, row, gram, small, 8, count, order, count, true);
    for (let r = 0; r < count; r++) triangularFactorRow(t, gram, r, load<f64>(factors + 8 * (start + r)));
    addProduct(1, vectors, row, 8, q, row, 8, projected, row, 8, count, order, order, false);
    addProduct(1, t, small, 8, projected, row, 8, combined, row, 8, count, count, order, false);
    addProduct(-1, vectors, 8, row, combined, row, 8, q, row, 8, order, count, order, false);
  }
}

/** Row r of T: -tau_r (v_r'V) T over the rows before, tau_r on the diagonal and zeros after. */
function triangularFactorRow(t: usize, gram: usize, r: i32, factor: f64): void {
  const at = 8 * r * blockSize;
  memory.fill(t + at, 0, 8 * blockSize);
  for (let j = 0; j < r; j++) {
    let sum: f64 = 0;
    for (let k = j; k < r; k++) sum += load<f64>(gram + at + 8 * k) * load<f64>(t + 8 * (k * blockSize + j));
    store<f64>(t + at + 8 * j, -factor * sum);
  }
  store<f64>(t + at + 8 * r, factor);
}
