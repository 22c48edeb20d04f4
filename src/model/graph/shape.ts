import { InvalidArgumentError, describe } from "../../errors.ts";

/**
 * The sizes of the axes of one example, row-major: `[3, 32, 32]` for three channels of 32 rows and 32 columns, `[10]` for ten numbers.
 *
 * @category Models
 */
export type Shape = readonly number[];

/** How many numbers an example of a shape has. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** For messages: `"3 x 32 x 32"`. */
export function shapeText(shape: Shape): string {
  return shape.length === 0 ? "a single number" : shape.join(" x ");
}

/** Returns `shape` if it is a list of whole numbers above 0, else throws. */
export function checkedShape(argument: string, shape: unknown): Shape {
  if (Array.isArray(shape) && shape.length > 0 && shape.every((size) => Number.isSafeInteger(size) && size >= 1)) return shape as Shape;
  throw new InvalidArgumentError({ argument, expected: "the sizes of the axes of one example, as [3, 32, 32], or [10] for ten numbers", received: Array.isArray(shape) ? `[${shape.map(describe).join(", ")}]` : describe(shape) });
}

/** How far apart neighbours along each axis are. */
export function stridesOf(shape: Shape): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** The number of an axis from the front, for one that may be counted from the back: -1 is the last. */
export function checkedAxis(argument: string, axis: number, shape: Shape): number {
  if (Number.isInteger(axis) && axis >= -shape.length && axis < shape.length) return axis < 0 ? axis + shape.length : axis;
  throw new InvalidArgumentError({ argument, expected: `an axis of ${shapeText(shape)}, from 0 to ${shape.length - 1}, or from -1 backwards`, received: describe(axis) });
}

/** The shape seen as before x along x after an axis. */
export function aroundAxis(shape: Shape, axis: number): { readonly before: number; readonly along: number; readonly after: number } {
  return { before: sizeOf(shape.slice(0, axis)), along: shape[axis], after: sizeOf(shape.slice(axis + 1)) };
}
