import { EigenvalueDecomposition } from "ml-matrix";
import { beforeAll, describe, expect, it } from "vitest";
import { empiricalFisher, exact, outerProduct } from "../../src/curvature/curvature.ts";
import type { Data } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { layerSensitivity } from "../../src/quantisation/sensitivity.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";
import { noisySine, trainedSine, type Problem } from "../support/regression.ts";

let sine: Problem;
beforeAll(async () => {
  sine = await trainedSine();
});

/** The largest eigenvalue of a diagonal block of the dense curvature. */
async function denseLargest(model: DenseNetwork, data: Data, tensor: number, kind = outerProduct(), likelihood: Parameters<typeof laplace>[1] = sine.likelihood): Promise<number> {
  const { data: term, likelihood: { precision } } = await laplace(model, likelihood, data, { curvature: kind });
  const width = model.parameters.length;
  const { offset, rows, columns } = model.tensors[tensor];
  const dense = term.curvature.dense();
  const block = Array.from({ length: rows * columns }, (_, i) => Array.from({ length: rows * columns }, (_, j) => precision ** kind.noisePower * dense[(offset + i) * width + offset + j]));
  return Math.max(...new EigenvalueDecomposition(block, { assumeSymmetric: true }).realEigenvalues);
}

describe("layerSensitivity", () => {
  it("has the largest eigenvalues of the dense blocks, for all data in one subset", async () => {
    for (const curvature of [outerProduct(), empiricalFisher()]) {
      const layers = await layerSensitivity(sine.model, sine.likelihood, sine.data, { subsets: 1, curvature });
      expect(layers.map(({ name, weights }) => [name, weights])).toEqual([["layer1.weights", 4], ["layer2.weights", 4]]);
      for (const [l, { mean, eigenvalues, standardDeviation, sensitivity }] of layers.entries()) {
        const largest = await denseLargest(sine.model, sine.data, 2 * l, curvature);
        expectClose([mean / largest, eigenvalues[0] / largest, sensitivity / largest, standardDeviation], [1, 1, 1, 0], 1e-8);
      }
    }
  });

  it("looks at biases where asked to, at classes, and at exact curvature", async () => {
    const data = { inputs: Array.from({ length: 30 }, (_, n) => Array.from(normals(3, n))), targets: Array.from({ length: 30 }, (_, n) => n % 3) };
    const model = mlp([3, 4, 3], { seed: 1 });
    const layers = await layerSensitivity(model, categorical(), data, { subsets: 1, biases: true });
    expect(layers.map(({ name }) => name)).toEqual(["layer1.weights", "layer1.biases", "layer2.weights", "layer2.biases"]);
    for (const [t, { mean }] of layers.entries()) expectClose([mean / (await denseLargest(model, data, t, outerProduct(), categorical()))], [1], 1e-8);
    const [outer, hessian] = await Promise.all([outerProduct(), exact()].map((curvature) => layerSensitivity(model, categorical(), data, { subsets: 1, curvature })));
    expect(hessian[0].mean).not.toBeCloseTo(outer[0].mean, 3);
    // In the last layer the model is linear, and both are the same.
    expectClose([hessian[1].mean / outer[1].mean], [1], 1e-8);
  });

  it("has mean, standard deviation and Omega over subsets, each scaled to all data", async () => {
    const data = noisySine(40);
    const { model, likelihood } = sine;
    const layers = await layerSensitivity(model, likelihood, data, { subsets: 6, share: 0.25, seed: 3 });
    for (const { eigenvalues, mean, standardDeviation, sensitivity } of layers) {
      expect(eigenvalues.length).toBe(6);
      expect(new Set(eigenvalues).size).toBe(6);
      const average = eigenvalues.reduce((sum, value) => sum + value / 6, 0);
      expectClose([mean, standardDeviation, sensitivity], [average, Math.sqrt(eigenvalues.reduce((sum, value) => sum + (value - average) ** 2 / 5, 0)), mean + standardDeviation], 1e-9);
    }
    const [whole] = await layerSensitivity(model, likelihood, data, { subsets: 1 });
    expect(layers[0].mean / whole.mean).toBeGreaterThan(0.7);
    expect(layers[0].mean / whole.mean).toBeLessThan(1.5);
    const subset = await layerSensitivity(model, likelihood, data, { subsets: 2, share: 1 });
    expectClose(subset[0].eigenvalues, [whole.mean, whole.mean], 1e-8);
    expect(subset[0].standardDeviation).toBeLessThan(1e-6 * whole.mean);
  });

  it("is the same for the same seed, and takes one example where the share has none", async () => {
    const { model, likelihood, data } = sine;
    const of = (seed: number) => layerSensitivity(model, likelihood, data, { subsets: 3, share: 0.001, seed });
    const [once, again, other] = [await of(1), await of(1), await of(2)];
    expect(once).toEqual(again);
    expect([...once[0].eigenvalues]).not.toEqual([...other[0].eigenvalues]);
  });

  it("tells its progress, and stops when asked", async () => {
    const { model, likelihood, data } = sine;
    const seen: string[] = [];
    await layerSensitivity(model, likelihood, data, { subsets: 2, onProgress: ({ stage, done, total }) => seen.push(`${stage} ${done}/${total ?? 0}`) });
    expect([seen[0], seen.at(-1)]).toEqual(["sensitivity 0/4", "sensitivity 4/4"]);
    await expect(layerSensitivity(model, likelihood, data, { signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it.each<[options: object, message: RegExp]>([
    [{ subsets: 0 }, /^subsets: /],
    [{ share: 1.5 }, /^share: expected a number above 0 and at most 1, got 1\.5/],
    [{ share: 0 }, /^share: /],
    [{ seed: 0.5 }, /^seed: /],
    [{ biases: "yes" }, /^biases: /],
    [{ subset: 3 }, /^options\.subset: /],
  ])("refuses %o", async (options, message) => {
    const { model, likelihood, data } = sine;
    await expect(layerSensitivity(model, likelihood, data, options)).rejects.toThrow(message);
    await expect(layerSensitivity(model, likelihood, data, options)).rejects.toThrow(InvalidArgumentError);
  });
});
