import { NotFiniteError } from "../errors.ts";
import { accelerator } from "./kernels.ts";
import { rotatingBasis, type SymmetricReduction } from "./rotating-basis.ts";
import { accumulateReflections, tridiagonalize } from "./tridiagonal.ts";
import { eigenOf, eigenvaluesOf, type SymmetricEigen } from "./tridiagonal-eigen.ts";

export type { SymmetricEigen };

/**
 * The eigenvalues and eigenvectors of a symmetric matrix, by Householder tridiagonalisation and implicit QL.
 *
 * Golub & Van Loan (2013), Matrix Computations, sections 8.3.1 to 8.3.5; Dubrulle, Martin & Wilkinson (1971), Handbook for
 * Automatic Computation, II/4.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws {@link NotFiniteError} if an entry of the lower triangle is NaN or infinite, or the iteration does not converge
 */
export function symmetricEigen(a: Float64Array, n: number): SymmetricEigen {
  const scale = scaleToUnity(a, n);
  const scaled = scaledLower(a, n, scale);
  const fast = eigenAccelerator(n);
  const { values, vectors } = fast ? fast.symmetricEigen(scaled, n) : eigenOf(reduceSymmetric(scaled, n), n);
  return { values: values.map((value) => value / scale), vectors };
}

/**
 * The eigenvalues of a symmetric matrix in ascending order, without eigenvectors: a small part of the work of
 * {@link symmetricEigen}.
 *
 * @param a - $n \times n$, row-major; only the lower triangle is read, and nothing is changed
 * @param n - the order of $A$
 * @throws {@link NotFiniteError} if an entry of the lower triangle is NaN or infinite, or the iteration does not converge
 */
export function symmetricEigenvalues(a: Float64Array, n: number): Float64Array {
  const scale = scaleToUnity(a, n);
  const scaled = scaledLower(a, n, scale);
  const fast = eigenAccelerator(n);
  const values = fast ? fast.symmetricEigenvalues(scaled, n) : eigenvaluesOf(reduceSymmetric(scaled, n), n);
  return values.map((value) => value / scale);
}

/** Numbers that the WebAssembly kernels need room for besides two matrices, and so many for each row. */
const workspace = 2048;
const workspaceRows = 75;

const eigenAccelerator = (n: number) => accelerator(n ** 3, 2 * n * n + workspaceRows * n + workspace);

/** Reduces a symmetric matrix, whose entries are about one and which is spoiled, to tridiagonal form. */
function reduceSymmetric(a: Float64Array, n: number): SymmetricReduction {
  const reduced = tridiagonalize(a, n);
  const { diagonal, offDiagonal } = reduced;
  return { diagonal, offDiagonal, basis: () => rotatingBasis(accumulateReflections(reduced, n), n) };
}

/** A copy of the lower triangle. */
function scaledLower(a: Float64Array, n: number, scale: number): Float64Array {
  const scaled = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let at = i * n, end = at + i; at <= end; at++) scaled[at] = scale * a[at];
  }
  return scaled;
}

/** The power of two that brings the largest entry to about one, so that no square overflows or vanishes. */
function scaleToUnity(a: Float64Array, n: number): number {
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      const size = Math.abs(a[i * n + j]);
      if (!(size < Infinity)) throw new NotFiniteError(`The matrix must be finite, but entry (${i}, ${j}) is ${a[i * n + j]}.`);
      if (size > largest) largest = size;
    }
  }
  return largest === 0 ? 1 : 2 ** -Math.max(-1022, Math.min(1022, Math.floor(Math.log2(largest))));
}
