import { InvalidArgumentError, describe, oneOf, wholeNumber } from "../../errors.ts";
import { shapeText, sizeOf, type Shape } from "./shape.ts";

/**
 * Zeros around the positions of an input: `"valid"` for none; `"same"` for as many as make ceil(size / stride) outputs, the odd one at the end; a number for
 * all sides; or one entry for each axis, a number for both of its ends or `[before, after]`.
 *
 * @category Models
 */
export type Padding = "valid" | "same" | number | readonly (number | readonly [before: number, after: number])[];

/**
 * A number for every axis, or one for each.
 *
 * @category Models
 */
export type PerAxis = number | readonly number[];

/** How a window moves, as options say it. */
export interface WindowOptions {
  readonly kernel: PerAxis;
  readonly stride: PerAxis;
  readonly dilation: PerAxis;
  readonly padding: Padding;
}

/** What a window sees at each of its places. */
export interface Windows {
  /** How many places there are along each axis. */
  readonly shape: Shape;
  /** P, all places. */
  readonly positions: number;
  /** Entries of the window. */
  readonly count: number;
  /** P x count: which position of the input is seen, or -1 for padding. */
  readonly indices: Int32Array;
}

/** Throws for options that no shape could make right. */
export function checkedWindow({ kernel, stride, dilation, padding }: WindowOptions, axes: number): void {
  for (const [argument, value] of Object.entries({ kernel, stride, dilation })) perAxis(argument, value, axes, 1);
  if (typeof padding === "string") oneOf("padding", padding, ["valid", "same"]);
  else sides(padding, axes);
}

/**
 * The places of a window over positions of the given shape. Along an axis of length H with kernel k, stride s, dilation d and padding p there are
 * floor((H + p_before + p_after - d (k - 1) - 1) / s) + 1.
 */
export function windowsOver(name: string, shape: Shape, { kernel, stride, dilation, padding }: WindowOptions): Windows {
  const axes = shape.length;
  const [kernels, strides, dilations] = [perAxis("kernel", kernel, axes, 1), perAxis("stride", stride, axes, 1), perAxis("dilation", dilation, axes, 1)];
  const padded = padding === "valid" ? sides(0, axes) : padding === "same" ? undefined : sides(padding, axes);

  let windows: Windows = { shape: [], positions: 1, count: 1, indices: Int32Array.of(0) };
  shape.forEach((size, axis) => {
    const reach = dilations[axis] * (kernels[axis] - 1) + 1;
    const [before, after] = padded?.[axis] ?? sameSides(size, strides[axis], reach);
    const places = Math.floor((size + before + after - reach) / strides[axis]) + 1;
    if (places < 1) throw new InvalidArgumentError({ argument: name, expected: `at least ${reach} positions, which its kernel of ${shapeText(kernels)} reaches over, along axis ${axis + 1} of its inputs`, received: `${size} and ${before + after} of padding`, advice: 'Take a smaller kernel, or padding: "same".' });
    windows = alongAxis(windows, size, places, kernels[axis], (place, k) => place * strides[axis] - before + k * dilations[axis]);
  });
  return windows;
}

/** Windows that move along one more axis. */
function alongAxis({ shape, positions, count, indices }: Windows, size: number, places: number, kernel: number, positionOf: (place: number, k: number) => number): Windows {
  const all = new Int32Array(positions * places * count * kernel);
  for (let p = 0, at = 0; p < positions; p++) {
    for (let place = 0; place < places; place++) {
      for (let c = 0; c < count; c++) {
        const outer = indices[p * count + c];
        for (let k = 0; k < kernel; k++) {
          const position = positionOf(place, k);
          all[at++] = outer < 0 || position < 0 || position >= size ? -1 : outer * size + position;
        }
      }
    }
  }
  return { shape: [...shape, places], positions: positions * places, count: count * kernel, indices: all };
}

function sameSides(size: number, stride: number, reach: number): readonly [number, number] {
  const zeros = Math.max(0, (Math.ceil(size / stride) - 1) * stride + reach - size);
  return [Math.floor(zeros / 2), Math.ceil(zeros / 2)];
}

function perAxis(argument: string, value: PerAxis, axes: number, least: number): readonly number[] {
  if (!Array.isArray(value)) return Array<number>(axes).fill(wholeNumber(argument, value, least));
  if (value.length !== axes) throw new InvalidArgumentError({ argument, expected: `a number, or ${axes} of them, one for each axis`, received: describe(value) });
  return value.map((one, axis) => wholeNumber(`${argument}[${axis}]`, one, least));
}

function sides(padding: Exclude<Padding, string>, axes: number): readonly (readonly [number, number])[] {
  const both = (argument: string, value: unknown): readonly [number, number] => {
    if (!Array.isArray(value)) return [wholeNumber(argument, value, 0), wholeNumber(argument, value, 0)];
    if (value.length !== 2) throw new InvalidArgumentError({ argument, expected: "a number, or [before, after]", received: describe(value) });
    return [wholeNumber(`${argument}[0]`, value[0], 0), wholeNumber(`${argument}[1]`, value[1], 0)];
  };
  if (!Array.isArray(padding)) return Array<readonly [number, number]>(axes).fill(both("padding", padding));
  if (padding.length !== axes) throw new InvalidArgumentError({ argument: "padding", expected: `"valid", "same", a number, or ${axes} entries, one for each axis, each a number or [before, after]`, received: describe(padding) });
  return padding.map((value, axis) => both(`padding[${axis}]`, value));
}

/** The number of channels and the shape of the positions of an input of channels and `axes` more. */
export function channelsAndPositions(shape: Shape, axes: number): { readonly channels: number; readonly around: Shape; readonly area: number } | undefined {
  const around = shape.slice(1);
  return shape.length === axes + 1 ? { channels: shape[0], around, area: sizeOf(around) } : undefined;
}
