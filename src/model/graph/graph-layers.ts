import type { InputFeatures, LayerShape, ParameterTensor } from "../model.ts";
import type { Graph, Step } from "./graph.ts";
import type { OperationPass } from "./layer.ts";
import { backpropagate, type GraphPass } from "./passes.ts";

/** A layer of a graph, and which step it is. */
export interface GraphLayer extends LayerShape {
  readonly step: number;
}

/**
 * The steps with parameters, as linear maps: dense layers and convolutions are; others stand as maps of the constant input 1, those that look up rows of their weights as one for each row.
 */
export function graphLayers(graph: Graph): readonly GraphLayer[] {
  const features = inputFeatures(graph);
  return graph.steps.flatMap((one, step): GraphLayer[] => {
    const { operation, offset, count } = one;
    if (count === 0) return [];
    const [weights, biases] = graph.tensors.filter((tensor) => tensor.offset >= offset && tensor.offset < offset + count) as [ParameterTensor, ParameterTensor | undefined];
    const own = { step, signSymmetric: false };
    if (operation.map !== undefined) {
      const seen = features?.get(step);
      const { inputs, outputs, positions, groups } = operation.map;
      return [{ ...own, inputs, outputs, positions, groups, weights, biases, ...(seen && { features: seen }) }];
    }
    const groups = operation.lookup === true ? weights.rows : 1;
    return [{ ...own, inputs: 1, outputs: count / groups, positions: 1, groups, weights: { ...weights, rows: count, columns: 1 }, biases: undefined }];
  });
}

/** What the layers that take the input of the graph see of it; undefined where anything else takes it, or they see it in different parts. */
function inputFeatures({ steps }: Graph): ReadonlyMap<number, InputFeatures> | undefined {
  const asTheyAre = new Set([0]);
  const features = new Map<number, InputFeatures>();
  for (const [s, step] of steps.entries()) {
    if (!step.inputs.some((value) => asTheyAre.has(value))) continue;
    if (step.operation.inert === true || step.operation.entrywise === true) asTheyAre.add(s + 1);
    else if (step.operation.map === undefined) return undefined;
    else features.set(s, featuresOf(step));
  }
  const [first, ...others] = features.values();
  return others.every(({ name, count }) => name === first.name && count === first.count) ? features : undefined;
}

function featuresOf({ kind, operation }: Step): InputFeatures {
  const { groups, inputs, outputs, features: count } = operation.map!;
  const ofGroup = count / groups;
  return { name: kind.startsWith("convolution") ? "channel" : "input", count, of: (row, column) => Math.floor(row / outputs) * ofGroup + Math.floor((column * ofGroup) / inputs) };
}

/** What the weights of each layer multiply: N P x G inputs. */
export function activationsOf({ passes, rows }: GraphPass, layers: readonly GraphLayer[]): readonly Float64Array[] {
  return layers.map(({ step, groups = 1 }) => passes[step].activations?.() ?? new Float64Array(rows * groups).fill(1));
}

/** The deltas of each layer for cotangents of the outputs: N P x G outputs. */
export function deltasOf(pass: GraphPass, layers: readonly GraphLayer[], cotangents: Float64Array): readonly Float64Array[] {
  // A copy, since that of the last operation may become a delta as it is.
  const all = backpropagate(pass, cotangents.slice());
  return layers.map((layer) => layerDeltas(pass.passes[layer.step], layer, all.of(layer.step), pass.rows));
}

function layerDeltas(pass: OperationPass, { outputs, positions = 1, groups = 1 }: GraphLayer, cotangents: Float64Array | undefined, rows: number): Float64Array {
  const size = positions * groups * outputs;
  if (cotangents === undefined) return new Float64Array(rows * size);
  if (pass.deltas !== undefined) return pass.deltas(cotangents);
  const deltas = new Float64Array(rows * size);
  pass.gradient?.(cotangents, { data: deltas, offset: 0, stride: size });
  return deltas;
}
