import type { Graph } from "./graph.ts";
import type { Changes, OperationPass } from "./layer.ts";
import { sizeOf } from "./shape.ts";

/** A graph at a batch of examples. */
export interface GraphPass {
  readonly graph: Graph;
  readonly parameters: Float64Array;
  /** N. */
  readonly rows: number;
  /** One for each step. */
  readonly passes: readonly OperationPass[];
  /** N x K. */
  readonly outputs: Float64Array;
}

/** All operations in order. */
export function forwardPass(graph: Graph, parameters: Float64Array, inputs: Float64Array, rows: number): GraphPass {
  const values = [inputs];
  const passes = graph.steps.map(({ operation, inputs: from, offset, count }) => {
    const pass = operation.evaluate(from.map((value) => values[value]), parameters.subarray(offset, offset + count), rows);
    values.push(pass.outputs);
    return pass;
  });
  return { graph, parameters, rows, passes, outputs: values[values.length - 1] };
}

/** Cotangents of the values of a graph, which are added up from the outputs on. */
export interface Cotangents {
  /** Of the output of a step, complete once all later steps were passed; undefined if none came. */
  of(step: number): Float64Array | undefined;
  /** Where those of a step's inputs are added up; undefined for inputs that depend on no parameters. */
  into(step: number): Changes;
}

/** Cotangents of the outputs, and for other values zeros, made when first asked for. */
export function cotangentsFrom({ graph, rows }: GraphPass, ofOutputs: Float64Array): Cotangents {
  const arrays = Array<Float64Array | undefined>(graph.steps.length).concat(ofOutputs);
  return {
    of: (step) => arrays[step + 1],
    into: (step) => graph.steps[step].inputs.map((value) => (graph.moves[value] ? (arrays[value] ??= new Float64Array(rows * sizeOf(graph.shapes[value]))) : undefined)),
  };
}

/** The cotangents of all values, given those of the outputs. */
export function backpropagate(pass: GraphPass, ofOutputs: Float64Array): Cotangents {
  const cotangents = cotangentsFrom(pass, ofOutputs);
  for (let s = pass.passes.length - 1; s >= 0; s--) {
    const u = cotangents.of(s);
    if (u !== undefined) pass.passes[s].pull(u, cotangents.into(s));
  }
  return cotangents;
}

/** sum_n J_n' u_n, added to rows that begin at `offset`, one for each example and `stride` apart; for a stride of 0, to one. */
export function addVectorJacobianProduct(pass: GraphPass, ofOutputs: Float64Array, data: Float64Array, offset: number, stride: number): void {
  const cotangents = backpropagate(pass, ofOutputs);
  pass.passes.forEach((one, s) => {
    const u = cotangents.of(s);
    if (u !== undefined) one.gradient?.(u, { data, offset: offset + pass.graph.steps[s].offset, stride });
  });
}

/** How each value changes along a direction of the parameters; undefined where it does not. */
export function changesAlong({ graph, passes, rows }: GraphPass, direction: Float64Array): (Float64Array | undefined)[] {
  const changes: (Float64Array | undefined)[] = [undefined];
  passes.forEach((pass, s) => {
    const { inputs, operation } = graph.steps[s];
    const from = inputs.map((value) => changes[value]);
    const own = ownDirection(graph, s, direction);
    if (own === undefined && from.every((change) => change === undefined)) return changes.push(undefined);
    const change = new Float64Array(rows * sizeOf(operation.shape));
    pass.push(from, own, change);
    return changes.push(change);
  });
  return changes;
}

/** The part of a direction that belongs to a step, unless it is 0. */
export function ownDirection({ steps }: Graph, step: number, direction: Float64Array): Float64Array | undefined {
  const { offset, count } = steps[step];
  const own = direction.subarray(offset, offset + count);
  return own.some((value) => value !== 0) ? own : undefined;
}
