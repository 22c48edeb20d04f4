import { activationLayer, type NetworkActivationName } from "../model/graph/activation-layer.ts";
import { chain } from "../model/graph/chain.ts";
import { elementwise } from "../model/graph/elementwise-layer.ts";
import type { Layer } from "../model/graph/layer.ts";
import { softmaxLayer } from "../model/graph/softmax-layer.ts";

/** Activations by TensorFlow's names for them. */
const ACTIVATIONS: Readonly<Record<string, Layer | NetworkActivationName>> = {
  elu: "elu",
  gelu: "gelu",
  gelu_new: "geluTanh",
  hardSigmoid: activationLayer("hardSigmoid", { slope: 0.2 }),
  logSoftmax: chain([softmaxLayer(), elementwise("logarithm")]),
  linear: "identity",
  mish: "mish",
  relu: "relu",
  relu6: activationLayer("clip", { minimum: 0, maximum: 6 }),
  selu: "selu",
  sigmoid: "sigmoid",
  softmax: softmaxLayer(),
  softplus: "softplus",
  softsign: "softsign",
  swish: "silu",
  tanh: "tanh",
};

/** The layer, or undefined for one that is not known. */
export function activationOf(name: string): Layer | NetworkActivationName | undefined {
  return Object.hasOwn(ACTIVATIONS, name) ? ACTIVATIONS[name] : undefined;
}

/** Whether it works number by number, wherever the channels stand. */
export function isElementwise(name: string): boolean {
  return name !== "softmax" && name !== "logSoftmax";
}
