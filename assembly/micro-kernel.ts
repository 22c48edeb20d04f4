import { packedLeft, packedRight, tile } from "./layout";

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

/** The micro-kernel: `tile` = the product of the groups packed at `left` and `right`, in eight registers of two. */
export function multiplyPanels(left: usize, right: usize, depth: i32): void {
  let c00 = f64x2.splat(0), c01 = c00;
  let c10 = c00, c11 = c00;
  let c20 = c00, c21 = c00;
  let c30 = c00, c31 = c00;
  for (const end = left + 32 * depth; left < end; left += 32, right += 32) {
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
  }
  v128.store(tile, c00);
  v128.store(tile, c01, 16);
  v128.store(tile, c10, 32);
  v128.store(tile, c11, 48);
  v128.store(tile, c20, 64);
  v128.store(tile, c21, 80);
  v128.store(tile, c30, 96);
  v128.store(tile, c31, 112);
}

export function packLeft(from: usize, rowStride: i32, columnStride: i32, rows: i32, depth: i32): void {
  pack(packedLeft, from, rowStride, columnStride, rows, depth);
}

export function packRight(from: usize, rowStride: i32, columnStride: i32, depth: i32, columns: i32): void {
  pack(packedRight, from, columnStride, rowStride, columns, depth);
}

/**
 * Copies `rows` rows in groups of four, each group column by column. Rows that the last group lacks keep old numbers, which
 * reach only entries of a tile that nobody reads.
 */
function pack(to: usize, from: usize, rowStride: i32, columnStride: i32, rows: i32, depth: i32): void {
  for (; rows >= 4; rows -= 4, from += 4 * rowStride, to += 32 * depth) {
    if (rowStride === 8) packContiguous(to, from, columnStride, depth);
    else packGroup(to, from, rowStride, columnStride, depth);
  }
  for (; rows > 0; rows--, from += rowStride, to += 8) {
    let next = from;
    for (let p = 0; p < depth; p++, next += columnStride) store<f64>(to + 32 * p, load<f64>(next));
  }
}

function packContiguous(to: usize, from: usize, columnStride: i32, depth: i32): void {
  for (const end = to + 32 * depth; to < end; to += 32, from += columnStride) {
    v128.store(to, v128.load(from));
    v128.store(to, v128.load(from, 16), 16);
  }
}

/** Two columns at a time as 2 x 2 transposes where the rows are contiguous. */
function packGroup(to: usize, r0: usize, rowStride: i32, columnStride: i32, depth: i32): void {
  let r1 = r0 + rowStride;
  let r2 = r1 + rowStride;
  let r3 = r2 + rowStride;
  if (columnStride === 8) {
    for (; depth >= 2; depth -= 2, to += 64, r0 += 16, r1 += 16, r2 += 16, r3 += 16) {
      const x0 = v128.load(r0), x1 = v128.load(r1), x2 = v128.load(r2), x3 = v128.load(r3);
      v128.store(to, v128.shuffle<f64>(x0, x1, 0, 2));
      v128.store(to, v128.shuffle<f64>(x2, x3, 0, 2), 16);
      v128.store(to, v128.shuffle<f64>(x0, x1, 1, 3), 32);
      v128.store(to, v128.shuffle<f64>(x2, x3, 1, 3), 48);
    }
  }
  for (; depth > 0; depth--, to += 32, r0 += columnStride, r1 += columnStride, r2 += columnStride, r3 += columnStride) {
    store<f64>(to, load<f64>(r0));
    store<f64>(to, load<f64>(r1), 8);
    store<f64>(to, load<f64>(r2), 16);
    store<f64>(to, load<f64>(r3), 24);
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
