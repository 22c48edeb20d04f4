import { multiplyTransposedLeft, multiplyTransposedRight } from "../linalg/products.ts";
import { concatenated, scaled } from "../linalg/vector.ts";
import { isLayered, type Evaluation, type LayerShape, type LayeredEvaluation, type Model } from "./model.ts";
import { addParameterRows, isShared, parameterCount } from "./shared-weights.ts";

/**
 * The rows $S_n^\top J_n$ of N examples, R each, in the form that backpropagation leaves them: in a layer, a row is the outer product of a
 * delta and the activations of its example. They take what the units take, not what the weights would.
 *
 * Rows of a layer that shares its weights have the same form, with one unit: the row is the activation, the delta is 1. So have rows of a model without layers, as those of one such layer.
 */
export interface JacobianRows {
  /** N. */
  readonly examples: number;
  /** R. */
  readonly columns: number;
  /** W. */
  readonly width: number;
  readonly layers: readonly LayerRows[];
}

/** What rows are in one layer. */
export interface LayerRows {
  /** What the weights multiply, and at the end a 1 if there are biases: N x inputs; or N R x inputs, where each row has its own. */
  readonly activations: Float64Array;
  /** How many rows have the same activations: R, or 1. */
  readonly columns: number;
  /** N R x units. */
  readonly deltas: Float64Array;
  /** Weights of a unit, its bias counted. */
  readonly inputs: number;
  readonly units: number;
  /** Where the weights start in the parameter vector, unit by unit, and where the biases do. */
  readonly weights: number;
  readonly biases: number | undefined;
}

/** How many rows there are: M = N R. */
export function rowCount({ examples, columns }: Pick<JacobianRows, "examples" | "columns">): number {
  return examples * columns;
}

/** As much of rows as tells their size. */
export interface RowShape extends Pick<JacobianRows, "examples" | "columns" | "width"> {
  readonly layers: readonly Pick<LayerRows, "inputs" | "units" | "columns">[];
}

/** The shape of the rows of so many examples, R each. */
export function rowShape(model: Model, examples: number, columns: number): RowShape {
  const width = model.parameters.length;
  if (!isLayered(model)) return { examples: examples * columns, columns: 1, width, layers: [{ inputs: width, units: 1, columns: 1 }] };
  const layers = model.layers.map((layer) => (isShared(layer) ? { inputs: parameterCount(layer), units: 1, columns: 1 } : { inputs: layer.biases === undefined ? layer.inputs : layer.inputs + 1, units: layer.outputs, columns }));
  return { examples, columns, width, layers };
}

/** Bytes that rows take, 8 for each activation and delta, and with them the M x M matrices: the Gram matrix of each layer, their weighted sum that becomes a factor, and two on the way. */
export function rowBytes(shape: RowShape): number {
  return 8 * (shape.layers.length + 3) * rowCount(shape) ** 2 + 8 * rowNumbers(shape);
}

/** How many activations and deltas rows take. */
export function rowNumbers(shape: RowShape): number {
  const count = rowCount(shape);
  return shape.layers.reduce((sum, { inputs, units, columns }) => sum + (count / columns) * inputs + count * units, 0);
}

/** The rows $S_n^\top J_n$ of a batch, for S of N x K x R. */
export function jacobianRows(model: Model, evaluation: Evaluation, factor: Float64Array, columns: number): JacobianRows {
  const width = model.parameters.length;
  const examples = evaluation.outputs.length / model.outputs;
  if (!isLayered(model)) {
    return writtenRows(evaluation.scaledJacobian(factor, columns), width);
  }
  const layered = evaluation as LayeredEvaluation;
  const { activations } = layered;
  const layers = model.layers.map((layer, l) => (isShared(layer) ? writtenLayer(new Float64Array(examples * columns * parameterCount(layer)), parameterCount(layer), layer.weights.offset) : denseLayer(layer, activations[l], examples, columns)));
  const cotangents = new Float64Array(evaluation.outputs.length);
  for (let r = 0; r < columns; r++) {
    for (let i = 0; i < cotangents.length; i++) cotangents[i] = factor[i * columns + r];
    layered.backpropagate(cotangents).forEach((delta, l) => {
      const { activations: rows, deltas, inputs, units } = layers[l];
      if (isShared(model.layers[l])) addParameterRows(model.layers[l], activations[l], delta, rows, r * inputs, columns * inputs);
      else for (let n = 0; n < examples; n++) deltas.set(delta.subarray(n * units, (n + 1) * units), (n * columns + r) * units);
    });
  }
  return { examples, columns, width, layers };
}

