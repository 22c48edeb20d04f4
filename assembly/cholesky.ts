import { addProduct } from "./gemm";
import { buffer } from "./layout";
import { multiplySubtract } from "./micro-kernel";
import { solveTriangular, splitOrder } from "./triangular-solve";

/** Matrices up to this order are factorised entry by entry, larger ones are halved. */
const leaf: i32 = 32;

/**
 * Overwrites the lower triangle of a symmetric matrix with contiguous rows by its Cholesky factor. Returns -1, or the index of
 * the first pivot that is not positive.
 */
export function factorize(a: usize, row: i32, n: i32): i32 {
  if (n <= leaf) return factorizeByColumns(a, row, n);
  const half = splitOrder(n);
  const rest = n - half;
  const a21 = a + half * row;
  const a22 = a21 + 8 * half;
  let failure = factorize(a, row, half);
  if (failure !== -1) return failure;
  solveTriangular(a, row, 8, half, a21, 8, row, rest);
  addProduct(-1, a21, row, 8, a21, 8, row, a22, row, 8, rest, half, rest, true);
  failure = factorize(a22, row, rest);
  return failure === -1 ? -1 : half + failure;
}

/** Column by column: each is scaled by its pivot, and its outer product leaves the triangle to its right. */
function factorizeByColumns(a: usize, row: i32, n: i32): i32 {
  for (let j = 0; j < n; j++) {
    let at = a + j * row + 8 * j;
    const pivot = load<f64>(at);
    if (!(pivot > 0)) return j;
    const root = sqrt(pivot);
    store<f64>(at, root);
    // The column below the pivot, for its products with itself.
    let column = buffer;
    for (let i = j + 1; i < n; i++, column += 8) {
      at += row;
      const entry = load<f64>(at) / root;
      store<f64>(at, entry);
      store<f64>(column, entry);
      const factor = f64x2.splat(entry);
      let to = at + 8;
      let from = buffer;
      for (; from < column; from += 16, to += 16) {
        v128.store(to, multiplySubtract(factor, v128.load(from), v128.load(to)));
      }
      if (from === column) store<f64>(to, load<f64>(to) - entry * entry);
    }
  }
  return -1;
}
