import { InvalidArgumentError } from "../../errors.ts";
import { addProduct } from "../../linalg/gemm.ts";
import { transposed, type View } from "../../linalg/view.ts";
import { makeLayer, wrongShape, type Layer, type OperationPass } from "./layer.ts";
import { shapeText, sizeOf, type Shape } from "./shape.ts";

/**
 * The matrix product of two inputs, $Y = A B$ with A of ... x m x k and B of ... x k x n, for each index along the axes before: what attention is made of.
 *
 * @category Models
 * @throws {@link InvalidArgumentError} for other than two inputs, or shapes that do not match.
 */
export function matrixProduct(): Layer {
  return makeLayer("matrixProduct", [], (name, shapes) => {
    if (shapes.length !== 2) throw new InvalidArgumentError({ argument: name, expected: "two inputs", received: `${shapes.length}` });
    const [a, b] = shapes;
    const around = a.slice(0, -2);
    const [m, k, n] = [a[a.length - 2], a[a.length - 1], b[b.length - 1]];
    const expected: Shape = [...around, k, n];
    if (a.length < 2) throw wrongShape(name, "two axes at least", a);
    if (b.length !== a.length || expected.some((size, axis) => size !== b[axis])) throw wrongShape(name, `${shapeText([...around, k])} x any number as its second, after ${shapeText(a)}`, b);
    return { shape: [...around, m, n], tensors: [], evaluate: ([x, y], _, rows) => productPass(x, y, rows * sizeOf(around), m, k, n) };
  });
}

function productPass(a: Float64Array, b: Float64Array, count: number, m: number, k: number, n: number): OperationPass {
  const view = (data: Float64Array, size: number, columns: number) => (index: number): View => ({ data, offset: index * size, rowStride: columns, columnStride: 1 });
  const [left, right, out] = [(v: Float64Array) => view(v, m * k, k), (v: Float64Array) => view(v, k * n, n), (v: Float64Array) => view(v, m * n, n)];
  const addForward = (x: Float64Array, y: Float64Array, into: Float64Array): void => {
    const [xs, ys, to] = [left(x), right(y), out(into)];
    for (let i = 0; i < count; i++) addProduct(1, xs(i), ys(i), to(i), m, k, n);
  };
  /** U B' and A' U, for other A or B than those that were multiplied as well. */
  const addToLeft = (u: Float64Array, y: Float64Array, into: Float64Array): void => {
    const [us, ys, to] = [out(u), right(y), left(into)];
    for (let i = 0; i < count; i++) addProduct(1, us(i), transposed(ys(i)), to(i), m, n, k);
  };
  const addToRight = (u: Float64Array, x: Float64Array, into: Float64Array): void => {
    const [us, xs, to] = [out(u), left(x), right(into)];
    for (let i = 0; i < count; i++) addProduct(1, transposed(xs(i)), us(i), to(i), k, m, n);
  };
  const outputs = new Float64Array(count * m * n);
  addForward(a, b, outputs);
  return {
    outputs,
    pull: (u, [toLeft, toRight]) => {
      if (toLeft !== undefined) addToLeft(u, b, toLeft);
      if (toRight !== undefined) addToRight(u, a, toRight);
    },
    push: ([first, second], _, into) => {
      if (first !== undefined) addForward(first, b, into);
      if (second !== undefined) addForward(a, second, into);
    },
    bend: (u, [first, second], _, [toLeft, toRight]) => {
      if (toLeft !== undefined && second !== undefined) addToLeft(u, second, toLeft);
      if (toRight !== undefined && first !== undefined) addToRight(u, first, toRight);
    },
  };
}
