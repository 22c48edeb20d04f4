import type { FactorCurvature } from "../curvature/curvature.ts";
import { UnsupportedError, knownOptions, oneOf } from "../errors.ts";
import { isLayered, type Model } from "../model/model.ts";
import { remakeable } from "../recipe.ts";
import { functionSpaceCurvature, keepsRows } from "./function-space.ts";
import { rowBytes, rowShape, type RowShape } from "../model/jacobian-rows.ts";
import { rowsFor, temporaries, type Structure } from "./structure.ts";
import { weightSpaceBytes, weightSpaceCurvature } from "./weight-space.ts";

/**
 * Options of {@link full}.
 *
 * @category Structures
 */
export interface FullOptions {
  /**
   * `"weight"` factorises the $W \times W$ precision, `"function"` the $M \times M$ matrix $I + B A^{-1} B^\top$ of the M rows
   * $B = S^\top J$ of all data. Default `"automatic"`: the smaller of the two, by the memory that they take. The exact Hessian lives in weight space.
   */
  readonly space?: "automatic" | "weight" | "function";
}

/**
 * All $W \times W$ entries of the curvature. The best structure for up to a few thousand weights, or a few thousand target values.
 *
 * In weight space, one Cholesky factor of $P$ takes $W^3 / 3$ operations and curvature and factor $16 W^2$ bytes. In function space, where N examples have fewer
 * target values $M = NK$ than the model has weights, the same posterior is that of a Gaussian process (Rasmussen & Williams 2006, section 2.1.2;
 * Khan et al. 2019) with covariance $J A^{-1} J'^\top$: $M^3 / 3$ operations, a few $M \times M$ matrices, activations and deltas, for networks of a million weights as well, since the rows of
 * $J$ are never written out (activations and deltas of each layer do). Evidence, variances, samples, effective parameters and re-estimation are equal to
 * rounding.
 *
 * Both lose digits to a weak prior: of a variance in function space, about the logarithm of how many times the prior's variance of an output exceeds the
 * noise variance.
 *
 * @category Structures
 * @example
 * ```ts
 * import { full, gaussian, isotropic, laplace, mlp, predict } from "laplace-ts";
 * const network = mlp([1, 400, 400, 1], { seed: 1 }); // 161,601 weights
 * const data = { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] };
 * const posterior = await laplace(network, gaussian({ noise: 0.1 }), data, { structure: full(), prior: isotropic(1) });
 * console.log(posterior.effectiveParameters < 3); // true
 * ```
 */
export function full(options: FullOptions = {}): Structure {
  knownOptions("options", options, ["space"]);
  const space = oneOf("space", options.space ?? "automatic", ["automatic", "weight", "function"]);
  const shape = (model: Model, kind: FactorCurvature, examples: number): RowShape => rowShape(model, examples, kind.columns(model));
  const structure: Structure = {
    name: "full",
    bytes: (model, kind, examples) => {
      const rows = kind.kind === "factor" && shape(model, kind, examples);
      return rows && keepsRows(space, rows) ? rowBytes(rows) : weightSpaceBytes(model.parameters.length);
    },
    batchRows: (model, kind) => (kind.kind === "factor" && isLayered(model) ? rowsFor(temporaries(model), 512) : rowsFor(model.outputs * model.parameters.length, 256)),
    curvature: (batch) => {
      const { model, kind, examples = 0 } = batch;
      if (kind.kind === "factor") return keepsRows(space, shape(model, kind, examples)) ? functionSpaceCurvature(batch, kind, space) : weightSpaceCurvature(batch);
      if (space !== "function") return weightSpaceCurvature(batch);
      throw new UnsupportedError('full({ space: "function" }): the exact Hessian is no sum of outer products and has no rows. Use outerProduct(), or leave space out.');
    },
  };
  return remakeable(structure, "full", () => ({ space }));
}
