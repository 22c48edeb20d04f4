import type { Operation, OperationPass } from "./layer.ts";
import type { Shape } from "./shape.ts";

/** A function $h$ of one number with its first two derivatives, which get $a$ and $z = h(a)$. */
export interface ElementwiseFunction {
  readonly value: (a: number) => number;
  readonly first: (a: number, z: number) => number;
  readonly second: (a: number, z: number) => number;
  /** Variance gain of initial weights before it. */
  readonly gain: number;
}

/** $z = h(a)$ for every number. */
export function elementwiseOperation(shape: Shape, h: ElementwiseFunction): Operation {
  return { shape, tensors: [], gain: h.gain, evaluate: ([a]) => elementwisePass(h, a) };
}

function elementwisePass({ value, first, second }: ElementwiseFunction, a: Float64Array): OperationPass {
  const z = new Float64Array(a.length);
  for (let i = 0; i < a.length; i++) z[i] = value(a[i]);
  const derivative = (of: ElementwiseFunction["first"]): Float64Array => {
    const values = new Float64Array(a.length);
    for (let i = 0; i < a.length; i++) values[i] = of(a[i], z[i]);
    return values;
  };
  let slopes: Float64Array | undefined;
  let bends: Float64Array | undefined;
  return {
    outputs: z,
    pull: (u, [into]) => addProduct((slopes ??= derivative(first)), u, into),
    push: ([change], _, into) => addProduct((slopes ??= derivative(first)), change, into),
    bend: (u, [change], _, [into]) => {
      if (change === undefined || into === undefined) return;
      bends ??= derivative(second);
      for (let i = 0; i < u.length; i++) into[i] += bends[i] * u[i] * change[i];
    },
  };
}

function addProduct(slopes: Float64Array, v: Float64Array | undefined, into: Float64Array | undefined): void {
  if (v !== undefined && into !== undefined) for (let i = 0; i < v.length; i++) into[i] += slopes[i] * v[i];
}
