/** Networks that tell digits apart, with their weights rounded to fewer and fewer bits: all layers alike, or each as a budget allows. */
import { bySensitivity, categorical, forward, isotropic, laplace, lbfgs, leastIncrease, mlp, quantize, train, type Data, type DenseNetwork, type QuantizeOptions } from "laplace-ts";

export const METHODS = ["uniform", "least increase", "by sensitivity"] as const;

export type Method = (typeof METHODS)[number];

/** A network as rounded by one of the methods. */
export interface Rounded {
  readonly method: Method;
  /** What the budget allows for a weight. */
  readonly meanBits: number;
  /** Of each layer. */
  readonly bits: readonly number[];
  readonly bytes: number;
  /** By how much the training loss rises, in nats per example. */
  readonly predicted: number;
  readonly measured: number;
  readonly accuracy: number;
  readonly logLikelihood: number;
}

/** Rounding beside the error bars. */
export interface WithinErrorBars {
  readonly bits: number;
  /** Rounding error over posterior standard deviation, root mean square over weights. */
  readonly weightRatio: number;
  readonly weightsWithin: number;
  /** The same of the changes of outputs for test images. */
  readonly outputRatio: number;
  readonly outputsWithin: number;
  /** The share of the posterior that is nearer to the mode than the rounded weights. */
  readonly probability: number;
}

/** What came of a network. */
export interface Outcome {
  readonly bytesBefore: number;
  readonly accuracy: number;
  readonly logLikelihood: number;
  readonly rounded: readonly Rounded[];
  readonly errorBars: readonly WithinErrorBars[];
}

export interface Plan {
  readonly sizes: readonly number[];
  /** Budgets in bits of a weight; the whole ones for all layers alike, too. */
  readonly budgets: readonly number[];
  /** Test images at which outputs are compared with their error bars. */
  readonly images: number;
}

const CHOICES = [2, 3, 4, 5, 6, 7, 8];
const PRECISION = 1;

/** Trains a network from the start that the seed gives, and rounds it in all ways. */
export async function roundedInAllWays({ sizes, budgets, images }: Plan, training: Data, test: Data, seed: number, onProgress: (text: string) => void): Promise<Outcome> {
  const prior = isotropic(PRECISION);
  const { model, likelihood } = await train(mlp(sizes, { seed }), categorical(), training, { prior, method: lbfgs(), gradientTolerance: 1e-4, onProgress: ({ done }) => onProgress(`training, step ${done}`) });
  const targets = test.targets as readonly number[];
  const judged = (network: DenseNetwork): { readonly accuracy: number; readonly logLikelihood: number } => {
    const logits = forward(network, test.inputs);
    const right = targets.filter((label, n) => logits.maxRowIndex(n)[1] === label).length;
    const densities = likelihood.logDensity(Float64Array.from(logits.to1DArray()), likelihood.encode(test.targets, logits.rows, logits.columns));
    return { accuracy: right / targets.length, logLikelihood: densities.reduce((sum, value) => sum + value, 0) / targets.length };
  };
  const examples = (training.targets as readonly number[]).length;

  const rounded: Rounded[] = [];
  for (const meanBits of budgets) {
    const ways: readonly (readonly [Method, NonNullable<QuantizeOptions["bits"]>])[] = [
      ["uniform", meanBits],
      ["least increase", leastIncrease({ meanBits, choices: CHOICES })],
      ["by sensitivity", bySensitivity({ meanBits, choices: CHOICES })],
    ];
    for (const [method, bits] of ways) {
      if (method === "uniform" && !Number.isInteger(meanBits)) continue;
      onProgress(`${meanBits} bits, ${method}`);
      const { model: network, layers, bytes, predictedIncrease, predictedBySlope, measuredIncrease } = await quantize({ model, likelihood }, training, { bits });
      rounded.push({ method, meanBits, bits: layers.map((layer) => layer.bits), bytes, predicted: (predictedIncrease + predictedBySlope) / examples, measured: measuredIncrease / examples, ...judged(network) });
    }
  }

  onProgress("posterior");
  const posterior = await laplace(model, likelihood, training, { prior });
  const errorBars: WithinErrorBars[] = [];
  for (const bits of budgets.filter(Number.isInteger)) {
    onProgress(`error bars, ${bits} bits`);
    const { errorBars: found } = await quantize(posterior, training, { bits, inputs: (test.inputs as readonly number[][]).slice(0, images) });
    errorBars.push({ bits, weightRatio: found.weightRatio, weightsWithin: found.weightsWithin, outputRatio: found.outputs.ratio, outputsWithin: found.outputs.within, probability: found.probability });
  }
  return { bytesBefore: 4 * model.parameters.length, ...judged(model), rounded, errorBars };
}
