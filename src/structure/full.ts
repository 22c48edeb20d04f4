import type { CurvatureKind } from "../curvature/curvature.ts";
import { knownOptions, oneOf } from "../errors.ts";
import { isLayered, type Model } from "../model/model.ts";
import { functionSpaceCurvature } from "./function-space.ts";
import { rowsFor, temporaries, type Structure } from "./structure.ts";
import { weightSpaceCurvature } from "./weight-space.ts";

/**
 * Options of {@link full}.
 *
 * @category Structures
 */
export interface FullOptions {
  /**
   * `"weight"` factorises the $W \times W$ precision, `"function"` the $M \times M$ matrix $I + B A^{-1} B^\top$ of the M rows
   * $B = S^\top J$ of all data. Default `"automatic"`: the smaller of the two. The exact Hessian lives in weight space.
   */
  readonly space?: "automatic" | "weight" | "function";
}

/**
 * All $W \times W$ entries of the curvature. The best structure for up to a few thousand weights, or a few thousand target values.
 *
 * In weight space, one Cholesky factor of $P$ takes $W^3 / 3$ operations and curvature and factor $16 W^2$ bytes. In function space, where N examples have fewer
 * target values $M = NK$ than the model has weights, the same posterior is that of a Gaussian process (Rasmussen & Williams 2006, section 2.1.2;
 * Khan et al. 2019) with covariance $J A^{-1} J'^\top$: $M^3 / 3$ operations and $16 M^2$ bytes, for networks of a million weights as well, since the rows of
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
  /** Rows that are kept before they are summed up. */
  const most = (model: Model): number => (space === "function" ? Infinity : model.parameters.length);
  const inFunctionSpace = (model: Model, kind: CurvatureKind, examples: number): boolean => {
    if (space !== "automatic") return space === "function";
    return kind.kind === "factor" && examples * kind.columns(model) < most(model);
  };
  return {
    name: "full",
    bytes: (model, kind, examples) => (inFunctionSpace(model, kind, examples) ? rowBytes(model, kind, examples) : 16 * model.parameters.length ** 2),
    batchRows: (model, kind) => (kind.kind === "factor" && isLayered(model) ? rowsFor(temporaries(model), 512) : rowsFor(model.outputs * model.parameters.length, 256)),
    curvature: (batch) => (inFunctionSpace(batch.model, batch.kind, batch.examples ?? 0) ? functionSpaceCurvature(batch, most(batch.model)) : weightSpaceCurvature(batch)),
  };
}

/** Gram matrix, factor, activations and deltas. */
function rowBytes(model: Model, kind: CurvatureKind, examples: number): number {
  const rows = kind.kind === "factor" ? examples * kind.columns(model) : 0;
  const kept = isLayered(model) ? model.layers.reduce((sum, { inputs, outputs }) => sum + examples * (inputs + 1) + rows * outputs, 0) : rows * model.parameters.length;
  return 16 * rows ** 2 + 8 * kept;
}
