import type { Evaluation, Model } from "../model/model.ts";
import type { Precision } from "./structure.ts";

/** $J_n P^{-1} J_n^\top$ through whitened Jacobians: what a precision does that has no shorter way. */
export function outputCovarianceByJacobian(precision: Pick<Precision, "whiten">, model: Model, evaluation: Evaluation): Float64Array {
  const covariance = new Float64Array(evaluation.outputs.length * model.outputs);
  addGramBlocks(precision.whiten(evaluation.jacobian()), model.outputs, model.parameters.length, 1, covariance);
  return covariance;
}

/** Adds $s A_n A_n^\top$ for each example n, whose K rows $A_n$ stand one below the other, to N x K x K blocks. */
export function addGramBlocks(a: Float64Array, outputs: number, width: number, scale: number, blocks: Float64Array): void {
  const rows = a.length / width;
  for (let m = 0; m < rows; m++) {
    const k = m % outputs;
    for (let l = 0; l <= k; l++) {
      const [p, q] = [m * width, (m - k + l) * width];
      let sum = 0;
      for (let i = 0; i < width; i++) sum += a[p + i] * a[q + i];
      blocks[m * outputs + l] += scale * sum;
      if (l < k) blocks[(m - k + l) * outputs + k] += scale * sum;
    }
  }
}
