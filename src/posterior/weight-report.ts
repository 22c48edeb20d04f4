import type { Matrix } from "ml-matrix";
import { toMatrix } from "../model/derivatives.ts";
import type { Model, ParameterTensor } from "../model/model.ts";
import { isPart } from "../model/part.ts";
import { selectedIndices, type ParameterSelection } from "../model/selection.ts";
import { columns, significant } from "../report.ts";
import { checkedPosterior, type Posterior } from "./posterior.ts";

/**
 * The weights of one weight matrix or bias vector, with their error bars; entry $e$ of each array belongs to one weight.
 *
 * @category Posterior
 */
export interface TensorReport {
  /** For example `"layer1.weights"`. */
  readonly name: string;
  /** Which layer it belongs to, from 0. */
  readonly layer: number;
  /** Whether these multiply activations or are added to them. */
  readonly role: ParameterTensor["role"];
  /** Outputs of the layer. */
  readonly rows: number;
  /** Inputs of the layer for weights, 1 for biases. */
  readonly columns: number;
  /** Where each weight stands among the parameters of the posterior's model. */
  readonly indices: Int32Array;
  /** The row of each weight: the unit that it leads to. */
  readonly row: Int32Array;
  /** The column of each weight: the input that it multiplies; 0 for biases. */
  readonly column: Int32Array;
  /** $w_\mathrm{MAP}$. */
  readonly weight: Float64Array;
  /** $\sigma = \sqrt{(P^{-1})_{ii}}$. */
  readonly standardDeviation: Float64Array;
  /** $\vert w \vert / \sigma$. */
  readonly signalToNoise: Float64Array;
}

/**
 * What {@link weightReport} gives.
 *
 * @category Posterior
 */
export interface WeightReport {
  /** Weight matrices and bias vectors of the whole network that have weights in the posterior, in their order. */
  readonly tensors: readonly TensorReport[];
  /**
   * Correlations $(P^{-1})_{ij} / (\sigma_i \sigma_j)$ between some weights, chosen as by {@link subnetwork}, in ascending order; between all unless told otherwise. With the posterior's structure: zero where that keeps none.
   * One solve for each weight chosen, or the whole inverse.
   */
  correlations(selected?: ArrayLike<number> | readonly boolean[] | ParameterSelection): Matrix;
  /** A table to print: for each tensor the number of weights, medians of magnitude, error bar and signal-to-noise, and the share of weights within one error bar of zero. */
  summary(): string;
}

/**
 * The error bars on the weights of a posterior, by any structure: standard deviations $\sigma_i = \sqrt{(P^{-1})_{ii}}$, signal-to-noise ratios $\vert w_i \vert / \sigma_i$, and correlations. Half the squared ratio is the saliency by which
 * {@link optimalBrainSurgeon} removes weights. A weight within one error bar of zero is not known to be there; weights of high correlation may each look so though one of them is needed.
 *
 * Of part of a network, as {@link pruned}, {@link subnetwork} and {@link lastLayer} make it, the tensors are those of the whole network with the weights that are free; what is held has no error bar and is not listed. With {@link diagonal}
 * the error bars are those for known neighbours.
 *
 * @category Posterior
 * @example
 * ```ts
 * import { gaussian, isotropic, laplace, mlp, train, weightReport } from "laplace-ts";
 * const data = { inputs: [[0, 1], [1, 0], [2, 1], [3, 0]], targets: [0.1, 1.1, 1.9, 3.1] };
 * const { model, likelihood, prior } = await train(mlp([2, 1]), gaussian({ noise: 0.1 }), data, { prior: isotropic(1) });
 * const report = weightReport(await laplace(model, likelihood, data, { prior }));
 * const [weights, biases] = report.tensors;
 * console.log(weights.name, weights.signalToNoise[0] > 15, weights.signalToNoise[1] < 2); // layer1.weights true true
 * console.log(biases.standardDeviation.length, report.correlations([0, 2]).get(0, 1) < 0); // 1 true
 * ```
 */
export function weightReport(posterior: Posterior): WeightReport {
  const { model, mean, marginalVariance } = checkedPosterior(posterior);
  const tensors = tensorsOf(model, mean, marginalVariance.map(Math.sqrt));
  return {
    tensors,
    correlations: (selected) => correlations(posterior, selected === undefined ? undefined : selectedIndices(model, selected)),
    summary: () => summaryOf(tensors),
  };
}

function tensorsOf(model: Model, mean: Float64Array, deviations: Float64Array): TensorReport[] {
  const { tensors, indices } = placed(model);
  let next = 0;
  return tensors.flatMap(({ name, layer, role, offset, rows, columns }) => {
    const end = offset + rows * columns;
    const first = next;
    while (next < indices.length && indices[next] < end) next++;
    if (next === first) return [];
    const own = Int32Array.from({ length: next - first }, (_, e) => first + e);
    const weight = mean.slice(first, next);
    const standardDeviation = deviations.slice(first, next);
    return [{
      name,
      layer,
      role,
      rows,
      columns,
      indices: own,
      row: own.map((i) => Math.floor((indices[i] - offset) / columns)),
      column: own.map((i) => (indices[i] - offset) % columns),
      weight,
      standardDeviation,
      signalToNoise: weight.map((w, e) => Math.abs(w) / standardDeviation[e]),
    }];
  });
}

/** The tensors of the whole network, and where the model's parameters stand in it. */
function placed(model: Model): { readonly tensors: readonly ParameterTensor[]; readonly indices: Int32Array } {
  if (!isPart(model)) return { tensors: model.tensors, indices: Int32Array.from(model.parameters.keys()) };
  const whole = placed(model.whole);
  return { tensors: whole.tensors, indices: model.indices.map((index) => whole.indices[index]) };
}

function correlations({ precision, mean }: Posterior, indices: Int32Array | undefined): Matrix {
  const width = mean.length;
  const chosen = indices ?? Int32Array.from(mean.keys());
  const size = chosen.length;
  const covariance = new Float64Array(size * size);
  if (size === width) covariance.set(precision.inverse());
  else {
    chosen.forEach((index, i) => {
      const unit = new Float64Array(width);
      unit[index] = 1;
      const column = precision.solve(unit);
      chosen.forEach((other, j) => (covariance[i * size + j] = column[other]));
    });
  }
  const deviations = Float64Array.from(chosen, (_, i) => Math.sqrt(covariance[i * (size + 1)]));
  // Symmetric, and 1 on the diagonal, to the last digit.
  return toMatrix(covariance.map((_, at) => {
    const [i, j] = [Math.floor(at / size), at % size];
    return i === j ? 1 : (0.5 * (covariance[at] + covariance[j * size + i])) / (deviations[i] * deviations[j]);
  }), size, size);
}

function summaryOf(tensors: readonly TensorReport[]): string {
  const rows = tensors.map(({ name, weight, standardDeviation, signalToNoise }) => [
    name,
    `${weight.length}`,
    significant(median(weight.map(Math.abs))),
    significant(median(standardDeviation)),
    significant(median(signalToNoise)),
    `${Math.round((100 * signalToNoise.filter((ratio) => ratio < 1).length) / weight.length)} %`,
  ]);
  return columns([["", "weights", "magnitude", "error bar", "signal to noise", "below 1"], ...rows], [0]);
}

function median(values: Float64Array): number {
  const sorted = values.slice().sort();
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}
