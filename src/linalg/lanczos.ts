import type { Random } from "../random.ts";
import { symmetricEigen } from "./symmetric-eigen.ts";
import { dot, norm } from "./vector.ts";

/**
 * A computation that knows a matrix $A$ by its products alone: it yields $v$, and is sent $A v$ in an array that it may overwrite. So the same lines
 * serve products that are there at once and products that are awaited.
 */
export type ByProducts<T> = Generator<Float64Array, T, Float64Array>;

/** What comes of a computation with products that are there at once. */
export function withProducts<T>(work: ByProducts<T>, product: (v: Float64Array) => Float64Array): T {
  let step = work.next();
  while (step.done !== true) step = work.next(product(step.value));
  return step.value;
}

/** $A Q_m = Q_m T_m + \beta_m q_{m+1} e_m^\top$ with a tridiagonal $T_m$ (Lanczos 1950). */
export interface Krylov {
  /** $q_1$ to $q_m$, orthonormal. */
  readonly basis: Float64Array[];
  /** The diagonal of $T_m$. */
  readonly diagonal: number[];
  /** Beside it, $\beta_1$ to $\beta_{m-1}$. */
  readonly next: number[];
}

/** One more step: takes a direction into the basis, and returns the residual $\beta_m q_{m+1}$, orthogonal to all of it and to what is locked. */
export function* lanczosStep({ basis, diagonal }: Krylov, direction: Float64Array, locked: readonly Float64Array[] = []): ByProducts<Float64Array> {
  basis.push(direction);
  const residual = yield direction;
  diagonal.push(dot(residual, direction));
  orthogonalize(residual, [...locked, ...basis]);
  return residual;
}

/** $T_m$, row-major. */
export function tridiagonal({ diagonal, next }: Krylov): Float64Array {
  const n = diagonal.length;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    matrix[i * n + i] = diagonal[i];
    if (i + 1 < n) matrix[i * n + i + 1] = matrix[(i + 1) * n + i] = next[i];
  }
  return matrix;
}

/** The largest entry of $T_m$, above 0. */
export function magnitude({ diagonal, next }: Krylov): number {
  return [...diagonal, ...next].reduce((most, value) => Math.max(most, Math.abs(value)), Number.MIN_VALUE);
}

/** A residual that is smaller than this, beside the matrix, is rounding: the basis spans all that products lead to. */
export const EXHAUSTED = 1e-13;

/** Takes away what v has along orthonormal vectors; twice, since once leaves rounding (Giraud et al. 2005). */
export function orthogonalize(v: Float64Array, basis: readonly Float64Array[]): void {
  for (let round = 0; round < 2; round++) {
    for (const q of basis) {
      const along = dot(v, q);
      for (let i = 0; i < v.length; i++) v[i] -= along * q[i];
    }
  }
}

/** An eigenvalue with its eigenvector $u$ of length 1. */
interface Eigenpair {
  readonly value: number;
  readonly vector: Float64Array;
  /** $\vert A u - \lambda u \vert$. */
  readonly residualNorm: number;
}

/**
 * Eigenpairs at one end of a spectrum: what `largestEigenpairs()` and `smallestEigenpairs()` find.
 *
 * @category Spectrum
 */
export interface Eigenpairs {
  /** Eigenvalues, the largest (or the smallest) first. */
  readonly values: Float64Array;
  /** Their eigenvectors, of length 1 and orthogonal to each other. */
  readonly vectors: readonly Float64Array[];
  /** $\vert A u - \lambda u \vert$ of each. */
  readonly residualNorms: Float64Array;
  /** Whether these are all as small as the tolerance asks. */
  readonly converged: boolean;
}

/** When a search for eigenpairs ends. */
export interface SearchOptions {
  readonly count: number;
  /** Residuals are at most so much times the largest eigenvalue. Default 1e-12. */
  readonly tolerance?: number | undefined;
  /** The most products, at least `count`. */
  readonly steps?: number | undefined;
}

/**
 * The `count` largest eigenpairs of a symmetric $n \times n$ matrix $A$ that is known by its products $A v$ alone, by the method of
 * Lanczos (1950) with full reorthogonalisation (Golub & Van Loan 2013, section 10.3): the eigenvalues of $T_m$ are those of $A$ where $\beta_m |e_m^\top s|$ is small. One start
 * finds an eigenvalue that is there several times but once. So others follow, orthogonal to what was found, until one finds no more. Takes $m$ products and $O(n m^2 + m^3)$ operations for
 * $m$ steps, mostly 2 to 4 times `count`, and $n m$ numbers.
 */
