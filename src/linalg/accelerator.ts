import type { SymmetricEigen } from "./tridiagonal-eigen.ts";
import type { Part, View } from "./view.ts";

/**
 * Kernels that do whole operations on large matrices faster than TypeScript: WebAssembly, or a native library. Views have
 * a unit stride in one direction.
 */
export interface Accelerator {
  /** Of kernels that work on copies: makes room for operands of so many numbers; false if there is none. Others work in place. */
  readonly reserve?: (numbers: number) => boolean;
  /** $C \leftarrow C + s A B$, or only the lower triangle of a row-major $C$. */
  addProduct(scale: number, a: View, b: View, c: View, m: number, k: number, n: number, part: Part): void;
  /** $B \leftarrow L^{-1} B$ */
  solveTriangular(l: View, n: number, b: View, columns: number): void;
  /** Row-major $A$ becomes its Cholesky factor; returns -1, or the index of the first pivot that is not positive. */
  factorize(a: View, n: number): number;
  /** Row-major $L$ becomes its inverse. */
  invertTriangular(l: View, n: number): void;
  /** A row-major Cholesky factor $L$, with zeros above the diagonal, becomes the lower triangle of $(L L^\top)^{-1}$. */
  invertFactor(l: View, n: number): void;
  /** Of the lower triangle of row-major $A$, with entries about one, which is spoiled. */
  symmetricEigen(a: Float64Array, n: number): SymmetricEigen;
  /** The eigenvalues alone, in ascending order. */
  symmetricEigenvalues(a: Float64Array, n: number): Float64Array;
}
