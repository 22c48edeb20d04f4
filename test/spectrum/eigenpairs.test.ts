import { Matrix } from "ml-matrix";
import { describe, expect, it, vi } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { hessian } from "../../src/curvature/loss.ts";
import { NotFiniteError } from "../../src/errors.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { curvatureOperator } from "../../src/spectrum/curvature-operator.ts";
import { largestEigenpairs, smallestEigenpairs } from "../../src/spectrum/eigenpairs.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { eigenvalues, operatorOf, spectra, withSpectrum } from "./matrices.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const largestSize = (values: readonly number[]): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);

describe("largestEigenpairs and smallestEigenpairs", () => {
  it("find as many pairs as are asked for at either end of any spectrum, copies counted", async () => {
    await fc.assert(
      fc.asyncProperty(spectra, fc.nat(1e6), fc.nat(100), async (spectrum, seed, some) => {
        const count = 1 + (some % spectrum.length);
        const a = withSpectrum(spectrum, seed);
        const ascending = [...spectrum].sort((p, q) => p - q);
        const scale = Math.max(1e-12, largestSize(spectrum));
        for (const [find, expected] of [[smallestEigenpairs, ascending], [largestEigenpairs, [...ascending].reverse()]] as const) {
          const { values, vectors, residualNorms, converged } = await find(operatorOf(a), { count, seed, tolerance: 1e-9 });
          expect(converged).toBe(true);
          values.forEach((value, i) => expect(Math.abs(value - expected[i])).toBeLessThan(1e-8 * scale));
          const u = new Matrix(vectors.map((vector) => Array.from(vector)));
          expectClose(u.mmul(u.transpose()).to1DArray(), Matrix.eye(count).to1DArray(), 1e-9);
          vectors.forEach((vector, i) => {
            const residual = a.mmul(Matrix.columnVector(vector)).sub(Matrix.columnVector(vector).mul(values[i])).norm();
            expect(Math.abs(residual - residualNorms[i])).toBeLessThan(1e-9 * scale);
          });
        }
      }),
      { numRuns: 100 },
    );
  });

  it("say how far pairs may be off where steps end the search", async () => {
    const spectrum = Array.from(normals(200, 1));
    const operator = operatorOf(withSpectrum(spectrum, 2));
    const { values, residualNorms, converged } = await largestEigenpairs(operator, { count: 2, steps: 8 });
    expect(converged).toBe(false);
    expect(residualNorms[0]).toBeGreaterThan(1e-3);
    for (const [i, value] of values.entries()) expect(Math.min(...spectrum.map((exactly) => Math.abs(exactly - value)))).toBeLessThanOrEqual(residualNorms[i]);
  });

  it("need no more products than steps, and report each", async () => {
    const a = withSpectrum(Array.from(normals(100, 1)), 2);
    const done: number[] = [];
    let products = 0;
    const inner = operatorOf(a);
    const counted = { size: 100, times: (v: Float64Array) => (products++, inner.times(v)) };
    await largestEigenpairs(counted, { count: 3, steps: 17, onProgress: (progress) => done.push(progress.done) });
    expect(products).toBe(17);
    expect(done).toEqual(Array.from({ length: 17 }, (_, i) => i + 1));
  });

  it("find those of a Hessian, indefinite away from a mode", async () => {
    const data = { inputs: Array.from({ length: 15 }, (_, n) => Array.from(normals(2, n))), targets: Array.from(normals(15, 99)) };
    const [model, likelihood] = [mlp([2, 5, 1], { seed: 3 }), gaussian({ noise: 0.5 })];
    const expected = eigenvalues(hessian(model, likelihood, data));
    const operator = await curvatureOperator(model, likelihood, data, { curvature: exact() });
    expect(expected[0]).toBeLessThan(-1);
    expectClose((await smallestEigenpairs(operator, { count: 3, tolerance: 1e-9 })).values, expected.slice(0, 3), 1e-10);
    expectClose((await largestEigenpairs(operator, { count: 3, tolerance: 1e-9 })).values, expected.reverse().slice(0, 3), 1e-10);
  });

  it("are not misled by operators that give back their own arrays", async () => {
    const shared = new Float64Array(4);
    const reused = { size: 4, times: (v: Float64Array) => (v.forEach((x, i) => (shared[i] = (i + 1) * x)), shared) };
    expectClose((await largestEigenpairs(reused, { count: 4 })).values, [4, 3, 2, 1], 1e-10);
    expectClose((await smallestEigenpairs({ size: 3, times: (v) => v }, { count: 3 })).values, [1, 1, 1], 1e-12);
  });

  it("give the same for the same seed", async () => {
    const operator = operatorOf(withSpectrum(Array.from(normals(30, 1)), 2));
    const [one, two, other] = [await largestEigenpairs(operator, { seed: 4 }), await largestEigenpairs(operator, { seed: 4 }), await largestEigenpairs(operator, { seed: 5 })];
    expect(one).toEqual(two);
    expect(one.vectors[0]).not.toEqual(other.vectors[0]);
  });

  it("stop when they are told to", async () => {
    const controller = new AbortController();
    const operator = operatorOf(withSpectrum(Array.from(normals(60, 1)), 2));
    const work = largestEigenpairs(operator, { count: 5, signal: controller.signal, onProgress: ({ done }) => { if (done === 3) controller.abort(); } });
    await expect(work).rejects.toThrow(/abort/i);
  });

  it("refuse what does not fit, by name", async () => {
    const operator = operatorOf(Matrix.eye(3));
    const found = (options: object) => largestEigenpairs(operator, options);
    await expect(found({ count: 4 })).rejects.toThrow(/^count: expected at most 3, the size of the operator, got 4/);
    await expect(found({ count: 0 })).rejects.toThrow(/^count: /);
    await expect(found({ count: 3, steps: 2 })).rejects.toThrow(/^steps: expected at least 3, one for each pair, got 2/);
    await expect(found({ tolerance: -1 })).rejects.toThrow(/^tolerance: /);
    await expect(found({ rank: 1 })).rejects.toThrow(/unknown option "rank"/);
    await expect(largestEigenpairs(Promise.resolve(operator) as never)).rejects.toThrow(/^operator: .*Await it first/);
    await expect(largestEigenpairs({ size: 2, times: 3 } as never)).rejects.toThrow(/^operator.times: /);
    await expect(largestEigenpairs({ size: 0, times: (v) => v })).rejects.toThrow(/^operator.size: /);
    await expect(largestEigenpairs({ size: 2, times: () => [1, 2] } as never)).rejects.toThrow(/^operator.times: expected a function that returns a Float64Array of 2 numbers/);
    await expect(largestEigenpairs({ size: 2, times: (v) => v.map(() => NaN) })).rejects.toThrow(NotFiniteError);
  });
});
