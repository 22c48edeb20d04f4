import { addProduct } from "../../linalg/gemm.ts";
import { transposed, type View } from "../../linalg/view.ts";
import type { GradientRows, Operation, OperationPass, OperationTensor } from "./layer.ts";
import type { Shape } from "./shape.ts";

/**
 * The same linear map $a = W z + b$ at P positions of an example, in G groups of inputs and outputs of their own: a dense layer at one position, a
 * convolution at one for each place of its window, with z the patch that is seen there.
 */
export interface LinearMap {
  /** Of the outputs: positions and then units, or channels and then positions. */
  readonly shape: Shape;
  /** P. */
  readonly positions: number;
  /** G. */
  readonly groups: number;
  /** Of a group. */
  readonly inputs: number;
  /** Of a group. */
  readonly outputs: number;
  readonly biases: boolean;
  /** How many features the inputs have: numbers, or channels. */
  readonly features: number;
  /** Whether outputs are G outputs x P instead of P x G outputs. */
  readonly channelsFirst: boolean;
  /** How the N P x G inputs rows that W meets come from the inputs, where they are not these themselves. */
  readonly patches?: Patches;
}

/** Rows that are gathered from the examples `from` .. `to` - 1, and the transpose of that. */
export interface Patches {
  gather(inputs: Float64Array, from: number, to: number, into: Float64Array): void;
  /** Adds. */
  scatter(patches: Float64Array, from: number, to: number, into: Float64Array): void;
}

/** Numbers that patches may take at a time: 8 MB. */
const CHUNK = 2 ** 20;

/** The operation, with W (G outputs x inputs) and b as parameters. */
export function linearOperation(map: LinearMap): Operation {
  const { positions, groups, inputs, outputs, biases, shape, patches, features } = map;
  const [rows, start] = [groups * outputs, { inputs }];
  const weights: OperationTensor = { role: "weights", rows, columns: inputs, start };
  const tensors: readonly OperationTensor[] = biases ? [weights, { role: "biases", rows, columns: 1, start }] : [weights];
  return { shape, tensors, dense: positions === 1 && patches === undefined, map: { positions, groups, inputs, outputs, features }, evaluate: ([z], parameters, n) => linearPass(map, z, parameters, n) };
}

function linearPass(map: LinearMap, z: Float64Array, parameters: Float64Array, rows: number): OperationPass {
  const outputs = new Float64Array(rows * map.positions * map.groups * map.outputs);
  addOutputs(map, z, parameters, map.biases, rows, outputs);
  return {
    outputs,
    pull: (u, [into]) => {
      if (into !== undefined) addInputs(map, u, parameters, rows, into);
    },
    push: ([change], direction, into) => {
      if (change !== undefined) addOutputs(map, change, parameters, false, rows, into);
      if (direction !== undefined) addOutputs(map, z, direction, map.biases, rows, into);
    },
    gradient: (u, into) => addGradient(map, u, z, map.biases, rows, into),
    activations: () => patchesOf(map, z, 0, rows),
    deltas: (u) => deltasOf(map, u, 0, rows),
    bend: (u, _, direction, [into]) => {
      if (direction !== undefined && into !== undefined) addInputs(map, u, direction, rows, into);
    },
    bendGradient: (u, [change], into) => {
      if (change !== undefined) addGradient(map, u, change, false, rows, into);
    },
  };
}

/** Visits the examples a bounded number at a time, where patches or outputs in another order are made on the way. */
function overChunks({ positions, groups, inputs, outputs, patches, channelsFirst }: LinearMap, rows: number, visit: (from: number, to: number) => void): void {
  const perExample = patches === undefined && !channelsFirst ? 0 : positions * groups * Math.max(inputs, outputs);
  const step = perExample === 0 ? rows : Math.max(1, Math.floor(CHUNK / perExample));
  for (let from = 0; from < rows; from += step) visit(from, Math.min(rows, from + step));
}

const columnsFrom = (data: Float64Array, offset: number, rowStride: number): View => ({ data, offset, rowStride, columnStride: 1 });

