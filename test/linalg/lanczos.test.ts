import fc from "../support/fast-check.ts";
import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { largestEigenpairs } from "../../src/linalg/lanczos.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";

const times = (a: Matrix) => (v: Float64Array): Float64Array => Float64Array.from(a.mmul(Matrix.columnVector(v)).to1DArray());

/** Q diag(values) Q' with a random orthogonal Q. */
function withSpectrum(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const a = Matrix.from1DArray(n, n, normals(n * n, seed));
  const { eigenvectorMatrix: q } = new EigenvalueDecomposition(a.add(a.transpose()), { assumeSymmetric: true });
  return q.mmul(Matrix.diag([...values])).mmul(q.transpose());
}

describe("largestEigenpairs", () => {
  it.each<[string, readonly number[]]>([
    ["random eigenvalues of both signs", Array.from(normals(40, 1))],
    ["a spectrum that decays", Array.from({ length: 60 }, (_, i) => 0.7 ** i)],
    ["eigenvalues that are there several times", [3, 3, 3, 2, 2, 1, 1, 1, 1, 0.5]],
    ["many zeros", [5, 4, 3, ...Array<number>(50).fill(0)]],
    ["nothing but zeros", [0, 0, 0, 0]],
    ["the identity", [1, 1, 1, 1, 1]],
    ["the largest three times before many others", [9, 9, 9, 8, 8, ...Array.from({ length: 60 }, (_, i) => 7 - i / 10)]],
    ["all of a spectrum twice", Array.from({ length: 60 }, (_, i) => 0.8 ** Math.floor(i / 2))],
    ["copies that are apart by little", [5, 5 - 1e-9, 5 - 2e-9, ...Array.from({ length: 40 }, (_, i) => 4 - i / 20)]],
    ["one number", [-2]],
  ])("finds those of a matrix with %s", (_, spectrum) => {
    const a = withSpectrum(spectrum, 3);
    const sorted = [...spectrum].sort((p, q) => q - p);
    for (const count of [1, 2, 5, spectrum.length].filter((k) => k <= spectrum.length)) {
      const { values, vectors } = largestEigenpairs(times(a), spectrum.length, count, random(1));
      expect(values).toHaveLength(count);
      sorted.slice(0, count).forEach((value, i) => expect(Math.abs(values[i] - value)).toBeLessThan(1e-11 * Math.max(1, Math.abs(sorted[0]))));
      const v = new Matrix(vectors.map((vector) => Array.from(vector)));
      expectClose(v.mmul(v.transpose()).to1DArray(), Matrix.eye(count).to1DArray(), 1e-11);
      const residual = v.mmul(a).sub(Matrix.diag(Array.from(values)).mmul(v));
      expect(Math.max(...residual.to1DArray().map(Math.abs))).toBeLessThan(1e-10 * Math.max(1, Math.abs(sorted[0])));
    }
  });

  it("needs far fewer products than a matrix has rows, where the spectrum decays", () => {
    const n = 300;
    const values = Float64Array.from({ length: n }, (_, i) => 0.8 ** i);
    let products = 0;
    largestEigenpairs((v) => (products++, v.map((x, i) => x * values[i])), n, 5, random(1));
    expect(products).toBeLessThan(60);
  });

  it("gives the same for the same seed", () => {
    const a = withSpectrum(Array.from(normals(20, 2)), 5);
    const [one, other] = [1, 1].map((seed) => largestEigenpairs(times(a), 20, 3, random(seed)));
    expect(one).toEqual(other);
  });

  it("finds the largest eigenvalues of any symmetric matrix", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 15 }), fc.nat(1e6), fc.nat(100), (n, seed, some) => {
        const a = Matrix.from1DArray(n, n, normals(n * n, seed));
        const symmetric = a.add(a.transpose());
        const count = 1 + (some % n);
        const expected = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true }).realEigenvalues.sort((p, q) => q - p).slice(0, count);
        expectClose(largestEigenpairs(times(symmetric), n, count, random(seed)).values, expected, 1e-10);
      }),
    );
  });
});
