import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, test } from "vitest";
import { addProduct } from "../../src/linalg/gemm.ts";
import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from "../../src/linalg/products.ts";
import { rowMajor } from "../../src/linalg/view.ts";
import { describeEveryKernel } from "./every-kernel.ts";
import { epsilon, naiveProduct, transpose, uniform } from "./matrices.ts";

/** Every order of summation stays within k eps |A| |B| of the exact product (Higham 2002, equation 3.5), entry by entry. */
function expectProduct(actual: Float64Array, start: Float64Array, a: Float64Array, b: Float64Array, m: number, k: number, n: number) {
  const expected = naiveProduct(a, b, m, k, n);
  const size = naiveProduct(a.map(Math.abs), b.map(Math.abs), m, k, n);
  expect(actual.length).toBe(m * n);
  for (let i = 0; i < actual.length; i++) {
    const error = Math.abs(actual[i] - (start[i] + expected[i]));
    if (!(error <= 2 * (k + 2) * epsilon * (size[i] + Math.abs(start[i])))) throw new Error(`entry ${i}: ${actual[i]}`);
  }
}

function expectAllProducts(m: number, k: number, n: number, seed: number) {
  const a = uniform(m * k, seed);
  const b = uniform(k * n, seed + 1);
  const c = uniform(m * n, seed + 2);
  const zeros = new Float64Array(m * n);
  const forms: ((c?: Float64Array) => Float64Array)[] = [
    (into) => multiply(a, b, m, k, n, into),
    (into) => multiplyTransposedLeft(transpose(a, m, k), b, m, k, n, into),
    (into) => multiplyTransposedRight(a, transpose(b, k, n), m, k, n, into),
  ];
  for (const form of forms) {
    expectProduct(form(), zeros, a, b, m, k, n);
    const into = c.slice();
    expect(form(into)).toBe(into);
    expectProduct(into, c, a, b, m, k, n);
  }
}

describeEveryKernel(() => {
  describe("products", () => {
    test("of random shapes, empty ones among them", () => {
      const side = fc.nat(21);
      fc.assert(fc.property(side, side, side, fc.nat(1e6), expectAllProducts), { numRuns: 300 });
    });

    test.each([
      [1, 1, 1], [1, 300, 40], [40, 300, 1], [40, 1, 40], [1, 1, 9], [9, 1, 1],
      [63, 255, 7], [64, 256, 8], [65, 257, 9], [130, 513, 5], [5, 6, 513], [66, 3, 1025], [67, 260, 514],
    ])("around the edges of the blocks: %i x %i x %i", (m, k, n) => expectAllProducts(m, k, n, 7));

    test.each([[3, 4, 5], [50, 60, 70], [128, 100, 129]])("agree with ml-matrix: %i x %i x %i", (m, k, n) => {
      const a = uniform(m * k, 1);
      const b = uniform(k * n, 2);
      const expected = Matrix.from1DArray(m, k, a).mmul(Matrix.from1DArray(k, n, b)).to1DArray();
      multiply(a, b, m, k, n).forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
    });

    test.each([[5, 3], [64, 70], [65, 9], [130, 40], [200, 300]])("into a lower triangle only: order %i, from %i columns", (n, k) => {
      const [a, b, c] = [uniform(n * k, 8), uniform(k * n, 9), uniform(n * n, 10)];
      const product = naiveProduct(a, b, n, k, n);
      const into = c.slice();
      addProduct(-2, rowMajor(a, k), rowMajor(b, n), rowMajor(into, n), n, k, n, "lower");
      into.forEach((value, at) => {
        const above = at % n > Math.floor(at / n);
        const error = Math.abs(value - (above ? c[at] : c[at] - 2 * product[at]));
        if (!(error <= (above ? 0 : 4 * (k + 2) ** 2 * epsilon))) throw new Error(`entry ${at}: ${value}`);
      });
    });

    test("leave the factors alone", () => {
      const a = uniform(30 * 30, 3);
      const b = uniform(30 * 30, 4);
      const [before, other] = [a.slice(), b.slice()];
      multiply(a, b, 30, 30, 30);
      expect(a).toEqual(before);
      expect(b).toEqual(other);
    });

    test("a NaN reaches only its own row", () => {
      const a = uniform(9 * 10, 5);
      a[4 * 10 + 3] = NaN;
      const c = multiply(a, uniform(10 * 7, 6), 9, 10, 7);
      c.forEach((value, i) => expect(Number.isNaN(value)).toBe(Math.floor(i / 7) === 4));
    });
  });
});
