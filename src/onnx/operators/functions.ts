import { activationLayer, type NetworkActivationName } from "../../model/graph/activation-layer.ts";
import { affine } from "../../model/graph/affine-layer.ts";
import { elementwise, type ElementwiseName } from "../../model/graph/elementwise-layer.ts";
import type { Layer } from "../../model/graph/layer.ts";
import { softmaxLayer } from "../../model/graph/softmax-layer.ts";
import type { Call, Operator } from "../call.ts";

const clip: Operator = (call, graph) => {
  const [least, most] = [call.optional(1)?.values[0] ?? call.number("min", -Infinity), call.optional(2)?.values[0] ?? call.number("max", Infinity)];
  if (least === 0 && most >= 3e38) return graph.emit(activationLayer("relu"), [call.variable(0)]);
  const finite = (bound: number): number => Math.min(Math.max(bound, -Number.MAX_VALUE), Number.MAX_VALUE);
  return graph.emit(activationLayer("clip", { minimum: finite(least), maximum: finite(most) }), [call.variable(0)]);
};

const softmax: Operator = (call, graph) => {
  const input = call.variable(0);
  const axis = call.axis(call.integer("axis", call.opset < 13 ? 1 : -1), input.shape);
  // Before version 13 it ran over all axes from this one on.
  if (call.opset < 13 && axis !== input.shape.length - 1) call.refuse("several axes, as it had before version 13");
  return graph.emit(softmaxLayer({ axis }), [input]);
};

function hardSigmoid(call: Call): Layer {
  if (call.number("beta", 0.5) !== 0.5) call.refuse("another value at 0 than 1/2");
  return activationLayer("hardSigmoid", { slope: call.number("alpha", 0.2) });
}

/** Of one variable, number by number. */
const LAYERS: Readonly<Record<string, (call: Call) => Layer>> = {
  Elu: (call) => activationLayer("elu", { scale: call.number("alpha", 1) }),
  Gelu: (call) => activationLayer(call.text("approximate", "none") === "tanh" ? "geluTanh" : "gelu"),
  HardSigmoid: hardSigmoid,
  LeakyRelu: (call) => activationLayer("leakyRelu", { slope: call.number("alpha", 0.01) }),
  Neg: () => affine({ axes: [], scale: [-1] }),
};

const ACTIVATIONS: Readonly<Record<string, NetworkActivationName>> = { Exp: "exponential", HardSwish: "hardSilu", Mish: "mish", Relu: "relu", Selu: "selu", Sigmoid: "sigmoid", Softplus: "softplus", Softsign: "softsign", Tanh: "tanh" };

const ELEMENTWISE: Readonly<Record<string, ElementwiseName>> = { Abs: "absolute", Cos: "cosine", Erf: "errorFunction", Log: "logarithm", Reciprocal: "reciprocal", Sin: "sine", Sqrt: "squareRoot" };

const ofOne = (make: (call: Call) => Layer): Operator => (call, graph) => graph.emit(make(call), [call.variable(0)]);

export const FUNCTIONS: Readonly<Record<string, Operator>> = {
  Clip: clip,
  Softmax: softmax,
  ...Object.fromEntries(Object.entries(LAYERS).map(([operator, make]) => [operator, ofOne(make)])),
  ...Object.fromEntries(Object.entries(ACTIVATIONS).map(([operator, name]) => [operator, ofOne(() => activationLayer(name))])),
  ...Object.fromEntries(Object.entries(ELEMENTWISE).map(([operator, name]) => [operator, ofOne(() => elementwise(name))])),
};
