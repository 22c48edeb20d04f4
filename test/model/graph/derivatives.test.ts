import { describe, it } from "vitest";
import { LaplaceError } from "../../../src/errors.ts";
import { toMatrix } from "../../../src/model/derivatives.ts";
import { affine } from "../../../src/model/graph/affine-layer.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { network, type Network } from "../../../src/model/graph/network.ts";
import { flatten } from "../../../src/model/graph/reshape.ts";
import { sizeOf } from "../../../src/model/graph/shape.ts";
import type { Table } from "../../../src/data.ts";
import { distance, expectClose } from "../../support/close.ts";
import fc from "../../support/fast-check.ts";
import { quadraticLoss } from "../../support/networks.ts";
import { normalTable, normals } from "../../support/random-numbers.ts";
import { differences } from "../../support/sixth-order-differences.ts";
import { LAYER_CASES, type LayerCase } from "./layer-cases.ts";

/** The layers between others, so that inputs and outputs move, bend and are bent. */
function embedded({ shape, layers }: LayerCase, outputs: number, seed: number): Network | undefined {
  try {
    const made = network(shape, [affine({ free: true, axes: [0] }), "tanh", ...layers, "sigmoid", flatten(), dense(outputs)], { seed });
    return made.withParameters(normals(made.parameters.length, seed + 1));
  } catch (error) {
    // Windows that are larger than their input, for the most part.
    if (error instanceof LaplaceError) return undefined;
    throw error;
  }
}

/** Derivatives by differences, or undefined where a kink is so near that steps of different lengths disagree. */
function smoothDifferences(g: (w: Float64Array) => Float64Array, w: ArrayLike<number>): Float64Array | undefined {
  const [long, short] = [differences(g, w, 1e-3), differences(g, w, 2e-4)];
  return distance(long, short) < 1e-8 ? short : undefined;
}

describe.each(Object.entries(LAYER_CASES))("derivatives through %s", (_, cases) => {
  it("are those of differences", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 2 }), fc.nat(1e5), (drawn, rows, outputs, seed) => {
        const model = embedded(drawn, outputs, seed);
        fc.pre(model !== undefined && model.parameters.length <= 150);
        expectTrue(model, normalTable(rows, sizeOf(drawn.shape), seed + 2), seed);
      }),
      { numRuns: 12 },
    );
  });
});

function expectTrue(model: Network, inputs: Table, seed: number): void {
  const { parameters, outputs: count } = model;
  const width = parameters.length;
  const evaluation = model.evaluate(inputs);
  const lossAt = quadraticLoss(inputs.rows, count, seed);
  const loss = lossAt(evaluation.outputs);
  const [u, v, s] = [loss.gradient, normals(width, seed + 3), normals(inputs.rows * count * 3, seed + 4)];

  const jacobian = smoothDifferences((w) => model.withParameters(w).evaluate(inputs).outputs, parameters);
  fc.pre(jacobian !== undefined);
  const j = toMatrix(jacobian, inputs.rows * count, width);
  expectClose(evaluation.jacobian(), jacobian, 1e-8);
  expectClose(evaluation.jacobianVectorProduct(v), j.mmul(toMatrix(v, width, 1)).to1DArray(), 1e-8);
  expectClose(evaluation.vectorJacobianProduct(u), j.transpose().mmul(toMatrix(u, u.length, 1)).to1DArray(), 1e-8);
  const scaled = Array.from({ length: inputs.rows }, (_, n) => toMatrix(s.slice(n * count * 3, (n + 1) * count * 3), count, 3).transpose().mmul(j.subMatrix(n * count, (n + 1) * count - 1, 0, width - 1)).to1DArray());
  expectClose(evaluation.scaledJacobian(s, 3), scaled.flat(), 1e-8);

  const gradientAlong = (t: ArrayLike<number>): Float64Array => {
    const moved = model.withParameters(parameters.map((w, i) => w + t[0] * v[i])).evaluate(inputs);
    return moved.vectorJacobianProduct(lossAt(moved.outputs).gradient);
  };
  const product = smoothDifferences(gradientAlong, [0]);
  fc.pre(product !== undefined);
  expectClose(evaluation.hessianVectorProduct(loss, v), product, 1e-7);
  const hessian = evaluation.hessian(loss);
  expectClose(toMatrix(hessian, width, width).mmul(toMatrix(v, width, 1)).to1DArray(), evaluation.hessianVectorProduct(loss, v), 1e-11);
  expectClose(evaluation.hessianDiagonal(loss), toMatrix(hessian, width, width).diagonal(), 1e-12);
}
