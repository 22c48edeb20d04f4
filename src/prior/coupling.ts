/**
 * A symmetric W x W matrix between weights, in the form in which a structure keeps it. Every {@link Curvature} is one.
 *
 * @category Structures
 */
export interface WeightMatrix {
  /** Name of the structure. */
  readonly structure: string;
  /** The numbers that are kept, in the structure's own layout. */
  readonly parts: readonly Float64Array[];
  /** Its product with W numbers; the matrix is not written out for it. */
  product(v: Float64Array): Float64Array;
  /** Its W x W numbers, for small models and for tests. */
  dense(): Float64Array;
}

/**
 * What makes the weights of a prior depend on each other: a matrix $C$ beside the diagonal $A$ of the groups, so that the precision of the prior is $P_0 = C + A$.
 * {@link posteriorAsPrior} makes it.
 *
 * @category Priors
 */
export interface Coupling {
  /** $C$. */
  readonly matrix: WeightMatrix;
  /** $\log\det P_0$. */
  readonly logDeterminant: number;
}

/** Whether two couplings have the same numbers. */
export function sameCoupling(a: Coupling | undefined, b: Coupling | undefined): boolean {
  if (a === b) return true;
  if (a === undefined || b === undefined || a.logDeterminant !== b.logDeterminant || a.matrix.structure !== b.matrix.structure) return false;
  const [parts, others] = [a.matrix.parts, b.matrix.parts];
  return parts.length === others.length && parts.every((part, p) => part.length === others[p].length && part.every((value, i) => value === others[p][i]));
}
