import { outerProduct, type CurvatureKind } from "../curvature/curvature.ts";
import { gather, toTable, type Data, type MatrixLike } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive, trueOrFalse, wholeNumber } from "../errors.ts";
import { examples } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import type { Model, ParameterTensor } from "../model/model.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { permutation, random } from "../random.ts";
import { curvatureOperator } from "../spectrum/curvature-operator.ts";
import { largestEigenpairs } from "../spectrum/eigenpairs.ts";
import type { LinearOperator } from "../spectrum/linear-operator.ts";
import { roundedTensors, weightCount } from "./rounding.ts";

/**
 * Which parts of the data {@link layerSensitivity} looks at.
 *
 * @category Quantisation
 */
export interface SubsetOptions {
  /** How many random subsets of the data. Default 10. */
  readonly subsets?: number;
  /** Which share of the examples each has, above 0 and at most 1; at least one example. Default 0.1, or 1 where there is but one subset. */
  readonly share?: number;
  /** Of the choice of examples, and of the first vectors of Lanczos's method. Default 0. */
  readonly seed?: number;
}

/**
 * Options of {@link layerSensitivity}.
 *
 * @category Quantisation
 */
export interface SensitivityOptions extends SubsetOptions, JobOptions {
  /** Which second-order matrix stands for the curvature. Default {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** Whether biases are looked at besides matrices of weights. Default false. */
  readonly biases?: boolean;
}

/**
 * How steeply the loss rises in the weights of a layer.
 *
 * @category Quantisation
 */
export interface LayerSensitivity {
  /** Of the tensor: `"layer1.weights"`. */
  readonly name: string;
  /** How many weights it has. */
  readonly weights: number;
  /** $\lambda$, the largest eigenvalue of the curvature of these weights, for each subset, times $N$ over the size of the subset: of all data, as the subset sees them. */
  readonly eigenvalues: Float64Array;
  /** Of the eigenvalues. */
  readonly mean: number;
  /** Of the eigenvalues, with one less than their number in the denominator; 0 of a single one. */
  readonly standardDeviation: number;
  /** $\Omega = \vert \text{mean} \vert + \text{standard deviation}$. */
  readonly sensitivity: number;
}

/** Eigenvalues are then good to about the square of it. */
const TOLERANCE = 1e-5;

/**
 * The sensitivity of layers in the manner of Q-BERT (Shen et al. 2020, eq. 4) and HAWQ (Dong et al. 2019): the largest eigenvalue $\lambda_l$ of the curvature of the data error in the weights of each layer, with
 * all others held, over random subsets of the data, and of these values
 * $$\Omega_l = \vert \operatorname{mean}(\lambda_l) \vert + \operatorname{std}(\lambda_l) .$$
 * A layer that is steep, or steep for some of the examples, is to have more bits. The order is all that {@link bySensitivity} goes by; it knows neither how large the rounding errors are nor in which directions they lie,
 * which {@link leastIncrease} does.
 *
 * Eigenvalues come from Lanczos's method with products $H v$: some ten passes over each subset for a layer.
 *
 * @category Quantisation
 * @returns One for each matrix of weights, in the order of the model's tensors.
 * @throws {@link InvalidArgumentError} for options, data and shapes that do not fit.
 * @example
 * ```ts
 * import { gaussian, layerSensitivity, mlp, train } from "laplace-ts";
 * const inputs = Array.from({ length: 40 }, (_, n) => n / 10 - 2);
 * const data = { inputs, targets: inputs.map(Math.sin) };
 * const { model, likelihood } = await train(mlp([1, 6, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const layers = await layerSensitivity(model, likelihood, data, { subsets: 5, share: 0.5 });
 * console.log(layers.map(({ name, sensitivity }) => `${name} ${sensitivity > 0}`).join()); // layer1.weights true,layer2.weights true
 * ```
 */
export async function layerSensitivity<L extends Likelihood>(model: Model, likelihood: L, data: Data, options: SensitivityOptions = {}): Promise<readonly LayerSensitivity[]> {
  knownOptions("options", options, ["subsets", "share", "seed", "curvature", "biases", "signal", "onProgress"]);
  const { subsets, share, seed } = checkedSubsets(options);
  const tensors = roundedTensors(model, trueOrFalse("biases", options.biases ?? false));
  const { inputs } = examples(model, likelihood, data);
  const count = Math.max(1, Math.round(share * inputs.rows));
  const checkpoint = checkpoints(options);
  const inside = options.signal === undefined ? {} : { signal: options.signal };
  const source = random(seed);
  const eigenvalues = tensors.map(() => new Float64Array(subsets));
  for (let s = 0; s < subsets; s++) {
    const rows = permutation(inputs.rows, source).subarray(0, count);
    const operator = await curvatureOperator(model, likelihood, subset(data, rows), { curvature: options.curvature ?? outerProduct(), ...inside });
    for (const [t, tensor] of tensors.entries()) {
      await checkpoint({ stage: "sensitivity", done: s * tensors.length + t, total: subsets * tensors.length });
      const { values } = await largestEigenpairs(blockOf(operator, tensor), { seed, tolerance: TOLERANCE, ...inside });
      eigenvalues[t][s] = (values[0] * inputs.rows) / count;
    }
  }
  await checkpoint({ stage: "sensitivity", done: subsets * tensors.length, total: subsets * tensors.length });
  return tensors.map((tensor, t) => sensitivityOf(tensor, eigenvalues[t]));
}

/** Returns the options with their defaults, or throws. */
export function checkedSubsets({ subsets = 10, share = subsets === 1 ? 1 : 0.1, seed = 0 }: SubsetOptions): Required<SubsetOptions> {
  wholeNumber("subsets", subsets, 1);
  if (positive("share", share) > 1) throw new InvalidArgumentError({ argument: "share", expected: "a number above 0 and at most 1", received: describe(share) });
  random(seed);
  return { subsets, share, seed };
}

/** $\Omega$ of a tensor. */
function sensitivityOf(tensor: ParameterTensor, eigenvalues: Float64Array): LayerSensitivity {
  const mean = eigenvalues.reduce((sum, value) => sum + value, 0) / eigenvalues.length;
  const squares = eigenvalues.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardDeviation = eigenvalues.length === 1 ? 0 : Math.sqrt(squares / (eigenvalues.length - 1));
  return { name: tensor.name, weights: weightCount(tensor), eigenvalues, mean, standardDeviation, sensitivity: Math.abs(mean) + standardDeviation };
}

/** The block of an operator that belongs to a tensor. */
function blockOf(operator: LinearOperator, tensor: ParameterTensor): LinearOperator {
  const { offset } = tensor;
  const size = weightCount(tensor);
  const whole = new Float64Array(operator.size);
  return {
    size,
    times: async (v, options) => {
      whole.set(v, offset);
      return (await operator.times(whole, options)).slice(offset, offset + size);
    },
  };
}

/** The examples with the given numbers. */
function subset({ inputs, targets }: Data, rows: Int32Array): Data {
  return { inputs: rowsOf(inputs, rows), targets: rowsOf(targets, rows) };
}

function rowsOf(source: MatrixLike, rows: Int32Array): MatrixLike {
  const { data, columns } = gather(toTable("data", source), rows);
  return { data, shape: [rows.length, columns] };
}
