import type { FactorCurvature } from "../curvature/curvature.ts";
import { slice } from "../data.ts";
import { symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import type { LayeredEvaluation, LayeredModel } from "../model/model.ts";
import { outputSlopes } from "./output-slopes.ts";
import { rowsFor, type Batch } from "./structure.ts";

/** The sums over examples of which the Kronecker factors of a layer are made; of each matrix the lower triangle counts. */
export interface LayerSums {
  /** $\sum_n z_n z_n^\top$: inputs x inputs. */
  readonly inputSide: Float64Array;
  /** $\sum_n \sum_r \delta_{nr} \delta_{nr}^\top$: outputs x outputs. */
  readonly outputSide: Float64Array;
}

/** The sums over a number of examples, layer by layer. They add up over data. */
export interface KroneckerSums {
  readonly examples: number;
  readonly layers: readonly LayerSums[];
}

/** The sums over a batch. */
export function kroneckerFactors(model: LayeredModel, kind: FactorCurvature, batch: Batch): KroneckerSums {
  const evaluation = batch.evaluation as LayeredEvaluation;
  const examples = batch.targets.rows;
  const outputSides = outputSidesOf(model, kind, batch, evaluation);
  const layers = model.layers.map(({ inputs }, l) => {
    const inputSide = new Float64Array(inputs * inputs);
    symmetricRankK(evaluation.activations[l], examples, inputs, inputSide);
    return { inputSide, outputSide: outputSides[l] };
  });
  return { examples, layers };
}

/** One backpropagation for each column of S; none through a single layer. */
function outputSidesOf(model: LayeredModel, kind: FactorCurvature, batch: Batch, evaluation: LayeredEvaluation): readonly Float64Array[] {
  const slopes = outputSlopes(model, evaluation);
  if (slopes !== undefined) return [outputSideOfOneLayer(slopes, model.outputs, kind, batch)];
  const sums = model.layers.map(({ outputs }) => new Float64Array(outputs * outputs));
  const { data, columns } = kind.factor(batch.likelihood, evaluation.outputs, batch.targets);
  const cotangents = new Float64Array(data.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = data[i * columns + r];
    evaluation.backpropagate(cotangents).forEach((delta, l) => symmetricRankK(delta, batch.targets.rows, model.layers[l].outputs, sums[l]));
  }
  return sums;
}

/**
 * sum_n D_n S_n S_n' D_n, with D_n the slopes of the outputs. Where these are the same for all examples, as without an activation, the sum of S S' may be had from
 * the likelihood in one piece; S itself, K x K an example, is taken of a few examples at a time.
 */
function outputSideOfOneLayer(slopes: Float64Array, outputs: number, kind: FactorCurvature, { likelihood, evaluation, targets }: Batch): Float64Array {
  const whole = slopes.every((slope, i) => slope === slopes[i % outputs]) ? kind.sum?.(likelihood, evaluation.outputs, targets) : undefined;
  if (whole !== undefined) return whole.map((value, i) => value * slopes[Math.floor(i / outputs)] * slopes[i % outputs]);
  const sum = new Float64Array(outputs * outputs);
  const step = rowsFor(outputs * outputs, 512);
  for (let from = 0; from < targets.rows; from += step) {
    const to = Math.min(targets.rows, from + step);
    const { data, columns } = kind.factor(likelihood, evaluation.outputs.slice(from * outputs, to * outputs), slice(targets, from, to));
    const deltas = new Float64Array(data.length);
    for (let n = 0, at = 0; n < to - from; n++) {
      for (let k = 0; k < outputs; k++) {
        const slope = slopes[(from + n) * outputs + k];
        for (let r = 0; r < columns; r++) deltas[(n * columns + r) * outputs + k] = slope * data[at++];
      }
    }
    symmetricRankK(deltas, (to - from) * columns, outputs, sum);
  }
  return sum;
}
