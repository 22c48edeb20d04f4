/** Rows of A, depth and columns of B that are packed at a time: a share of the L2 cache, and one of L3. */
export const blockRows = 64;
export const blockDepth = 256;
export const blockColumns = 512;

/** The packed block of a left factor: groups of four rows, each column by column. */
export const packedLeft = new Float64Array(blockRows * blockDepth);
/** The packed block of a right factor: groups of four columns, each row by row. */
export const packedRight = new Float64Array(blockColumns * blockDepth);
/** The 4 x 4 product of a group of rows and a group of columns, row-major. */
export const tile = new Float64Array(16);

/**
 * Copies `rows` rows in groups of four, each group column by column. Rows that the last group lacks keep old numbers, which
 * reach only entries of a tile that nobody reads.
 */
export function pack(
  target: Float64Array,
  data: Float64Array,
  start: number,
  rowStride: number,
  columnStride: number,
  rows: number,
  depth: number,
): void {
  let to = 0;
  let i = 0;
  for (; i + 4 <= rows; i += 4) {
    let from = start + i * rowStride;
    for (let p = 0; p < depth; p++, from += columnStride, to += 4) {
      target[to] = data[from];
      target[to + 1] = data[from + rowStride];
      target[to + 2] = data[from + 2 * rowStride];
      target[to + 3] = data[from + 3 * rowStride];
    }
  }
  for (let lane = 0; i < rows; i++, lane++) {
    let from = start + i * rowStride;
    for (let p = 0; p < depth; p++, from += columnStride) target[to + lane + 4 * p] = data[from];
  }
}

/** Copies packed groups of four columns back, the inverse of packing a right factor. */
export function unpackRight(
  data: Float64Array,
  start: number,
  rowStride: number,
  columnStride: number,
  depth: number,
  columns: number,
): void {
  const source = packedRight;
  for (let j = 0; j < columns; j++) {
    let from = (j & ~3) * depth + (j & 3);
    let to = start + j * columnStride;
    for (let p = 0; p < depth; p++, from += 4, to += rowStride) data[to] = source[from];
  }
}

/** The micro-kernel: `tile` = the product of the groups packed at `left` and `right`, in sixteen registers. */
export function multiplyPanels(left: number, right: number, depth: number): void {
  const a = packedLeft;
  const b = packedRight;
  const c = tile;
  let c00 = 0, c01 = 0, c02 = 0, c03 = 0;
  let c10 = 0, c11 = 0, c12 = 0, c13 = 0;
  let c20 = 0, c21 = 0, c22 = 0, c23 = 0;
  let c30 = 0, c31 = 0, c32 = 0, c33 = 0;
  for (const end = left + 4 * depth; left < end; left += 4, right += 4) {
    const b0 = b[right];
    const b1 = b[right + 1];
    const b2 = b[right + 2];
    const b3 = b[right + 3];
    let x = a[left];
    c00 += x * b0;
    c01 += x * b1;
    c02 += x * b2;
    c03 += x * b3;
    x = a[left + 1];
    c10 += x * b0;
    c11 += x * b1;
    c12 += x * b2;
    c13 += x * b3;
    x = a[left + 2];
    c20 += x * b0;
    c21 += x * b1;
    c22 += x * b2;
    c23 += x * b3;
    x = a[left + 3];
    c30 += x * b0;
    c31 += x * b1;
    c32 += x * b2;
    c33 += x * b3;
  }
  c[0] = c00;
  c[1] = c01;
  c[2] = c02;
  c[3] = c03;
  c[4] = c10;
  c[5] = c11;
  c[6] = c12;
  c[7] = c13;
  c[8] = c20;
  c[9] = c21;
  c[10] = c22;
  c[11] = c23;
  c[12] = c30;
  c[13] = c31;
  c[14] = c32;
  c[15] = c33;
}
