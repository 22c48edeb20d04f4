import { addProduct } from "../linalg/gemm.ts";
import { transposed, type View } from "../linalg/view.ts";
import type { LayerShape } from "./model.ts";

/** Whether a layer has more than one position or group: an example's row of the Jacobian is then no outer product of one delta and one activation, but a sum of such, group by group. */
export function isShared({ positions = 1, groups = 1 }: LayerShape): boolean {
  return positions * groups > 1;
}

/** How many weights and biases a layer has. */
export function parameterCount({ inputs, outputs, groups = 1, biases }: LayerShape): number {
  return groups * outputs * (biases === undefined ? inputs : inputs + 1);
}

/** Numbers that the activations of an example take. */
export function activationCount({ inputs, positions = 1, groups = 1 }: LayerShape): number {
  return positions * groups * inputs;
}

/** Numbers that its deltas take. */
export function deltaCount({ outputs, positions = 1, groups = 1 }: LayerShape): number {
  return positions * groups * outputs;
}

/** The columns of a group in a table of so many columns for each, from a row on. */
export function columnsOfGroup(data: Float64Array, group: number, columns: number, groups: number, row = 0): View {
  return { data, offset: row * groups * columns + group * columns, rowStride: groups * columns, columnStride: 1 };
}

/** Adds $\sum_p \delta_{np} z_{np}^\top$ of each group for every example n, G U x I numbers from `offset` on and `stride` apart. */
export function addWeightRows({ inputs, outputs, positions = 1, groups = 1 }: LayerShape, activations: Float64Array, deltas: Float64Array, into: Float64Array, offset: number, stride: number): void {
  const examples = deltas.length / (positions * groups * outputs);
  for (let n = 0, start = offset; n < examples; n++, start += stride) {
    for (let g = 0; g < groups; g++) {
      const to = { data: into, offset: start + g * outputs * inputs, rowStride: inputs, columnStride: 1 };
      addProduct(1, transposed(columnsOfGroup(deltas, g, outputs, groups, n * positions)), columnsOfGroup(activations, g, inputs, groups, n * positions), to, outputs, positions, inputs);
    }
  }
}

/** Adds $\sum_p \delta_{np}$ for every example n: G U numbers from `offset` on and `stride` apart. */
export function addBiasRows({ outputs, positions = 1, groups = 1 }: LayerShape, deltas: Float64Array, into: Float64Array, offset: number, stride: number): void {
  const units = groups * outputs;
  for (let at = 0, start = offset; at < deltas.length; start += stride) {
    for (let p = 0; p < positions; p++) for (let j = 0; j < units; j++) into[start + j] += deltas[at++];
  }
}

/** Adds the rows of the Jacobian that belong to the parameters of a layer, $\sum_j \delta_j\, \partial a_j / \partial \theta$, for every example: weights, and then biases. */
export function addParameterRows(layer: LayerShape, activations: Float64Array, deltas: Float64Array, into: Float64Array, offset: number, stride: number): void {
  const { inputs, outputs, groups = 1, biases } = layer;
  addWeightRows(layer, activations, deltas, into, offset, stride);
  if (biases !== undefined) addBiasRows(layer, deltas, into, offset + groups * outputs * inputs, stride);
}
