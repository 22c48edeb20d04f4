import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { expect, test } from "vitest";
import { mirrorLower, symmetricRankK } from "../../src/linalg/symmetric-rank-k.ts";
import { describeEveryKernel } from "./every-kernel.ts";
import { epsilon, fromEntries, hideUpper, naiveProduct, transpose, uniform } from "./matrices.ts";

function expectRankK(rows: number, n: number, scale: number | undefined, seed: number) {
  const a = uniform(rows * n, seed);
  const before = uniform(n * n, seed + 1);
  const c = before.slice();
  symmetricRankK(a, rows, n, c, scale);
  const gram = naiveProduct(transpose(a, rows, n), a, n, rows, n);
  const factor = scale ?? 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const at = i * n + j;
      if (j > i) {
        if (c[at] !== before[at]) throw new Error(`touched (${i}, ${j}) above the diagonal`);
        continue;
      }
      const bound = 2 * (rows + 2) * epsilon * (Math.abs(factor) * Math.sqrt(gram[i * n + i] * gram[j * n + j]) + Math.abs(before[at]));
      if (!(Math.abs(c[at] - (before[at] + factor * gram[at])) <= bound)) throw new Error(`entry (${i}, ${j}): ${c[at]}`);
    }
  }
}

describeEveryKernel(() => {
  test("random shapes, empty ones among them", () => {
    const scale = fc.option(fc.double({ min: -10, max: 10, noNaN: true }), { nil: undefined });
    fc.assert(fc.property(fc.nat(30), fc.nat(30), scale, fc.nat(1e6), expectRankK), { numRuns: 300 });
  });

  test.each([[1, 1], [1, 70], [300, 1], [255, 63], [256, 64], [257, 65], [10, 511], [10, 513], [3, 1030]])(
    "around the edges of the blocks: %i rows, order %i",
    (rows, n) => expectRankK(rows, n, -1.5, 2),
  );

  test("agrees with ml-matrix, mirrored", () => {
    const [rows, n] = [90, 75];
    const a = uniform(rows * n, 3);
    const c = new Float64Array(n * n);
    symmetricRankK(a, rows, n, c);
    mirrorLower(c, n);
    const m = Matrix.from1DArray(rows, n, a);
    const expected = m.transpose().mmul(m).to1DArray();
    c.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 12));
  });

  test.each([0, 1, 2, 7, 33])("mirrorLower copies the lower triangle of order %i up", (n) => {
    const a = uniform(n * n, 4);
    const c = hideUpper(a, n);
    mirrorLower(c, n);
    expect(c).toEqual(fromEntries(n, n, (i, j) => a[Math.max(i, j) * n + Math.min(i, j)]));
  });
});
