import { blockColumns, blockDepth, packedLeft, packedRight, tile, tileColumns, tileRows } from "./layout";
import { multiplyAdd, multiplyPanels, packLeft, packRight } from "./micro-kernel";

/** C <- C + scale A B with A of m x k and B of k x n, or only the lower triangle of C. */
export function addProduct(
  scale: f64,
  a: usize, aRow: i32, aColumn: i32,
  b: usize, bRow: i32, bColumn: i32,
  c: usize, cRow: i32, cColumn: i32,
  m: i32, k: i32, n: i32, lower: bool,
): void {
  if (!lower && abs(cRow) < abs(cColumn)) {
    // C' = B'A', so that rows of C are contiguous.
    return addProduct(scale, b, bColumn, bRow, a, aColumn, aRow, c, cColumn, cRow, n, k, m, false);
  }
  if (cColumn === -8) {
    b += (n - 1) * bColumn;
    bColumn = -bColumn;
    c += (n - 1) * cColumn;
    cColumn = 8;
  }
  for (let j = 0; j < n; j += blockColumns) {
    const columns = min(blockColumns, n - j);
    for (let p = 0; p < k; p += blockDepth) {
      const depth = min(blockDepth, k - p);
      packRight(b + p * bRow + j * bColumn, bRow, bColumn, depth, columns);
      for (let i = lower ? j : 0; i < m; i += tileRows) {
        const rows = min(tileRows, m - i);
        packLeft(a + i * aRow + p * aColumn, aRow, aColumn, rows, depth);
        const below = lower ? i - j : blockColumns;
        const width = min(columns, below + rows);
        const row = c + i * cRow + j * cColumn;
        for (let q = 0; q < width; q += tileColumns) {
          multiplyPanels(packedLeft, packedRight + 8 * q * depth, depth);
          addTile(scale, row + q * cColumn, cRow, cColumn, rows, min(tileColumns, columns - q), below - q);
        }
      }
    }
  }
}

/** Adds the tile to C; row r of the tile stops at column r + `below`. */
function addTile(scale: f64, c: usize, cRow: i32, cColumn: i32, rows: i32, columns: i32, below: i32): void {
  if (columns === 4 && below >= 3 && cColumn === 8) {
    const factor = f64x2.splat(scale);
    for (let t: usize = tile, end = tile + 32 * rows; t < end; t += 32, c += cRow) {
      v128.store(c, multiplyAdd(factor, v128.load(t), v128.load(c)));
      v128.store(c, multiplyAdd(factor, v128.load(t, 16), v128.load(c, 16)), 16);
    }
    return;
  }
  for (let r = 0; r < rows; r++, c += cRow) {
    const last = min(columns - 1, r + below);
    let to = c;
    for (let q = 0; q <= last; q++, to += cColumn) store<f64>(to, load<f64>(to) + scale * load<f64>(tile + 32 * r + 8 * q));
  }
}
