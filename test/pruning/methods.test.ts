import { Matrix, inverse, solve } from "ml-matrix";
import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { exact, outerProduct, type CurvatureKind } from "../../src/curvature/curvature.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { priorEnergy, type Prior } from "../../src/prior/prior.ts";
import { downdate, inverseRecursion } from "../../src/pruning/inverse-recursion.ts";
import { magnitude } from "../../src/pruning/magnitude.ts";
import type { PruningMethod, PruningTask } from "../../src/pruning/method.ts";
import { optimalBrainDamage } from "../../src/pruning/optimal-brain-damage.ts";
import { optimalBrainSurgeon } from "../../src/pruning/optimal-brain-surgeon.ts";
import { pruned } from "../../src/pruning/pruned.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import type { Structure } from "../../src/structure/structure.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** Rows as flat numbers, and a diagonal. */
const sums = fc.record({ width: fc.integer({ min: 1, max: 6 }), rows: fc.integer({ min: 0, max: 12 }), seed: fc.nat(1e5) }).map(({ width, rows, seed }) => ({ width, rows: normals(rows * width, seed), diagonal: normals(width, seed + 1).map((z) => Math.exp(z)) }));

function denseSum({ width, rows, diagonal: alpha }: { width: number; rows: Float64Array; diagonal: Float64Array }): Matrix {
  if (rows.length === 0) return Matrix.diag(Array.from(alpha));
  const x = Matrix.from1DArray(rows.length / width, width, rows);
  return x.transpose().mmul(x).add(Matrix.diag(Array.from(alpha)));
}

describe("inverseRecursion", () => {
  it("gives the inverse of the sum, however the rows come", () => {
    fc.assert(
      fc.property(sums, fc.nat(12), (sum, cut) => {
        const recursion = inverseRecursion(sum.diagonal);
        const at = Math.min(cut * sum.width, sum.rows.length);
        recursion.add(sum.rows.subarray(0, at));
        recursion.add(sum.rows.subarray(at));
        expectClose(recursion.inverse, inverse(denseSum(sum)).to1DArray(), 1e-10);
        for (let i = 0; i < sum.width; i++) for (let j = 0; j < i; j++) expect(recursion.inverse[i * sum.width + j]).toBe(recursion.inverse[j * sum.width + i]);
      }),
    );
  });

  it("is downdated to the inverse without a row and a column", () => {
    fc.assert(
      fc.property(sums, fc.nat(5), (sum, which) => {
        const { width } = sum;
        const q = which % width;
        const dense = denseSum(sum);
        const values = Float64Array.from(inverse(dense).to1DArray());
        downdate(values, width, q);
        const others = Array.from({ length: width }, (_, i) => i).filter((i) => i !== q);
        const expected = new Matrix(width, width);
        if (others.length > 0) inverse(dense.subMatrixRow(others).subMatrixColumn(others)).to2DArray().forEach((row, i) => row.forEach((value, j) => expected.set(others[i], others[j], value)));
        expectClose(values, expected.to1DArray(), 1e-9);
      }),
    );
  });
});

/** A task of a trained network, with W weights. */
async function taskOf(likelihood: Likelihood, targets: number[], options: { sizes?: number[]; count?: number; curvature?: CurvatureKind; structure?: Structure; prior?: Prior } = {}): Promise<PruningTask> {
  const { sizes = [2, 3, 1], count = 1, curvature = outerProduct(), structure = full(), prior = isotropic(0.5) } = options;
  const data = { inputs: { data: normals(targets.length * sizes[0], 7), shape: [targets.length, sizes[0]] as const }, targets };
  const network = mlp(sizes, { seed: 4 });
  const part = pruned(network, network.parameters.map((_, i) => i));
  const trained = await train(part, likelihood, data, { prior, gradientTolerance: 1e-10 });
  return { posterior: await laplace(trained.model, likelihood, data, { prior: trained.prior, curvature, structure }), data, count, job: {} };
}

const regression = (count: number) => Array.from(normals(count, 9));

