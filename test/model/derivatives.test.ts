import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { forward, jacobian, jacobianVectorProduct, modelInputs, vectorJacobianProduct, weightVector } from "../../src/model/derivatives.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { expectClose } from "../support/close.ts";

// f_k(x) = w_k0 x_0 + w_k1 x_1 + b_k with weights [1 2; 3 4] and biases [5, 6].
const plane = mlp([2, 2], { parameters: [1, 2, 3, 4, 5, 6] });
const inputs = [[1, 10], [2, -1], [0, 0]];

describe("the matrix surface of a model", () => {
  it("gives outputs with a row for each example", () => {
    expect(forward(plane, inputs).to2DArray()).toEqual([[26, 49], [5, 8], [5, 6]]);
    expect(forward(plane, new Matrix(inputs))).toEqual(forward(plane, inputs));
  });

  it("gives the Jacobian with row n K + k for output k of example n", () => {
    const rows = jacobian(plane, inputs);
    expect([rows.rows, rows.columns]).toEqual([6, 6]);
    expect(rows.getRow(0)).toEqual([1, 10, 0, 0, 1, 0]);
    expectClose(rows.getRow(3), [0, 0, 2, -1, 0, 1], 0);
  });

  it("gives products with vectors on either side", () => {
    expect(jacobianVectorProduct(plane, inputs, [1, 0, 0, 1, 0, 100]).to2DArray()).toEqual([[1, 110], [2, 99], [0, 100]]);
    expect(Array.from(vectorJacobianProduct(plane, inputs, [[1, 0], [0, 1], [1, 1]]))).toEqual([1, 10, 2, -1, 2, 2]);
  });

  it("refuses what does not fit, by name", () => {
    expect(() => forward(plane, [[1, 2, 3]])).toThrow(/^inputs: expected 2 columns, as the model has inputs, got 1 x 3/);
    expect(() => forward(plane, [1, 2])).toThrow(/One row is one example: a single example is \[\[a, b, \.\.\.\]\]/);
    expect(() => forward(plane, [[1, Number.NaN]])).toThrow(/^inputs: expected finite numbers, got NaN at row 0, column 1/);
    expect(() => forward(plane, [])).toThrow(InvalidArgumentError);
    expect(() => jacobian(plane, [[1]])).toThrow(/^inputs: /);
    expect(() => jacobianVectorProduct(plane, inputs, [1, 2])).toThrow(/^direction: expected 6 numbers, one for each parameter, got 2/);
    expect(() => vectorJacobianProduct(plane, inputs, [[1, 0]])).toThrow(/^cotangents: expected 3 x 2, got 1 x 2/);
    expect(() => modelInputs(plane, [[1]], "testInputs")).toThrow(/^testInputs: /);
    expect(() => weightVector(plane, "start", [1, 2, 3, 4, 5, Infinity])).toThrow(/^start: expected finite numbers, got Infinity/);
  });

  it("takes any number of columns for a model that does not say", () => {
    const sum = functionModel({ parameters: [2], value: ([scale], x) => scale * x.reduce((a, b) => a + b, 0) });
    expect(forward(sum, [[1, 2, 3]]).get(0, 0)).toBe(12);
  });
});
