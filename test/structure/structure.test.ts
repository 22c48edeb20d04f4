import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, NotPositiveDefiniteError } from "../../src/errors.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { STRUCTURES } from "../conformance-rows.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { plane } from "../support/regression.ts";

const [full, diagonal] = STRUCTURES.map(({ structure }) => structure);

describe.each(STRUCTURES)("$structure.name()", ({ structure }) => {
  const { model, likelihood, data, prior } = plane(6);

  it("adds only curvature of its own structure and size", async () => {
    const posterior = await laplace(model, likelihood, data, { prior, structure });
    const other = await laplace(model, likelihood, data, { prior, structure: structure.name === "full" ? diagonal : full });
    expect(() => posterior.data.curvature.plus(other.data.curvature)).toThrow(InvalidArgumentError);
    expect(() => posterior.data.curvature.plus(other.data.curvature)).toThrow(/^other: expected (full|diagonal) curvature of \d numbers, got (full|diagonal) curvature of \d/);
    const smaller = await laplace(mlp([1, 1], { biases: false }), likelihood, { inputs: [1], targets: [1] }, { structure });
    expect(() => posterior.data.curvature.plus(smaller.data.curvature)).toThrow(/^other: /);
  });

  it("does not add curvature of another structure that has as many numbers", async () => {
    const one = mlp([1, 1], { biases: false });
    const [mine, other] = await Promise.all([structure, structure.name === "full" ? diagonal : full].map((each) => laplace(one, likelihood, { inputs: [1], targets: [1] }, { structure: each })));
    expect(() => mine.data.curvature.plus(other.data.curvature)).toThrow(/^other: /);
  });

  it("leaves a curvature as it is when it is added, scaled or factorised", async () => {
    const { curvature } = (await laplace(model, likelihood, data, { prior, structure })).data;
    const before = curvature.values.slice();
    curvature.plus(curvature);
    curvature.times(3);
    curvature.dense().fill(0);
    const precision = curvature.precision(Float64Array.of(1, 1), 2);
    precision.inverse().fill(0);
    precision.inverseDiagonal().fill(0);
    expect(curvature.values).toEqual(before);
    expect(precision.inverseDiagonal()[0]).toBeGreaterThan(0);
  });

  it("does not take a matrix that is not positive definite, and gives its smallest eigenvalue", async () => {
    const { curvature } = (await laplace(model, likelihood, data, { prior, structure })).data;
    const smallest = eigenvalues(Matrix.from1DArray(2, 2, curvature.dense()))[0];
    const prior0 = Float64Array.of(-2 * smallest, -2 * smallest);
    let thrown: unknown;
    try {
      curvature.precision(prior0, 1);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(NotPositiveDefiniteError);
    expect((thrown as NotPositiveDefiniteError).smallestEigenvalue).toBeCloseTo(-smallest, 10);
    expect((thrown as Error).message).toMatch(/^The posterior precision is not positive definite: its smallest eigenvalue is -.*not at a mode.*train further.*outerProduct\(\)/);
  });

  it("does not take a singular matrix", async () => {
    const { curvature } = (await laplace(mlp([2, 1], { biases: false }), likelihood, { inputs: [[0, 0]], targets: [1] }, { structure })).data;
    expect(() => curvature.precision(new Float64Array(2), 1)).toThrow(NotPositiveDefiniteError);
  });

  it("says how much memory it takes, and takes few rows at a time for large models", () => {
    const [small, large] = [mlp([10, 10, 1]), mlp([100, 100, 10])];
    expect(structure.bytes(large)).toBeGreaterThan(structure.bytes(small));
    expect(structure.batchRows(large)).toBeGreaterThanOrEqual(1);
    expect(structure.batchRows(small)).toBeGreaterThanOrEqual(structure.batchRows(large));
  });
});

describe("memory", () => {
  it("is 16 bytes for each of W x W entries, or 24 for each of W", () => {
    const model = mlp([3, 5, 2]);
    expect(full.bytes(model)).toBe(16 * 32 ** 2);
    expect(diagonal.bytes(model)).toBe(24 * 32);
  });
});

describe("the exact Hessian away from a mode", () => {
  it("is refused with the smallest entry of a diagonal", async () => {
    // A network that gives 0 where the targets are large: bending down the hidden unit's weight would help.
    const model = mlp([1, 1, 1], { biases: false, parameters: [0.5, -2] });
    const data = { inputs: [1, 2], targets: [5, 5] };
    const { likelihood } = plane(1);
    const fit = laplace(model, likelihood, data, { curvature: exact(), structure: diagonal });
    await expect(fit).rejects.toThrow(NotPositiveDefiniteError);
    const full0 = laplace(model, likelihood, data, { curvature: exact(), structure: full });
    await expect(full0).rejects.toThrow(NotPositiveDefiniteError);
  });
});
