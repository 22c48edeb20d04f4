import { addProduct } from "../linalg/gemm.ts";
import { symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { block, rowMajor, transposed } from "../linalg/view.ts";
import { denseRows, examplesOfRows, parameterIndex, rowCount, type JacobianRows, type LayerRows } from "./jacobian-rows.ts";

/** Rows that are written out at once: enough to keep the rank-k update busy, few enough for a cache. */
const ROWS = 1024;
/** Examples that are added up before they go into H. */
const EXAMPLES = 4096;
/** Examples, pairs of units and pairs of inputs in one product. */
const PRODUCT = 512;
const PAIRS = 1024;
/** What it costs to write a number, in multiplications of a matrix product. */
const WRITING = 40;
/** By so much it must pay to leave the rows unwritten. */
const WORTH = 1.5;

/**
 * Adds B'B for the rows B = S'J of a batch to the lower triangle of a W x W matrix.
 *
 * In a layer, a row is the outer product of a delta and activations, so the entries for weights from inputs i and h to units j and k of two layers are
 * $\sum_n \Lambda_{njk} z_{ni} z_{nh}$ with $\Lambda_n = \sum_r \delta_{nr} \delta_{nr}^\top$. In one layer, a pair of units and a pair of inputs need be taken in one order only: with R columns of S
 * that is between R and 2 R times fewer multiplications than with rows written out. Small batches, few columns and small layers are not worth it.
 */
export function addOuterProducts(rows: JacobianRows, sum: Float64Array): void {
  // Rows of layers that share weights are written out already.
  if (rows.layers.every(({ columns }) => columns === rows.columns) && WORTH * workByPairs(rows) < workByRows(rows)) addByPairs(rows, sum);
  else addByRows(rows, sum);
}

function workByRows({ examples, columns, width }: JacobianRows): number {
  return examples * columns * width * (width / 2 + WRITING);
}

function workByPairs({ examples, columns, width, layers }: JacobianRows): number {
  // Where weights are shared, each row has activations of its own.
  if (layers.some(({ activations, inputs }) => activations.length !== examples * inputs)) return Infinity;
  const each = pairsOfLayers(layers).reduce((work, [a, b]) => {
    const [units, inputs] = [countPairs(a, b, "units"), countPairs(a, b, "inputs")];
    return work + units * inputs + WRITING * (units * columns + Math.min(inputs, units * b.inputs));
  }, 0);
  return examples * each + (WRITING * Math.ceil(examples / EXAMPLES) * width ** 2) / 2;
}

/** As rank-k updates with rows written out. */
export function addByRows(rows: JacobianRows, sum: Float64Array): void {
  const count = rowCount(rows);
  const step = Math.max(1, Math.min(ROWS, Math.floor(2 ** 22 / rows.width)));
  for (let from = 0; from < count; from += step) {
    const to = Math.min(count, from + step);
    symmetricRankK(denseRows(rows, from, to), to - from, rows.width, sum);
  }
}

/** Without rows: from pairs of units and pairs of inputs. */
export function addByPairs(rows: JacobianRows, sum: Float64Array): void {
  for (let from = 0; from < rows.examples; from += EXAMPLES) {
    const some = examplesOfRows(rows, from, Math.min(rows.examples, from + EXAMPLES));
    for (const [a, b] of pairsOfLayers(some.layers)) addPairOfLayers(some, a, b, sum);
  }
}

/** Adds the block of H for the weights of two layers, or of one. */
function addPairOfLayers({ examples, columns, width }: JacobianRows, a: LayerRows, b: LayerRows, sum: Float64Array): void {
  const [ofA, ofB] = [positions(a), positions(b)];
  const [unitPairs, inputPairs] = [pairs(a, b, "units"), pairs(a, b, "inputs")];
  // For few units of many inputs, a product of its own for each pair of units: what would be written is the smaller.
  const byUnits = countPairs(a, b, "units") * b.inputs < countPairs(a, b, "inputs");
  for (const someUnits of portions(unitPairs, byUnits ? 1 : PAIRS)) {
    const { units, weights } = weightsOfUnits(a, b, someUnits, examples, columns);
    if (units.first.length === 0) continue;
    for (const inputs of portions(inputPairs, byUnits ? Infinity : PAIRS)) {
      const count = inputs.first.length;
      const values = byUnits ? productsByUnits(weights, a, b, inputs, examples) : productsByInputs(weights, a, b, inputs, examples);
      for (let u = 0; u < units.first.length; u++) {
        const j = units.first[u] * a.inputs;
        const k = units.second[u] * b.inputs;
        // Of pairs in one layer, the other order.
        const twice = a === b && j !== k;
        for (let v = 0, at = u * count; v < count; v++, at++) {
          const i = inputs.first[v];
          const h = inputs.second[v];
          addAt(sum, width, ofA[j + i], ofB[k + h], values[at]);
          if (twice && i !== h) addAt(sum, width, ofA[j + h], ofB[k + i], values[at]);
        }
      }
    }
  }
}

function addAt(lower: Float64Array, width: number, p: number, q: number, value: number): void {
  lower[p > q ? p * width + q : q * width + p] += value;
}

/** Where the weights are in the parameter vector, unit by unit. */
function positions(layer: LayerRows): Int32Array {
  return Int32Array.from({ length: layer.units * layer.inputs }, (_, at) => parameterIndex(layer, Math.floor(at / layer.inputs), at % layer.inputs));
}

/** $\Lambda_{njk}$ for the pairs of units for which it is not zero throughout, as it is for independent outputs: pairs x N. */
function weightsOfUnits(a: LayerRows, b: LayerRows, { first, second }: Pairs, examples: number, columns: number): { readonly units: Pairs; readonly weights: Float64Array } {
  const weights = new Float64Array(first.length * examples);
  const units = { first: new Int32Array(first.length), second: new Int32Array(first.length) };
  const { deltas: da, units: stepA } = a;
  const { deltas: db, units: stepB } = b;
  let kept = 0;
  for (let u = 0; u < first.length; u++) {
    let zero = true;
    for (let n = 0, i = first[u], h = second[u]; n < examples; n++) {
      let weight = 0;
      for (let r = 0; r < columns; r++, i += stepA, h += stepB) weight += da[i] * db[h];
      weights[kept * examples + n] = weight;
      if (weight !== 0) zero = false;
    }
    if (zero) continue;
    units.first[kept] = first[u];
    units.second[kept] = second[u];
    kept++;
  }
  return { units: portion(units, 0, kept), weights: weights.subarray(0, kept * examples) };
}

/** $\sum_n \Lambda_n z_{ni} z_{nh}$: pairs of units x pairs of inputs. */
function productsByInputs(weights: Float64Array, { activations: za, inputs: fromA }: LayerRows, { activations: zb, inputs: fromB }: LayerRows, { first, second }: Pairs, examples: number): Float64Array {
  const count = first.length;
  const units = weights.length / examples;
  const values = new Float64Array(units * count);
  for (let from = 0; from < examples; from += PRODUCT) {
    const some = Math.min(PRODUCT, examples - from);
    const ofInputs = new Float64Array(some * count);
    for (let n = 0; n < some; n++) {
      for (let v = 0, i = (from + n) * fromA, h = (from + n) * fromB, at = n * count; v < count; v++) ofInputs[at + v] = za[i + first[v]] * zb[h + second[v]];
    }
    addProduct(1, block(rowMajor(weights, examples), 0, from), rowMajor(ofInputs, count), rowMajor(values, count), units, some, count);
  }
  return values;
}

/** $\sum_n \lambda_n z_{ni} z_{nh}$ for one pair of units. */
function productsByUnits(weights: Float64Array, a: LayerRows, b: LayerRows, { first, second }: Pairs, examples: number): Float64Array {
  const { activations, inputs } = b;
  const weighted = new Float64Array(examples * inputs);
  for (let n = 0, at = 0; n < examples; n++) for (let h = 0; h < inputs; h++, at++) weighted[at] = weights[n] * activations[at];
  const products = new Float64Array(a.inputs * inputs);
  addProduct(1, transposed(rowMajor(a.activations, a.inputs)), rowMajor(weighted, inputs), rowMajor(products, inputs), a.inputs, examples, inputs, a === b ? "lower" : "all");
  const values = new Float64Array(first.length);
  for (let v = 0; v < values.length; v++) values[v] = products[first[v] * inputs + second[v]];
  return values;
}

function pairsOfLayers(layers: readonly LayerRows[]): [LayerRows, LayerRows][] {
  return layers.flatMap((a, l) => layers.slice(0, l + 1).map((b): [LayerRows, LayerRows] => [a, b]));
}

/** Pairs of numbers from 0. */
interface Pairs {
  readonly first: Int32Array;
  readonly second: Int32Array;
}

/** The units of a and b, or the inputs, in pairs, those of one layer once. */
function pairs(a: LayerRows, b: LayerRows, of: "units" | "inputs"): Pairs {
  const count = countPairs(a, b, of);
  const made = { first: new Int32Array(count), second: new Int32Array(count) };
  for (let i = 0, at = 0; i < a[of]; i++) {
    for (let h = 0; h < (a === b ? i + 1 : b[of]); h++, at++) {
      made.first[at] = i;
      made.second[at] = h;
    }
  }
  return made;
}

function countPairs(a: LayerRows, b: LayerRows, of: "units" | "inputs"): number {
  return a === b ? (a[of] * (a[of] + 1)) / 2 : a[of] * b[of];
}

function portion({ first, second }: Pairs, from: number, to: number): Pairs {
  return { first: first.subarray(from, to), second: second.subarray(from, to) };
}

function portions(all: Pairs, most: number): Pairs[] {
  const { length } = all.first;
  const size = Math.min(most, length);
  return Array.from({ length: Math.ceil(length / size) }, (_, p) => portion(all, p * size, (p + 1) * size));
}
