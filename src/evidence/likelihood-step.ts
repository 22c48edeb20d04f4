import { slice, type Data, type Table } from "../data.ts";
import { UnsupportedError } from "../errors.ts";
import { examples, type Examples } from "../likelihood/examples.ts";
import { likelihoodChange, type Likelihood } from "../likelihood/likelihood.ts";
import { concatenated, scaled } from "../linalg/vector.ts";
import type { Evaluation, Model } from "../model/model.ts";
import { termOfBatch } from "../posterior/batch-term.ts";
import { addDataTerms, type DataTerm } from "../posterior/data-term.ts";
import { rebuilt, type Posterior } from "../posterior/posterior.ts";
import type { Estimate } from "./hyperparameters.ts";

/** A posterior with the hyperparameters of its likelihood re-estimated, and the largest change of one, in its logarithm. */
interface LikelihoodStep<M extends Model, L extends Likelihood> {
  readonly posterior: Posterior<M, L>;
  readonly change: number;
}

/**
 * What re-estimates the hyperparameters of a likelihood that must see the data for it; undefined where there are none to move, or no data, in which case they stay.
 *
 * @throws {@link UnsupportedError} where nothing would move without data, and for curvature that depends on these hyperparameters in another way than the outer product.
 */
export function likelihoodSteps<M extends Model, L extends Likelihood>(posterior: Posterior<M, L>, estimate: Estimate, data: Data | undefined): ((from: Posterior<M, L>) => LikelihoodStep<M, L>) | undefined {
  const { model, likelihood, curvature } = posterior;
  if (data !== undefined) examples(model, likelihood, data);
  if (likelihood.reestimateFrom === undefined || estimate === "prior") return undefined;
  if (data === undefined) {
    if (estimate === "both" || likelihood.noiseParameters > 0) return undefined;
    throw new UnsupportedError(`estimate: the noise of the likelihood (${likelihood.description}) is re-estimated from the residuals, which the posterior does not keep. Pass them: maximizeEvidence(posterior, { data }).`);
  }
  if (curvature.name !== "outer product") throw new UnsupportedError(`data: the noise of the likelihood (${likelihood.description}) is re-estimated by the outer product alone, and this is ${curvature.name} curvature. Re-estimate with outerProduct() curvature, or the prior alone: { estimate: "prior" }.`);
  const encoded = examples(model, likelihood, data);
  let [used, last]: (Float64Array | undefined)[] = [];
  return (from) => {
    // As long as gamma turns back and forth, it moves by half.
    const wanted = effectiveParameters(from, encoded.inputs, encoded.targets);
    const [before, turn] = [used, last];
    const next = before === undefined ? wanted : wanted.map((value, k) => ((value - before[k]) * (turn?.[k] ?? 0) < 0 ? 0.5 * (value + before[k]) : value));
    last = before && next.map((value, k) => value - before[k]);
    used = next;
    const outputs = concatenated(Array.from(batches(from, encoded), ([evaluation]) => evaluation.outputs));
    const moved = from.likelihood.reestimateFrom!(outputs, encoded.targets, next);
    return { change: likelihoodChange(from.likelihood, moved), posterior: rebuilt(from, { likelihood: moved, data: termAt(from, moved, encoded) }) };
  };
}

/** The model's answers to a few examples at a time, and their targets. */
function* batches({ model, structure, curvature }: Posterior, { inputs, targets }: Examples): Generator<[Evaluation, Table, from: number, to: number]> {
  const step = structure.batchRows(model, curvature);
  for (let from = 0; from < inputs.rows; from += step) {
    const to = Math.min(inputs.rows, from + step);
    yield [model.evaluate(slice(inputs, from, to)), slice(targets, from, to), from, to];
  }
}

/** T gamma, or that of each output: the trace of S S' times the variance of the outputs. */
function effectiveParameters(posterior: Posterior, inputs: Table, targets: Table): Float64Array {
  const { model, likelihood, precision, temperature } = posterior;
  if (likelihood.separateOutputs !== true) return Float64Array.of(temperature * posterior.effectiveParameters);
  const count = model.outputs;
  const gamma = new Float64Array(count);
  for (const [evaluation, some] of batches(posterior, { inputs, targets })) {
    const covariance = precision.outputCovariance(model, evaluation);
    const { data, columns } = likelihood.factor(evaluation.outputs, some);
    for (let i = 0; i < data.length; i++) {
      const row = Math.floor(i / columns);
      gamma[row % count] += data[i] * data[i] * covariance[row * count + (row % count)];
    }
  }
  // Where the structure leaves some of the curvature out, they add up to more or less than gamma: its shares.
  const share = (temperature * posterior.effectiveParameters) / gamma.reduce((sum, value) => sum + value, 0);
  return share > 0 && Number.isFinite(share) ? scaled(share, gamma) : gamma;
}

/** The data term of another likelihood of the kind. */
function termAt(posterior: Posterior, likelihood: Likelihood, encoded: Examples): DataTerm {
  const { model, structure, curvature: kind, data } = posterior;
  if (likelihood.information !== undefined && posterior.likelihood.information !== undefined) {
    const gradient = new Float64Array(model.parameters.length);
    let energy = 0;
    for (const [evaluation, targets] of batches(posterior, encoded)) {
      energy += likelihood.energy(evaluation.outputs, targets);
      evaluation.vectorJacobianProduct(likelihood.gradient(evaluation.outputs, targets)).forEach((g, i) => (gradient[i] += g / likelihood.precision));
    }
    return { examples: data.examples, energy, gradient, curvature: data.curvature.times(likelihood.information / posterior.likelihood.information) };
  }
  let total: DataTerm | undefined;
  for (const [, targets, from, to] of batches(posterior, encoded)) {
    const term = termOfBatch({ model, likelihood, curvature: kind, structure }, { inputs: slice(encoded.inputs, from, to), targets, examples: encoded.inputs.rows, first: from });
    total = total === undefined ? term : addDataTerms(total, term);
  }
  const { examples: count, energy, gradient, curvature } = total!;
  return { examples: count, energy, gradient: scaled(1 / likelihood.precision, gradient), curvature: curvature.times(likelihood.precision ** -kind.noisePower) };
}
