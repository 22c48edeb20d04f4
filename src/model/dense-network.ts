import type { Table } from "../data.ts";
import { InvalidArgumentError } from "../errors.ts";
import { remakeable, type Recipe } from "../recipe.ts";
import { approximateHessianDiagonal, hessian, hessianDiagonal } from "./dense-hessian.ts";
import { jacobian, scaledJacobian, vectorJacobianProduct } from "./dense-jacobian.ts";
import { backpropagate, forwardPass, type DenseLayer } from "./dense-pass.ts";
import { hessianVectorProduct, jacobianVectorProduct } from "./dense-r-operator.ts";
import { isChain, type LayeredEvaluation, type LayeredModel, type Model, type ParameterTensor } from "./model.ts";

/**
 * A chain of dense layers: what {@link mlp} makes.
 *
 * @category Models
 */
export interface DenseNetwork extends LayeredModel {
  readonly inputs: number;
  readonly layers: readonly DenseLayer[];
}

/** Whether a model is made of dense layers whose activations are known. */
export function isDense(model: Model): model is DenseNetwork {
  return isChain(model) && model.layers.every((layer) => "activation" in layer);
}

/** The network of the given layers and parameters. */
export function denseNetwork(layers: readonly DenseLayer[], parameters: Float64Array): DenseNetwork {
  const tensors = layers.flatMap(({ weights, biases }) => (biases === undefined ? [weights] : [weights, biases]));
  const network: DenseNetwork = {
    layers,
    parameters,
    tensors,
    inputs: layers[0].inputs,
    outputs: layers[layers.length - 1].outputs,
    // A copy: what the caller does with the array later must not reach the network.
    withParameters: (other) => denseNetwork(layers, checkedParameters(other, tensors).slice()),
    evaluate: (inputs) => evaluate(layers, parameters, inputs),
  };
  return remakeable(network, "mlp", () => mlpArguments(layers, parameters));
}

/** What mlp() makes these layers from. */
function mlpArguments(layers: readonly DenseLayer[], parameters: Float64Array): Recipe["from"] {
  const names = layers.map(({ activation }) => activation.name);
  return {
    sizes: [layers[0].inputs, ...layers.map(({ outputs }) => outputs)],
    activation: names.slice(0, -1),
    outputActivation: names[names.length - 1],
    biases: layers[0].biases !== undefined,
    parameters,
  };
}

/** Returns `parameters` if they are as many finite numbers as the tensors take, else throws. */
export function checkedParameters(parameters: Float64Array, tensors: readonly ParameterTensor[]): Float64Array {
  const count = tensors.reduce((sum, { rows, columns }) => sum + rows * columns, 0);
  if (parameters.length !== count) throw new InvalidArgumentError({ argument: "parameters", expected: `${count} numbers for ${tensors.map((t) => `${t.name} ${t.rows} x ${t.columns}`).join(", ")}`, received: `${parameters.length}` });
  const bad = parameters.findIndex((w) => !Number.isFinite(w));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "parameters", expected: "finite numbers", received: `${parameters[bad]} at index ${bad}`, advice: "Training may have diverged: use a smaller step or a stronger prior." });
  return parameters;
}

function evaluate(layers: readonly DenseLayer[], parameters: Float64Array, inputs: Table): LayeredEvaluation {
  const pass = forwardPass(layers, parameters, inputs);
  return {
    outputs: pass.activations[layers.length],
    activations: pass.activations.slice(0, layers.length),
    backpropagate: (cotangents) => backpropagate(pass, cotangents),
    jacobian: () => jacobian(pass),
    scaledJacobian: (factor, columns) => scaledJacobian(pass, factor, columns),
    vectorJacobianProduct: (cotangents) => vectorJacobianProduct(pass, cotangents),
    jacobianVectorProduct: (direction) => jacobianVectorProduct(pass, direction),
    hessianVectorProduct: (loss, direction) => hessianVectorProduct(pass, loss, direction),
    hessian: (loss) => hessian(pass, loss),
    hessianDiagonal: (loss) => hessianDiagonal(pass, loss),
    approximateHessianDiagonal: (loss) => approximateHessianDiagonal(pass, loss),
  };
}
