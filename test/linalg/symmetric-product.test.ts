import { Matrix } from "ml-matrix";
import { it } from "vitest";
import { diagonalOfProduct, symmetricTimes } from "../../src/linalg/symmetric-product.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";

/** A symmetric matrix, and the same with what is above its diagonal overwritten. */
function symmetric(n: number, seed: number): { readonly whole: Matrix; readonly lower: Float64Array } {
  const square = Matrix.from1DArray(n, n, normals(n * n, seed));
  const whole = square.clone().add(square.transpose());
  return { whole, lower: Float64Array.from(whole.to1DArray(), (value, at) => (at % n > Math.floor(at / n) ? NaN : value)) };
}

it("multiplies by the lower triangle of symmetric matrices alone", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 0, max: 1e6 }), (n, seed) => {
      const [a, b, v] = [symmetric(n, seed), symmetric(n, seed + 1), normals(n, seed + 2)];
      expectClose(symmetricTimes(a.lower, v), a.whole.mmul(Matrix.columnVector(v)).to1DArray(), 1e-14);
      expectClose(diagonalOfProduct(a.lower, b.lower, n), a.whole.mmul(b.whole).diagonal(), 1e-14);
    }),
  );
});
