import { stridesOf } from "../model/graph/shape.ts";
import type { Weights } from "./tensor-flow.ts";

/** The numbers of a tensor with its axes in another order: axis i of the result is axis `axes[i]`. */
export function transposed({ shape, values }: Weights, axes: readonly number[]): Float64Array {
  const strides = stridesOf(shape);
  const to = axes.map((axis) => shape[axis]);
  const own = stridesOf(to);
  return values.map((_, i) => values[axes.reduce((at, axis, a) => at + (Math.floor(i / own[a]) % to[a]) * strides[axis], 0)]);
}
