import { addProduct } from "./gemm";
import { blockColumns, largestSystem, packedLeft, packedRight, tile, tileColumns, tileRows } from "./layout";
import { multiplyPanels, multiplySubtract, packLeft, packRight, unpackRight } from "./micro-kernel";

/** B <- inverse(L) B for a lower triangular view L of order n. */
export function solveTriangular(
  l: usize, lRow: i32, lColumn: i32, n: i32,
  b: usize, bRow: i32, bColumn: i32, columns: i32,
): void {
  if (n <= largestSystem) return substitute(l, lRow, lColumn, n, b, bRow, bColumn, columns);
  const half = splitOrder(n);
  const l21 = l + half * lRow;
  const b2 = b + half * bRow;
  solveTriangular(l, lRow, lColumn, half, b, bRow, bColumn, columns);
  addProduct(-1, l21, lRow, lColumn, b, bRow, bColumn, b2, bRow, bColumn, n - half, half, columns, false);
  solveTriangular(l21 + half * lColumn, lRow, lColumn, n - half, b2, bRow, bColumn, columns);
}

/** About half of n, and a multiple of the rows of a tile. */
export function splitOrder(n: i32): i32 {
  return tileRows * ((n + 2 * tileRows - 1) / (2 * tileRows));
}

/** Forward substitution on packed copies, a tile at a time. */
function substitute(
  l: usize, lRow: i32, lColumn: i32, n: i32,
  b: usize, bRow: i32, bColumn: i32, columns: i32,
): void {
  packLeft(l, lRow, lColumn, n, n);
  invertPivots(n);
  for (let j = 0; j < columns; j += blockColumns, b += blockColumns * bColumn) {
    const width = min(blockColumns, columns - j);
    packRight(b, bRow, bColumn, n, width);
    for (let i = 0; i < n; i += tileRows) {
      const left = packedLeft + 8 * i * n;
      const rows = min(tileRows, n - i);
      // Columns within rows: their tiles wait for the rows above, not for each other.
      for (let group = 0; group < width; group += tileColumns) {
        const right = packedRight + 8 * group * n;
        multiplyPanels(left, right, i);
        solveTile(left + 8 * tileRows * i, right + 32 * i, rows);
      }
    }
    unpackRight(b, bRow, bColumn, n, width);
  }
}

/** Replaces the diagonal of the packed L by its reciprocals. */
function invertPivots(n: i32): void {
  for (let i = 0; i < n; i += tileRows) {
    let pivot: usize = packedLeft + 8 * (i * n + tileRows * i);
    for (let r = 0, rows = min(tileRows, n - i); r < rows; r++, pivot += 8 * (tileRows + 1)) store<f64>(pivot, 1 / load<f64>(pivot));
  }
}

/** Subtracts the tile from packed rows that start at x and solves with the diagonal block of L packed at l. */
function solveTile(l: usize, x: usize, rows: i32): void {
  for (let r = 0; r < rows; r++) {
    const at = x + 32 * r;
    let low = f64x2.sub(v128.load(at), v128.load(tile + 32 * r));
    let high = f64x2.sub(v128.load(at, 16), v128.load(tile + 32 * r, 16));
    let from = l + 8 * r;
    for (let k = x; k < at; k += 32, from += 8 * tileRows) {
      const factor = v128.load_splat<f64>(from);
      low = multiplySubtract(factor, v128.load(k), low);
      high = multiplySubtract(factor, v128.load(k, 16), high);
    }
    const reciprocal = v128.load_splat<f64>(from);
    v128.store(at, f64x2.mul(low, reciprocal));
    v128.store(at, f64x2.mul(high, reciprocal), 16);
  }
}