/** E at weights of the task's model. */
function lossOf({ posterior: { model, likelihood, prior }, data }: PruningTask): (weights: Float64Array) => number {
  const { data: values, shape: [rows, columns] } = data.inputs as { data: Float64Array; shape: readonly [number, number] };
  const targets = likelihood.encode(data.targets, rows, model.outputs);
  return (weights) => likelihood.precision * likelihood.energy(model.withParameters(weights).evaluate({ data: values, rows, columns }).outputs, targets) + priorEnergy(prior, weights);
}

describe("optimalBrainSurgeon", () => {
  it("removes the weight that costs least, and moves the others to the constrained minimum of the quadratic", async () => {
    for (const count of [1, 4]) {
      const task = await taskOf(gaussian({ noise: 0.5 }), regression(15), { count });
      const { removed, weights, predictedIncrease } = await optimalBrainSurgeon().remove(task);
      const { mean } = task.posterior;
      const precision = task.posterior.precisionMatrix();
      const width = mean.length;
      /** 1/2 d' P d least, with d = -w at the given weights: by the equations of Lagrange. */
      const constrained = (zeros: readonly number[]): { d: number[]; cost: number } => {
        const system = Matrix.zeros(width + zeros.length, width + zeros.length);
        system.setSubMatrix(precision, 0, 0);
        const right = Matrix.zeros(width + zeros.length, 1);
        zeros.forEach((q, i) => {
          system.set(width + i, q, 1);
          system.set(q, width + i, 1);
          right.set(width + i, 0, -mean[q]);
        });
        const d = solve(system, right).to1DArray().slice(0, width);
        return { d, cost: 0.5 * Matrix.columnVector(d).transpose().mmul(precision).mmul(Matrix.columnVector(d)).get(0, 0) };
      };
      expect(removed).toHaveLength(count);
      const { d, cost } = constrained(removed);
      expectClose(weights, mean.map((w, i) => (removed.includes(i) ? 0 : w + d[i])), 1e-8);
      expect(predictedIncrease).toBeCloseTo(cost, 8);
      // Each was the cheapest to remove after those before it.
      removed.forEach((_, i) => {
        const before = removed.slice(0, i);
        const costs = Array.from(mean.keys(), (q) => (before.includes(q) ? Infinity : constrained([...before, q]).cost));
        expect(costs.indexOf(Math.min(...costs))).toBe(removed[i]);
      });
    }
  });

  it("does the same by the recursion, for every likelihood and factor curvature", async () => {
    const tasks = [
      await taskOf(gaussian({ noise: 0.5 }), regression(15), { count: 3 }),
      await taskOf(bernoulli(), [0, 1, 1, 0, 1, 1, 0, 0], { count: 2 }),
      await taskOf(categorical(), [0, 1, 2, 2, 1, 0, 1], { sizes: [2, 2, 3], count: 2, prior: perWeight(Array.from({ length: 15 }, (_, i) => 0.3 + 0.1 * i)) }),
    ];
    for (const task of tasks) {
      const [one, other] = [await optimalBrainSurgeon().remove(task), await optimalBrainSurgeon({ inverse: "recursive" }).remove(task)];
      expect(other.removed).toEqual(one.removed);
      expectClose(other.weights, one.weights, 1e-8);
      expect(other.predictedIncrease).toBeCloseTo(one.predictedIncrease!, 8);
      expect(other.predictedEvidenceChange).toBeCloseTo(one.predictedEvidenceChange!, 8);
    }
  });

  it("predicts loss and evidence exactly for linear models with Gaussian noise", async () => {
    const task = await taskOf(gaussian({ noise: 0.7 }), regression(12), { sizes: [4, 1], count: 3, prior: perWeight([0.5, 1, 2, 0.3, 0.1], { mean: [0.2, 0, -0.4, 0, 1] }) });
    const { removed, weights, predictedIncrease, predictedEvidenceChange } = await optimalBrainSurgeon().remove(task);
    const loss = lossOf(task);
    expect(loss(weights) - loss(task.posterior.mean)).toBeCloseTo(predictedIncrease!, 9);
    const kept = Array.from(weights.keys()).filter((i) => !removed.includes(i));
    const { posterior: { model, likelihood, prior }, data } = task;
    const left = await laplace(pruned(model.withParameters(weights), kept), likelihood, data, { prior });
    // Still at a mode, without training.
    expect(left.gradientNorm).toBeLessThan(1e-8);
    expect(left.logEvidence - task.posterior.logEvidence).toBeCloseTo(predictedEvidenceChange!, 8);
    expect(Math.abs(predictedEvidenceChange!)).toBeGreaterThan(0.1);
  });

  it("goes by correlations though the evidence is of a diagonal, and by the exact Hessian if that is asked for", async () => {
    const diagonalTask = await taskOf(gaussian({ noise: 0.5 }), regression(15), { structure: diagonal() });
    const fullTask = await taskOf(gaussian({ noise: 0.5 }), regression(15));
    expectClose((await optimalBrainSurgeon().remove(diagonalTask)).weights, (await optimalBrainSurgeon().remove(fullTask)).weights, 1e-10);
    const exactTask = await taskOf(gaussian({ noise: 0.5 }), regression(15), { curvature: exact() });
    const { removed, predictedIncrease } = await optimalBrainSurgeon().remove(exactTask);
    const variances = exactTask.posterior.marginalVariance;
    expect(predictedIncrease).toBeCloseTo(exactTask.posterior.mean[removed[0]] ** 2 / (2 * variances[removed[0]]), 10);
    await expect(optimalBrainSurgeon({ inverse: "recursive" }).remove(exactTask)).rejects.toThrow(/exact Hessian is no sum of outer products/);
  });

  it("says when it is too large, and refuses unknown options", async () => {
    const task = await taskOf(gaussian({ noise: 0.5 }), regression(5));
    const large = { ...task, posterior: { mean: new Float64Array(10000) } } as unknown as PruningTask;
    await expect(optimalBrainSurgeon().remove(large)).rejects.toThrow(/needs 1.6 GB for 10000 weights. Use optimalBrainDamage/);
    expect(() => optimalBrainSurgeon({ inverse: "fast" as never })).toThrow(/^inverse: expected one of/);
    expect(() => optimalBrainSurgeon({ damping: 1 } as never)).toThrow(/unknown option "damping"/);
  });
});

