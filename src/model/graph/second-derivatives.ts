import type { OutputDerivatives } from "../model.ts";
import { backpropagate, changesAlong, cotangentsFrom, ownDirection, type Cotangents, type GraphPass } from "./passes.ts";

/**
 * Adds H v by the R-operator (Pearlmutter 1994): forward and backward passes are differentiated along v, operation by operation. With
 * $\bar x = J^\top u$, $R\lbrace \bar x \rbrace = J^\top R\lbrace u \rbrace + R\lbrace J \rbrace^\top u$; the second term is what an operation has as `bend`.
 */
export function addHessianVectorProduct(pass: GraphPass, loss: OutputDerivatives, direction: Float64Array, product: Float64Array): void {
  addProduct(pass, loss.hessian, backpropagate(pass, loss.gradient), direction, product);
}

/** The same with the cotangents of all values at hand. */
function addProduct(pass: GraphPass, hessian: Float64Array, backward: Cotangents, direction: Float64Array, product: Float64Array): void {
  const { graph, passes, rows, outputs } = pass;
  const changes = changesAlong(pass, direction);
  const moved = cotangentsFrom(pass, timesBlocks(hessian, changes[passes.length], rows, outputs.length / rows));
  for (let s = passes.length - 1; s >= 0; s--) {
    const [u, change] = [backward.of(s), moved.of(s)];
    if (u === undefined || change === undefined) continue;
    const { inputs, offset } = graph.steps[s];
    const from = inputs.map((value) => changes[value]);
    const own = ownDirection(graph, s, direction);

    const rowsOfGradient = { data: product, offset, stride: 0 };
    passes[s].gradient?.(change, rowsOfGradient);
    passes[s].bendGradient?.(u, from, rowsOfGradient);

    const into = moved.into(s);
    passes[s].pull(change, into);
    passes[s].bend?.(u, from, own, into);
  }
}

/** (d2E/df2) times the change of the outputs of every example. */
function timesBlocks(hessian: Float64Array, change: Float64Array | undefined, rows: number, count: number): Float64Array {
  const product = new Float64Array(rows * count);
  if (change === undefined) return product;
  for (let i = 0, h = 0; i < product.length; i++) {
    const start = i - (i % count);
    let sum = 0;
    for (let k = 0; k < count; k++) sum += hessian[h++] * change[start + k];
    product[i] = sum;
  }
  return product;
}

/** The columns of the Hessian, one product each; `visit` gets column i. */
export function hessianColumns(passes: Iterable<{ readonly pass: GraphPass; readonly loss: OutputDerivatives }>, width: number, visit: (i: number, column: Float64Array) => void): void {
  const unit = new Float64Array(width);
  const column = new Float64Array(width);
  for (const { pass, loss } of passes) {
    const backward = backpropagate(pass, loss.gradient);
    for (let i = 0; i < width; i++) {
      unit[i] = 1;
      addProduct(pass, loss.hessian, backward, unit, column.fill(0));
      visit(i, column);
      unit[i] = 0;
    }
  }
}
