import { outerProduct, type CurvatureKind } from "../curvature/curvature.ts";
import type { Data, MatrixLike } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, pathToPosterior, trueOrFalse } from "../errors.ts";
import { checkModelled } from "../likelihood/examples.ts";
import type { Likelihood } from "../likelihood/likelihood.ts";
import { dot } from "../linalg/vector.ts";
import { modelInputs } from "../model/derivatives.ts";
import type { Model, ParameterTensor } from "../model/model.ts";
import { Posterior } from "../posterior/posterior.ts";
import { checkpoints, type JobOptions } from "../progress.ts";
import { curvatureOperator } from "../spectrum/curvature-operator.ts";
import { signalOf, type BitAllocation, type BitAllocationTask } from "./bit-allocation.ts";
import { roundingErrorBars, type RoundingErrorBars } from "./error-bars.ts";
import { GRID_OPTIONS, checkedBits, gridOf, type GridOptions, type QuantizedMatrix } from "./grid.ts";
import { roundedTensor, roundedTensors, roundingError, weightCount } from "./rounding.ts";
import { quantizationSummary } from "./summary.ts";

/**
 * Options of {@link quantize}.
 *
 * @category Quantisation
 */
export interface QuantizeOptions extends GridOptions, JobOptions {
  /** Bits of a code: one number for all layers, one for each, or a rule that mixes them, {@link leastIncrease} or {@link bySensitivity}. 1 to 16; default 8. */
  readonly bits?: number | readonly number[] | BitAllocation;
  /** Whether biases are rounded as well, each vector of them as a layer of its own. Default false: they are few, and stay as they are. */
  readonly biases?: boolean;
  /** Which second-order matrix predicts by how much the loss rises. Default that of the posterior, or {@link outerProduct}. */
  readonly curvature?: CurvatureKind;
  /** Where outputs are compared with their error bars, N x D, for a posterior. Default the inputs of the data. */
  readonly inputs?: MatrixLike;
}

/**
 * The weights of one tensor as they are rounded, and what that costs.
 *
 * @category Quantisation
 */
export interface QuantizedLayer extends QuantizedMatrix {
  /** Of the tensor: `"layer1.weights"`. */
  readonly name: string;
  /** $\tfrac12 \delta_l^\top H_{ll}\, \delta_l$: by how much the data error is expected to rise where no other layer is rounded. */
  readonly predictedIncrease: number;
}

/**
 * A model of rounded weights, and how it compares with the one that it comes from.
 *
 * @category Quantisation
 */
export interface Quantized<M extends Model = Model> {
  /** The model with the rounded weights: it predicts, and {@link laplace} and all others take it, as any. */
  readonly model: M;
  /** What was rounded, in the order of the model's tensors. */
  readonly layers: readonly QuantizedLayer[];
  /** $\delta = \hat w - w$: W, 0 for weights that stay. */
  readonly roundingErrors: Float64Array;
  /** Bits of a code, averaged over the rounded weights. */
  readonly meanBits: number;
  /** Bytes of all layers, each in whole bytes, and of the weights that stay, as float32. */
  readonly bytes: number;
  /** Bytes of all weights as float32. */
  readonly bytesBefore: number;
  /** $\tfrac12 \delta^\top H \delta$, in nats: by how much the data error $E_D$ is expected to rise by its curvature. */
  readonly predictedIncrease: number;
  /** $g^\top \delta$ with $g = dE_D / dw$: what its slope adds. At the mode the slope is only what the prior holds against, $g = -A (w - w_0)$. */
  readonly predictedBySlope: number;
  /** $E_D(\hat w) - E_D(w)$. */
  readonly measuredIncrease: number;
  /** The rounding beside the error bars of weights and outputs; of a posterior. */
  readonly errorBars?: RoundingErrorBars;
  /** A table of the layers and a few lines, to print. */
  summary(): string;
}

/**
 * What {@link quantize} gives for a posterior.
 *
 * @category Quantisation
 */
