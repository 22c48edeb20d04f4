import type { Shape } from "../model/graph/shape.ts";
import type { GraphBuilder, Value } from "./graph-builder.ts";
import type { Weights } from "./tensor-flow.ts";

/** A layer of TensorFlow's at its place. */
export interface Given {
  readonly name: string;
  readonly config: Config;
  readonly weights: readonly Weights[];
  readonly inputs: readonly Value[];
  /** Of its output for one example, channels last. */
  readonly shape: Shape;
}

/** Options of a layer as TensorFlow.js writes them; which there are depends on the layer. */
export interface Config {
  readonly activation?: string;
  readonly alpha?: number;
  readonly axis?: number | readonly number[];
  readonly center?: boolean;
  readonly cropping?: readonly (readonly [number, number])[];
  readonly dataFormat?: string;
  readonly dilationRate?: number | readonly number[];
  readonly dims?: readonly number[];
  readonly epsilon?: number;
  readonly filters?: number;
  readonly inputDim?: number;
  readonly interpolation?: string;
  readonly kernelSize?: readonly number[];
  readonly maxValue?: number | null;
  readonly n?: number;
  readonly offset?: number;
  readonly outputDim?: number;
  readonly padding?: string | readonly (readonly [number, number])[];
  readonly poolSize?: readonly number[];
  readonly scale?: boolean | number;
  readonly size?: readonly number[];
  readonly strides?: readonly number[];
  readonly units?: number;
  readonly useBias?: boolean;
}

/** Adds what a layer does to the graph. Undefined where its options have no counterpart. */
export type Convert = (given: Given, graph: GraphBuilder) => Value | undefined;

/** The axis of an example: TensorFlow counts that of the batch, or from the end. */
export function exampleAxis(axis: number, shape: Shape): number {
  return axis < 0 ? shape.length + axis : axis - 1;
}
