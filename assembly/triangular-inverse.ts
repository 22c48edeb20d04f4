import { addProduct } from "./gemm";
import { buffer } from "./layout";
import { solveTriangular, splitOrder } from "./triangular-solve";

/** Matrices up to this order are inverted entry by entry, larger ones are halved. */
const leaf: i32 = 32;

/** The rows of an inverse that are multiplied at a time. */
const panel: i32 = 32;

/** Inverts a lower triangular matrix with contiguous rows in place; nothing above the diagonal is touched. */
export function invertTriangular(l: usize, row: i32, n: i32): void {
  if (n <= leaf) return invertByRows(l, row, n);
  const half = splitOrder(n);
  const rest = n - half;
  const l21 = l + half * row;
  const l22 = l21 + 8 * half;
  solveTriangular(l22, row, 8, rest, l21, row, 8, half);
  // From the right: the transposed system, with L11 and the columns of L21 read backwards.
  const end = half - 1;
  solveTriangular(l + end * row + 8 * end, -8, -row, half, l21 + 8 * end, -8, row, rest);
  negate(l21, row, rest, half);
  invertTriangular(l, row, half);
  invertTriangular(l22, row, rest);
}

/** Row i of the inverse from the rows above it. */
function invertByRows(l: usize, row: i32, n: i32): void {
  for (let i = 0; i < n; i++) {
    const at = l + i * row;
    memory.fill(buffer, 0, 8 * i);
    for (let k = 0; k < i; k++) {
      const factor = load<f64>(at + 8 * k);
      const above = l + k * row;
      for (let j = 0; j <= k; j++) {
        store<f64>(buffer + 8 * j, load<f64>(buffer + 8 * j) - factor * load<f64>(above + 8 * j));
      }
    }
    const pivot = load<f64>(at + 8 * i);
    for (let j = 0; j < i; j++) store<f64>(at + 8 * j, load<f64>(buffer + 8 * j) / pivot);
    store<f64>(at + 8 * i, 1 / pivot);
  }
}

function negate(a: usize, row: i32, rows: i32, columns: i32): void {
  for (let i = 0; i < rows; i++, a += row) {
    for (let j = 0; j < columns; j++) store<f64>(a + 8 * j, -load<f64>(a + 8 * j));
  }
}

/** Adds W'W to the lower triangle of C for a lower triangular W with zeros above the diagonal, both of order n, row-major. */
export function addTriangularGram(w: usize, c: usize, row: i32, n: i32): void {
  for (let p = 0; p < n; p += panel) {
    // These rows of W are zero from column `end` on.
    const end = min(p + panel, n);
    const rows = w + p * row;
    addProduct(1, rows, 8, row, rows, row, 8, c, row, 8, end, end - p, end, true);
  }
}
