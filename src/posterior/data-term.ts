import { slice, type Data, type Table } from "../data.ts";
import { InvalidArgumentError, NotFiniteError } from "../errors.ts";
import type { CurvatureKind } from "../curvature/curvature.ts";
import { examples } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model } from "../model/model.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import type { Curvature, Structure } from "../structure/structure.ts";

/**
 * Examples at once, or in batches as they come.
 *
 * @category Data
 */
export type DataSource = Data | Iterable<Data> | AsyncIterable<Data>;

/**
 * All that a posterior keeps of the data. It adds up over batches, machines and time, and is free of the noise: error,
 * gradient and curvature are those at unit noise precision.
 *
 * @category Posterior
 */
export interface DataTerm {
  /** N. */
  readonly examples: number;
  /** The sum of $E_0$. */
  readonly energy: number;
  /** $dE_0/dw$ at the weights: W. */
  readonly gradient: Float64Array;
  /** $H_0$ at the weights; $H = \beta^p H_0$, $p$ the noise power of the kind of curvature. */
  readonly curvature: Curvature;
}

/** What data terms are made of. */
export interface DataTermParts {
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly curvature: CurvatureKind;
  readonly structure: Structure;
}

/** What the data say of the weights of a model: one pass over them. `withinBudget` is asked before memory for so many examples is taken. */
export async function dataTerm(parts: DataTermParts, source: DataSource, options: JobOptions, withinBudget: (examples: number) => void = () => undefined): Promise<DataTerm> {
  const { model, likelihood, curvature: kind, structure } = parts;
  const checkpoint = checkpoints(options);
  const step = structure.batchRows(model, kind);
  let total: DataTerm | undefined;
  let count = 0;
  for await (const data of batches(source)) {
    const { inputs, targets } = examples(model, likelihood, data);
    withinBudget(count + inputs.rows);
    const all = data === source ? { examples: inputs.rows } : {};
    for (let from = 0; from < inputs.rows; from += step) {
      const to = Math.min(inputs.rows, from + step);
      const term = termOfBatch(parts, slice(inputs, from, to), slice(targets, from, to), all);
      total = total === undefined ? term : addDataTerms(total, term);
      count += to - from;
      await checkpoint({ stage: "curvature", done: count });
    }
  }
  if (total === undefined) throw new InvalidArgumentError({ argument: "data", expected: "at least one example", received: "no batches" });
  if (!Number.isFinite(total.energy) || !total.gradient.every(Number.isFinite)) throw new NotFiniteError("The model's outputs or their derivatives are not finite on these data. Check the weights: training may have diverged.");
  const beta = likelihood.precision;
  const curvature = total.curvature.times(beta ** -kind.noisePower);
  if (!curvature.parts.every((part) => part.every(Number.isFinite))) throw new NotFiniteError("The curvature overflows on these data. Are inputs and targets in sensible units? Standardise them.");
  return { ...total, gradient: total.gradient.map((g) => g / beta), curvature };
}

/** The data term of one batch, at the noise of the likelihood. */
function termOfBatch({ model, likelihood, curvature: kind, structure }: DataTermParts, inputs: Table, targets: Table, all: { readonly examples?: number }): DataTerm {
  const evaluation = model.evaluate(inputs);
  return {
    examples: inputs.rows,
    energy: likelihood.energy(evaluation.outputs, targets),
    gradient: evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targets)),
    curvature: structure.curvature({ model, likelihood, kind, evaluation, targets, ...all }),
  };
}

function batches(source: DataSource): Iterable<Data> | AsyncIterable<Data> {
  if (typeof source === "object" && source !== null) {
    if ("inputs" in source && "targets" in source) return [source];
    if (Symbol.iterator in source || Symbol.asyncIterator in source) return source;
  }
  throw new InvalidArgumentError({ argument: "data", expected: "{ inputs, targets }, or an iterable or async iterable of such batches", received: source === null ? "null" : typeof source });
}

/** What two sets of data say together; both must have been taken at the same weights. */
export function addDataTerms(a: DataTerm, b: DataTerm): DataTerm {
  return {
    examples: a.examples + b.examples,
    energy: a.energy + b.energy,
    gradient: a.gradient.map((value, i) => value + b.gradient[i]),
    curvature: a.curvature.plus(b.curvature),
  };
}
