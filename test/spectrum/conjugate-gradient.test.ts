import { Matrix, solve } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { NotPositiveDefiniteError } from "../../src/errors.ts";
import { conjugateGradient } from "../../src/spectrum/conjugate-gradient.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { operatorOf, positiveSpectra, withSpectrum } from "./matrices.ts";

describe("conjugateGradient", () => {
  it("solves with any positive definite matrix, with and without a preconditioner", async () => {
    await fc.assert(
      fc.asyncProperty(positiveSpectra, fc.nat(1e6), fc.boolean(), fc.constantFrom(0, 0.5), async (spectrum, seed, jacobi, shift) => {
        const [a, n] = [withSpectrum(spectrum, seed), spectrum.length];
        const v = normals(n, seed + 1);
        const { solution, converged, relativeResidual } = await conjugateGradient(operatorOf(a), v, { shift, tolerance: 1e-11, ...(jacobi && { diagonal: a.diagonal() }) });
        const shifted = a.clone().add(Matrix.eye(n).mul(shift));
        const expected = solve(shifted, Matrix.columnVector(v));
        const left = shifted.mmul(Matrix.columnVector(solution)).sub(Matrix.columnVector(v)).norm() / Math.hypot(...v);
        expect(converged).toBe(true);
        expect(Math.abs(left - relativeResidual)).toBeLessThan(1e-12);
        expect(relativeResidual).toBeLessThanOrEqual(1e-11);
        expectClose(solution, expected.to1DArray(), 1e-6);
      }),
      { numRuns: 100 },
    );
  });

  it("takes as many iterations as there are different eigenvalues", async () => {
    const a = withSpectrum([...Array<number>(30).fill(2), ...Array<number>(30).fill(5), 9], 1);
    expect((await conjugateGradient(operatorOf(a), normals(61, 1))).products).toBeLessThanOrEqual(4);
    expect((await conjugateGradient(operatorOf(Matrix.eye(9).mul(4)), normals(9, 1))).products).toBe(2);
  });

  it("gains by a preconditioner where scales differ", async () => {
    const scale = Matrix.diag(Array.from({ length: 60 }, (_, i) => 10 ** (i / 15)));
    const a = scale.mmul(withSpectrum(Array.from({ length: 60 }, (_, i) => 1 + i / 60), 1)).mmul(scale);
    const [plain, jacobi] = [await conjugateGradient(operatorOf(a), normals(60, 2)), await conjugateGradient(operatorOf(a), normals(60, 2), { diagonal: a.diagonal() })];
    expect(jacobi.converged).toBe(true);
    expect(jacobi.products).toBeLessThan(0.2 * plain.products);
  });

  it("says when iterations end it", async () => {
    const a = withSpectrum(Array.from({ length: 40 }, (_, i) => 1 + i), 1);
    const { converged, relativeResidual, products, solution } = await conjugateGradient(operatorOf(a), normals(40, 1), { iterations: 3 });
    expect([converged, products]).toEqual([false, 4]);
    expect(relativeResidual).toBeGreaterThan(1e-4);
    expect(relativeResidual).toBeLessThan(1);
    expect(solution.every(Number.isFinite)).toBe(true);
  });

  it("says so where rounding leaves no way to the tolerance", async () => {
    const a = withSpectrum(Array.from({ length: 30 }, (_, i) => 10 ** (-i / 2)), 1);
    const v = normals(30, 1);
    const { solution, converged, relativeResidual } = await conjugateGradient(operatorOf(a), v, { tolerance: 1e-15 });
    expect(converged).toBe(false);
    // That of the solution itself, from which the one that is carried along has drifted in the ninth digit.
    const image = await operatorOf(a).times(solution);
    expect((relativeResidual * Math.hypot(...v)) / Math.hypot(...v.map((value, i) => value - image[i]))).toBeCloseTo(1, 12);
  });

  it("has nothing to do for zeros on the right", async () => {
    expect(await conjugateGradient(operatorOf(Matrix.zeros(3, 3)), [0, 0, 0])).toEqual({ solution: new Float64Array(3), converged: true, relativeResidual: 0, products: 0 });
  });

  it.each<[string, readonly number[]]>([["an indefinite matrix", [3, 2, -1, 4]], ["zeros", [0, 0]], ["a negative number", [-1]]])("throws for %s", async (_, spectrum) => {
    const error: unknown = await conjugateGradient(operatorOf(withSpectrum(spectrum, 1)), normals(spectrum.length, 1)).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect((error as NotPositiveDefiniteError).smallestEigenvalue).toBeLessThanOrEqual(0);
    expect((error as NotPositiveDefiniteError).smallestEigenvalue).toBeGreaterThanOrEqual(Math.min(...spectrum) - 1e-12);
  });

  it("refuses what does not fit, by name", async () => {
    const of = (options: object, v: unknown = [1, 2]) => conjugateGradient(operatorOf(Matrix.eye(2)), v as number[], options);
    await expect(of({ shift: -1 })).rejects.toThrow(/^shift: /);
    await expect(of({ tolerance: 0 })).rejects.toThrow(/^tolerance: /);
    await expect(of({ iterations: 0 })).rejects.toThrow(/^iterations: /);
    await expect(of({ diagonal: [1] })).rejects.toThrow(/^diagonal: expected 2 numbers/);
    await expect(of({ diagonal: [1, -1] })).rejects.toThrow(/^diagonal: expected entries that are above 0 with the shift of 0, got -1 at index 1/);
    await expect(of({}, [1, 2, 3])).rejects.toThrow(/^vector: expected 2 numbers/);
    await expect(of({}, 1)).rejects.toThrow(/^vector: /);
    await expect(of({ damping: 1 })).rejects.toThrow(/unknown option "damping"/);
  });
});
