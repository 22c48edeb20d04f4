import type { Operation } from "./layer.ts";
import { sizeOf, type Shape } from "./shape.ts";

/**
 * The same numbers in another order or shape: output i of an example is its input `indices[i]`, or 0 where that is -1; without indices, its input i.
 */
export function rearrangement(from: Shape, shape: Shape, indices?: Int32Array): Operation {
  const [before, after] = [sizeOf(from), sizeOf(shape)];
  const gather = (z: Float64Array, into: Float64Array): void => {
    if (indices === undefined) for (let i = 0; i < z.length; i++) into[i] += z[i];
    else for (let start = 0, at = 0; start < z.length; start += before) for (let i = 0; i < after; i++, at++) if (indices[i] >= 0) into[at] += z[start + indices[i]];
  };
  const scatter = (u: Float64Array, into: Float64Array): void => {
    if (indices === undefined) for (let i = 0; i < u.length; i++) into[i] += u[i];
    else for (let start = 0, at = 0; at < u.length; start += before) for (let i = 0; i < after; i++, at++) if (indices[i] >= 0) into[start + indices[i]] += u[at];
  };
  return {
    shape,
    tensors: [],
    inert: indices === undefined,
    evaluate: ([z], _, rows) => {
      const outputs = indices === undefined ? z : new Float64Array(rows * after);
      if (indices !== undefined) gather(z, outputs);
      return {
        outputs,
        pull: (u, [into]) => {
          if (into !== undefined) scatter(u, into);
        },
        push: ([change], _direction, into) => {
          if (change !== undefined) gather(change, into);
        },
      };
    },
  };
}
