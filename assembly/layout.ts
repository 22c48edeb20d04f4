/**
 * What lies where in the linear memory. Addresses and strides are in bytes; a matrix is the address of its first entry and
 * the distances to the next row and the next column, as a `View` of `src/linalg/view.ts`.
 */

/** Rows of A, depth and columns of B that are packed at a time: 128 KB of the L2 cache, and 1 MB. */
export const blockRows: i32 = 32;
export const blockDepth: i32 = 512;
export const blockColumns: i32 = 256;

/** The packed block of a left factor: groups of four rows, each column by column. */
export const packedLeft: usize = 0;
/** The packed block of a right factor: groups of four columns, each row by row. */
export const packedRight: usize = packedLeft + 8 * blockRows * blockDepth;
/** The 4 x 4 product of a group of rows and a group of columns, row-major. */
export const tile: usize = packedRight + 8 * blockColumns * blockDepth;
/** A row of a small block. */
export const buffer: usize = tile + 8 * 16;
/** From here on the memory is the caller's. */
export const operands: usize = buffer + 8 * 64;
