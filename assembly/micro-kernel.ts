import { packedLeft, packedRight, tile, tileColumns, tileRows } from "./layout";

/** x y + z: rounded twice, or once where relaxed SIMD gives a fused multiply-add. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_madd(x, y, z) : f64x2.add(f64x2.mul(x, y), z);
}

/** z - x y, rounded alike. */
// @ts-ignore: decorator
@inline
export function multiplySubtract(x: v128, y: v128, z: v128): v128 {
  return ASC_FEATURE_RELAXED_SIMD ? f64x2.relaxed_nmadd(x, y, z) : f64x2.sub(z, f64x2.mul(x, y));
}

/** The micro-kernel: `tile` = the product of the groups packed at `left` and `right`. */
export function multiplyPanels(left: usize, right: usize, depth: i32): void {
  let c00 = f64x2.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  let c40 = c00, c41 = c00;
  let c50 = c00, c51 = c00;
  for (const end = left + 8 * tileRows * depth; left < end; left += 8 * tileRows, right += 32) {
    const b0 = v128.load(right);
    const b1 = v128.load(right, 16);
    let x = v128.load_splat<f64>(left);
    c00 = multiplyAdd(x, b0, c00);
    c01 = multiplyAdd(x, b1, c01);
    x = v128.load_splat<f64>(left, 8);
    c10 = multiplyAdd(x, b0, c10);
    c11 = multiplyAdd(x, b1, c11);
    x = v128.load_splat<f64>(left, 16);
    c20 = multiplyAdd(x, b0, c20);
    c21 = multiplyAdd(x, b1, c21);
    x = v128.load_splat<f64>(left, 24);
    c30 = multiplyAdd(x, b0, c30);
    c31 = multiplyAdd(x, b1, c31);
    if (tileRows === 6) {
      x = v128.load_splat<f64>(left, 32);
      c40 = multiplyAdd(x, b0, c40);
      c41 = multiplyAdd(x, b1, c41);
      x = v128.load_splat<f64>(left, 40);
      c50 = multiplyAdd(x, b0, c50);
      c51 = multiplyAdd(x, b1, c51);
    }
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(tile, c10, 32);
  v128.store(tile, c11, 48);
  v128.store(tile, c20, 64);
  v128.store(tile, c21, 80);
  v128.store(tile, c30, 96);
  v128.store(tile, c31, 112);
  if (tileRows === 6) {
    v128.store(tile, c40, 128);
    v128.store(tile, c41, 144);
    v128.store(tile, c50, 160);
    v128.store(tile, c51, 176);
  }
}

export function packLeft(from: usize, rowStride: i32, columnStride: i32, rows: i32, depth: i32): void {
  pack(packedLeft, tileRows, from, rowStride, columnStride, rows, depth);
}

export function packRight(from: usize, rowStride: i32, columnStride: i32, depth: i32, columns: i32): void {
  pack(packedRight, tileColumns, from, columnStride, rowStride, columns, depth);
}

/**
 * Copies `rows` rows in groups of `size`, each group column by column. Rows that the last group lacks keep old numbers, which
 * reach only entries of a tile that nobody reads.
 */
function pack(to: usize, size: i32, from: usize, rowStride: i32, columnStride: i32, rows: i32, depth: i32): void {
  const step = 8 * size;
  for (; rows >= size; rows -= size, from += size * rowStride, to += step * depth) {
    if (rowStride === 8) packContiguous(to, step, from, columnStride, depth);
    else {
      for (let p = 0; p < depth; p += 16) {
        for (let r = 0; r < size; r += 2) {
          packPair(to + step * p + 8 * r, step, from + p * columnStride + r * rowStride, rowStride, columnStride, min(16, depth - p));
        }
      }
    }
  }
  for (; rows > 0; rows--, from += rowStride, to += 8) {
    let next = from;
    for (let p = 0; p < depth; p++, next += columnStride) store<f64>(to + step * p, load<f64>(next));
  }
}

/** A group of four or six rows whose columns are contiguous. */
function packContiguous(to: usize, step: i32, from: usize, columnStride: i32, depth: i32): void {
  for (const end = to + step * depth; to < end; to += step, from += columnStride) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
    if (step > 32) v128.store(to, v128.load(from, 32), 32);
  }
}

/** Two rows, two columns at a time as 2 x 2 transposes where the rows are contiguous. */
function packPair(to: usize, step: i32, r0: usize, rowStride: i32, columnStride: i32, depth: i32): void {
  let r1 = r0 + rowStride;
  if (columnStride === 8) {
    for (; depth >= 2; depth -= 2, to += 2 * step, r0 += 16, r1 += 16) {
      const x0 = v128.load(r0), x1 = v128.load(r1);
      v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
      v128.store(to + step, v128.shuffle<f64>(x0, x1, 1, 3));
    }
  }
  for (; depth > 0; depth--, to += step, r0 += columnStride, r1 += columnStride) {
    store<f64>(to, load<f64>(r0));
    store<f64>(to, load<f64>(r1), 8);
  }
}

/** Copies packed groups of four columns back, the inverse of packing a right factor. */
export function unpackRight(to: usize, rowStride: i32, columnStride: i32, depth: i32, columns: i32): void {
  for (let j = 0; j < columns; j++) {
    let from: usize = packedRight + 8 * ((j & ~3) * depth + (j & 3));
    let next = to + j * columnStride;
    for (let p = 0; p < depth; p++, from += 32, next += rowStride) store<f64>(next, load<f64>(from));
  }
}
