import { EigenvalueDecomposition, Matrix } from "ml-matrix";
import fc from "../support/fast-check.ts";
import type { LinearOperator } from "../../src/spectrum/linear-operator.ts";
import { normals } from "../support/random-numbers.ts";

/** The operator of a matrix. */
export function operatorOf(a: Matrix): LinearOperator {
  return { size: a.rows, times: (v) => Float64Array.from(a.mmul(Matrix.columnVector(v)).to1DArray()) };
}

/** Q diag(values) Q' with a random orthogonal Q. */
export function withSpectrum(values: readonly number[], seed: number): Matrix {
  const n = values.length;
  const a = Matrix.from1DArray(n, n, normals(n * n, seed));
  const { eigenvectorMatrix: q } = new EigenvalueDecomposition(a.add(a.transpose()), { assumeSymmetric: true });
  const matrix = q.mmul(Matrix.diag([...values])).mmul(q.transpose());
  return matrix.add(matrix.transpose()).mul(0.5);
}

/** Eigenvalues, ascending. */
export function eigenvalues(a: Matrix): number[] {
  return new EigenvalueDecomposition(a, { assumeSymmetric: true }).realEigenvalues.sort((p, q) => p - q);
}

/** Spectra of every kind: of size 1, multiples of the identity, zeros, repeated, indefinite, decaying over many orders. */
export const spectra: fc.Arbitrary<readonly number[]> = fc.oneof(
  fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 1, maxLength: 20 }),
  fc.array(fc.double({ min: -10, max: 10, noNaN: true }), { minLength: 1, maxLength: 25 }),
  fc.tuple(fc.constantFrom(-2, 0, 1, 1e6), fc.integer({ min: 1, max: 12 })).map(([value, size]) => Array<number>(size).fill(value)),
  fc.tuple(fc.integer({ min: 1, max: 25 }), fc.constantFrom(0.1, 0.5, 0.9)).map(([size, ratio]) => Array.from({ length: size }, (_, i) => ratio ** i)),
);

/** Spectra without an eigenvalue of 0 or below. */
export const positiveSpectra: fc.Arbitrary<readonly number[]> = spectra.map((values) => values.map((value) => Math.abs(value) + 0.01));
