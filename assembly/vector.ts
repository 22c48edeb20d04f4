import { multiplyAdd, multiplySubtract } from "./micro-kernel";

/** The inner product of two contiguous vectors, in two pairs of partial sums. */
export function innerProduct(x: usize, y: usize, length: i32): f64 {
  let even = f64x2.splat(0);
  let odd = even;
  let j = 0;
  for (; j + 4 <= length; j += 4, x += 32, y += 32) {
    even = multiplyAdd(v128.load(x), v128.load(y), even);
    odd = multiplyAdd(v128.load(x, 16), v128.load(y, 16), odd);
  }
  let sum = sumOfPair(f64x2.add(even, odd));
  for (; j < length; j++, x += 8, y += 8) sum += load<f64>(x) * load<f64>(y);
  return sum;
}

/** y <- y - s u - t v for contiguous vectors. */
export function subtractMultiples(y: usize, length: i32, s: f64, u: usize, t: f64, v: usize): void {
  const factorU = f64x2.splat(s);
  const factorV = f64x2.splat(t);
  let j = 0;
  for (; j + 2 <= length; j += 2, y += 16, u += 16, v += 16) {
    v128.store(y, multiplySubtract(factorU, v128.load(u), multiplySubtract(factorV, v128.load(v), v128.load(y))));
  }
  if (j < length) store<f64>(y, load<f64>(y) - s * load<f64>(u) - t * load<f64>(v));
}

/** y = A v from the lower triangle of a row-major A, four rows at a time, each of them read once. */
export function multiplySymmetric(a: usize, row: i32, n: i32, v: usize, y: usize): void {
  memory.fill(y, 0, 8 * n);
  const first = n & 3;
  multiplyDiagonalBlock(a, row, first, v, y);
  for (let r = first; r < n; r += 4) {
    const rows = a + r * row;
    multiplyFourRows(rows, row, r, v, v + 8 * r, y);
    multiplyDiagonalBlock(rows + 8 * r, row, 4, v + 8 * r, y + 8 * r);
  }
}

/** Adds the first r entries of four rows, and their mirror images, to the product. */
function multiplyFourRows(row0: usize, row: i32, r: i32, v: usize, at: usize, y: usize): void {
  let row1 = row0 + row, row2 = row1 + row, row3 = row2 + row;
  const v0 = v128.load_splat<f64>(at), v1 = v128.load_splat<f64>(at, 8);
  const v2 = v128.load_splat<f64>(at, 16), v3 = v128.load_splat<f64>(at, 24);
  let s0 = f64x2.splat(0), s1 = s0, s2 = s0, s3 = s0;
  const to = y + 8 * r;
  let j = 0;
  for (; j + 2 <= r; j += 2, row0 += 16, row1 += 16, row2 += 16, row3 += 16, v += 16, y += 16) {
    const x = v128.load(v);
    let a = v128.load(row0);
    s0 = multiplyAdd(a, x, s0);
    let mirrored = multiplyAdd(a, v0, v128.load(y));
    a = v128.load(row1);
    s1 = multiplyAdd(a, x, s1);
    mirrored = multiplyAdd(a, v1, mirrored);
    a = v128.load(row2);
    s2 = multiplyAdd(a, x, s2);
    mirrored = multiplyAdd(a, v2, mirrored);
    a = v128.load(row3);
    s3 = multiplyAdd(a, x, s3);
    v128.store(y, multiplyAdd(a, v3, mirrored));
  }
  let t0 = sumOfPair(s0), t1 = sumOfPair(s1), t2 = sumOfPair(s2), t3 = sumOfPair(s3);
  if (j < r) {
    const x = load<f64>(v);
    const a0 = load<f64>(row0), a1 = load<f64>(row1), a2 = load<f64>(row2), a3 = load<f64>(row3);
    t0 += a0 * x;
    t1 += a1 * x;
    t2 += a2 * x;
    t3 += a3 * x;
    store<f64>(y, load<f64>(y) + a0 * load<f64>(at) + a1 * load<f64>(at, 8) + a2 * load<f64>(at, 16) + a3 * load<f64>(at, 24));
  }
  add(to, t0);
  add(to + 8, t1);
  add(to + 16, t2);
  add(to + 24, t3);
}

function multiplyDiagonalBlock(a: usize, row: i32, n: i32, v: usize, y: usize): void {
  for (let p = 0; p < n; p++, a += row) {
    for (let q = 0; q < p; q++) {
      add(y + 8 * p, load<f64>(a + 8 * q) * load<f64>(v + 8 * q));
      add(y + 8 * q, load<f64>(a + 8 * q) * load<f64>(v + 8 * p));
    }
    add(y + 8 * p, load<f64>(a + 8 * p) * load<f64>(v + 8 * p));
  }
}

// @ts-ignore: decorator
@inline
function add(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) + value);
}

// @ts-ignore: decorator
@inline
function sumOfPair(x: v128): f64 {
  return f64x2.extract_lane(x, 0) + f64x2.extract_lane(x, 1);
}
