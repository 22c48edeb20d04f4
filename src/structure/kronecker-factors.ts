import type { FactorCurvature } from "../curvature/curvature.ts";
import { slice } from "../data.ts";
import type { OutputFactor } from "../likelihood/likelihood.ts";
import { addProduct } from "../linalg/gemm.ts";
import { symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { transposed } from "../linalg/view.ts";
import type { LayerShape, LayeredEvaluation, LayeredModel } from "../model/model.ts";
import { addBiasRows, columnsOfGroup, isShared } from "../model/shared-weights.ts";
import { outputSlopes } from "./output-slopes.ts";
import { rowsFor, type Batch, type Curvature } from "./structure.ts";

/** The sums over examples of which the Kronecker factors of a layer are made; of each matrix the lower triangle counts. */
export interface LayerSums {
  /** $\sum_n \sum_p z_{np} z_{np}^\top$: inputs x inputs, for each group. */
  readonly inputSide: Float64Array;
  /** $\sum_n \sum_r \sum_p \delta_{nrp} \delta_{nrp}^\top$: outputs x outputs, for each group. */
  readonly outputSide: Float64Array;
  /** $\sum_n \sum_r (\sum_p \delta_{nrp}) (\sum_p \delta_{nrp})^\top$, where weights are shared and there are biases, for the outputs of all groups; elsewhere it is `outputSide`. */
  readonly biasSide?: Float64Array;
}

/** The sums over a number of examples, layer by layer. They add up over data. */
export interface KroneckerSums {
  readonly examples: number;
  readonly layers: readonly LayerSums[];
}

/** What is kept of a curvature in Kronecker factors. */
export interface KroneckerCurvature extends Curvature {
  /** $B$ of each block, for weights and then, where there are, biases: symmetric matrices. */
  outputSides(): readonly Float64Array[];
}

/** The sums over a batch. */
export function kroneckerFactors(model: LayeredModel, kind: FactorCurvature, batch: Batch): KroneckerSums {
  const evaluation = batch.evaluation as LayeredEvaluation;
  const examples = batch.targets.rows;
  const outputSides = outputSidesOf(model, kind, batch, evaluation);
  const { activations } = evaluation;
  const layers = model.layers.map(({ inputs, groups = 1 }, l) => {
    const inputSide = new Float64Array(groups * inputs * inputs);
    addByGroups(activations[l], inputs, groups, inputSide);
    return { inputSide, ...outputSides[l] };
  });
  return { examples, layers };
}

/** Adds the sum of $v v^\top$ over the rows v of a table to the lower triangle of a matrix, for the columns of each group to one of its own. */
function addByGroups(table: Float64Array, columns: number, groups: number, sums: Float64Array): void {
  const rows = table.length / (groups * columns);
  for (let g = 0; g < groups; g++) {
    const view = columnsOfGroup(table, g, columns, groups);
    addProduct(1, transposed(view), view, { data: sums, offset: g * columns * columns, rowStride: columns, columnStride: 1 }, columns, rows, columns, "lower");
  }
}

type OutputSides = Pick<LayerSums, "outputSide" | "biasSide">;

/** One backpropagation for each column of S; none through a single layer. */
function outputSidesOf(model: LayeredModel, kind: FactorCurvature, batch: Batch, evaluation: LayeredEvaluation): readonly OutputSides[] {
  const slopes = outputSlopes(model, evaluation);
  if (slopes !== undefined) return [{ outputSide: outputSideOfOneLayer(slopes, model.outputs, kind, batch) }];
  const sums = model.layers.map((layer): OutputSides => {
    const { outputs, groups = 1, biases } = layer;
    return { outputSide: new Float64Array(groups * outputs * outputs), ...(isShared(layer) && biases !== undefined && { biasSide: new Float64Array((groups * outputs) ** 2) }) };
  });
  const { data, columns } = kind.factor(batch.likelihood, evaluation.outputs, batch.targets, batch.first);
  const cotangents = new Float64Array(data.length / columns);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = data[i * columns + r];
    evaluation.backpropagate(cotangents).forEach((delta, l) => addOutputSides(model.layers[l], delta, batch.targets.rows, sums[l]));
  }
  return sums;
}

function addOutputSides(layer: LayerShape, deltas: Float64Array, examples: number, { outputSide, biasSide }: OutputSides): void {
  const { outputs, groups = 1 } = layer;
  addByGroups(deltas, outputs, groups, outputSide);
  if (biasSide === undefined) return;
  const units = groups * outputs;
  const summed = new Float64Array(examples * units);
  addBiasRows(layer, deltas, summed, 0, units);
  symmetricRankK(summed, examples, units, biasSide);
}

/**
 * sum_n D_n S_n S_n' D_n, with D_n the slopes of the outputs. Where these are the same for all examples, as without an activation, the sum of S S' may be had from
 * the likelihood in one piece; S itself, K x K an example, is taken of a few examples at a time.
 */
function outputSideOfOneLayer(slopes: Float64Array, outputs: number, kind: FactorCurvature, { likelihood, evaluation, targets, first = 0 }: Batch): Float64Array {
  const whole = slopes.every((slope, i) => slope === slopes[i % outputs]) ? kind.sum?.(likelihood, evaluation.outputs, targets) : undefined;
  if (whole !== undefined) return whole.map((value, i) => value * slopes[Math.floor(i / outputs)] * slopes[i % outputs]);
  const sum = new Float64Array(outputs * outputs);
  const step = rowsFor(outputs * outputs, 512);
  for (let from = 0; from < targets.rows; from += step) {
    const to = Math.min(targets.rows, from + step);
    const factor = kind.factor(likelihood, evaluation.outputs.slice(from * outputs, to * outputs), slice(targets, from, to), first + from);
    addOutputSide(slopes.subarray(from * outputs, to * outputs), factor, outputs, sum);
  }
  return sum;
}

/** Adds sum_n D_n S_n S_n' D_n: K^2 numbers an example where the outputs are independent and S is diagonal, else a product. */
function addOutputSide(slopes: Float64Array, { data, columns }: OutputFactor, outputs: number, sum: Float64Array): void {
  if (columns === outputs && isDiagonal(data, outputs)) {
    for (let m = 0; m < slopes.length; m++) sum[(m % outputs) * (outputs + 1)] += (slopes[m] * data[m * outputs + (m % outputs)]) ** 2;
    return;
  }
  const deltas = new Float64Array(data.length);
  for (let m = 0, at = 0; m < slopes.length; m++) {
    const first = Math.floor(m / outputs) * columns * outputs + (m % outputs);
    for (let r = 0; r < columns; r++) deltas[first + r * outputs] = slopes[m] * data[at++];
  }
  symmetricRankK(deltas, data.length / outputs, outputs, sum);
}

/** Whether all K x K blocks, one below the other, are diagonal. */
function isDiagonal(blocks: Float64Array, size: number): boolean {
  for (let m = 0, at = 0; at < blocks.length; m++) {
    for (let r = 0; r < size; r++, at++) if (blocks[at] !== 0 && r !== m % size) return false;
  }
  return true;
}
