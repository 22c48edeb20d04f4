import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, oneOf, wholeNumber } from "../errors.ts";

/**
 * Which weights share a scale, and where zero lies among the codes.
 *
 * @category Quantisation
 */
export interface GridOptions {
  /**
   * How many weights share a scale. A number divides each row of a matrix, the weights into one unit, into groups of so many consecutive weights, the last of which may be smaller; where it is more than a row
   * has, as many whole rows as it holds are a group. `"unit"`: a row, or in a matrix of one column all of it. `"tensor"`: all. Default `"unit"`.
   */
  readonly groupSize?: number | "unit" | "tensor";
  /**
   * `"affine"`: all $2^b$ codes, from the least to the largest weight of a group or 0, with a zero point of its own. `"symmetric"`: codes from $-(2^{b-1} - 1)$ to
   * $2^{b-1} - 1$, and no zero point; of one bit, -1 and 1. Default `"affine"`.
   */
  readonly scheme?: "affine" | "symmetric";
}

/**
 * Options of {@link uniformQuantization}.
 *
 * @category Quantisation
 */
export interface UniformQuantizationOptions extends GridOptions {
  /** Bits of a code, 1 to 16. */
  readonly bits: number;
}

/**
 * A matrix on grids of equal steps, one for each group of its entries: $\hat w_i = s_g (c_i - z_g)$.
 *
 * @category Quantisation
 */
export interface QuantizedMatrix {
  /** Rows of the matrix. */
  readonly rows: number;
  /** Columns of the matrix. */
  readonly columns: number;
  /** Of a code. */
  readonly bits: number;
  /** Where zero lies among the codes. */
  readonly scheme: "affine" | "symmetric";
  /** For each group, the index of its first entry in the row-major matrix; a group goes on to the next: G. */
  readonly groupStarts: Int32Array;
  /** $c_i$: rows x columns. */
  readonly codes: Int32Array;
  /** $s_g$, each a float32 number: G. */
  readonly scales: Float64Array;
  /** $z_g$, a code itself; 0 for symmetric grids: G. */
  readonly zeroPoints: Int32Array;
  /** $\hat w_i$: rows x columns. */
  readonly values: Float64Array;
  /** Bits that codes, scales (32 each) and zero points (as many as a code) take. */
  readonly size: number;
}

/** The options with their defaults. */
export type Grid = Required<GridOptions>;

const SCALE_BITS = 32;
const MOST_BITS = 16;

/** The names of {@link GridOptions}. */
export const GRID_OPTIONS = ["groupSize", "scheme"];

/** The options checked, with their defaults. */
export function gridOf({ groupSize = "unit", scheme = "affine" }: GridOptions): Grid {
  if (typeof groupSize === "string" ? groupSize !== "unit" && groupSize !== "tensor" : !(Number.isSafeInteger(groupSize) && groupSize >= 1)) {
    throw new InvalidArgumentError({ argument: "groupSize", expected: 'a whole number of at least 1, "unit" or "tensor"', received: describe(groupSize) });
  }
  return { groupSize, scheme: oneOf("scheme", scheme, ["affine", "symmetric"]) };
}

/** Returns `value` if it is a number of bits that a code can have, else throws. */
export function checkedBits(argument: string, value: unknown): number {
  const bits = wholeNumber(argument, value, 1);
  if (bits <= MOST_BITS) return bits;
  throw new InvalidArgumentError({ argument, expected: `a whole number from 1 to ${MOST_BITS}`, received: describe(value) });
}

/** The first entries of the groups of a rows x columns matrix. */
export function groupStarts(rows: number, columns: number, groupSize: Grid["groupSize"]): Int32Array {
  const count = rows * columns;
  if (groupSize === "tensor" || (groupSize === "unit" && columns === 1)) return Int32Array.of(0);
  const size = groupSize === "unit" ? columns : groupSize;
  if (columns === 1 || size >= columns) {
    const step = Math.floor(size / columns) * columns;
    return Int32Array.from({ length: Math.ceil(count / step) }, (_, g) => g * step);
  }
  const perRow = Math.ceil(columns / size);
  return Int32Array.from({ length: rows * perRow }, (_, g) => Math.floor(g / perRow) * columns + (g % perRow) * size);
}

