import { multiply, multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import type { ParameterTensor } from "../model/model.ts";
import type { FactorBasis } from "./kronecker-basis.ts";

/**
 * The precision of the weights of one tensor, U x I. For a prior of precisions $\alpha\, r_j c_i$, with $R$ and $C$ the diagonal matrices of $r$ and $c$ and $s$ the scale of
 * the curvature,
 * $$P = s\, B \otimes A + \alpha\, R \otimes C = (R^{1/2} U_B \otimes C^{1/2} U_A) \operatorname{diag}(s\, \ell_B \ell_A + \alpha) (R^{1/2} U_B \otimes C^{1/2} U_A)^\top,$$
 * where $R^{-1/2} B R^{-1/2} = U_B \ell_B U_B^\top$ and $C^{-1/2} A C^{-1/2} = U_A \ell_A U_A^\top$.
 */
export interface BlockPrecision {
  /** Where the weights are in the parameter vector. */
  readonly tensor: ParameterTensor;
  /** Of $B$. */
  readonly outputSide: FactorBasis;
  /** Of $A$. */
  readonly inputSide: FactorBasis;
  /** $s\, \ell_B \ell_A$: U x I. */
  readonly curvature: Float64Array;
  /** $1 / (s\, \ell_B \ell_A + \alpha)$: U x I. */
  readonly variances: Float64Array;
  /** The log determinant of $P$ less that of the prior's precision. */
  readonly logDeterminantRatio: number;
}

/** The block of a tensor for the precision $\alpha$ and the scale of the curvature. */
export function blockPrecision(tensor: ParameterTensor, outputSide: FactorBasis, inputSide: FactorBasis, alpha: number, scale: number): BlockPrecision {
  const { rows, columns } = tensor;
  const curvature = new Float64Array(rows * columns);
  let logDeterminantRatio = 0;
  for (let j = 0, at = 0; j < rows; j++) {
    const ofRow = scale * outputSide.eigenvalues[j];
    for (let i = 0; i < columns; i++, at++) {
      curvature[at] = ofRow * inputSide.eigenvalues[i];
      logDeterminantRatio += Math.log1p(curvature[at] / alpha);
    }
  }
  return { tensor, outputSide, inputSide, curvature, variances: curvature.map((value) => 1 / (value + alpha)), logDeterminantRatio };
}

/** F' V for weights V: into the basis, and then the roots of the variances. */
export function whitenBlock(block: BlockPrecision, weights: Float64Array): Float64Array {
  const { outputSide, inputSide, variances, tensor: { rows, columns } } = block;
  const rotated = multiplyTransposedLeft(outputSide.directions, multiply(weights, inputSide.directions, rows, columns, columns), rows, rows, columns);
  return rotated.map((value, at) => value * Math.sqrt(variances[at]));
}

/** F Z: the roots of the variances, and then out of the basis. */
export function colourBlock(block: BlockPrecision, normals: Float64Array): Float64Array {
  const { outputSide, inputSide, variances, tensor: { rows, columns } } = block;
  const scaled = normals.map((value, at) => value * Math.sqrt(variances[at]));
  return multiply(outputSide.directions, multiplyTransposedRight(scaled, inputSide.directions, rows, columns, columns), rows, rows, columns);
}

/** A quantity of each eigenvector, as a sum for each weight with the squares of the eigenvectors' entries: $(U_B \circ U_B)\, Q\, (U_A \circ U_A)^\top$, or with those of the directions. */
export function spreadOverWeights(block: BlockPrecision, quantity: Float64Array, which: "vectors" | "directions"): Float64Array {
  const { outputSide, inputSide, tensor: { rows, columns } } = block;
  return multiply(outputSide[which].map(square), multiplyTransposedRight(quantity, inputSide[which].map(square), rows, columns, columns), rows, rows, columns);
}

/**
 * The diagonal of $P^{-1} (B_1 \otimes A)$ for a term $B_1$ of $s B$: U x I. With the directions $D_B = R^{-1/2} U_B$ and variances $v$ it is
 * $(D_B \circ B_1 D_B)\, (v\, \ell_A)\, (U_A \circ U_A)^\top$.
 */
export function shareOf(block: BlockPrecision, outputSide: Float64Array): Float64Array {
  const { outputSide: { directions }, inputSide, variances, tensor: { rows, columns } } = block;
  const ofUnits = multiply(outputSide, directions, rows, rows, rows).map((value, at) => value * directions[at]);
  const ofVectors = variances.map((value, at) => value * inputSide.eigenvalues[at % columns]);
  return multiply(ofUnits, multiplyTransposedRight(ofVectors, inputSide.vectors.map(square), rows, columns, columns), rows, rows, columns);
}

const square = (value: number): number => value * value;