/** The rows of a dense layer, their deltas yet to come. */
function denseLayer({ inputs, outputs, weights, biases }: LayerShape, activations: Float64Array, examples: number, columns: number): LayerRows {
  const biased = biases !== undefined;
  return {
    activations: biased ? withOnes(activations, examples, inputs) : activations,
    columns,
    deltas: new Float64Array(examples * columns * outputs),
    inputs: biased ? inputs + 1 : inputs,
    units: outputs,
    weights: weights.offset,
    biases: biases?.offset,
  };
}

/** Rows of W numbers that are no layer's. */
export function writtenRows(rows: Float64Array, width: number): JacobianRows {
  return { examples: rows.length / width, columns: 1, width, layers: [writtenLayer(rows, width, 0)] };
}

/** Rows of the parameters from `weights` on, written out. */
function writtenLayer(rows: Float64Array, width: number, weights: number): LayerRows {
  return { activations: rows, columns: 1, deltas: new Float64Array(rows.length / width).fill(1), inputs: width, units: 1, weights, biases: undefined };
}

/** The rows $J_n$ themselves: S = I. */
export function outputRows(model: Model, evaluation: Evaluation): JacobianRows {
  const { outputs } = model;
  const identity = new Float64Array(evaluation.outputs.length * outputs);
  for (let i = 0; i < evaluation.outputs.length; i++) identity[i * outputs + (i % outputs)] = 1;
  return jacobianRows(model, evaluation, identity, outputs);
}

function withOnes(activations: Float64Array, rows: number, columns: number): Float64Array {
  const wider = new Float64Array(rows * (columns + 1)).fill(1);
  for (let n = 0; n < rows; n++) wider.set(activations.subarray(n * columns, (n + 1) * columns), n * (columns + 1));
  return wider;
}

/** The rows of all, one below the other. */
export function joinedRows(all: readonly JacobianRows[]): JacobianRows {
  const [first] = all;
  if (all.length === 1) return first;
  return {
    ...first,
    examples: all.reduce((sum, { examples }) => sum + examples, 0),
    layers: first.layers.map((layer, l) => ({
      ...layer,
      activations: concatenated(all.map(({ layers }) => layers[l].activations)),
      deltas: concatenated(all.map(({ layers }) => layers[l].deltas)),
    })),
  };
}

/** The rows of examples from .. to - 1. */
export function examplesOfRows(rows: JacobianRows, from: number, to: number): JacobianRows {
  const { columns, layers } = rows;
  if (to - from === rows.examples) return rows;
  const activationsOf = ({ activations, inputs, columns: alike }: LayerRows): Float64Array => activations.subarray(((from * columns) / alike) * inputs, ((to * columns) / alike) * inputs);
  const some = layers.map((layer) => ({ ...layer, activations: activationsOf(layer), deltas: layer.deltas.subarray(from * columns * layer.units, to * columns * layer.units) }));
  return { ...rows, examples: to - from, layers: some };
}

/** The same rows as those of as many examples, one each. */
export function oneByOne({ examples, columns, width, layers }: JacobianRows): JacobianRows {
  const repeated = ({ activations, inputs, columns: alike }: LayerRows): Float64Array => {
    if (alike === 1) return activations;
    const all = new Float64Array(alike * activations.length);
    for (let m = 0; m < examples * columns; m++) {
      const z = Math.floor(m / alike) * inputs;
      all.set(activations.subarray(z, z + inputs), m * inputs);
    }
    return all;
  };
  return { examples: examples * columns, columns: 1, width, layers: layers.map((layer) => ({ ...layer, activations: repeated(layer), columns: 1 })) };
}

