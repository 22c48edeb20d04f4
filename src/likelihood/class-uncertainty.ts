import type { Matrix } from "ml-matrix";
import { toMatrix } from "../model/derivatives.ts";
import type { ClassUncertainty } from "./prediction.ts";

/** The parts of entropies in a table of the given columns; rounding does not take the mutual information below 0. */
export function entropyParts(entropy: Float64Array, expectedEntropy: Float64Array, columns: number): ClassUncertainty {
  const matrix = (values: Float64Array): Matrix => toMatrix(values, entropy.length / columns, columns);
  return { entropy: matrix(entropy), expectedEntropy: matrix(expectedEntropy), mutualInformation: matrix(entropy.map((total, i) => Math.max(0, total - expectedEntropy[i]))) };
}
