import type { Model } from "./model.ts";

/**
 * What a model that is part of another knows of it. {@link lastLayer} and {@link subnetwork} make such models: some parameters of the
 * whole are theirs, the others are frozen.
 *
 * Whatever takes a model takes a part. A prior that was bound to the whole, as {@link train} returns it, keeps for the part the
 * precisions and means of the part's parameters.
 *
 * @category Models
 */
export interface PartOf<M extends Model = Model> {
  /** The whole model, with this part's parameters in their places. */
  readonly whole: M;
  /** For each parameter of the part, its index in the parameters of the whole; ascending. */
  readonly indices: Int32Array;
}

/** Whether a model is part of another. */
export function isPart(model: Model): model is Model & PartOf {
  return "whole" in model && "indices" in model;
}

/** The whole model with other values at the given indices. */
export function withValues<M extends Model>(model: M, indices: Int32Array, values: Float64Array): M {
  const parameters = model.parameters.slice();
  for (let i = 0; i < indices.length; i++) parameters[indices[i]] = values[i];
  return model.withParameters(parameters);
}
