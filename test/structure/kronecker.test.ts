import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { maximizeEvidence } from "../../src/evidence/maximize-evidence.ts";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import * as eigen from "../../src/linalg/symmetric-eigen.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { LayeredModel } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { expectClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { normals } from "../support/random-numbers.ts";

vi.mock("../../src/linalg/symmetric-eigen.ts", { spy: true });

const CLOSE = 1e-10;

function rowsOf(rows: number, columns: number, seed: number): number[][] {
  const values = normals(rows * columns, seed);
  return Array.from({ length: rows }, (_, n) => Array.from(values.subarray(n * columns, (n + 1) * columns)));
}

const network = mlp([3, 4, 2], { seed: 1 });
const data = { inputs: rowsOf(7, 3, 1), targets: rowsOf(7, 2, 2) };
const likelihood = gaussian({ noise: 0.3 });

async function denseCurvature(model: LayeredModel, given: Likelihood, of: { inputs: number[][]; targets: number[][] | number[] }, structure = kronecker(), kind = outerProduct()): Promise<Matrix> {
  const { curvature } = (await laplace(model, given, of, { structure, curvature: kind })).data;
  return Matrix.from1DArray(model.parameters.length, model.parameters.length, curvature.dense());
}

/** Everything outside of the blocks of the tensors set to 0. */
function tensorBlocks(model: LayeredModel, matrix: Matrix): Matrix {
  const result = Matrix.zeros(matrix.rows, matrix.columns);
  for (const { offset, rows, columns } of model.tensors) {
    const end = offset + rows * columns - 1;
    result.setSubMatrix(matrix.subMatrix(offset, end, offset, end), offset, offset);
  }
  return result;
}

const kinds = [outerProduct(), empiricalFisher()];

describe("Kronecker factors", () => {
  it.each(kinds)("are exact with one example, for the $name of one column", async (kind) => {
    const one = { inputs: data.inputs.slice(0, 1), targets: [0.5] };
    const model = mlp([3, 4, 2, 1], { seed: 2 });
    const whole = await denseCurvature(model, likelihood, one, full(), kind);
    expectClose((await denseCurvature(model, likelihood, one, kronecker(), kind)).to1DArray(), tensorBlocks(model, whole).to1DArray(), CLOSE);
  });

  it("are exact for a linear regression", async () => {
    const model = mlp([3, 2], { seed: 2 });
    const whole = await denseCurvature(model, likelihood, data, full());
    expectClose((await denseCurvature(model, likelihood, data)).to1DArray(), tensorBlocks(model, whole).to1DArray(), CLOSE);
  });

  it.each(kinds)("of biases are exact, for the $name, also through an activation of the outputs", async (kind) => {
    for (const [model, given, of] of [
      [network, likelihood, data],
      [mlp([3, 2], { seed: 2, outputActivation: "tanh" }), likelihood, data],
      [mlp([3, 2], { seed: 2 }), categorical(), { inputs: data.inputs, targets: [0, 1, 1, 0, 1, 0, 0] }],
      [lastLayer(network), bernoulli(), { inputs: data.inputs, targets: data.targets.map((row) => row.map((t) => Number(t > 0))) }],
    ] as const) {
      const [ours, whole] = [await denseCurvature(model, given, of as typeof data, kronecker(), kind), await denseCurvature(model, given, of as typeof data, full(), kind)];
      for (const { biases } of model.layers) {
        const [start, end] = [biases!.offset, biases!.offset + biases!.rows - 1];
        expectClose(ours.subMatrix(start, end, start, end).to1DArray(), whole.subMatrix(start, end, start, end).to1DArray(), CLOSE);
      }
    }
  });

  it("add up over batches to those of all data, in any order and with any weights", async () => {
    const { curvature: whole } = (await laplace(network, likelihood, data, { structure: kronecker() })).data;
    const parts = await Promise.all([[0, 1], [1, 3], [3, 7]].map(async ([from, to]) => (await laplace(network, likelihood, { inputs: data.inputs.slice(from, to), targets: data.targets.slice(from, to) }, { structure: kronecker() })).data.curvature));
    expectClose(parts[2].plus(parts[0]).plus(parts[1]).dense(), whole.dense(), CLOSE);
    expectClose(parts[1].times(3).plus(parts[0].plus(parts[2]).times(3)).dense(), whole.times(3).dense(), CLOSE);
  });

  it("of any one-layer model are those of the same layer in a deeper network", async () => {
    const cases = fc.record({ features: fc.integer({ min: 1, max: 4 }), classes: fc.integer({ min: 2, max: 20 }), rows: fc.integer({ min: 1, max: 6 }), seed: fc.nat(1e6), biases: fc.boolean() });
    await fc.assert(
      fc.asyncProperty(cases, async ({ features, classes, rows, seed, biases }) => {
        const deep = mlp([features, features, classes], { seed, biases });
        const head = lastLayer(deep);
        const of = { inputs: rowsOf(rows, features, seed + 1), targets: Array.from({ length: rows }, (_, n) => (n * 7 + seed) % classes) };
        const [whole, last] = [await laplace(deep, categorical(), of, { structure: kronecker() }), await laplace(head, categorical(), of, { structure: kronecker() })];
        const block = Matrix.from1DArray(deep.parameters.length, deep.parameters.length, whole.data.curvature.dense());
        const start = deep.parameters.length - head.parameters.length;
        expectClose(last.data.curvature.dense(), block.subMatrix(start, block.rows - 1, start, block.rows - 1).to1DArray(), CLOSE);
        const table = { data: Float64Array.from(of.inputs.flat()), rows, columns: features };
        const [p, joint] = [last.precision, Matrix.from1DArray(rows * classes, head.parameters.length, head.evaluate(table).jacobian())];
        const covariance = joint.mmul(Matrix.from1DArray(joint.columns, joint.columns, p.inverse())).mmul(joint.transpose());
        const blocks = Array.from({ length: rows }, (_, n) => covariance.subMatrix(n * classes, (n + 1) * classes - 1, n * classes, (n + 1) * classes - 1).to1DArray()).flat();
        expectClose(p.outputCovariance(head, head.evaluate(table)), blocks, CLOSE);
      }),
      { numRuns: 30 },
    );
  });
});

