/** From (x1, y1) to (x2, y2). */
export type Segment = readonly [x1: number, y1: number, x2: number, y2: number];

type Corner = readonly [x: number, y: number, value: number];

/**
 * Where a function has a level, by its values at all pairs of some x and y, row by row of equal y: each cell is cut along a diagonal, and each of the two
 * triangles has at most one segment, which linear interpolation gives.
 */
export function contours({ x, y }: { readonly x: readonly number[]; readonly y: readonly number[] }, values: ArrayLike<number>, level: number): Segment[] {
  const corner = (row: number, column: number): Corner => [x[column], y[row], values[row * x.length + column]];
  const segments: Segment[] = [];
  for (let row = 0; row + 1 < y.length; row++) {
    for (let column = 0; column + 1 < x.length; column++) {
      const [here, right, up, across] = [corner(row, column), corner(row, column + 1), corner(row + 1, column), corner(row + 1, column + 1)];
      for (const triangle of [[here, right, across], [here, up, across]] as const) {
        const ends = crossings(triangle, level);
        if (ends.length === 2) segments.push([...ends[0], ...ends[1]]);
      }
    }
  }
  return segments;
}

/** Where the edges of a triangle cross the level: nowhere, or on two of them. */
function crossings([a, b, c]: readonly [Corner, Corner, Corner], level: number): (readonly [number, number])[] {
  return ([[a, b], [b, c], [c, a]] as const).flatMap(([from, to]) => {
    if (from[2] < level === to[2] < level) return [];
    const t = (level - from[2]) / (to[2] - from[2]);
    return [[from[0] + t * (to[0] - from[0]), from[1] + t * (to[1] - from[1])] as const];
  });
}
