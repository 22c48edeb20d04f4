import { multiplyAdd, multiplySubtract } from "./micro-kernel";

/** The rows of a strip: they rotate alike, and their entries in a column are neighbours. */
const stripRows: i32 = 8;

/** Copies a matrix with contiguous rows into strips of eight rows, each column by column; missing rows become zeros. */
export function packStrips(q: usize, row: i32, n: i32, strips: usize): void {
  const stripBytes = 8 * stripRows * n;
  for (let i = 0; i < n; i += stripRows, strips += stripBytes) {
    for (let r = 0; r < stripRows; r++) {
      if (i + r >= n) {
        for (let j = 0; j < n; j++) store<f64>(strips + 8 * (stripRows * j + r), 0);
        continue;
      }
      const from = q + (i + r) * row;
      for (let j = 0; j < n; j++) store<f64>(strips + 8 * (stripRows * j + r), load<f64>(from + 8 * j));
    }
  }
}

/**
 * Applies `count` sweeps of plane rotations to the columns of a matrix in strips. A sweep is stored as the numbers `first`
 * and `last` and then the cosine and sine for each column i; it rotates the columns i and i + 1 for i from `last` - 1 down to
 * `first`. All sweeps go over a strip while it is in the cache.
 */
export function rotateStrips(strips: usize, n: i32, sweeps: usize, sweepBytes: i32, count: i32): void {
  const stripBytes = 8 * stripRows * n;
  for (let i = 0; i < n; i += stripRows, strips += stripBytes) {
    for (let k = 0; k < count; k++) {
      const sweep = sweeps + k * sweepBytes;
      rotateStrip(strips, i32(load<f64>(sweep)), i32(load<f64>(sweep, 8)), sweep + 16);
    }
  }
}

function rotateStrip(strip: usize, first: i32, last: i32, rotations: usize): void {
  let at = strip + 64 * last;
  let f0 = v128.load(at), f1 = v128.load(at, 16), f2 = v128.load(at, 32), f3 = v128.load(at, 48);
  const end = strip + 64 * first;
  for (let rotation = rotations + 16 * (last - 1); at > end; rotation -= 16) {
    const c = v128.load_splat<f64>(rotation);
    const s = v128.load_splat<f64>(rotation, 8);
    at -= 64;
    let g = v128.load(at);
    v128.store(at, multiplyAdd(s, g, f64x2.mul(c, f0)), 64);
    f0 = multiplySubtract(s, f0, f64x2.mul(c, g));
    g = v128.load(at, 16);
    v128.store(at, multiplyAdd(s, g, f64x2.mul(c, f1)), 80);
    f1 = multiplySubtract(s, f1, f64x2.mul(c, g));
    g = v128.load(at, 32);
    v128.store(at, multiplyAdd(s, g, f64x2.mul(c, f2)), 96);
    f2 = multiplySubtract(s, f2, f64x2.mul(c, g));
    g = v128.load(at, 48);
    v128.store(at, multiplyAdd(s, g, f64x2.mul(c, f3)), 112);
    f3 = multiplySubtract(s, f3, f64x2.mul(c, g));
  }
  v128.store(at, f0);
  v128.store(at, f1, 16);
  v128.store(at, f2, 32);
  v128.store(at, f3, 48);
}