describe("the factors of one layer", () => {
  it.each([
    ["gaussian", gaussian({ noise: 0.5 })],
    ["bernoulli", bernoulli()],
  ])("of independent outputs (%s) are those of a deeper network", async (_, given) => {
    const deep = mlp([3, 4, 7], { seed: 3 });
    const of = { inputs: data.inputs, targets: rowsOf(7, 7, 4).map((row) => row.map((t) => Number(t > 0))) };
    const [whole, last] = [await denseCurvature(deep, given, of), await denseCurvature(lastLayer(deep), given, of)];
    expectClose(last.to1DArray(), whole.subMatrix(16, 50, 16, 50).to1DArray(), CLOSE);
  });
});

describe("damping", () => {
  const damping = 0.2;

  it("adds pi-corrected multiples of the identity to the factors, whatever the scale", async () => {
    const [plain, damped] = [await denseCurvature(network, likelihood, data), await denseCurvature(network, likelihood, data, kronecker({ damping }))];
    const expected = plain.clone();
    for (const { weights, biases } of network.layers) {
      const { offset, rows, columns } = biases!;
      const b = plain.subMatrix(offset, offset + rows - 1, offset, offset + rows - 1);
      expectClose(damped.subMatrix(offset, offset + rows - 1, offset, offset + rows - 1).to1DArray(), b.clone().add(Matrix.eye(rows).mul((damping * b.trace()) / rows)).to1DArray(), CLOSE);
      expect(columns).toBe(1);
      const end = weights.offset + weights.rows * weights.columns - 1;
      const block = plain.subMatrix(weights.offset, end, weights.offset, end);
      // A from the block B (x) A, of which the corner is b_00 A.
      const a = block.subMatrix(0, weights.columns - 1, 0, weights.columns - 1).div(b.get(0, 0));
      const lambda = (damping * block.trace()) / block.rows;
      const pi = Math.sqrt(a.trace() / a.rows / (b.trace() / b.rows));
      const product = b.clone().add(Matrix.eye(b.rows).mul(Math.sqrt(lambda) / pi)).kroneckerProduct(a.clone().add(Matrix.eye(a.rows).mul(pi * Math.sqrt(lambda))));
      expectClose(damped.subMatrix(weights.offset, end, weights.offset, end).to1DArray(), product.to1DArray(), CLOSE);
      expected.setSubMatrix(product, weights.offset, weights.offset);
    }
    const { curvature } = (await laplace(network, likelihood, data, { structure: kronecker({ damping }) })).data;
    expectClose(curvature.times(7).dense(), damped.clone().mul(7).to1DArray(), CLOSE);
    expectClose(curvature.plus(curvature).dense(), damped.clone().mul(2).to1DArray(), CLOSE);
  });

  it("reaches the posterior", async () => {
    const posterior = await laplace(network, likelihood, data, { structure: kronecker({ damping }), prior: isotropic(2) });
    const p = posterior.precisionMatrix();
    expectClose([posterior.precision.logDeterminant], [eigenvalues(p).reduce((sum, value) => sum + Math.log(value), 0)], CLOSE);
    expectClose(p.mmul(posterior.covariance()).to1DArray(), Matrix.eye(p.rows).to1DArray(), CLOSE);
    expect(posterior.precision.logDeterminant).toBeGreaterThan((await laplace(network, likelihood, data, { structure: kronecker(), prior: isotropic(2) })).precision.logDeterminant);
  });

  it("is a number of at least 0", () => {
    for (const bad of [-1, NaN, Infinity, true, "0.1"]) expect(() => kronecker({ damping: bad as number })).toThrow(/^damping: expected a finite number of at least 0/);
    expect(() => kronecker({ dampening: 1 } as object)).toThrow(InvalidArgumentError);
  });
});

