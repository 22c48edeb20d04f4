import { toNumbers } from "../../data.ts";
import { InvalidArgumentError, describe, knownOptions } from "../../errors.ts";
import { random } from "../../random.ts";
import { columns } from "../../report.ts";
import { remakeable } from "../../recipe.ts";
import { checkedParameters } from "../dense-network.ts";
import type { LayeredModel, Model } from "../model.ts";
import type { NetworkEntry } from "./entries.ts";
import { evaluateGraph } from "./evaluation.ts";
import { buildGraph, gainOf, type Graph } from "./graph.ts";
import { graphLayers } from "./graph-layers.ts";
import { headOf, type NetworkHead } from "./head.ts";
import { checkedShape, shapeText, sizeOf, type Shape } from "./shape.ts";

/**
 * Options of {@link network}.
 *
 * @category Models
 */
export interface NetworkOptions {
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number;
  /** The weights instead of random ones: in the order of {@link Model.parameters}, or by the names of all tensors, `{ "dense1.weights": [...], ... }`. */
  readonly parameters?: ArrayLike<number> | Readonly<Record<string, ArrayLike<number>>>;
}

/**
 * A graph of layers: what {@link network} makes.
 *
 * @category Models
 */
export interface Network extends LayeredModel {
  readonly inputs: number;
  readonly chained: false;
  /** Of one example of the inputs. */
  readonly inputShape: Shape;
  /** Of one example of the outputs. */
  readonly outputShape: Shape;
  /** What is done, in order; layers that consist of several operations appear with all of them. */
  readonly operations: readonly NetworkOperation[];
  /** The dense layer that gives the outputs, for {@link lastLayer}; undefined where something else gives them. */
  readonly head: NetworkHead | undefined;
  /** A table to print: of each operation its name, what it does, the shape of its output, its parameters, and its inputs where they are not the operation before it. */
  summary(): string;
}

/**
 * One operation of a {@link Network}, for reports.
 *
 * @category Models
 */
export interface NetworkOperation {
  /** `"convolution1"`, or `"attention1.scores"` for a part of a layer. */
  readonly name: string;
  /** `"convolution2d"`. */
  readonly kind: string;
  /** Names of the operations whose outputs it takes, or `"input"`. */
  readonly inputs: readonly string[];
  /** Of its output, for one example. */
  readonly shape: Shape;
  /** How many parameters it has. */
  readonly parameters: number;
}

/**
 * A network of layers, from a list. Each layer takes the outputs of the one before it, or of those that it names: a directed acyclic graph.
 *
 * **Layout.** A row of the inputs is one example of the given shape, row-major, axes as in PyTorch and ONNX: images are channels x height x width, sequences that are convolved
 * channels x length, sequences for attention positions x numbers. So are the outputs: K is the product of their shape. {@link transpose} takes images of height x width x channels, as TensorFlow has them, to this
 * order.
 *
 * **Parameters** stand layer by layer, weights (outputs x inputs, row-major) and then biases, again as PyTorch flattens them. A tensor is called by its layer, `"convolution1.weights"`; layers without a name of
 * their own are called by kind and number. Initial weights and biases are drawn as those of {@link mlp}, with variance gain / (inputs of a unit + 1) and the gain of the activation that follows.
 *
 * **Derivatives** are exact where layers are smooth: first ones by backpropagation, Hessian-vector products by the R-operator (Pearlmutter 1994), the Hessian column by column in W such products. Where they have
 * kinks, as relu and {@link maxPooling2d}, they are what holds almost everywhere: slopes of the piece on which the example lies, and no bending.
 *
 * **Structures**: all of them, from the activations and deltas of its layers ({@link LayeredModel}). Dense layers and convolutions have Kronecker factors, group by group; factors and shifts of normalisation that are free, and layers of your own, keep
 * the curvature of all their parameters, vectors of an embedding that of each vector. Of the rows of the Jacobian, which {@link full}, {@link blockDiagonal} and {@link lowRank} take, those of layers that share weights are written out, N K x
 * their parameters; those of dense layers never are. {@link lastLayer} takes a network whose outputs a dense layer gives.
 *
 * @category Models
 * @param inputShape - The shape of one example.
 * @param layers - Layers, names of activations, and layers with a name and inputs, in an order in which each comes after what it takes. The last one gives the outputs.
 * @throws {@link InvalidArgumentError} when shapes do not fit, a name is used twice or not known, outputs lead nowhere, or parameters are not as many as the layers have.
 * @example
 * ```ts
 * import { convolution2d, dense, flatten, maxPooling2d, network } from "laplace-ts";
 * const model = network([1, 28, 28], [convolution2d({ filters: 8, kernel: 3, activation: "relu" }), maxPooling2d(2), flatten(), dense(10)], { seed: 1 });
 * console.log(model.inputs, model.outputs, model.parameters.length); // 784 10 13610
 * console.log(model.tensors.map(({ name }) => name).join()); // convolution1.weights,convolution1.biases,dense1.weights,dense1.biases
 * ```
 * @example
 * A graph: names say what goes where.
 * ```ts
 * import { add, dense, network } from "laplace-ts";
 * const model = network([3], [
 *   { name: "bent", layer: dense(8, { activation: "tanh" }) },
 *   { name: "straight", layer: dense(8), inputs: ["input"] },
 *   { name: "sum", layer: add(), inputs: ["bent", "straight"] },
 *   dense(1),
 * ]);
 * console.log(model.operations.map(({ name, inputs }) => `${name} of ${inputs.join(" and ")}`).join("; ")); // bent of input; bent.activation of bent; straight of input; sum of bent.activation and straight; dense1 of sum
 * ```
 */
