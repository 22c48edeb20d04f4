import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { toTable, type Table } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { isLayered } from "../../src/model/model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { columnScale, standardized, unitScale, type ColumnScale } from "../../src/model/standardized.ts";
import { expectClose } from "../support/close.ts";
import { makeCase, plainBatch, quadraticLoss, type Case } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

const scaleOf = (columns: number, seed: number): ColumnScale => ({ shift: normals(columns, seed), scale: normals(columns, seed + 1).map((z) => Math.exp(z / 3)) });

/** A small smooth network in units of its own, with the same written out as a function of the weights. */
const cases = fc.record({ inputs: fc.integer({ min: 1, max: 3 }), units: fc.integer({ min: 1, max: 3 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 3 }), seed: fc.nat(1e5) }).map(({ inputs, units, outputs, rows, seed }) => {
  const inner: Case = makeCase({ sizes: [inputs, units, outputs], rows, seed });
  const scales = { inputs: scaleOf(inputs, seed + 2), outputs: scaleOf(outputs, seed + 4) };
  const seen: Table = { ...inner.inputs, data: inner.inputs.data.map((x, i) => (x - scales.inputs.shift[i % inputs]) / scales.inputs.scale[i % inputs]) };
  const plain = plainBatch({ ...inner, inputs: seen });
  const outputsAt = (w: ArrayLike<number>): Float64Array => plain(w).map((f, i) => scales.outputs.shift[i % outputs] + scales.outputs.scale[i % outputs] * f);
  return { model: standardized(inner.network, scales), inputs: inner.inputs, outputsAt, seed };
});