export interface QuantizedPosterior<M extends Model = Model> extends Quantized<M> {
  /** The rounding beside the error bars of weights and outputs. */
  readonly errorBars: RoundingErrorBars;
}

/**
 * Rounds the weights of a trained model to a few bits each, on grids of equal steps ({@link uniformQuantization}), and tells what that does: bits and bytes, and by how much the data error rises, as expected from its
 * curvature,
 * $$E_D(\hat w) - E_D(w) \approx g^\top \delta + \tfrac12 \delta^\top H \delta, \qquad \delta = \hat w - w,$$
 * and as measured. With {@link leastIncrease} as `bits`, layers share a budget such that the increase is least; with {@link bySensitivity} as in Q-BERT (Shen et al. 2020).
 *
 * Given a posterior, it also tells how far the rounding is within the error bars ({@link RoundingErrorBars}): weights are known only so well, and rounding that is small beside it loses little that the data ever said.
 *
 * Takes a pass over the data for each layer, three more, and those of the allocation; for a posterior, predictions at the inputs besides.
 *
 * @category Quantisation
 * @param of - A {@link Posterior}, what {@link train} returns, or another object with a model and its likelihood.
 * @param data - The training data, on which the loss is that of the posterior; others tell how much the loss on these rises.
 * @throws {@link InvalidArgumentError} for options, data and shapes that do not fit, bits that are not 1 to 16 or not one for each layer, a budget that cannot be kept to, and a model without weights to round.
 * @example
 * ```ts
 * import { gaussian, laplace, leastIncrease, mlp, quantize, train } from "laplace-ts";
 * const inputs = Array.from({ length: 40 }, (_, n) => n / 10 - 2);
 * const data = { inputs, targets: inputs.map(Math.sin) };
 * const { model, likelihood, prior } = await train(mlp([1, 6, 1], { seed: 1 }), gaussian({ noise: 0.1 }), data);
 * const posterior = await laplace(model, likelihood, data, { prior });
 * const { layers, errorBars } = await quantize(posterior, data, { bits: leastIncrease({ meanBits: 6, choices: [4, 5, 6, 7, 8] }) });
 * console.log(layers.length, errorBars.probability < 0.5); // 2 true
 * ```
 */
export async function quantize<M extends Model, L extends Likelihood>(of: Posterior<M, L>, data: Data, options?: QuantizeOptions): Promise<QuantizedPosterior<M>>;
export async function quantize<M extends Model, L extends Likelihood>(of: { readonly model: M; readonly likelihood: L }, data: Data, options?: QuantizeOptions): Promise<Quantized<M>>;
export async function quantize<M extends Model, L extends Likelihood>(of: { readonly model: M; readonly likelihood: L }, data: Data, options: QuantizeOptions = {}): Promise<Quantized<M>> {
  knownOptions("options", options, ["bits", "biases", "curvature", "inputs", "signal", "onProgress", ...GRID_OPTIONS]);
  checkSubject(of);
  const { model, likelihood } = of;
  const grid = gridOf(options);
  const tensors = roundedTensors(model, trueOrFalse("biases", options.biases ?? false));
  if (tensors.length === 0) throw new InvalidArgumentError({ argument: "model", expected: "weights to round", received: "a model of biases alone", advice: "Pass biases: true." });
  const posterior: Posterior | undefined = of instanceof Posterior ? of : undefined;
  const operator = await curvatureOperator(model, likelihood, data, { curvature: options.curvature ?? posterior?.curvature ?? outerProduct(), ...jobOf(options) });
  const outputsAt = modelInputs(model, options.inputs ?? data.inputs);

  const bits = await bitsOf(options.bits ?? 8, { operator, data, tensors, grid, job: jobOf(options) });
  const checkpoint = checkpoints(options);
  const total = new Float64Array(operator.size);
  const layers: QuantizedLayer[] = [];
  for (const [t, tensor] of tensors.entries()) {
    const matrix = roundedTensor(model, tensor, bits[t], grid);
    const error = roundingError(model, tensor, matrix);
    for (let i = 0; i < error.length; i++) total[i] += error[i];
    layers.push({ name: tensor.name, ...matrix, predictedIncrease: 0.5 * dot(error, await operator.times(error, signalOf(options))) });
    await checkpoint({ stage: "quantisation", done: t + 1, total: tensors.length });
  }
  const parameters = model.parameters.slice();
  tensors.forEach(({ offset }, t) => parameters.set(layers[t].values, offset));
  const quantized = model.withParameters(parameters);
  const after = await curvatureOperator(quantized, operator.likelihood, data, signalOf(options));

  const rounded = markedWeights(operator.size, tensors);
  const count = tensors.reduce((sum, tensor) => sum + weightCount(tensor), 0);
  const result: Omit<Quantized<M>, "summary"> = {
    model: quantized,
    layers,
    roundingErrors: total,
    meanBits: tensors.reduce((sum, tensor, t) => sum + bits[t] * weightCount(tensor), 0) / count,
    bytes: layers.reduce((sum, { size }) => sum + Math.ceil(size / 8), 4 * (operator.size - count)),
    bytesBefore: 4 * operator.size,
    predictedIncrease: 0.5 * dot(total, await operator.times(total, signalOf(options))),
    predictedBySlope: dot(operator.gradient, total),
    measuredIncrease: operator.likelihood.precision * (after.energy - operator.energy),
    ...(posterior !== undefined && { errorBars: await roundingErrorBars(posterior, quantized, total, rounded, outputsAt, jobOf(options)) }),
  };
  return { ...result, summary: () => quantizationSummary(result) };
}