export function network(inputShape: Shape, layers: readonly NetworkEntry[], options: NetworkOptions = {}): Network {
  knownOptions("options", options, ["seed", "parameters"]);
  checkedShape("inputShape", inputShape);
  if (!Array.isArray(layers) || layers.length === 0) throw new InvalidArgumentError({ argument: "layers", expected: "a list of layers, as [dense(20), \"tanh\", dense(1)]", received: describe(layers) });
  const graph = buildGraph(inputShape, layers);
  return create(graph, inputShape.slice(), layers.slice(), options.parameters === undefined ? initialParameters(graph, options.seed ?? 0) : givenParameters(graph, options.parameters));
}

/** Whether a model is a graph of layers, or one in units of its own. */
export function isNetwork(model: Model): model is Network {
  return "operations" in model && "inputShape" in model;
}

function create(graph: Graph, inputShape: Shape, entries: readonly NetworkEntry[], parameters: Float64Array): Network {
  const { steps, tensors, shapes } = graph;
  const outputShape = shapes[steps.length];
  const layers = graphLayers(graph);
  const model: Network = {
    parameters,
    tensors,
    layers,
    chained: false,
    inputs: sizeOf(inputShape),
    outputs: sizeOf(outputShape),
    inputShape,
    outputShape,
    get operations() {
      return operationsOf(graph);
    },
    summary: () => summaryOf(inputShape, operationsOf(graph)),
    get head() {
      return headOf(graph, parameters);
    },
    // A copy: what the caller does with the array later must not reach the network.
    withParameters: (other) => create(graph, inputShape, entries, checkedParameters(other, tensors).slice()),
    evaluate: (inputs) => evaluateGraph(graph, layers, parameters, inputs),
  };
  return remakeable(model, "network", () => ({ inputShape, layers: entries, parameters }));
}

function operationsOf({ steps }: Graph): NetworkOperation[] {
  return steps.map(({ name, kind, operation, inputs, count }) => ({ name, kind, inputs: inputs.map((value) => (value === 0 ? "input" : steps[value - 1].name)), shape: operation.shape, parameters: count }));
}

function summaryOf(inputShape: Shape, operations: readonly NetworkOperation[]): string {
  const before = ["input", ...operations.map(({ name }) => name)];
  const rows = operations.map(({ name, kind, inputs, shape, parameters }, i) => [name, kind, shapeText(shape), `${parameters}`, inputs.length === 1 && inputs[0] === before[i] ? "" : `of ${inputs.join(", ")}`]);
  const total = operations.reduce((sum, { parameters }) => sum + parameters, 0);
  return columns([["", "", "outputs", "parameters", ""], ["input", "", shapeText(inputShape), "", ""], ...rows, ["total", "", "", `${total}`, ""]], [0, 1, 2, 4]);
}

function initialParameters({ steps, tensors }: Graph, seed: number): Float64Array {
  const source = random(seed);
  const parameters = new Float64Array(tensors.reduce((sum, { rows, columns }) => sum + rows * columns, 0));
  let at = 0;
  steps.forEach(({ operation }, s) => {
    for (const { rows, columns, start } of operation.tensors) {
      const end = at + rows * columns;
      if (!("inputs" in start)) parameters.set(Float64Array.from(start), at);
      else for (const scale = Math.sqrt(gainOf(steps, s) / (start.inputs + 1)); at < end; at++) parameters[at] = scale * source.normal();
      at = end;
    }
  });
  return parameters;
}

function givenParameters({ tensors }: Graph, given: NonNullable<NetworkOptions["parameters"]>): Float64Array {
  if (typeof given !== "object" || given === null) throw new InvalidArgumentError({ argument: "parameters", expected: "numbers, or an object with a list of numbers for each tensor", received: describe(given) });
  if ("length" in given) return checkedParameters(toNumbers("parameters", given as ArrayLike<number>), tensors);
  knownOptions("parameters", given, tensors.map(({ name }) => name));
  const all = tensors.map(({ name, rows, columns }) => {
    const values = given[name] as ArrayLike<number> | undefined;
    if (values?.length === rows * columns) return toNumbers(`parameters["${name}"]`, values);
    throw new InvalidArgumentError({ argument: `parameters["${name}"]`, expected: `${rows} x ${columns} = ${rows * columns} numbers`, received: values === undefined ? "none" : describe(values) });
  });
  return checkedParameters(Float64Array.from(all.flatMap((values) => Array.from(values))), tensors);
}