export function* eigenpairSearch(n: number, source: Random, { count, tolerance = 1e-12, steps = Infinity }: SearchOptions): ByProducts<Eigenpairs> {
  let found: readonly Eigenpair[] = [];
  let [scale, left] = [Number.MIN_VALUE, steps];
  while (found.length < n && left > 0) {
    const run: Run = yield* oneStart(n, source, { count, tolerance, steps: left, found, scale });
    left -= run.steps;
    scale = run.scale;
    if (run.pairs.length === 0) break;
    found = [...found, ...run.pairs].sort((a, b) => b.value - a.value).slice(0, count);
  }
  return {
    values: Float64Array.from(found, ({ value }) => value),
    vectors: found.map(({ vector }) => vector),
    residualNorms: Float64Array.from(found, ({ residualNorm }) => residualNorm),
    converged: found.every(({ residualNorm }) => residualNorm <= tolerance * scale),
  };
}

/** The same for products that are there at once. */
export function largestEigenpairs(product: (v: Float64Array) => Float64Array, n: number, count: number, source: Random, tolerance?: number): Eigenpairs {
  return withProducts(eigenpairSearch(n, source, { count, tolerance }), product);
}

/** What is known when another start is made: the `count` largest pairs so far, unless it is the first, and the size of the matrix. */
interface StartOptions {
  readonly count: number;
  readonly tolerance: number;
  readonly steps: number;
  readonly found: readonly Eigenpair[];
  readonly scale: number;
}

interface Run {
  /** Those that belong to the `count` largest. */
  readonly pairs: readonly Eigenpair[];
  readonly steps: number;
  readonly scale: number;
}

/** Ritz values are looked at whenever there are more steps by this share, so that looking costs no more than a few of the last looks. */
const LOOK = 0.15;
/** A copy of an eigenvector that was found is overlooked when a random start has less of it than this, beside the average. */
const OVERLOOKED = 0.01;

function* oneStart(n: number, source: Random, { count, tolerance, steps: most, found, scale: known }: StartOptions): ByProducts<Run> {
  const krylov: Krylov = { basis: [], diagonal: [], next: [] };
  const { basis } = krylov;
  const locked = found.map(({ vector }) => vector);
  const end = Math.min(n - locked.length, most);
  const unseen = OVERLOOKED / Math.sqrt(n);
  let nextLook = found.length === 0 ? count : 1;
  let direction = newDirection([...locked, ...basis], n, source);
  for (;;) {
    const residual = yield* lanczosStep(krylov, direction, locked);
    const steps = basis.length;
    const beta = norm(residual);
    const scale = Math.max(known, magnitude(krylov));
    const exhausted = beta <= EXHAUSTED * scale;
    const over = steps === end || (exhausted && steps + locked.length >= count);
    if (steps >= nextLook || over) {
      nextLook = Math.ceil(steps * (1 + LOOK));
      const ritz = symmetricEigen(tridiagonal(krylov), steps);
      const value = (i: number): number => ritz.values[steps - 1 - i];
      const bound = (i: number): number => beta * Math.abs(ritz.vectors[steps * steps - 1 - i]);
      const wanted = better(value, steps, count, found, tolerance * scale);
      const settled = wanted > 0
        ? Array.from({ length: wanted }, (_, i) => bound(i)).every((bound) => bound <= tolerance * scale)
        : bound(0) <= Math.max(Math.min(tolerance, unseen) * scale, unseen * (found[count - 1].value - value(0)));
      if (over || settled) return { steps, scale, pairs: Array.from({ length: wanted }, (_, i) => ({ value: value(i), vector: combination(basis, ritz.vectors, steps - 1 - i), residualNorm: bound(i) })) };
    }
    krylov.next.push(exhausted ? 0 : beta);
    direction = exhausted ? newDirection([...locked, ...basis], n, source) : residual.map((entry) => entry / beta);
  }
}

/** How many of descending values belong to the `count` largest, those found before counted. */
function better(value: (i: number) => number, values: number, count: number, found: readonly Eigenpair[], margin: number): number {
  if (found.length === 0) return Math.min(count, values);
  let wanted = 0;
  while (wanted < Math.min(count, values) && value(wanted) > found[count - 1 - wanted].value + margin) wanted++;
  return wanted;
}

/** A random direction that is orthogonal to the basis. */
function newDirection(basis: readonly Float64Array[], n: number, source: Random): Float64Array {
  const v = Float64Array.from({ length: n }, () => source.normal());
  orthogonalize(v, basis);
  const length = norm(v);
  return v.map((value) => value / length);
}

/** The basis times a column of weights. */
function combination(basis: readonly Float64Array[], weights: Float64Array, column: number): Float64Array {
  const vector = new Float64Array(basis[0].length);
  basis.forEach((q, j) => {
    const weight = weights[j * basis.length + column];
    for (let k = 0; k < vector.length; k++) vector[k] += weight * q[k];
  });
  return vector;
}
