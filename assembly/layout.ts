/**
 * What lies where in the linear memory. Addresses and strides are in bytes; a matrix is the address of its first entry and
 * the distances to the next row and the next column, as a `View` of `src/linalg/view.ts`.
 */

/** Rows and columns of the tiles that the micro-kernel computes: as many as the registers hold beside what it multiplies. */
export const tileRows: i32 = ASC_FEATURE_RELAXED_SIMD ? 6 : 4;
export const tileColumns: i32 = 4;

/** Depth and columns of B that are packed at a time: 1 MB, in the L2 cache. */
export const blockDepth: i32 = 256;
export const blockColumns: i32 = 512;

/** Systems up to this order are solved in packed form. */
export const largestSystem: i32 = 64;

/** The packed rows of a left factor: groups of the rows of a tile, each column by column. */
export const packedLeft: usize = 0;
/** The packed block of a right factor: groups of the columns of a tile, each row by row. */
export const packedRight: usize = packedLeft + 8 * (largestSystem + 6) * largestSystem;
/** The product of a group of rows and a group of columns, row-major. */
export const tile: usize = packedRight + 8 * blockColumns * blockDepth;
/** A row of a small block. */
export const buffer: usize = tile + 8 * 6 * 4;
/** From here on the memory is the caller's. */
export const operands: usize = buffer + 8 * 64;
