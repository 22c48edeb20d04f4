import { describe, expect, it } from "vitest";
import fc from "../support/fast-check.ts";
import { expectClose } from "../support/close.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { jacobianRows } from "../../src/model/jacobian-rows.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { addByPairs, addByRows, addOuterProducts } from "../../src/model/outer-products.ts";
import { normalTable, normals } from "../support/random-numbers.ts";

interface Options {
  readonly rows: number;
  readonly columns: number;
  /** S is diagonal, as for outputs that are independent. */
  readonly diagonal?: boolean;
}

/** What a function adds to the lower triangle, beside S'J multiplied out. */
function check(add: typeof addOuterProducts, model: Model, { rows, columns, diagonal = false }: Options): void {
  const width = model.parameters.length;
  const evaluation = model.evaluate(normalTable(rows, model.inputs!, 3));
  const factor = normals(rows * model.outputs * columns, 4);
  if (diagonal) for (let i = 0; i < factor.length; i++) if (Math.floor(i / columns) % model.outputs !== i % columns) factor[i] = 0;

  const written = evaluation.scaledJacobian(factor, columns);
  const before = normals(width * width, 5);
  const expected = before.slice();
  for (let row = 0; row < written.length; row += width) {
    for (let p = 0; p < width; p++) for (let q = 0; q <= p; q++) expected[p * width + q] += written[row + p] * written[row + q];
  }
  const sum = before.slice();
  add(jacobianRows(model, evaluation, factor, columns), sum);
  expectClose(sum, expected, 1e-12);
}

const shapes = fc.record({
  sizes: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 4 }),
  biases: fc.boolean(),
  rows: fc.integer({ min: 1, max: 6 }),
  columns: fc.integer({ min: 1, max: 4 }),
  diagonal: fc.boolean(),
});

describe("outer products of rows", () => {
  for (const add of [addByRows, addByPairs, addOuterProducts]) {
    it(`are added as S'J multiplied out gives them, by ${add.name}`, () => {
      fc.assert(fc.property(shapes, ({ sizes, biases, rows, columns, diagonal }) => check(add, mlp(sizes, { biases, seed: 2 }), { rows, columns, diagonal })));
    });
  }

  it("are those of more examples, pairs of units and pairs of inputs than one product takes", () => {
    for (const rows of [1030, 4100]) check(addByPairs, mlp([2, 2], { seed: 1 }), { rows, columns: 2 });
    check(addByPairs, mlp([5, 1, 2], { seed: 1 }), { rows: 4100, columns: 1 });
    check(addByPairs, mlp([1, 46, 1], { seed: 1 }), { rows: 2, columns: 1 });
    check(addByPairs, mlp([46, 10], { seed: 1, biases: false }), { rows: 2, columns: 2 });
  });

  it("are those of few units of many inputs", () => {
    check(addByPairs, mlp([12, 2], { seed: 1 }), { rows: 3, columns: 2 });
    check(addByPairs, mlp([12, 1, 2], { seed: 1 }), { rows: 3, columns: 2 });
  });

  it("are those of outputs that leave some weights without curvature", () => {
    const model = mlp([2, 3], { seed: 1 });
    const sum = new Float64Array(model.parameters.length ** 2);
    addByPairs(jacobianRows(model, model.evaluate(normalTable(4, 2, 1)), new Float64Array(12), 1), sum);
    expect(sum.every((value) => value === 0)).toBe(true);
  });

  it("are those of a model without layers", () => {
    const model = functionModel({ parameters: [1, 2], inputs: 1, outputs: 2, value: ([a, b], [x]) => [a * x, a * b] });
    check(addOuterProducts, model, { rows: 3, columns: 2 });
  });
});
