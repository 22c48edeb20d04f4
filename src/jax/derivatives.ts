import { jit, jvp, numpy, vjp, vmap, type Array as JaxArray } from "@jax-js/jax";
import type { Table } from "../data.ts";
import { InvalidArgumentError, describe } from "../errors.ts";
import type { Shape } from "../model/graph/shape.ts";
import type { Leaf } from "./tree.ts";

/** A function of a list of arrays and a batch of inputs. It owns its arguments, as all functions of jax-js do. */
export type ListFunction = (leaves: JaxArray[], inputs: JaxArray) => JaxArray;

/** Derivatives of a function at numbers: all that jax-js holds is made in a call and freed at its end. */
export interface Derivatives {
  /** N x K: the outputs. */
  outputs(parameters: Float64Array, inputs: Table): Float64Array;
  /** N x K: J v. */
  push(parameters: Float64Array, inputs: Table, direction: Float64Array): Float64Array;
  /** W: J' u. */
  pull(parameters: Float64Array, inputs: Table, cotangents: Float64Array): Float64Array;
  /** N x W: J_n' u_n for each example n. */
  rows(parameters: Float64Array, inputs: Table, cotangents: Float64Array): Float64Array;
  /** W: the change of J' u along v, sum_nk u_nk d2f_nk/dw2 v. */
  bend(parameters: Float64Array, inputs: Table, cotangents: Float64Array, direction: Float64Array): Float64Array;
}

/** Each of them compiled once for each number of examples. */
export function derivativesOf(f: ListFunction, leaves: readonly Leaf[], exampleShape: Shape): Derivatives {
  // A batch comes as N x D, or within vmap as the D numbers of one example; cotangents as N x K or K.
  const at = (p: JaxArray[], x: JaxArray, rows: number): JaxArray => matrix(f(p, x.reshape([rows, ...exampleShape])), rows);
  const pulled = (p: JaxArray[], x: JaxArray, u: JaxArray, rows: number): JaxArray[] => {
    const [outputs, pull] = vjp((q: JaxArray[]) => at(q, x, rows), [p]);
    outputs.dispose();
    const [gradients] = pull(u.reshape([rows, -1]));
    pull.dispose();
    return gradients;
  };
  const rowsOf = (x: JaxArray): number => x.shape[0];

  const outputs = jit((p: JaxArray[], x: JaxArray) => at(p, x, rowsOf(x)));
  const push = jit((p: JaxArray[], v: JaxArray[], x: JaxArray) => {
    const [primal, tangent] = jvp((q: JaxArray[]) => at(q, x, rowsOf(x)), [p], [v]);
    primal.dispose();
    return tangent;
  });
  const pull = jit((p: JaxArray[], x: JaxArray, u: JaxArray) => pulled(p, x, u, rowsOf(x)));
  const rows = jit(vmap((p: JaxArray[], x: JaxArray, u: JaxArray) => pulled(p, x, u, 1), [null, 0, 0]));
  const bend = jit((p: JaxArray[], v: JaxArray[], x: JaxArray, u: JaxArray) => {
    const [gradients, changes] = jvp((q: JaxArray[]) => pulled(q, x, u, rowsOf(x)), [p], [v]);
    gradients.forEach((gradient) => gradient.dispose());
    return changes;
  });

  const width = leaves.reduce((sum, { values }) => sum + values.length, 0);
  const double = leaves[0].dtype === "float64";
  const batch = (values: Float64Array, count: number): JaxArray => toArray(values, [count, values.length / count], double);
  const parts = (values: Float64Array): JaxArray[] => split(values, leaves);
  /** N rows of what belongs to each leaf, one leaf after the other, as rows of what belongs to all. */
  const joined = (gradients: JaxArray[], count: number): Float64Array => {
    const result = new Float64Array(count * width);
    let from = 0;
    for (const gradient of gradients) {
      const values = numbers(gradient);
      const size = values.length / count;
      for (let n = 0; n < count; n++) for (let i = 0; i < size; i++) result[n * width + from + i] = values[n * size + i];
      from += size;
    }
    return result;
  };
  return {
    outputs: (w, x) => Float64Array.from(numbers(outputs(parts(w), batch(x.data, x.rows)))),
    push: (w, x, v) => Float64Array.from(numbers(push(parts(w), parts(v), batch(x.data, x.rows)))),
    pull: (w, x, u) => joined(pull(parts(w), batch(x.data, x.rows), batch(u, x.rows)), 1),
    rows: (w, x, u) => joined(rows(parts(w), batch(x.data, x.rows), batch(u, x.rows)), x.rows),
    bend: (w, x, u, v) => joined(bend(parts(w), parts(v), batch(x.data, x.rows), batch(u, x.rows)), 1),
  };
}

/** One array for each leaf, which whoever takes them owns. */
export function split(values: Float64Array, leaves: readonly Leaf[]): JaxArray[] {
  let from = 0;
  return leaves.map(({ shape, dtype, values: { length } }) => toArray(values.subarray(from, (from += length)), shape, dtype === "float64"));
}

function toArray(values: Float64Array, shape: Shape, double: boolean): JaxArray {
  return numpy.array(double ? values.slice() : Float32Array.from(values), { shape: shape.slice() });
}

/** What an array holds, in the memory of JavaScript. The array itself is freed. */
function numbers(array: JaxArray): ArrayLike<number> {
  return array.dataSync() as ArrayLike<number>;
}

/** Outputs as N x K. */
function matrix(outputs: JaxArray, rows: number): JaxArray {
  const given: unknown = outputs;
  if (typeof given !== "object" || given === null || !("reshape" in given)) throw new InvalidArgumentError({ argument: "f", expected: "a function that gives an array of jax-js, with a row for each example", received: describe(given) });
  const { shape } = outputs;
  if (shape.length === 0 ? rows !== 1 : shape.reduce((product, size) => product * size, 1) % rows !== 0) throw new InvalidArgumentError({ argument: "f", expected: `a function that gives a row for each of ${rows} examples`, received: `the shape [${shape.join(", ")}]` });
  return outputs.reshape([rows, -1]);
}