/** Adds W z + b at every position. */
function addOutputs(map: LinearMap, z: Float64Array, parameters: Float64Array, biases: boolean, rows: number, into: Float64Array): void {
  const { positions, groups, inputs, outputs, channelsFirst } = map;
  const [wide, high] = [groups * inputs, groups * outputs];
  overChunks(map, rows, (from, to) => {
    const count = (to - from) * positions;
    const patches = patchesOf(map, z, from, to);
    const sums = channelsFirst ? new Float64Array(count * high) : into.subarray(from * positions * high, to * positions * high);
    if (biases) addToRows(parameters.subarray(high * inputs), sums);
    for (let g = 0; g < groups; g++) addProduct(1, columnsFrom(patches, g * inputs, wide), transposed(columnsFrom(parameters, g * outputs * inputs, inputs)), columnsFrom(sums, g * outputs, high), count, inputs, outputs);
    if (channelsFirst) addTransposed(sums, positions, high, into, from * positions * high);
  });
}

/** Adds W' u at every position, put back to where the patches came from. */
function addInputs(map: LinearMap, u: Float64Array, parameters: Float64Array, rows: number, into: Float64Array): void {
  const { positions, groups, inputs, outputs, patches } = map;
  const [wide, high] = [groups * inputs, groups * outputs];
  overChunks(map, rows, (from, to) => {
    const count = (to - from) * positions;
    const deltas = deltasOf(map, u, from, to);
    const sums = patches === undefined ? into.subarray(from * positions * wide, to * positions * wide) : new Float64Array(count * wide);
    for (let g = 0; g < groups; g++) addProduct(1, columnsFrom(deltas, g * outputs, high), columnsFrom(parameters, g * outputs * inputs, inputs), columnsFrom(sums, g * inputs, wide), count, outputs, inputs);
    patches?.scatter(sums, from, to, into);
  });
}

/** Adds sum_p u z' to the weights' places and sum_p u to the biases', summed over examples or for each. */
function addGradient(map: LinearMap, u: Float64Array, z: Float64Array, biases: boolean, rows: number, { data, offset, stride }: GradientRows): void {
  const { positions, groups, inputs, outputs } = map;
  const [wide, high] = [groups * inputs, groups * outputs];
  overChunks(map, rows, (from, to) => {
    const deltas = deltasOf(map, u, from, to);
    const patches = patchesOf(map, z, from, to);
    const [pieces, count] = stride === 0 ? [1, (to - from) * positions] : [to - from, positions];
    for (let n = 0; n < pieces; n++) {
      const [first, start] = [n * count, offset + (from + n) * stride];
      for (let g = 0; g < groups; g++) addProduct(1, transposed(columnsFrom(deltas, first * high + g * outputs, high)), columnsFrom(patches, first * wide + g * inputs, wide), columnsFrom(data, start + g * outputs * inputs, inputs), outputs, count, inputs);
      if (biases) addRows(deltas.subarray(first * high, (first + count) * high), data.subarray(start + high * inputs, start + high * (inputs + 1)));
    }
  });
}

/** Adds a row to each row of a table. */
function addToRows(row: Float64Array, table: Float64Array): void {
  const width = row.length;
  for (let start = 0; start < table.length; start += width) for (let j = 0; j < width; j++) table[start + j] += row[j];
}

/** Adds all rows of a table. */
function addRows(table: Float64Array, into: Float64Array): void {
  const width = into.length;
  for (let start = 0; start < table.length; start += width) for (let j = 0; j < width; j++) into[j] += table[start + j];
}

/** The rows that W meets: (to - from) P x G inputs. */
function patchesOf({ positions, groups, inputs, patches }: LinearMap, z: Float64Array, from: number, to: number): Float64Array {
  const size = positions * groups * inputs;
  if (patches === undefined) return z.subarray(from * size, to * size);
  const rows = new Float64Array((to - from) * size);
  patches.gather(z, from, to, rows);
  return rows;
}

/** Cotangents with one row for each position: (to - from) P x G outputs. */
function deltasOf({ positions, groups, outputs, channelsFirst }: LinearMap, u: Float64Array, from: number, to: number): Float64Array {
  const high = groups * outputs;
  const size = positions * high;
  const part = u.subarray(from * size, to * size);
  if (!channelsFirst) return part;
  const rows = new Float64Array(part.length);
  addTransposed(part, high, positions, rows, 0);
  return rows;
}

/** Adds the transposes of tables of rows x columns, one for each example. */
function addTransposed(tables: Float64Array, rows: number, columns: number, into: Float64Array, offset: number): void {
  const size = rows * columns;
  for (let start = 0; start < tables.length; start += size) {
    for (let i = 0, at = start; i < rows; i++) for (let j = 0, to = offset + start + i; j < columns; j++, to += rows) into[to] += tables[at++];
  }
}
