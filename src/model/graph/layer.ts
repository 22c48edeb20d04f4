import { InvalidArgumentError } from "../../errors.ts";
import { remakeable } from "../../recipe.ts";
import type { LayerShape, ParameterTensor } from "../model.ts";
import { shapeText, type Shape } from "./shape.ts";

/**
 * A layer of a {@link network}: what {@link dense}, {@link convolution2d}, {@link add} and their like make. It knows its options, and of the
 * shapes that it meets only when it is connected.
 *
 * @category Models
 */
export interface Layer {
  /** `"dense"`, `"convolution2d"` and so on. */
  readonly kind: string;
  /** What its outputs go through, if anything. */
  readonly activation?: Layer | undefined;
  /**
   * The layer at inputs of the given shapes: one operation, or several layers of which the first inputs are called `"input"`, `"input2"`, ..., and the
   * last of which gives the outputs.
   *
   * @param name - Its name in the network, for messages.
   * @throws {@link InvalidArgumentError} when shapes do not fit.
   */
  connect(name: string, inputs: readonly Shape[]): Operation | readonly NetworkNode[];
}

/**
 * A layer with a name and inputs of its choice, in the list of a {@link network}.
 *
 * @category Models
 */
export interface NetworkNode {
  /** What its tensors and messages call it, and other layers for their inputs. Default: its kind and a number, as `"dense1"`. */
  readonly name?: string;
  /** What is done. */
  readonly layer: Layer;
  /** Names of layers before it, or `"input"`. Default: the layer before it. */
  readonly inputs?: readonly string[];
}

/**
 * A differentiable function of one or several inputs and, linearly, of its parameters $\theta$: $y = f(x_1, x_2, \ldots; \theta)$, of one example at a time.
 *
 * @category Models
 */
export interface Operation {
  /** Of the output for one example. */
  readonly shape: Shape;
  /** Its parameters, in order. */
  readonly tensors: readonly OperationTensor[];
  /** For activations, the variance gain of initial weights before them. */
  readonly gain?: number;
  /** Whether its inputs are numbers of things, along which there is no derivative. */
  readonly discrete?: boolean;
  /** Whether the outputs are the numbers of the only input as they stand. */
  readonly inert?: boolean;
  /** Whether it is $W x + b$ for a vector x, with W and b, if any, as its parameters. */
  readonly dense?: boolean;
  /** Whether each output is a function of the input in its place, without parameters. */
  readonly entrywise?: boolean;
  /** Of a linear map $W z + b$ at positions, with W and b, if any, as its parameters: its sizes. The passes of such operations have `activations` and `deltas`. */
  readonly map?: OperationMap;
  /** Whether an example has no more than a few rows of the weights, its only parameters: what is kept of curvature may then leave out that between rows. */
  readonly lookup?: boolean;
  /** The operation at N examples; each input is N x its size, and `parameters` are its own. */
  evaluate(inputs: readonly Float64Array[], parameters: Float64Array, rows: number): OperationPass;
}

/**
 * The sizes of a linear map that an {@link Operation} is.
 *
 * @category Models
 */
export interface OperationMap extends Required<Pick<LayerShape, "inputs" | "outputs" | "positions" | "groups">> {
  /** How many features its inputs have: the numbers of a position, or channels, of which a group takes its share, each with as many columns of W. */
  readonly features: number;
}

/**
 * A part of the parameters of an {@link Operation}.
 *
 * @category Models
 */
export interface OperationTensor extends Pick<ParameterTensor, "role" | "rows" | "columns"> {
  /** The first values; or what they are drawn for. */
  readonly start: ArrayLike<number> | FanIn;
}

/**
 * Weights whose first values are drawn, with variance gain / (inputs + 1).
 *
 * @category Models
 */
export interface FanIn {
  /** The number of inputs of a unit. */
  readonly inputs: number;
}

/**
 * An {@link Operation} at a batch of N examples. All methods add to what they are given as `into`.
 *
 * @category Models
 */
export interface OperationPass {
  /** N x size of the output. */
  readonly outputs: Float64Array;
  /** Adds $J_i^\top u$ to `into[i]` for each input, where it is not undefined. */
  pull(cotangents: Float64Array, into: Changes): void;
  /** Adds $\sum_i J_i \dot x_i + J_\theta \dot\theta$; what does not change is undefined. */
  push(changes: Changes, direction: Float64Array | undefined, into: Float64Array): void;
  /** Adds $J_\theta^\top u$; for operations with parameters. */
  gradient?(cotangents: Float64Array, into: GradientRows): void;
  /** N P x G inputs: the z of all positions; for linear maps. */
  activations?(): Float64Array;
  /** N P x G outputs: cotangents by positions; for linear maps. */
  deltas?(cotangents: Float64Array): Float64Array;
  /** Adds the derivative of $J_i^\top u$ along changes of inputs and parameters, for fixed $u$; absent where it is 0. */
  bend?(cotangents: Float64Array, changes: Changes, direction: Float64Array | undefined, into: Changes): void;
  /** Adds the derivative of $J_\theta^\top u$ along changes of inputs, for fixed $u$; absent where it is 0. */
  bendGradient?(cotangents: Float64Array, changes: Changes, into: GradientRows): void;
}

/**
 * One array for each input, N x its size, or undefined.
 *
 * @category Models
 */
export type Changes = readonly (Float64Array | undefined)[];

/**
 * Where gradients go: parameter i of example n to `data[offset + n * stride + i]`. A stride of 0 sums over examples.
 *
 * @category Models
 */
export interface GradientRows {
  /** Of all parameters of a network. */
  readonly data: Float64Array;
  /** Where those of the operation begin. */
  readonly offset: number;
  /** From one example to the next. */
  readonly stride: number;
}

/** A layer that can be made again by the function of its kind, from these arguments. */
export function makeLayer(kind: string, given: readonly unknown[], connect: Layer["connect"], activation?: Layer): Layer {
  return remakeable({ kind, activation, connect }, "layer", () => ({ kind, given }));
}

/** The only input's shape. */
export function onlyInput(name: string, inputs: readonly Shape[]): Shape {
  if (inputs.length === 1) return inputs[0];
  throw new InvalidArgumentError({ argument: name, expected: "one input", received: `${inputs.length}`, advice: "Join them first, with add(), multiply() or concatenate()." });
}

/** An error about the shape of an input. */
export function wrongShape(name: string, expected: string, shape: Shape, advice?: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: name, expected: `inputs of ${expected}`, received: shapeText(shape), advice });
}

/** Options with copies of their lists: what the caller does with those later must not reach the layer. */
export function copied<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).map(([key, value]) => [key, isList(value) ? copiedList(value) : (value as unknown)])) as T;
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || ArrayBuffer.isView(value);
}

function copiedList(list: ArrayLike<unknown>): unknown {
  return ArrayBuffer.isView(list) ? Float64Array.from(list as ArrayLike<number>) : Array.from(list, (value) => (isList(value) ? copiedList(value) : value));
}
