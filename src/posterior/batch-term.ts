import type { Table } from "../data.ts";
import type { CurvatureKind } from "../curvature/curvature.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import type { Structure } from "../structure/structure.ts";
import type { DataTerm } from "./data-term.ts";

/** What data terms are made of. */
export interface DataTermParts {
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly curvature: CurvatureKind;
  readonly structure: Structure;
}

/** A batch as model and likelihood take it. */
export interface EncodedBatch {
  readonly inputs: Table;
  readonly targets: Table;
  /** How many examples there are in all batches, where that is known. */
  readonly examples?: number;
  /** The number of its first example among all. */
  readonly first: number;
}

/** The data term of one batch, at the noise of the likelihood. */
export function termOfBatch({ model, likelihood, curvature: kind, structure }: DataTermParts, { inputs, targets, ...all }: EncodedBatch): DataTerm {
  const evaluation = model.evaluate(inputs);
  return {
    examples: inputs.rows,
    energy: likelihood.energy(evaluation.outputs, targets),
    gradient: evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targets)),
    curvature: structure.curvature({ model, likelihood, kind, evaluation, targets, ...all }),
  };
}
