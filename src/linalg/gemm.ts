import { accelerator, mustDivide } from "./kernels.ts";
import { addMatrixVector } from "./matrix-vector.ts";
import { blockColumns, blockDepth, blockRows, multiplyPanels, pack, packedLeft, packedRight, tile } from "./micro-kernel.ts";
import { block, transposed, type Part, type View } from "./view.ts";

/**
 * Adds a scaled product to a matrix: $C \leftarrow C + s A B$ with $A$ of $m \times k$ and $B$ of $k \times n$, or only to
 * the lower triangle of $C$.
 *
 * Blocks of both factors are packed in the order in which the $4 \times 4$ micro-kernel reads them (Goto & van de Geijn
 * 2008, Anatomy of high-performance matrix multiplication). Large products go to faster kernels.
 */
export function addProduct(
  scale: number,
  a: View,
  b: View,
  c: View,
  m: number,
  k: number,
  n: number,
  part: Part = "all",
): void {
  if (n === 1) return addMatrixVector(scale, a, b, c, m, k);
  if (m === 1 && part === "all") return addMatrixVector(scale, transposed(b), transposed(a), transposed(c), n, k);
  const copies = m * k + k * n + 2 * m * n;
  if (mustDivide(copies)) return addProductByHalves(scale, a, b, c, m, k, n, part);
  const fast = accelerator(m * k * n, copies);
  if (fast) return fast.addProduct(scale, a, b, c, m, k, n, part);
  for (let j = 0; j < n; j += blockColumns) {
    const columns = Math.min(blockColumns, n - j);
    for (let p = 0; p < k; p += blockDepth) {
      const depth = Math.min(blockDepth, k - p);
      pack(packedRight, b.data, b.offset + p * b.rowStride + j * b.columnStride, b.columnStride, b.rowStride, columns, depth);
      for (let i = part === "lower" ? j : 0; i < m; i += blockRows) {
        const rows = Math.min(blockRows, m - i);
        pack(packedLeft, a.data, a.offset + i * a.rowStride + p * a.columnStride, a.rowStride, a.columnStride, rows, depth);
        for (let jj = 0; jj < columns; jj += 4) {
          for (let ii = 0; ii < rows; ii += 4) {
            const below = part === "lower" ? i + ii - (j + jj) : 4;
            if (below <= -4) continue;
            multiplyPanels(ii * depth, jj * depth, depth);
            const at = c.offset + (i + ii) * c.rowStride + (j + jj) * c.columnStride;
            addTile(scale, c.data, at, c.rowStride, c.columnStride, Math.min(4, rows - ii), Math.min(4, columns - jj), below);
          }
        }
      }
    }
  }
}

/** Halves the longest side; a triangle has a square below its two halves. */
function addProductByHalves(scale: number, a: View, b: View, c: View, m: number, k: number, n: number, part: Part): void {
  if (k >= Math.max(m, n)) {
    const half = splitOrder(k);
    addProduct(scale, a, b, c, m, half, n, part);
    return addProduct(scale, block(a, 0, half), block(b, half, 0), c, m, k - half, n, part);
  }
  if (part === "lower") {
    const half = splitOrder(n);
    const below = block(a, half, 0);
    addProduct(scale, a, b, c, half, k, half, "lower");
    addProduct(scale, below, b, block(c, half, 0), m - half, k, half);
    return addProduct(scale, below, block(b, 0, half), block(c, half, half), m - half, k, n - half, "lower");
  }
  if (m < n) return addProductByHalves(scale, transposed(b), transposed(a), transposed(c), n, k, m, part);
  const half = splitOrder(m);
  addProduct(scale, a, b, c, half, k, n);
  addProduct(scale, block(a, half, 0), b, block(c, half, 0), m - half, k, n);
}

/** About half of `n`, and a multiple of the four rows of a micro-kernel. */
export function splitOrder(n: number): number {
  return 4 * Math.ceil(n / 8);
}

/** Adds the tile to C; row r of the tile stops at column r + `below`, the distance of the tile below the diagonal. */
function addTile(
  scale: number,
  c: Float64Array,
  at: number,
  rowStride: number,
  columnStride: number,
  rows: number,
  columns: number,
  below: number,
): void {
  const t = tile;
  const whole = columns === 4 && below >= 3;
  for (let r = 0; r < rows; r++) {
    let to = at + r * rowStride;
    if (whole) {
      c[to] += scale * t[4 * r];
      c[to + columnStride] += scale * t[4 * r + 1];
      c[to + 2 * columnStride] += scale * t[4 * r + 2];
      c[to + 3 * columnStride] += scale * t[4 * r + 3];
    } else {
      const last = Math.min(columns - 1, r + below);
      for (let q = 0; q <= last; q++, to += columnStride) c[to] += scale * t[4 * r + q];
    }
  }
}