describe("the eigendecompositions", () => {
  const decompositions = vi.mocked(eigen.symmetricEigen);
  beforeEach(() => {
    decompositions.mockClear();
  });

  it("are made once, two a layer, for all priors of one precision a tensor, noises and temperatures", async () => {
    const posterior = await laplace(network, gaussian(), data, { structure: kronecker(), prior: perLayer() });
    expect(decompositions).toHaveBeenCalledTimes(4);
    const changed = posterior.with({ prior: perLayer([3, 4, 5, 6], { separateBiases: true }), temperature: 0.5, likelihood: gaussian({ noise: 2 }) });
    expect(maximizeEvidence(changed).logEvidence).toBeGreaterThan(changed.logEvidence);
    expect(decompositions).toHaveBeenCalledTimes(4);
  });

  it("are made again only for the tensor within which the prior differs, and only when its ratios change", async () => {
    const posterior = await laplace(network, likelihood, data, { structure: kronecker(), prior: automaticRelevance([1, 2, 3, 1, 1, 1]) });
    expect(decompositions).toHaveBeenCalledTimes(4);
    posterior.with({ prior: automaticRelevance([2, 4, 6, 1, 5, 1]), likelihood: gaussian({ noise: 1 }) });
    expect(decompositions).toHaveBeenCalledTimes(4);
    posterior.with({ prior: automaticRelevance([2, 4, 7, 1, 5, 1]) });
    expect(decompositions).toHaveBeenCalledTimes(5);
  });
});

describe("automatic relevance with Kronecker factors", () => {
  it("finds the input that does not matter", async () => {
    const inputs = rowsOf(60, 2, 5);
    const noise = normals(60, 6);
    const { posterior } = await fit(mlp([2, 4, 1], { seed: 1 }), gaussian(), { inputs, targets: inputs.map(([a], n) => Math.sin(2 * a) + 0.1 * noise[n]) }, { structure: kronecker() });
    expect(posterior.structure.name).toBe("kronecker");
    expect(posterior.prior.precisions[1] / posterior.prior.precisions[0]).toBeGreaterThan(100);
  });

  it("has effective parameters that are derivatives of the log determinant", async () => {
    const posterior = await laplace(network, likelihood, data, { structure: kronecker(), prior: automaticRelevance([1, 2, 3, 1, 0.5, 2]) });
    const ratioAt = (of: Posterior, g: number, factor: number): number => of.with({ prior: automaticRelevance(of.prior.precisions.map((alpha, h) => (h === g ? alpha * factor : alpha))) }).logDeterminantRatio;
    const step = 1e-4;
    const slopes = posterior.prior.groups.map((_, g) => -(ratioAt(posterior, g, Math.exp(step)) - ratioAt(posterior, g, Math.exp(-step))) / (2 * step));
    expectClose(posterior.effectiveParametersByGroup, slopes, 1e-7);
  });
});

describe("what Kronecker factors cannot have", () => {
  it("is told: priors that are no products within a tensor", async () => {
    const prior = perWeight(network.parameters.map((_, i) => 1 + i));
    const fitting = laplace(network, likelihood, data, { structure: kronecker(), prior });
    await expect(fitting).rejects.toThrow(UnsupportedError);
    await expect(fitting).rejects.toThrow(/prior precisions of layer1\.weights.*isotropic\(\), perLayer\(\) or automaticRelevance\(\).*blockDiagonal\(\)/);
  });

  it("is told: the exact Hessian, before any data are looked at", async () => {
    const fitting = laplace(network, likelihood, data, { structure: kronecker(), curvature: exact() });
    await expect(fitting).rejects.toThrow(UnsupportedError);
    await expect(fitting).rejects.toThrow(/outerProduct\(\) or empiricalFisher\(\)/);
    expect(() => kronecker().bytes(network, exact(), 1)).toThrow(UnsupportedError);
  });
});

describe("a last layer of many classes", () => {
  it("takes batches of many examples, and memory for its factors alone", () => {
    const head = mlp([512, 1000]);
    const structure = kronecker();
    expect(structure.batchRows(head, outerProduct())).toBe(512);
    expect(structure.bytes(head, outerProduct(), 1e6)).toBe(16 * (512 ** 2 + 1000 ** 2) + 8 * 1000 * 513);
    expect(diagonal().batchRows(head, outerProduct())).toBeLessThan(10);
  });
});
