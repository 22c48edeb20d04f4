import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { NotFiniteError } from "../../src/errors.ts";
import { symmetricEigen, symmetricEigenvalues } from "../../src/linalg/symmetric-eigen.ts";
import { describeEveryKernel } from "./every-kernel.ts";
import {
  epsilon, fromEntries, graded, hideUpper, hilbert, identity, naiveProduct, norm, orders, positiveDefinite, scaledDifference, subtract,
  symmetric, transpose, withEigenvalues,
} from "./matrices.ts";

/** ||A V - V D|| / (n eps ||A||) and ||V'V - I|| / (n eps) below 10, values ascending and the same without vectors. */
function expectEigen(a: Float64Array, n: number): Float64Array {
  const hidden = hideUpper(a, n);
  const before = hidden.slice();
  const { values, vectors } = symmetricEigen(hidden, n);
  expect(hidden).toEqual(before);
  expect(values.length).toBe(n);
  for (let i = 1; i < n; i++) expect(values[i]).toBeGreaterThanOrEqual(values[i - 1]);
  const scaledVectors = fromEntries(n, n, (i, j) => vectors[i * n + j] * values[j]);
  const size = norm(a, n, n);
  const residual = norm(subtract(naiveProduct(a, vectors, n, n, n), scaledVectors), n, n);
  expect(residual).toBeLessThanOrEqual(10 * n * epsilon * size);
  expect(scaledDifference(naiveProduct(transpose(vectors, n, n), vectors, n, n, n), identity(n), n)).toBeLessThan(10);
  const alone = symmetricEigenvalues(hidden, n);
  expect(norm(subtract(alone, values), n, 1)).toBeLessThanOrEqual(10 * n * n * epsilon * size);
  for (let i = 1; i < n; i++) expect(alone[i]).toBeGreaterThanOrEqual(alone[i - 1]);
  return values;
}

function expectValues(values: Float64Array, expected: number[], tolerance: number) {
  const sorted = expected.slice().sort((x, y) => x - y);
  values.forEach((value, i) => expect(Math.abs(value - sorted[i])).toBeLessThanOrEqual(tolerance));
}

describeEveryKernel(() => {
  describe("symmetricEigen", () => {
    test.each(orders.filter((n) => n <= 130))("random, graded and ill-conditioned matrices of order %i", (n) => {
      expectEigen(symmetric(n, 1), n);
      expectEigen(graded(n, 2), n);
      expectEigen(positiveDefinite(n, 1e14, 3), n);
    });

    test.each([1, 2, 3, 8, 50])("finds prescribed eigenvalues, repeated ones among them, at order %i", (n) => {
      for (const value of [
        (i: number) => i + 1,
        (i: number) => Math.floor(i / 3) - 2,
        (i: number) => (i === 0 ? 1 : 0),
        (i: number) => (i % 2 ? 1 : -1),
        (i: number) => (i < n / 2 ? 1 : 1e-9),
      ]) {
        const expected = Array.from({ length: n }, (_, i) => value(i));
        expectValues(expectEigen(withEigenvalues(expected, 4), n), expected, 20 * n * epsilon * Math.max(...expected.map(Math.abs)));
      }
    });

    test.each([1, 2, 40])("diagonal matrices, zero and the identity of order %i", (n) => {
      expect(expectEigen(new Float64Array(n * n), n)).toEqual(new Float64Array(n));
      expect(expectEigen(identity(n), n)).toEqual(new Float64Array(n).fill(1));
      const entries = Array.from({ length: n }, (_, i) => ((i * 7) % n) - 3);
      expectValues(expectEigen(fromEntries(n, n, (i, j) => (i === j ? entries[i] : 0)), n), entries, 0);
    });

    test("two rows by hand", () => {
      const { values, vectors } = symmetricEigen(Float64Array.of(2, 1, 1, 2), 2);
      expectValues(values, [1, 3], 4 * epsilon);
      expect(Math.abs(vectors[0] + vectors[2])).toBeLessThan(4 * epsilon);
      expect(Math.abs(vectors[1] - vectors[3])).toBeLessThan(4 * epsilon);
      expectValues(symmetricEigenvalues(Float64Array.of(0, 1, 1, 0), 2), [-1, 1], 4 * epsilon);
    });

    test("second differences have eigenvalues 2 - 2 cos(k pi / (n + 1))", () => {
      const n = 100;
      const a = fromEntries(n, n, (i, j) => (i === j ? 2 : Math.abs(i - j) === 1 ? -1 : 0));
      const expected = Array.from({ length: n }, (_, k) => 2 - 2 * Math.cos(((k + 1) * Math.PI) / (n + 1)));
      expectValues(expectEigen(a, n), expected, 1e-13);
    });

    test("Wilkinson's W21+, whose largest eigenvalues agree to fourteen digits", () => {
      const a = fromEntries(21, 21, (i, j) => (i === j ? Math.abs(10 - i) : Math.abs(i - j) === 1 ? 1 : 0));
      const values = expectEigen(a, 21);
      // Wilkinson (1965), The Algebraic Eigenvalue Problem, page 309
      expect(values[20]).toBeCloseTo(10.746194182903393, 12);
      expect(values[19]).toBeCloseTo(10.746194182903322, 12);
    });

    test("the Hilbert matrix of order 12", () => {
      const values = expectEigen(hilbert(12), 12);
      expect(values[11]).toBeCloseTo(1.7953720595619975, 12);
    });

    test.each([1e-300, 1e-160, 1e160, 1e300])("entries of size %s neither overflow nor vanish", (size) => {
      const n = 9;
      const a = positiveDefinite(n, 100, 5);
      const values = symmetricEigenvalues(a, n);
      const scaled = symmetricEigen(a.map((x) => x * size), n);
      scaled.values.forEach((value, i) => expect(Math.abs(value / size / values[i] - 1)).toBeLessThan(1e-12));
      expect(scaledDifference(naiveProduct(transpose(scaled.vectors, n, n), scaled.vectors, n, n, n), identity(n), n)).toBeLessThan(10);
    });

    test.each([5, 30, 90])("agrees with ml-matrix at order %i", (n) => {
      const a = symmetric(n, 6);
      const { values, vectors } = symmetricEigen(a, n);
      const oracle = new EigenvalueDecomposition(Matrix.from1DArray(n, n, a), { assumeSymmetric: true });
      expectValues(values, oracle.realEigenvalues, 10 * n * epsilon * norm(a, n, n));
      for (let j = 0; j < n; j++) {
        let inner = 0;
        for (let i = 0; i < n; i++) inner += vectors[i * n + j] * oracle.eigenvectorMatrix.get(i, j);
        expect(Math.abs(inner)).toBeCloseTo(1, 10);
      }
    });

    test.each([NaN, Infinity, -Infinity])("refuses %s", (bad) => {
      const a = identity(4);
      a[2 * 4 + 1] = bad;
      expect(() => symmetricEigen(a, 4)).toThrow(NotFiniteError);
      expect(() => symmetricEigenvalues(a, 4)).toThrow(/\(2, 1\)/);
    });
  });
});
