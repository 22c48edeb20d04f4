import { slice, type Data } from "../data.ts";
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

/** What the data say of the weights of a model: one pass over them. */
export async function dataTerm(model: Model, likelihood: Likelihood, kind: CurvatureKind, structure: Structure, source: DataSource, options: JobOptions): Promise<DataTerm> {
  const checkpoint = checkpoints(options);
  const accumulator = structure.accumulator(model, likelihood, kind);
  const total = new Float64Array(model.parameters.length);
  let [count, energy] = [0, 0];
  for await (const data of batches(source)) {
    const { inputs, targets } = examples(model, likelihood, data);
    const step = structure.batchRows(model);
    for (let from = 0; from < inputs.rows; from += step) {
      const to = Math.min(inputs.rows, from + step);
      const part = slice(targets, from, to);
      const evaluation = model.evaluate(slice(inputs, from, to));
      energy += likelihood.energy(evaluation.outputs, part);
      const gradient = evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, part));
      for (let i = 0; i < total.length; i++) total[i] += gradient[i];
      accumulator.add(evaluation, part);
      count += to - from;
      await checkpoint({ stage: "curvature", done: count });
    }
  }
  if (count === 0) throw new InvalidArgumentError({ argument: "data", expected: "at least one example", received: "no batches" });
  if (!Number.isFinite(energy) || !total.every(Number.isFinite)) throw new NotFiniteError("The model's outputs or their derivatives are not finite on these data. Check the weights: training may have diverged.");
  const beta = likelihood.precision;
  const curvature = accumulator.curvature().times(beta ** -kind.noisePower);
  if (!curvature.values.every(Number.isFinite)) throw new NotFiniteError("The curvature overflows on these data. Are inputs and targets in sensible units? Standardise them.");
  return { examples: count, energy, gradient: total.map((g) => g / beta), curvature };
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
