import type { LayeredEvaluation, LayeredModel } from "./model.ts";

/** The selected parameters of one layer: which unit each belongs to, and what it multiplies. */
export interface LayerEntries {
  /** The layer, from 0. */
  readonly layer: number;
  /** Its inputs and units. */
  readonly inputs: number;
  /** Its number of units. */
  readonly outputs: number;
  /** Where its entries begin in the selection. */
  readonly offset: number;
  /** For each entry, the unit it belongs to. */
  readonly units: Int32Array;
  /** For each entry, the input that it multiplies; -1 for a bias. */
  readonly sources: Int32Array;
}

/** Where the selected parameters, ascending, stand in the layers of a model. */
export function layerEntries(model: LayeredModel, indices: Int32Array): LayerEntries[] {
  const entries: LayerEntries[] = [];
  model.layers.forEach(({ inputs, outputs, weights, biases }, layer) => {
    const ends = biases === undefined ? weights.offset + inputs * outputs : biases.offset + outputs;
    const offset = entries.reduce((sum, { units }) => sum + units.length, 0);
    const own = indices.filter((index) => index >= weights.offset && index < ends);
    if (own.length === 0) return;
    const isBias = (index: number): boolean => biases !== undefined && index >= biases.offset;
    entries.push({
      layer,
      inputs,
      outputs,
      offset,
      units: own.map((index) => (isBias(index) ? index - biases!.offset : Math.floor((index - weights.offset) / inputs))),
      sources: own.map((index) => (isBias(index) ? -1 : (index - weights.offset) % inputs)),
    });
  });
  return entries;
}

/** The selected columns of S'J, N R x S: one backpropagation for each column of the factor, and delta_j z_i for each entry. */
export function layeredRows(evaluation: LayeredEvaluation, entries: readonly LayerEntries[], size: number, factor: Float64Array, columns: number): Float64Array {
  const cotangents = new Float64Array(factor.length / columns);
  const rows = evaluation.activations[entries[0].layer].length / entries[0].inputs;
  const result = new Float64Array(rows * columns * size);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = factor[i * columns + r];
    const deltas = evaluation.backpropagate(cotangents);
    for (const { layer, inputs, outputs, offset, units, sources } of entries) {
      const [delta, z] = [deltas[layer], evaluation.activations[layer]];
      for (let n = 0; n < rows; n++) {
        let at = (n * columns + r) * size + offset;
        for (let e = 0; e < units.length; e++) {
          const d = delta[n * outputs + units[e]];
          result[at++] = sources[e] < 0 ? d : d * z[n * inputs + sources[e]];
        }
      }
    }
  }
  return result;
}
