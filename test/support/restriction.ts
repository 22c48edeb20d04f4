import type { Table } from "../../src/data.ts";
import type { Model } from "../../src/model/model.ts";
import { expectClose } from "./close.ts";
import { quadraticLoss } from "./networks.ts";
import { normals } from "./random-numbers.ts";

/** Expects that a part of a model has the outputs of the whole, and its derivatives with the columns (and rows) of the part alone. */
export function expectRestriction(part: Model, whole: Model, indices: ArrayLike<number>, inputs: Table, seed: number, tolerance = 1e-12): void {
  const [width, size, count, rows] = [whole.parameters.length, indices.length, whole.outputs, inputs.rows];
  const [own, all] = [part.evaluate(inputs), whole.evaluate(inputs)];
  const pick = (values: ArrayLike<number>): Float64Array => {
    const picked = new Float64Array((values.length / width) * size);
    for (let r = 0; r < values.length / width; r++) for (let i = 0; i < size; i++) picked[r * size + i] = values[r * width + indices[i]];
    return picked;
  };
  expectClose(own.outputs, all.outputs, tolerance);
  const jacobian = pick(all.jacobian());
  expectClose(own.jacobian(), jacobian, tolerance);
  const columns = 1 + (seed % 3);
  const factor = normals(rows * count * columns, seed);
  expectClose(own.scaledJacobian(factor, columns), pick(all.scaledJacobian(factor, columns)), tolerance);
  const [u, v] = [normals(rows * count, seed + 1), normals(size, seed + 2)];
  expectClose(own.vectorJacobianProduct(u), pick(all.vectorJacobianProduct(u)), tolerance);
  expectClose(own.jacobianVectorProduct(v), u.map((_, r) => v.reduce((sum, value, i) => sum + value * jacobian[r * size + i], 0)), tolerance);

  const loss = quadraticLoss(rows, count, seed + 3)(all.outputs);
  const hessian = all.hessian(loss);
  const block = Float64Array.from({ length: size * size }, (_, at) => hessian[indices[Math.floor(at / size)] * width + indices[at % size]]);
  expectClose(own.hessian(loss), block, tolerance);
  expectClose(own.hessianDiagonal(loss), pick(all.hessianDiagonal(loss)), tolerance);
  expectClose(own.hessianVectorProduct(loss, v), v.map((_, r) => v.reduce((sum, value, i) => sum + value * block[r * size + i], 0)), tolerance);
}
