import { InvalidArgumentError } from "../../errors.ts";
import type { GradientRows, Operation, OperationPass } from "./layer.ts";
import { sizeOf, stridesOf, type Shape } from "./shape.ts";

/** $y_i = s_{c(i)} x_i + t_{c(i)}$: numbers that share a factor and a shift share an entry c. */
export interface AffineMap {
  readonly shape: Shape;
  /** c: for each number of an example, its entry. */
  readonly entries: Int32Array;
  /** s, one for each entry. */
  readonly scale: Float64Array;
  /** t, one for each entry. */
  readonly shift: Float64Array;
}

/** The entry of each number of an example, when those that agree along the given axes share one. */
export function entriesAlong(shape: Shape, axes: readonly number[]): Int32Array {
  const strides = stridesOf(shape);
  const own = stridesOf(axes.map((axis) => shape[axis]));
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) => axes.reduce((entry, axis, a) => entry + (Math.floor(i / strides[axis]) % shape[axis]) * own[a], 0));
}

/** Numbers for the entries: those given, or `otherwise` for each. */
export function entryValues(name: string, argument: string, given: ArrayLike<number> | undefined, count: number, otherwise: number): Float64Array {
  if (given === undefined) return new Float64Array(count).fill(otherwise);
  if (given.length === count) return Float64Array.from(given);
  throw new InvalidArgumentError({ argument: `${name}: ${argument}`, expected: `${count} numbers`, received: `${given.length}` });
}

/** The operation with s and t as they are. */
export function fixedAffine({ shape, entries, scale, shift }: AffineMap): Operation {
  const width = entries.length;
  const addScaled = (v: Float64Array | undefined, into: Float64Array | undefined): void => {
    if (v !== undefined && into !== undefined) for (let i = 0, at = 0; at < v.length; i = i + 1 === width ? 0 : i + 1, at++) into[at] += scale[entries[i]] * v[at];
  };
  return {
    shape,
    tensors: [],
    entrywise: true,
    evaluate: ([x]) => {
      const outputs = new Float64Array(x.length);
      for (let i = 0, at = 0; at < x.length; i = i + 1 === width ? 0 : i + 1, at++) outputs[at] = scale[entries[i]] * x[at] + shift[entries[i]];
      return { outputs, pull: (u, [into]) => addScaled(u, into), push: ([change], _direction, into) => addScaled(change, into) };
    },
  };
}

/** The operation with s and t as parameters, s the weights and t the biases, which start where they are. */
export function freeAffine({ shape, entries, scale, shift }: AffineMap): Operation {
  const count = scale.length;
  return {
    shape,
    tensors: [
      { role: "weights", rows: count, columns: 1, start: scale },
      { role: "biases", rows: count, columns: 1, start: shift },
    ],
    evaluate: ([x], parameters) => freePass(entries, count, x, parameters),
  };
}

function freePass(entries: Int32Array, count: number, x: Float64Array, parameters: Float64Array): OperationPass {
  const width = entries.length;
  const addScaled = (scales: Float64Array, v: Float64Array, into: Float64Array): void => {
    for (let start = 0; start < v.length; start += width) for (let i = 0; i < width; i++) into[start + i] += scales[entries[i]] * v[start + i];
  };
  const addShift = (shifts: Float64Array, into: Float64Array): void => {
    for (let start = 0; start < into.length; start += width) for (let i = 0; i < width; i++) into[start + i] += shifts[count + entries[i]];
  };
  const addGradient = (u: Float64Array, factor: Float64Array, biases: boolean, { data, offset, stride }: GradientRows): void => {
    for (let start = 0, to = offset; start < u.length; start += width, to += stride) {
      for (let i = 0; i < width; i++) data[to + entries[i]] += u[start + i] * factor[start + i];
      if (biases) for (let i = 0; i < width; i++) data[to + count + entries[i]] += u[start + i];
    }
  };
  const outputs = new Float64Array(x.length);
  addScaled(parameters, x, outputs);
  addShift(parameters, outputs);
  return {
    outputs,
    pull: (u, [into]) => {
      if (into !== undefined) addScaled(parameters, u, into);
    },
    push: ([change], direction, into) => {
      if (change !== undefined) addScaled(parameters, change, into);
      if (direction === undefined) return;
      addScaled(direction, x, into);
      addShift(direction, into);
    },
    gradient: (u, into) => addGradient(u, x, true, into),
    bend: (u, _, direction, [into]) => {
      if (direction !== undefined && into !== undefined) addScaled(direction, u, into);
    },
    bendGradient: (u, [change], into) => {
      if (change !== undefined) addGradient(u, change, false, into);
    },
  };
}
