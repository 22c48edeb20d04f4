import { CholeskyDecomposition, Matrix, determinant } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { cholesky, logDeterminant } from "../../src/linalg/cholesky.ts";
import { describeEveryKernel } from "./every-kernel.ts";
import {
  graded, hideUpper, hilbert, identity, lowerTriangular, naiveProduct, orders, positiveDefinite, scaledDifference, transpose,
} from "./matrices.ts";

function factorOf(a: Float64Array, n: number): Float64Array {
  const l = hideUpper(a, n);
  expect(cholesky(l, n)).toBe(-1);
  for (let i = 0; i < n; i++) for (let j = i + 1; j < n; j++) if (l[i * n + j] !== 0) throw new Error("not lower triangular");
  return l;
}

/** ||A - L L'|| / (n eps ||A||), as LAPACK's DPOT01. */
const residual = (a: Float64Array, n: number) => {
  const l = factorOf(a, n);
  return scaledDifference(naiveProduct(l, transpose(l, n, n), n, n, n), a, n);
};

describeEveryKernel(() => {
  describe("cholesky", () => {
    test.each(orders)("reproduces well-conditioned, graded and ill-conditioned matrices of order %i", (n) => {
      expect(residual(positiveDefinite(n, 10, 1), n)).toBeLessThan(3);
      expect(residual(graded(n, 2), n)).toBeLessThan(3);
      expect(residual(positiveDefinite(n, 1e12, 3), n)).toBeLessThan(3);
    });

    test("reproduces a matrix of condition 1e14", () => {
      expect(residual(positiveDefinite(50, 1e14, 4), 50)).toBeLessThan(3);
    });

    test.each([1, 2, 5, 10, 12])("reproduces the Hilbert matrix of order %i", (n) => {
      expect(residual(hilbert(n), n)).toBeLessThan(3);
    });

    test("is the identity's own factor", () => {
      expect(factorOf(identity(70), 70)).toEqual(identity(70));
    });

    test.each([3, 40, 131])("agrees with ml-matrix at order %i", (n) => {
      const a = positiveDefinite(n, 100, 5);
      const expected = Float64Array.from(new CholeskyDecomposition(Matrix.from1DArray(n, n, a)).lowerTriangularMatrix.to1DArray());
      expect(scaledDifference(factorOf(a, n), expected, n)).toBeLessThan(10);
    });

    test.each([1, 2, 5, 24, 25, 33, 64, 65, 130, 300])("names the first pivot that is not positive, at order %i", (n) => {
      const l = lowerTriangular(n, 6);
      const a = naiveProduct(l, transpose(l, n, n), n, n, n);
      for (let pivot = 0; pivot < n; pivot += Math.max(1, Math.floor(n / 13))) {
        for (const broken of [a[pivot * n + pivot] - l[pivot * n + pivot] ** 2 - 0.1, NaN, -Infinity]) {
          const b = a.slice();
          b[pivot * n + pivot] = broken;
          expect(cholesky(b, n)).toBe(pivot);
        }
        if (pivot === 0) continue;
        const b = a.slice();
        b[pivot * n + pivot - 1] = NaN;
        expect(cholesky(b, n)).toBe(pivot);
      }
    });

    test("refuses a pivot of zero", () => {
      expect(cholesky(new Float64Array(1), 1)).toBe(0);
      expect(cholesky(new Float64Array(40 * 40), 40)).toBe(0);
      expect(cholesky(Float64Array.of(1, 1, 1, 1), 2)).toBe(1);
    });
  });

  describe("logDeterminant", () => {
    test.each([1, 2, 7, 30])("is the logarithm of ml-matrix's determinant at order %i", (n) => {
      const a = positiveDefinite(n, 50, 7);
      expect(logDeterminant(factorOf(a, n), n)).toBeCloseTo(Math.log(determinant(Matrix.from1DArray(n, n, a))), 10);
    });

    test("does not overflow where the determinant does", () => {
      const n = 400;
      expect(logDeterminant(factorOf(identity(n).map((x) => 1e6 * x), n), n)).toBeCloseTo(n * Math.log(1e6), 8);
    });

    test("of an empty matrix is zero", () => {
      expect(logDeterminant(new Float64Array(0), 0)).toBe(0);
    });
  });
});
