import { parameterIndex, type JacobianRows } from "../model/jacobian-rows.ts";

/** The columns of rows that belong to a block of parameters: of which delta and which activation each is the product. */
export interface BlockColumns {
  /** How many there are. */
  readonly size: number;
  /** Those of each layer. */
  readonly parts: readonly {
    /** Which layer of the rows. */
    readonly layer: number;
    /** Their places in the block. */
    readonly places: readonly number[];
    readonly units: readonly number[];
    readonly inputs: readonly number[];
  }[];
}

/** Where the parameters of each block stand in the layers of rows. */
export function blockColumns({ layers, width }: Pick<JacobianRows, "layers" | "width">, blocks: readonly Int32Array[]): readonly BlockColumns[] {
  const layerOf = new Int32Array(width);
  const unitOf = new Int32Array(width);
  const inputOf = new Int32Array(width);
  layers.forEach((layer, l) => {
    for (let j = 0; j < layer.units; j++) {
      for (let i = 0; i < layer.inputs; i++) {
        const index = parameterIndex(layer, j, i);
        [layerOf[index], unitOf[index], inputOf[index]] = [l, j, i];
      }
    }
  });
  return blocks.map((indices) => {
    const places = Array.from(indices, (_, at) => at);
    const parts = layers.flatMap((_, layer) => {
      const own = places.filter((at) => layerOf[indices[at]] === layer);
      return own.length === 0 ? [] : [{ layer, places: own, units: own.map((at) => unitOf[indices[at]]), inputs: own.map((at) => inputOf[indices[at]]) }];
    });
    return { size: indices.length, parts };
  });
}

/** The layer and unit that all parameters of a block belong to, and the inputs that they multiply; nothing for a block of several units. */
export function soleUnit({ parts: [part, ...others] }: BlockColumns): { readonly layer: number; readonly unit: number; readonly inputs: readonly number[] } | undefined {
  const { layer, units, inputs } = part;
  return others.length === 0 && units.every((unit) => unit === units[0]) ? { layer, unit: units[0], inputs } : undefined;
}

/** The columns of rows from .. to - 1, written out: (to - from) x size. */
export function columnsOfBlock({ layers }: JacobianRows, { size, parts }: BlockColumns, from: number, to: number): Float64Array {
  const dense = new Float64Array((to - from) * size);
  for (const { layer, places, units, inputs } of parts) {
    const { activations, columns, deltas, inputs: width, units: count } = layers[layer];
    for (let m = from; m < to; m++) {
      const [start, d, z] = [(m - from) * size, m * count, Math.floor(m / columns) * width];
      for (let e = 0; e < places.length; e++) dense[start + places[e]] = deltas[d + units[e]] * activations[z + inputs[e]];
    }
  }
  return dense;
}

/** The activations of the inputs of a sole unit: N x size, or N R x size where each row has its own. */
export function activationsOf({ layers }: JacobianRows, layer: number, inputs: readonly number[]): Float64Array {
  const { activations, inputs: width } = layers[layer];
  const examples = activations.length / width;
  const chosen = new Float64Array(examples * inputs.length);
  for (let n = 0, at = 0; n < examples; n++) for (const i of inputs) chosen[at++] = activations[n * width + i];
  return chosen;
}