/** Bits that so many entries in so many groups take. */
export function sizeInBits(entries: number, groups: number, bits: number, scheme: Grid["scheme"]): number {
  return entries * bits + groups * (SCALE_BITS + (scheme === "affine" ? bits : 0));
}

/**
 * Rounds a matrix to grids of equal steps, group by group: with the scale $s$ of a group and its zero point $z$,
 * $$c_i = \operatorname{round}(w_i / s) + z, \qquad \hat w_i = s (c_i - z), \qquad \vert \hat w_i - w_i \vert \le s / 2 .$$
 * An affine grid has $2^b$ codes from 0 and $s = (\max(w, 0) - \min(w, 0)) / (2^b - 1)$, where $z$ makes 0 a value of the grid; a symmetric one $s = \max \vert w \vert / (2^{b-1} - 1)$ and $z = 0$, and of
 * one bit the values $\pm s$ with $s = \max \vert w \vert / 2$, the only case where the error goes up to $s$. Scales are float32 numbers, rounded up, so that what is counted for them is all they need. See Jacob et al. (2018); groups within a layer as in Shen et al. (2020).
 *
 * @category Quantisation
 * @param values - For weights of a layer, units x inputs.
 * @throws {@link InvalidArgumentError} for bits that are not 1 to 16, other options that do not exist, and values that are not finite or beyond float32.
 * @example
 * ```ts
 * import { uniformQuantization } from "laplace-ts";
 * const { codes, scales, zeroPoints, values } = uniformQuantization([[-1, 0.4, 0.9, 2]], { bits: 2 });
 * console.log(codes.join(), scales[0], zeroPoints[0], values.join()); // 0,1,2,3 1 1 -1,0,1,2
 * ```
 */
export function uniformQuantization(values: MatrixLike, options: UniformQuantizationOptions): QuantizedMatrix {
  knownOptions("options", options, ["bits", ...GRID_OPTIONS]);
  return quantizedMatrix(toTable("values", values), checkedBits("bits", options.bits), gridOf(options));
}

/** The matrix on grids of so many bits; nothing is checked but its range. */
export function quantizedMatrix({ data, rows, columns }: Table, bits: number, { groupSize, scheme }: Grid): QuantizedMatrix {
  const starts = groupStarts(rows, columns, groupSize);
  const codes = new Int32Array(data.length);
  const [scales, zeroPoints] = [new Float64Array(starts.length), new Int32Array(starts.length)];
  const values = new Float64Array(data.length);
  const symmetric = scheme === "symmetric";
  const most = symmetric ? Math.max(1, 2 ** (bits - 1) - 1) : 2 ** bits - 1;
  const least = symmetric ? -most : 0;
  const binary = symmetric && bits === 1;
  for (let g = 0; g < starts.length; g++) {
    const [from, to] = [starts[g], g + 1 < starts.length ? starts[g + 1] : data.length];
    let [low, high] = [0, 0];
    for (let i = from; i < to; i++) {
      low = Math.min(low, data[i]);
      high = Math.max(high, data[i]);
    }
    const scale = float32AtLeast(symmetric ? Math.max(-low, high) / (binary ? 2 : most) : high / most - low / most);
    if (scale === Infinity) throw new InvalidArgumentError({ argument: "values", expected: "numbers that float32 can scale, below 3e38", received: `${-low > high ? low : high}` });
    if (scale === 0) continue;
    const zeroPoint = symmetric ? 0 : Math.round(-low / scale);
    scales[g] = scale;
    zeroPoints[g] = zeroPoint;
    for (let i = from; i < to; i++) {
      const code = binary ? (data[i] < 0 ? -1 : 1) : Math.min(most, Math.max(least, Math.round(data[i] / scale) + zeroPoint));
      codes[i] = code;
      values[i] = scale * (code - zeroPoint);
    }
  }
  return { rows, columns, bits, scheme, groupStarts: starts, codes, scales, zeroPoints, values, size: sizeInBits(data.length, starts.length, bits, scheme) };
}

/** The least float32 number that is not below a number of at least 0. */
function float32AtLeast(value: number): number {
  const nearest = new Float32Array([value]);
  if (nearest[0] < value) new Uint32Array(nearest.buffer)[0]++;
  return nearest[0];
}
