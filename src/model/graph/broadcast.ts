import { wrongShape } from "./layer.ts";
import { shapeText, sizeOf, stridesOf, type Shape } from "./shape.ts";

/** Several inputs as if they were of one shape: axes are matched from the last one on, and those that are 1 or absent are repeated (as in NumPy). */
export interface Broadcast {
  readonly shape: Shape;
  /** For each input, where each number of the common shape is in it; undefined where it is in its own place. */
  readonly places: readonly (Int32Array | undefined)[];
}

/** @throws {@link InvalidArgumentError} when shapes differ where neither is 1. */
export function broadcast(name: string, shapes: readonly Shape[]): Broadcast {
  const axes = Math.max(...shapes.map(({ length }) => length));
  const padded = shapes.map((shape) => [...Array<number>(axes - shape.length).fill(1), ...shape]);
  const shape = Array.from({ length: axes }, (_, axis) => Math.max(...padded.map((sizes) => sizes[axis])));
  padded.forEach((sizes, i) => {
    if (sizes.some((size, axis) => size !== 1 && size !== shape[axis])) throw wrongShape(name, `one shape, such as ${shapeText(shape)}, or 1 along an axis`, shapes[i], "Layers between may have changed the shape: a padding of \"same\" keeps it.");
  });
  const strides = stridesOf(shape);
  const places = padded.map((sizes) => {
    if (sizes.every((size, axis) => size === shape[axis])) return undefined;
    const own = stridesOf(sizes);
    return Int32Array.from({ length: sizeOf(shape) }, (_, i) => sizes.reduce((place, size, axis) => place + (size === 1 ? 0 : (Math.floor(i / strides[axis]) % shape[axis]) * own[axis]), 0));
  });
  return { shape, places };
}

/** The input at every place of the common shape: N x size. */
export function spread(v: Float64Array, rows: number, size: number, places: Int32Array | undefined): Float64Array {
  if (places === undefined) return v;
  const own = v.length / rows;
  const wide = new Float64Array(rows * size);
  for (let n = 0, at = 0; n < rows; n++) for (let i = 0; i < size; i++) wide[at++] = v[n * own + places[i]];
  return wide;
}

/** Adds to each number of the input what belongs to its places. */
export function addGathered(u: Float64Array, rows: number, size: number, places: Int32Array | undefined, into: Float64Array): void {
  if (places === undefined) {
    for (let i = 0; i < u.length; i++) into[i] += u[i];
    return;
  }
  const own = into.length / rows;
  for (let n = 0, at = 0; n < rows; n++) for (let i = 0; i < size; i++) into[n * own + places[i]] += u[at++];
}