describe("optimalBrainDamage", () => {
  it("has saliencies that are the curvature of the loss along each weight, by differences", async () => {
    for (const [likelihood, targets] of [[gaussian({ noise: 0.6 }), regression(9)], [bernoulli(), [0, 1, 1, 0, 1, 0]]] as [Likelihood, number[]][]) {
      const task = await taskOf(likelihood, targets, { curvature: exact(), sizes: [2, likelihood.name === "gaussian" ? 3 : 1, 1] });
      const { mean } = task.posterior;
      const { removed, weights, predictedIncrease } = await optimalBrainDamage().remove({ ...task, count: mean.length - 1 });
      const loss = lossOf(task);
      const slope = (i: number) => (w: Float64Array) => [differences((v) => [loss(mean.map((value, j) => (j === i ? v[0] : value)))], w)[0]];
      const saliencies = Array.from(mean, (w, i) => 0.5 * differences(slope(i), [w])[0] * w ** 2);
      const order = saliencies.map((_, i) => i).sort((a, b) => saliencies[a] - saliencies[b]);
      expect(removed).toEqual(order.slice(0, -1));
      expect(predictedIncrease).toBeCloseTo(saliencies.reduce((sum, value) => sum + value, 0) - Math.max(...saliencies), 5);
      expect(Array.from(weights)).toEqual(Array.from(mean, (w, i) => (i === order[order.length - 1] ? w : 0)));
    }
  });

  it("predicts the rise of the loss exactly where a weight of a quadratic goes alone", async () => {
    const task = await taskOf(gaussian({ noise: 0.7 }), regression(12), { sizes: [4, 1] });
    const { weights, predictedIncrease } = await optimalBrainDamage().remove(task);
    expect(lossOf(task)(weights) - lossOf(task)(task.posterior.mean)).toBeCloseTo(predictedIncrease!, 9);
  });
});

it("magnitude() removes the smallest, of equals the first", async () => {
  const remove = (method: PruningMethod, mean: number[], count: number) => method.remove({ posterior: { mean: Float64Array.from(mean) }, count } as unknown as PruningTask);
  expect(await remove(magnitude(), [3, -1, 1, 0.5], 2)).toEqual({ removed: [3, 1], weights: Float64Array.of(3, 0, 1, 0) });
});
