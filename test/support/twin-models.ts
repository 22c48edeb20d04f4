import type { ActivationName } from "../../src/model/activation.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Twin } from "./dense-twin.ts";
import { plainOutputs, type PlainNetwork } from "./plain-network.ts";
import { normals } from "./random-numbers.ts";
import type { TextbookLikelihood } from "./textbook-likelihoods.ts";

/** A model for a number of outputs, defined twice. */
export interface TwinModel {
  readonly name: string;
  readonly make: (outputs: number, seed: number) => Pick<Twin, "model" | "outputs" | "plain"> & { readonly inputs: number };
}

/** A network of the given hidden layers. */
export function twinNetwork(name: string, inputs: number, hidden: readonly (readonly [units: number, activation: ActivationName])[], biases = true): TwinModel {
  return {
    name,
    make: (outputs, seed) => {
      const sizes = [inputs, ...hidden.map(([units]) => units), outputs];
      const activations = hidden.map(([, activation]) => activation);
      const plain: PlainNetwork = { sizes, activations: [...activations, "identity"], biases };
      return { inputs, plain, model: mlp(sizes, { activation: activations, biases, seed }), outputs: (w, x) => plainOutputs(plain, w, x) };
    },
  };
}

/** f_k(x; w) = w0 sin(w1 x + k) + (k + 1) w2 x^2: neither layers nor derivatives are given. */
export const twinFunction: TwinModel = {
  name: "function model",
  make: (outputs, seed) => {
    const value = (w: ArrayLike<number>, x: ArrayLike<number>): number[] => Array.from({ length: outputs }, (_, k) => w[0] * Math.sin(w[1] * x[0] + k) + (k + 1) * w[2] * x[0] ** 2);
    return { inputs: 1, model: functionModel({ parameters: normals(3, seed), inputs: 1, outputs, value }), outputs: value };
  },
};

/** A model and a likelihood with random data. */
export function makeTwin(model: TwinModel, textbook: TextbookLikelihood, rows: number, seed: number): Twin {
  const { inputs, ...made } = model.make(textbook.outputs, seed);
  const x = normals(rows * inputs, seed + 1);
  return {
    ...made,
    textbook,
    inputs: Array.from({ length: rows }, (_, n) => Array.from(x.subarray(n * inputs, (n + 1) * inputs))),
    targets: textbook.targets(rows, seed + 2),
  };
}
