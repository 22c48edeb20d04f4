import type { ActivationName } from "../../src/model/activation.ts";

/** A network as its definition has it, one example and one unit at a time: an oracle for the batched kernels. */
export interface PlainNetwork {
  readonly sizes: readonly number[];
  /** One for each layer, outputs included. */
  readonly activations: readonly ActivationName[];
  readonly biases: boolean;
}

/** erf(x) = 2 / sqrt(pi) exp(-x^2) sum_n 2^n x^(2n+1) / (1 3 5 ... (2n+1)), all terms of one sign; for |x| < 6. */
function erf(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; n < 200; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

/** h(a), written as in the textbooks and without care for overflow. */
export const textbook: Readonly<Record<ActivationName, (a: number) => number>> = {
  tanh: (a) => Math.sinh(a) / Math.cosh(a),
  sigmoid: (a) => 1 / (1 + Math.exp(-a)),
  relu: (a) => Math.max(a, 0),
  softplus: (a) => Math.log(1 + Math.exp(a)),
  gelu: (a) => (a / 2) * (1 + erf(a / Math.SQRT2)),
  silu: (a) => a / (1 + Math.exp(-a)),
  identity: (a) => a,
};

/** What each unit of each layer receives and gives for one example; the first layer is the input. */
export function plainPass({ sizes, activations, biases }: PlainNetwork, weights: ArrayLike<number>, input: ArrayLike<number>): { preactivations: number[][]; values: number[][] } {
  const values = [Array.from(input)];
  const preactivations: number[][] = [];
  let at = 0;
  activations.forEach((name, l) => {
    const [inputs, outputs] = [sizes[l], sizes[l + 1]];
    const sums = Array.from({ length: outputs }, (_, j) => values[l].reduce((sum, z, i) => sum + weights[at + j * inputs + i] * z, 0));
    at += outputs * inputs;
    if (biases) {
      sums.forEach((_, j) => (sums[j] += weights[at + j]));
      at += outputs;
    }
    preactivations.push(sums);
    values.push(sums.map((a) => textbook[name](a)));
  });
  return { preactivations, values };
}

/** The outputs for one example. */
export function plainOutputs(network: PlainNetwork, weights: ArrayLike<number>, input: ArrayLike<number>): number[] {
  return plainPass(network, weights, input).values[network.sizes.length - 1];
}
