import { EXHAUSTED, lanczosStep, magnitude, tridiagonal, type ByProducts, type Krylov } from "../linalg/lanczos.ts";
import { symmetricEigen } from "../linalg/symmetric-eigen.ts";
import { norm } from "../linalg/vector.ts";

/** A quadrature rule $v^\top f(A) v \approx \sum_i \tau_i f(\theta_i)$ for a vector $v$ of length 1. */
export interface Rule {
  /** $\theta_i$, ascending. */
  readonly nodes: Float64Array;
  /** $\tau_i$, which add up to 1. */
  readonly weights: Float64Array;
}

/** What is known of $v^\top A v$ after some steps. */
export interface Look {
  /** Gauss's rule, whose nodes are Ritz values. */
  readonly rule: Rule;
  /** How many steps there were. */
  readonly steps: number;
  /** Whether the rule is exact for every f, but for rounding. */
  readonly exact: boolean;
  /** The rule of Gauss and Radau with one more node, at a number below all eigenvalues. */
  radau(node: number): Rule;
}

/** Looks are taken whenever there are more steps by this share. */
const LOOK = 0.15;

/**
 * Gauss's quadrature rule for the eigenvalues of $A$ as $v$ sees them, by Lanczos's method from $v$ (Golub & Meurant 1994): nodes are the eigenvalues of $T_m$, weights the squares of their eigenvectors' first entries. Goes on until a look is
 * enough, or steps end; the last look is shown, too.
 */
export function* quadrature(v: Float64Array, steps: number, enough: (look: Look) => boolean): ByProducts<Look> {
  const krylov: Krylov = { basis: [], diagonal: [], next: [] };
  const end = Math.min(v.length, steps);
  let direction = v;
  let nextLook = 1;
  for (;;) {
    const residual = yield* lanczosStep(krylov, direction);
    const count = krylov.basis.length;
    const beta = norm(residual);
    const exact = count === v.length || beta <= EXHAUSTED * magnitude(krylov);
    if (count >= nextLook || count === end || exact) {
      nextLook = Math.ceil(count * (1 + LOOK));
      const look: Look = { rule: ruleOf(tridiagonal(krylov), count), steps: count, exact, radau: (node) => radauRule(krylov, beta, node) };
      if (enough(look) || exact || count === end) return look;
    }
    krylov.next.push(beta);
    direction = residual.map((entry) => entry / beta);
  }
}

/** Nodes and weights of the rule of a tridiagonal matrix. */
function ruleOf(t: Float64Array, n: number): Rule {
  const { values, vectors } = symmetricEigen(t, n);
  return { nodes: values, weights: vectors.subarray(0, n).map((first) => first * first) };
}

/** With the last diagonal entry $a + \delta_m$, where $(T_m - a I) \delta = \beta_m^2 e_m$, the matrix of one step more has the eigenvalue $a$ (Golub & Meurant 1994). */
function radauRule({ diagonal, next }: Krylov, beta: number, node: number): Rule {
  // The last pivot of the elimination is beta^2 / delta_m.
  let pivot = diagonal[0] - node;
  for (let i = 1; i < diagonal.length; i++) pivot = diagonal[i] - node - next[i - 1] ** 2 / pivot;
  const wider = { basis: [], diagonal: [...diagonal, node + beta ** 2 / pivot], next: [...next, beta] };
  return ruleOf(tridiagonal(wider), diagonal.length + 1);
}

/** $\sum_i \tau_i f(\theta_i)$. */
export function integral({ nodes, weights }: Rule, f: (eigenvalue: number) => number): number {
  return nodes.reduce((sum, node, i) => sum + (weights[i] === 0 ? 0 : weights[i] * f(node)), 0);
}