function checkSubject(of: unknown): void {
  const refused = (advice?: string): InvalidArgumentError => new InvalidArgumentError({ argument: "of", expected: "a posterior, or { model, likelihood } as train() returns", received: describe(of), advice });
  if (of instanceof Promise) throw refused("Await it first.");
  if (typeof of !== "object" || of === null) throw refused();
  if ("posteriors" in of) throw refused("Quantise each of its `.posteriors`.");
  const path = pathToPosterior(of);
  if (path !== undefined) throw refused(`Pass its \`${path}\`.`);
  if (!("model" in of && "likelihood" in of)) throw refused("evaluate" in of ? "Pass { model, likelihood }." : undefined);
  checkModelled(of.model as Model, of.likelihood as Likelihood);
}

/** Bits for each tensor, as they are given or as a rule finds. */
async function bitsOf(bits: number | readonly number[] | BitAllocation, task: BitAllocationTask): Promise<readonly number[]> {
  const { tensors } = task;
  if (typeof bits === "object" && bits !== null && "bits" in bits) return checkedList(await bits.bits(task), tensors);
  if (Array.isArray(bits)) return checkedList(bits as readonly number[], tensors);
  if (typeof bits !== "number") throw new InvalidArgumentError({ argument: "bits", expected: "a number, one for each layer, or a value made by leastIncrease() or bySensitivity()", received: describe(bits), advice: typeof bits === "function" ? "Call the function." : undefined });
  const all = checkedBits("bits", bits);
  return tensors.map(() => all);
}

function checkedList(bits: readonly number[], tensors: readonly ParameterTensor[]): readonly number[] {
  if (bits.length !== tensors.length) throw new InvalidArgumentError({ argument: "bits", expected: `${tensors.length} numbers, for ${tensors.map(({ name }) => name).join(", ")}`, received: describe(bits) });
  return bits.map((value, t) => checkedBits(`bits[${t}]`, value));
}

/** 1 at the weights of the tensors. */
function markedWeights(count: number, tensors: readonly ParameterTensor[]): Uint8Array {
  const marks = new Uint8Array(count);
  for (const tensor of tensors) marks.fill(1, tensor.offset, tensor.offset + weightCount(tensor));
  return marks;
}

/** Abort signal and progress alone. */
function jobOf({ signal, onProgress }: JobOptions): JobOptions {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}
