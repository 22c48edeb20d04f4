import type { Random } from "../random.ts";
import { symmetricEigen, type SymmetricEigen } from "./symmetric-eigen.ts";
import { dot, norm } from "./vector.ts";

/** The largest eigenpairs of a symmetric matrix. */
export interface Eigenpairs {
  /** Eigenvalues, the largest first. */
  readonly values: Float64Array;
  /** Their eigenvectors, of length 1. */
  readonly vectors: readonly Float64Array[];
}

/** Ritz values are looked at whenever there are more steps by this share, so that looking costs no more than a few of the last looks. */
const LOOK = 0.15;

/**
 * The `count` largest eigenpairs of a symmetric $n \times n$ matrix $A$ that is known by its products $A v$ alone, by the method of
 * Lanczos (1950) with full reorthogonalisation (Golub & Van Loan 2013, section 10.3): $A Q_m = Q_m T_m + \beta_m q_{m+1} e_m^\top$ with $T_m$
 * tridiagonal, whose eigenvalues are those of $A$ where $\beta_m |e_m^\top s|$ is small. It ends when that is at most `tolerance` times the largest
 * eigenvalue for all that are wanted. Takes $m$ products and $O(n m^2 + m^3)$ operations for $m$ steps, mostly 2 to 4 times `count`, and $n m$ numbers.
 *
 * @param product - $A v$, in an array of its own
 */
export function largestEigenpairs(product: (v: Float64Array) => Float64Array, n: number, count: number, source: Random, tolerance = 1e-12): Eigenpairs {
  const basis: Float64Array[] = [];
  const [diagonal, next]: number[][] = [[], []];
  let direction = newDirection(basis, n, source);
  let before: number | undefined;
  let nextLook = count;
  for (;;) {
    basis.push(direction);
    const residual = product(direction);
    diagonal.push(dot(residual, direction));
    orthogonalize(residual, basis);
    const steps = basis.length;
    if (steps === n) return ritzPairs(basis, symmetricEigen(tridiagonal(diagonal, next), n), count);
    const beta = norm(residual);
    const exhausted = beta <= EXHAUSTED * largest(diagonal, next);
    if (steps >= nextLook || (exhausted && steps >= count)) {
      nextLook = Math.ceil(steps * (1 + LOOK));
      const ritz = symmetricEigen(tridiagonal(diagonal, next), steps);
      const least = ritz.values[steps - count];
      const bound = beta * ritz.vectors.subarray((steps - 1) * steps + steps - count).reduce((most, s) => Math.max(most, Math.abs(s)), 0);
      // Another start finds eigenvalues that are there several times; it is the last when it adds none to the largest.
      const found = exhausted ? before === least : bound <= tolerance * Math.abs(ritz.values[steps - 1]);
      if (found) return ritzPairs(basis, ritz, count);
      if (exhausted) before = least;
    }
    next.push(exhausted ? 0 : beta);
    direction = exhausted ? newDirection(basis, n, source) : residual.map((value) => value / beta);
  }
}

/** A residual that is smaller than this, beside the matrix, is rounding: the basis spans all that products lead to. */
const EXHAUSTED = 1e-13;

/** A random direction that is orthogonal to the basis. */
function newDirection(basis: readonly Float64Array[], n: number, source: Random): Float64Array {
  const v = Float64Array.from({ length: n }, () => source.normal());
  orthogonalize(v, basis);
  const length = norm(v);
  return v.map((value) => value / length);
}

/** Takes away what v has along the basis; twice, since once leaves rounding (Giraud et al. 2005). */
function orthogonalize(v: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    for (const q of basis) {
      const along = dot(v, q);
      for (let i = 0; i < v.length; i++) v[i] -= along * q[i];
    }
  }
}

function largest(diagonal: readonly number[], next: readonly number[]): number {
  return [...diagonal, ...next].reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
}

function tridiagonal(diagonal: readonly number[], next: readonly number[]): Float64Array {
  const n = diagonal.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = diagonal[i];
    if (i + 1 < n) matrix[i * n + i + 1] = matrix[(i + 1) * n + i] = next[i];
  }
  return matrix;
}

function ritzPairs(basis: readonly Float64Array[], { values, vectors }: SymmetricEigen, count: number): Eigenpairs {
  const steps = basis.length;
  return {
    values: Float64Array.from({ length: count }, (_, i) => values[steps - 1 - i]),
    vectors: Array.from({ length: count }, (_, i) => {
      const vector = new Float64Array(basis[0].length);
      basis.forEach((q, j) => {
        const weight = vectors[j * steps + steps - 1 - i];
        for (let k = 0; k < vector.length; k++) vector[k] += weight * q[k];
      });
      return vector;
    }),
  };
}
