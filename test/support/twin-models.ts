import type { ActivationName } from "../../src/model/activation.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { convolution1d } from "../../src/model/graph/convolution.ts";
import { dense } from "../../src/model/graph/dense.ts";
import { network } from "../../src/model/graph/network.ts";
import { flatten } from "../../src/model/graph/reshape.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { pairwise } from "../../src/model/pairwise.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import type { Twin } from "./dense-twin.ts";
import { plainOutputs, type PlainNetwork } from "./plain-network.ts";
import { normals } from "./random-numbers.ts";
import type { TextbookLikelihood } from "./textbook-likelihoods.ts";

/** A model for a number of outputs, defined twice. */
export interface TwinModel {
  readonly name: string;
  readonly make: (outputs: number, seed: number) => Pick<Twin, "model" | "outputs" | "plain" | "features" | "shared"> & { readonly inputs: number };
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

/** The last layer of a 1-2-K network: a plain linear network on the features that the first layer gives. */
export const twinLastLayer: TwinModel = {
  name: "last layer",
  make: (outputs, seed) => {
    const network = mlp([1, 2, outputs], { seed });
    const hidden: PlainNetwork = { sizes: [1, 2], activations: ["tanh"], biases: true };
    const plain: PlainNetwork = { sizes: [2, outputs], activations: ["identity"], biases: true };
    const features = (x: readonly number[]): number[] => plainOutputs(hidden, network.parameters, x);
    return { inputs: 1, model: lastLayer(network), plain, features, outputs: (w, x) => plainOutputs(plain, w, features(x)) };
  },
};

/** A 1-2-K network of which every other parameter is free. */
export const twinSubnetwork: TwinModel = {
  name: "subnetwork",
  make: (outputs, seed) => {
    const plain: PlainNetwork = { sizes: [1, 2, outputs], activations: ["tanh", "identity"], biases: true };
    const network = mlp([1, 2, outputs], { seed });
    const everyOther = Array.from(network.parameters, (_, i) => i % 2 === 1);
    const merged = (w: ArrayLike<number>): Float64Array => network.parameters.map((value, i) => (everyOther[i] ? w[(i - 1) / 2] : value));
    return { inputs: 1, model: subnetwork(network, everyOther), outputs: (w, x) => plainOutputs(plain, merged(w), x) };
  },
};

/** f_k(x; w) = w0 sin(w1 x + k) + (k + 1) w2 x^2: neither layers nor derivatives are given. */
export const twinFunction: TwinModel = {
  name: "function model",
  make: (outputs, seed) => {
    const value = (w: ArrayLike<number>, x: ArrayLike<number>): number[] => Array.from({ length: outputs }, (_, k) => w[0] * Math.sin(w[1] * x[0] + k) + (k + 1) * w[2] * x[0] ** 2);
    return { inputs: 1, model: functionModel({ parameters: normals(3, seed), inputs: 1, outputs, value }), outputs: value };
  },
};

/** A convolution over three numbers, whose two places share weights, before a dense layer. */
export const twinConvolution: TwinModel = {
  name: "convolution",
  make: (outputs, seed) => {
    const model = network([1, 3], [convolution1d({ filters: 1, kernel: 2, activation: "tanh" }), flatten(), dense(outputs, { biases: false })], { seed });
    const none = new Float64Array(2 + outputs);
    const places = (w: ArrayLike<number>, x: readonly number[], shifts: ArrayLike<number>): number[] => [0, 1].map((p) => Math.tanh(w[0] * x[p] + w[1] * x[p + 1] + w[2] + shifts[p]));
    const shifted = (w: ArrayLike<number>, x: readonly number[], shifts: ArrayLike<number>): number[] => {
      const [first, second] = places(w, x, shifts);
      return Array.from({ length: outputs }, (_, k) => w[3 + 2 * k] * first + w[4 + 2 * k] * second + shifts[2 + k]);
    };
    const layers = [
      { units: 1, biases: true, patches: (_: ArrayLike<number>, x: readonly number[]) => [[x[0], x[1]], [x[1], x[2]]] },
      { units: outputs, biases: false, patches: (w: ArrayLike<number>, x: readonly number[]) => [places(w, x, none)] },
    ];
    return { inputs: 3, model, shared: { layers, shifted }, outputs: (w, x) => shifted(w, x, none) };
  },
};

/** The difference of a 1-2-K network at two inputs. */
export const twinPairwise: TwinModel = {
  name: "pairwise",
  make: (outputs, seed) => {
    const plain: PlainNetwork = { sizes: [1, 2, outputs], activations: ["tanh", "identity"], biases: true };
    const difference = (w: ArrayLike<number>, [a, b]: readonly number[]): number[] => plainOutputs(plain, w, [a]).map((f, k) => f - plainOutputs(plain, w, [b])[k]);
    return { inputs: 2, model: pairwise(mlp([1, 2, outputs], { seed })), outputs: difference };
  },
};

/** Models that show no layers. */
export const WITHOUT_LAYERS: readonly TwinModel[] = [twinFunction, twinSubnetwork, twinPairwise];

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