/** The rows times c. */
export function scaledRows(rows: JacobianRows, c: number): JacobianRows {
  return { ...rows, layers: rows.layers.map((layer) => ({ ...layer, deltas: scaled(c, layer.deltas) })) };
}

/** Whether these are rows of the same parameters in the same form. */
export function sameLayers(a: JacobianRows, b: JacobianRows): boolean {
  return a.width === b.width && a.layers.length === b.layers.length && a.layers.every(({ inputs, units }, l) => inputs === b.layers[l].inputs && units === b.layers[l].units);
}

/** Where the weight from input i to unit j of a layer is in the parameter vector. */
export function parameterIndex({ inputs, weights, biases }: LayerRows, j: number, i: number): number {
  if (biases === undefined) return weights + j * inputs + i;
  return i === inputs - 1 ? biases + j : weights + j * (inputs - 1) + i;
}

/** Rows from .. to - 1 written out: (to - from) x W. */
export function denseRows({ width, layers }: JacobianRows, from: number, to: number): Float64Array {
  const dense = new Float64Array((to - from) * width);
  for (const { activations, columns, deltas, inputs, units, weights, biases } of layers) {
    const fanIn = biases === undefined ? inputs : inputs - 1;
    for (let m = from; m < to; m++) {
      const z = Math.floor(m / columns) * inputs;
      const start = (m - from) * width;
      let at = start + weights;
      for (let j = 0; j < units; j++) {
        const delta = deltas[m * units + j];
        for (let i = 0; i < fanIn; i++) dense[at++] = delta * activations[z + i];
        if (biases !== undefined) dense[start + biases + j] = delta;
      }
    }
  }
  return dense;
}

/** The columns of the rows that belong to the weights of unit j: M x inputs. */
export function unitColumns(rows: JacobianRows, { activations, columns, deltas, inputs, units }: LayerRows, j: number): Float64Array {
  const block = new Float64Array(rowCount(rows) * inputs);
  for (let m = 0; m < rowCount(rows); m++) {
    const z = Math.floor(m / columns) * inputs;
    const delta = deltas[m * units + j];
    for (let i = 0; i < inputs; i++) block[m * inputs + i] = delta * activations[z + i];
  }
  return block;
}

/** B v: M numbers. */
export function rowsTimes(rows: JacobianRows, v: Float64Array): Float64Array {
  const product = new Float64Array(rowCount(rows));
  for (const layer of rows.layers) {
    const { activations, columns, deltas, inputs, units } = layer;
    const matrix = new Float64Array(units * inputs);
    for (let j = 0; j < units; j++) for (let i = 0; i < inputs; i++) matrix[j * inputs + i] = v[parameterIndex(layer, j, i)];
    const changes = multiplyTransposedRight(activations, matrix, product.length / columns, inputs, units);
    for (let m = 0; m < product.length; m++) {
      const a = Math.floor(m / columns) * units;
      for (let j = 0; j < units; j++) product[m] += deltas[m * units + j] * changes[a + j];
    }
  }
  return product;
}

/** B' u: W numbers. */
export function transposedRowsTimes({ width, layers }: JacobianRows, u: Float64Array): Float64Array {
  const product = new Float64Array(width);
  for (const layer of layers) {
    const { activations, columns, deltas, inputs, units } = layer;
    const examples = u.length / columns;
    const errors = new Float64Array(examples * units);
    for (let m = 0; m < u.length; m++) {
      const a = Math.floor(m / columns) * units;
      for (let j = 0; j < units; j++) errors[a + j] += u[m] * deltas[m * units + j];
    }
    const matrix = multiplyTransposedLeft(errors, activations, units, examples, inputs);
    for (let j = 0; j < units; j++) for (let i = 0; i < inputs; i++) product[parameterIndex(layer, j, i)] = matrix[j * inputs + i];
  }
  return product;
}
