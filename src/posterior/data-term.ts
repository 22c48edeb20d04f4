import { slice, type Data } from "../data.ts";
import { InvalidArgumentError, NotFiniteError } from "../errors.ts";
import { examples, type Examples } from "../likelihood/examples.ts";
import { allFinite, scaled, sum } from "../linalg/vector.ts";
import { checkpoints, workerCount, type SharedJobOptions } from "../progress.ts";
import type { Curvature } from "../structure/structure.ts";
import { termOfBatch, type DataTermParts, type EncodedBatch } from "./batch-term.ts";
import { inWorkers } from "../workers/in-workers.ts";

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

/** What the data say of the weights of a model: one pass over them. `withinBudget` is asked before memory for so many examples is taken; `first` is the number of the first example, where there were others before. */
export async function dataTerm(parts: DataTermParts, source: DataSource, options: SharedJobOptions, withinBudget: (examples: number) => void = () => undefined, first = 0): Promise<DataTerm> {
  const checkpoint = checkpoints(options);
  let total: DataTerm | undefined;
  for await (const term of terms(parts, encodedBatches(parts, source, withinBudget, first), options)) {
    total = total === undefined ? term : addDataTerms(total, term);
    await checkpoint({ stage: "curvature", done: total.examples });
  }
  if (total === undefined) throw new InvalidArgumentError({ argument: "data", expected: "at least one example", received: "no batches" });
  if (!Number.isFinite(total.energy) || !allFinite(total.gradient)) throw new NotFiniteError("The model's outputs or their derivatives are not finite on these data. Check the weights: training may have diverged.");
  const beta = parts.likelihood.precision;
  const curvature = total.curvature.times(beta ** -parts.curvature.noisePower);
  if (!curvature.parts.every(allFinite)) throw new NotFiniteError("The curvature overflows on these data. Are inputs and targets in sensible units? Standardise them.");
  return { ...total, gradient: scaled(1 / beta, total.gradient), curvature };
}

/** The data terms of all batches, in their order. */
async function* terms(parts: DataTermParts, encoded: AsyncIterable<EncodedBatch>, options: SharedJobOptions): AsyncGenerator<DataTerm> {
  const workers = workerCount(options);
  if (workers === 0) {
    for await (const batch of encoded) yield termOfBatch(parts, batch);
    return;
  }
  yield* inWorkers<DataTerm>(workers, { task: "curvature", about: parts, batches: encoded }, options.signal);
}

/** The examples of a source, checked and so few at a time as the structure takes. */
async function* encodedBatches({ model, likelihood, curvature, structure }: DataTermParts, source: DataSource, withinBudget: (examples: number) => void, first: number): AsyncGenerator<EncodedBatch> {
  const step = structure.batchRows(model, curvature);
  let count = first;
  for await (const data of batches(source)) {
    const { inputs, targets }: Examples = examples(model, likelihood, data);
    const { rows } = inputs;
    withinBudget(count + rows);
    const all = data === source ? { examples: rows } : {};
    for (let from = 0; from < rows; from += step) {
      const to = Math.min(rows, from + step);
      yield { inputs: slice(inputs, from, to), targets: slice(targets, from, to), first: count + from, ...all };
    }
    count += rows;
  }
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
    gradient: sum(a.gradient, b.gradient),
    curvature: a.curvature.plus(b.curvature),
  };
}
