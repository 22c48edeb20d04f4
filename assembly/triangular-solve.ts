import { addProduct } from "./gemm";
import { blockColumns, packedLeft, packedRight, tile } from "./layout";
import { multiplyPanels, multiplySubtract, packLeft, packRight, unpackRight } from "./micro-kernel";

/** Systems up to this order are solved in packed form, larger ones are halved. */
const leaf: i32 = 64;

/** B <- inverse(L) B for a lower triangular view L of order n. */
export function solveTriangular(
  l: usize, lRow: i32, lColumn: i32, n: i32,
  b: usize, bRow: i32, bColumn: i32, columns: i32,
): void {
  if (n <= leaf) return substitute(l, lRow, lColumn, n, b, bRow, bColumn, columns);
  const half = splitOrder(n);
  const l21 = l + half * lRow;
  const b2 = b + half * bRow;
  solveTriangular(l, lRow, lColumn, half, b, bRow, bColumn, columns);
  addProduct(-1, l21, lRow, lColumn, b, bRow, bColumn, b2, bRow, bColumn, n - half, half, columns, false);
  solveTriangular(l21 + half * lColumn, lRow, lColumn, n - half, b2, bRow, bColumn, columns);
}

/** About half of n, and a multiple of the four rows of a micro-kernel. */
export function splitOrder(n: i32): i32 {
  return 4 * ((n + 7) / 8);
}

/** Forward substitution on packed copies, four right-hand sides at a time. */
function substitute(
  l: usize, lRow: i32, lColumn: i32, n: i32,
  b: usize, bRow: i32, bColumn: i32, columns: i32,
): void {
  packLeft(l, lRow, lColumn, n, n);
  for (let j = 0; j < columns; j += blockColumns, b += blockColumns * bColumn) {
    const width = min(blockColumns, columns - j);
    packRight(b, bRow, bColumn, n, width);
    for (let group = 0; group < width; group += 4) {
      const right = packedRight + 8 * group * n;
      for (let i = 0; i < n; i += 4) {
        const left = packedLeft + 8 * i * n;
        multiplyPanels(left, right, i);
        solveTile(left + 32 * i, right + 32 * i, min(4, n - i));
      }
    }
    unpackRight(b, bRow, bColumn, n, width);
  }
}

/** Subtracts the tile from packed rows that start at x and solves with the diagonal block of L packed at l. */
function solveTile(l: usize, x: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    const at = x + 32 * r;
    let low = f64x2.sub(v128.load(at), v128.load(tile + 32 * r));
    let high = f64x2.sub(v128.load(at, 16), v128.load(tile + 32 * r, 16));
    let from = l + 8 * r;
    for (let k = x; k < at; k += 32, from += 32) {
      const factor = v128.load_splat<f64>(from);
      low = multiplySubtract(factor, v128.load(k), low);
      high = multiplySubtract(factor, v128.load(k, 16), high);
    }
    const pivot = v128.load_splat<f64>(from);
    v128.store(at, f64x2.div(low, pivot));
    v128.store(at, f64x2.div(high, pivot), 16);
  }
}
