import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, NotPositiveDefiniteError } from "../../src/errors.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import type { GroupedPrior } from "../../src/prior/prior.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { STRUCTURES } from "../conformance-rows.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { plane } from "../support/regression.ts";

/** Precisions of any size and sign, which no prior made by the library has. */
function precisionsOf(...precisions: number[]): GroupedPrior {
  return { ...perWeight(precisions.map(() => 1)).bind(mlp([precisions.length, 1], { biases: false })), precisions: Float64Array.from(precisions) };
}

describe.each(STRUCTURES)("$name", ({ structure }) => {
  const other = structure.name === "full" ? diagonal() : full();
  const { model, likelihood, data, prior } = plane(6);

  it("adds only curvature of its own structure and size", async () => {
    const posterior = await laplace(model, likelihood, data, { prior, structure });
    const another = (await laplace(model, likelihood, data, { prior, structure: other })).data.curvature;
    expect(() => posterior.data.curvature.plus(another)).toThrow(InvalidArgumentError);
    expect(() => posterior.data.curvature.plus(another)).toThrow(/^other: expected [a-z ]+ curvature of \d.*, got [a-z ]+ curvature of \d/);
    const smaller = await laplace(mlp([1, 1], { biases: false }), likelihood, { inputs: [1], targets: [1] }, { structure });
    expect(() => posterior.data.curvature.plus(smaller.data.curvature)).toThrow(/^other: /);
  });

  it("does not add curvature of another structure that has as many numbers", async () => {
    const one = mlp([1, 1], { biases: false });
    const [mine, another] = await Promise.all([structure, other].map((each) => laplace(one, likelihood, { inputs: [1], targets: [1] }, { structure: each })));
    expect(() => mine.data.curvature.plus(another.data.curvature)).toThrow(/^other: /);
  });

  it("leaves a curvature as it is when it is added, scaled or factorised", async () => {
    const { curvature } = (await laplace(model, likelihood, data, { prior, structure })).data;
    const before = curvature.parts.map((part) => part.slice());
    curvature.plus(curvature);
    curvature.times(3);
    curvature.dense().fill(0);
    const precision = curvature.precision(precisionsOf(1, 1), 2);
    precision.inverse().fill(0);
    precision.inverseDiagonal().fill(0);
    expect(curvature.parts).toEqual(before);
    expect(precision.inverseDiagonal()[0]).toBeGreaterThan(0);
  });

  it("says how much memory it takes, and takes few rows at a time for large models", () => {
    const [small, large] = [mlp([10, 10, 1]), mlp([100, 100, 10])];
    const kind = outerProduct();
    expect(structure.bytes(large, kind, 100)).toBeGreaterThan(structure.bytes(small, kind, 100));
    expect(structure.batchRows(large, kind)).toBeGreaterThanOrEqual(1);
    expect(structure.batchRows(small, kind)).toBeGreaterThanOrEqual(structure.batchRows(large, kind));
  });
});

describe.each([full({ space: "weight" }), blockDiagonal(), diagonal()])("$name", (structure) => {
  const { model, likelihood, data, prior } = plane(6);

  it("does not take a matrix that is not positive definite, and gives its smallest eigenvalue", async () => {
    const { curvature } = (await laplace(model, likelihood, data, { prior, structure })).data;
    const smallest = eigenvalues(Matrix.from1DArray(2, 2, curvature.dense()))[0];
    const prior0 = precisionsOf(-2 * smallest, -2 * smallest);
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
    expect(() => curvature.precision(precisionsOf(0, 0), 1)).toThrow(NotPositiveDefiniteError);
  });
});

describe("memory", () => {
  const model = mlp([3, 5, 2]);

  it("is 16 bytes for each of W x W entries, or 24 for each of W", () => {
    expect(full({ space: "weight" }).bytes(model, outerProduct(), 1000)).toBe(16 * 32 ** 2);
    expect(diagonal().bytes(model, outerProduct(), 1000)).toBe(24 * 32);
  });

  it("in function space is 8 bytes for each entry of M x M matrices, one a layer and three more, and for each activation and delta", () => {
    expect(full({ space: "function" }).bytes(model, outerProduct(), 10)).toBe(8 * 5 * 20 ** 2 + 8 * (10 * (4 + 6) + 20 * (5 + 2)));
    expect(full({ space: "function" }).bytes(model, empiricalFisher(), 10)).toBe(8 * 5 * 10 ** 2 + 8 * 10 * (4 + 6 + 5 + 2));
    const slope = functionModel({ parameters: [1, 2, 3], outputs: 2, value: (w, x) => [w[0] * x[0], w[1] + w[2]] });
    expect(full({ space: "function" }).bytes(slope, outerProduct(), 10)).toBe(8 * 4 * 20 ** 2 + 8 * 20 * (3 + 1));
  });

  it("is that of the space that takes less", () => {
    const structure = full();
    expect(structure.bytes(model, outerProduct(), 9)).toBe(full({ space: "function" }).bytes(model, outerProduct(), 9));
    expect(structure.bytes(model, outerProduct(), 10)).toBe(16 * 32 ** 2);
    expect(structure.bytes(model, empiricalFisher(), 18)).toBe(full({ space: "function" }).bytes(model, empiricalFisher(), 18));
    expect(structure.bytes(model, empiricalFisher(), 19)).toBe(16 * 32 ** 2);
    expect(structure.bytes(model, exact(), 1)).toBe(16 * 32 ** 2);
  });
});

describe("the exact Hessian away from a mode", () => {
  it("is refused with the smallest entry of a diagonal", async () => {
    // A network that gives 0 where the targets are large: bending down the hidden unit's weight would help.
    const model = mlp([1, 1, 1], { biases: false, parameters: [0.5, -2] });
    const data = { inputs: [1, 2], targets: [5, 5] };
    const { likelihood } = plane(1);
    const fit = laplace(model, likelihood, data, { curvature: exact(), structure: diagonal() });
    await expect(fit).rejects.toThrow(NotPositiveDefiniteError);
    const full0 = laplace(model, likelihood, data, { curvature: exact(), structure: full() });
    await expect(full0).rejects.toThrow(NotPositiveDefiniteError);
  });
});
