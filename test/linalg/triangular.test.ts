import { Matrix, inverse } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { cholesky } from "../../src/linalg/cholesky.ts";
import {
  inverseDiagonal, inverseFromCholesky, solveCholesky, solveLower, solveLowerRows, solveLowerTransposed,
} from "../../src/linalg/triangular.ts";
import { describeEveryKernel } from "./every-kernel.ts";
import {
  epsilon, fromEntries, graded, hideUpper, hilbert, identity, lowerTriangular, naiveProduct, norm, orders, positiveDefinite, subtract,
  transpose, uniform,
} from "./matrices.ts";

/** ||T X - B|| / (n eps ||T|| ||X||), as LAPACK's DTRT02. */
function residual(t: Float64Array, x: Float64Array, b: Float64Array, n: number, columns: number): number {
  const difference = norm(subtract(naiveProduct(t, x, n, n, columns), b), n, columns);
  return difference === 0 ? 0 : difference / (n * epsilon * norm(t, n, n) * norm(x, n, columns));
}

function factorOf(a: Float64Array, n: number): Float64Array {
  const l = a.slice();
  expect(cholesky(l, n)).toBe(-1);
  return l;
}

const columnCounts = [0, 1, 2, 3, 4, 5, 9, 66];

describeEveryKernel(() => {
  describe.each(orders)("triangular solves of order %i", (n) => {
    const factors = [lowerTriangular(n, 1), factorOf(graded(n, 2), n), factorOf(positiveDefinite(n, 1e12, 3), n)];
    const counts = n < 100 ? columnCounts : [1, 5];

    test("solveLower", () => {
      for (const l of factors) {
        for (const columns of counts) {
          const b = uniform(n * columns, 4);
          const x = b.slice();
          solveLower(hideUpper(l, n), n, x, columns);
          expect(residual(l, x, b, n, columns)).toBeLessThan(3);
        }
      }
    });

    test("solveLowerTransposed", () => {
      for (const l of factors) {
        for (const columns of counts) {
          const b = uniform(n * columns, 5);
          const x = b.slice();
          solveLowerTransposed(hideUpper(l, n), n, x, columns);
          expect(residual(transpose(l, n, n), x, b, n, columns)).toBeLessThan(3);
        }
      }
    });

    test("solveLowerRows", () => {
      for (const l of factors) {
        for (const rows of counts) {
          const b = uniform(rows * n, 6);
          const x = b.slice();
          solveLowerRows(hideUpper(l, n), n, x, rows);
          expect(residual(l, transpose(x, rows, n), transpose(b, rows, n), n, rows)).toBeLessThan(3);
        }
      }
    });

    test("solveCholesky", () => {
      const a = positiveDefinite(n, 1e6, 7);
      const l = hideUpper(factorOf(a, n), n);
      for (const columns of counts) {
        const b = uniform(n * columns, 8);
        const x = b.slice();
        solveCholesky(l, n, x, columns);
        expect(residual(a, x, b, n, columns)).toBeLessThan(3);
      }
    });

    test("inverseFromCholesky and inverseDiagonal", () => {
      const a = positiveDefinite(n, 1e4, 9);
      const l = hideUpper(factorOf(a, n), n);
      const inverseOfA = inverseFromCholesky(l, n);
      expect(residual(a, inverseOfA, identity(n), n, n)).toBeLessThan(3);
      expect(transpose(inverseOfA, n, n)).toEqual(inverseOfA);
      const diagonal = inverseDiagonal(l, n);
      expect(diagonal.length).toBe(n);
      diagonal.forEach((value, i) => expect(Math.abs(value / inverseOfA[i * n + i] - 1)).toBeLessThan(1e-12));
    });
  });

  test("more right-hand sides than are packed at a time", () => {
    const n = 37;
    const columns = 1030;
    const l = lowerTriangular(n, 10);
    const b = uniform(n * columns, 11);
    const x = b.slice();
    solveLower(l, n, x, columns);
    expect(residual(l, x, b, n, columns)).toBeLessThan(3);
    const rows = transpose(b, n, columns);
    solveLowerRows(l, n, rows, columns);
    expect(norm(subtract(transpose(rows, columns, n), x), n, columns)).toBeLessThan(1e-13);
  });

  test("whitened rows have the squared norm b' A^-1 b", () => {
    const a = Float64Array.of(4, 2, 2, 5);
    const b = Float64Array.of(1, 0, 0, 1, 2, -4);
    solveLowerRows(factorOf(a, 2), 2, b, 3);
    const squares = [0, 1, 2].map((r) => b[2 * r] ** 2 + b[2 * r + 1] ** 2);
    // A^-1 = [5 -2; -2 4] / 16
    [5 / 16, 4 / 16, (4 * 5 + 2 * 8 * 2 + 16 * 4) / 16].forEach((expected, r) => expect(squares[r]).toBeCloseTo(expected, 14));
  });

  test.each([3, 30, 70])("the inverse agrees with ml-matrix at order %i", (n) => {
    const a = positiveDefinite(n, 100, 12);
    const expected = Float64Array.from(inverse(Matrix.from1DArray(n, n, a)).to1DArray());
    expect(norm(subtract(inverseFromCholesky(factorOf(a, n), n), expected), n, n) / norm(expected, n, n)).toBeLessThan(1e-12);
  });

  test.each([2, 5, 8])("the inverse of the Hilbert matrix of order %i, whose entries are known integers", (n) => {
    const choose = (m: number, k: number): number => (k === 0 ? 1 : (choose(m - 1, k - 1) * m) / k);
    const exact = fromEntries(n, n, (r, c) => {
      const [i, j] = [r + 1, c + 1];
      return (-1) ** (i + j) * (i + j - 1) * choose(n + i - 1, n - j) * choose(n + j - 1, n - i) * choose(i + j - 2, i - 1) ** 2;
    });
    const l = factorOf(hilbert(n), n);
    const condition = norm(exact, n, n) * norm(hilbert(n), n, n);
    const tolerance = 10 * condition * epsilon;
    expect(norm(subtract(inverseFromCholesky(l, n), exact), n, n) / norm(exact, n, n)).toBeLessThan(tolerance);
    inverseDiagonal(l, n).forEach((value, i) => expect(Math.abs(value / exact[i * n + i] - 1)).toBeLessThan(tolerance));
  });
});