describe("standardized", () => {
  it("has the outputs and first derivatives of the model with its units written out", () => {
    fc.assert(
      fc.property(cases, ({ model, inputs, outputsAt, seed }) => {
        const evaluation = model.evaluate(inputs);
        const jacobian = differences(outputsAt, model.parameters);
        const [height, width] = [inputs.rows * model.outputs, model.parameters.length];
        expectClose(evaluation.outputs, outputsAt(model.parameters), 1e-13);
        expectClose(evaluation.jacobian(), jacobian, 1e-8);
        const [u, v] = [normals(height, seed), normals(width, seed + 1)];
        expectClose(evaluation.jacobianVectorProduct(v), u.map((_, r) => v.reduce((sum, value, i) => sum + value * jacobian[r * width + i], 0)), 1e-8);
        expectClose(evaluation.vectorJacobianProduct(u), v.map((_, i) => u.reduce((sum, value, r) => sum + value * jacobian[r * width + i], 0)), 1e-8);
        const factor = normals(height * 2, seed + 2);
        const scaled = new Float64Array(inputs.rows * 2 * width);
        for (let r = 0; r < height; r++) {
          const n = Math.floor(r / model.outputs);
          for (let c = 0; c < 2; c++) for (let i = 0; i < width; i++) scaled[(n * 2 + c) * width + i] += factor[r * 2 + c] * jacobian[r * width + i];
        }
        expectClose(evaluation.scaledJacobian(factor, 2), scaled, 1e-8);
      }),
      { numRuns: 25 },
    );
  });

  it("has the second derivatives, too", () => {
    fc.assert(
      fc.property(cases, ({ model, inputs, seed }) => {
        const loss = quadraticLoss(inputs.rows, model.outputs, seed);
        const gradient = (w: Float64Array): Float64Array => {
          const there = model.withParameters(w).evaluate(inputs);
          return there.vectorJacobianProduct(loss(there.outputs).gradient);
        };
        const evaluation = model.evaluate(inputs);
        const here = loss(evaluation.outputs);
        const width = model.parameters.length;
        const hessian = evaluation.hessian(here);
        expectClose(hessian, differences(gradient, model.parameters), 1e-8);
        expectClose(evaluation.hessianDiagonal(here), Float64Array.from({ length: width }, (_, i) => hessian[i * width + i]), 1e-12);
        const v = normals(width, seed);
        expectClose(evaluation.hessianVectorProduct(here, v), v.map((_, r) => v.reduce((sum, value, i) => sum + value * hessian[r * width + i], 0)), 1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it("keeps the layers: activations and deltas rebuild the Jacobian", () => {
    fc.assert(
      fc.property(cases, ({ model, inputs }) => {
        const evaluation = model.evaluate(inputs);
        const [count, width] = [model.outputs, model.parameters.length];
        const jacobian = evaluation.jacobian();
        for (let k = 0; k < count; k++) {
          const deltas = evaluation.backpropagate(Float64Array.from({ length: inputs.rows * count }, (_, i) => (i % count === k ? 1 : 0)));
          model.layers.forEach((layer, l) => {
            for (let n = 0; n < inputs.rows; n++) {
              const start = (n * count + k) * width + layer.weights.offset;
              const expected = Array.from(deltas[l].subarray(n * layer.outputs, (n + 1) * layer.outputs)).flatMap((delta) => Array.from(evaluation.activations[l].subarray(n * layer.inputs, (n + 1) * layer.inputs), (z) => delta * z));
              expectClose(jacobian.subarray(start, start + expected.length), expected, 1e-13);
            }
          });
        }
      }),
      { numRuns: 25 },
    );
  });

  it("approximates the diagonal as well as the inner model: exactly for one hidden layer and a diagonal loss", () => {
    fc.assert(
      fc.property(cases, ({ model, inputs, seed }) => {
        const count = model.outputs;
        const evaluation = model.evaluate(inputs);
        const weights = normals(inputs.rows * count, seed);
        const loss = { gradient: normals(inputs.rows * count, seed + 1), hessian: new Float64Array(inputs.rows * count * count) };
        weights.forEach((value, i) => (loss.hessian[i * count + (i % count)] = value));
        expectClose(evaluation.approximateHessianDiagonal!(loss), evaluation.hessianDiagonal(loss), 1e-12);
      }),
      { numRuns: 25 },
    );
  });

  it("says how many inputs it takes, and stays without layers when the inner model has none", () => {
    const curve = standardized(functionModel({ parameters: [1], value: ([w], [x]) => w * x }), { inputs: { shift: Float64Array.of(1), scale: Float64Array.of(2) }, outputs: unitScale(1) });
    expect(curve.inputs).toBe(1);
    expect(isLayered(curve)).toBe(false);
    expect(curve.evaluate(toTable("x", [5])).outputs[0]).toBe(2);
  });

  it("refuses units of other sizes", () => {
    const network = mlp([2, 1]);
    expect(() => standardized(network, { inputs: unitScale(3), outputs: unitScale(1) })).toThrow(/^units\.inputs: expected 2 columns, got 3/);
    expect(() => standardized(network, { inputs: unitScale(2), outputs: unitScale(2) })).toThrow(InvalidArgumentError);
  });
});

describe("columnScale", () => {
  it("is the mean and the standard deviation with N in the denominator", () => {
    const { shift, scale } = columnScale(toTable("x", [[1, 10], [2, 10], [6, 40]]));
    expectClose(shift, [3, 20], 1e-15);
    expectClose(scale, [Math.sqrt(14 / 3), Math.sqrt(200)], 1e-15);
  });

  it("leaves the scale of a constant column alone, also after rounding", () => {
    expect(columnScale(toTable("x", [5, 5])).scale[0]).toBe(1);
    expect(columnScale(toTable("x", Array<number>(7).fill(0.1))).scale[0]).toBe(1);
    expect(columnScale(toTable("x", [0, 0, 0])).scale[0]).toBe(1);
    expect(columnScale(toTable("x", [[3]])).scale[0]).toBe(1);
  });

  it("keeps small spreads around large means", () => {
    expect(columnScale(toTable("x", [1e6 - 1, 1e6 + 1])).scale[0]).toBeCloseTo(1, 9);
    expect(columnScale(toTable("x", [-1e-9, 1e-9])).scale[0]).toBeCloseTo(1e-9, 15);
  });

  it("finds a constant column constant, however long and whatever its value", () => {
    for (const value of [0.1, 1980.3, 1e-9, -7]) {
      const { shift, scale } = columnScale({ data: new Float64Array(100_000).fill(value), rows: 100_000, columns: 1 });
      expect([shift[0], scale[0]]).toEqual([value, 1]);
    }
  });
});
