import { multiply } from "../linalg/products.ts";
import { symmetricTimes } from "../linalg/symmetric-product.ts";
import { mirrorLower } from "../linalg/symmetric-rank-k.ts";
import type { LayerShape } from "../model/model.ts";
import type { GroupedPrior } from "../prior/prior.ts";
import { remakeable } from "../recipe.ts";
import { UNIT_BASIS, factorBases, type FactorBases } from "./kronecker-basis.ts";
import { blockPrecision } from "./kronecker-block.ts";
import type { KroneckerCurvature, KroneckerSums, LayerSums } from "./kronecker-factors.ts";
import type { LayerPrecision } from "./kronecker-output-covariance.ts";
import { kroneckerPrecision } from "./kronecker-precision.ts";
import { separablePrior } from "./separable-prior.ts";
import { addParts, type Curvature } from "./structure.ts";

/** A curvature whose parts are the number of examples and then, for each layer, the sums over inputs and over deltas. */
export function kroneckerCurvature(layers: readonly LayerShape[], sums: KroneckerSums, damping: number): Curvature {
  let bases: readonly LayerBases[] | undefined;
  const diagonalised = (): readonly LayerBases[] => (bases ??= factors().map((layer, l) => basesOf(layers[l], layer)));
  const factors = (): readonly LayerFactors[] => sums.layers.map((layer, l) => factorsOf(layer, layers[l], sums.examples, damping));
  const curvature: KroneckerCurvature = {
    structure: "kronecker",
    parts: [Float64Array.of(sums.examples), ...sums.layers.flatMap(({ inputSide, outputSide }) => [inputSide, outputSide])],
    plus: (other) => {
      const [[examples], ...parts] = addParts(curvature, other);
      return kroneckerCurvature(layers, { examples, layers: layers.map((_, l) => ({ inputSide: parts[2 * l], outputSide: parts[2 * l + 1] })) }, damping);
    },
    // A weight on the loss is one on the deltas' side; the inputs stay as they are.
    times: (c) => (c === 1 ? curvature : kroneckerCurvature(layers, { ...sums, layers: sums.layers.map(({ inputSide, outputSide }) => ({ inputSide, outputSide: outputSide.map((value) => c * value) })) }, damping)),
    precision: (prior, scale) => kroneckerPrecision(layers.map((layer, l) => layerPrecision(layer, diagonalised()[l], prior, scale)), prior),
    dense: () => dense(layers, factors()),
    product: (v) => product(layers, factors(), v),
    outputSides: () => factors().flatMap(({ outputSide, biases }, l) => (layers[l].biases === undefined ? [outputSide] : [outputSide, biases]).map((lower) => whole(lower, layers[l].outputs))),
  };
  return remakeable(curvature, "kroneckerCurvature", () => ({ layers: layers.map(shapeOf), sums, damping }));
}

/** The shape alone of what may be a layer with its activation. */
function shapeOf({ inputs, outputs, signSymmetric, weights, biases }: LayerShape): LayerShape {
  return { inputs, outputs, signSymmetric, weights, biases };
}

/** The Kronecker factors of a layer, damped: lower triangles. */
interface LayerFactors {
  /** $A$. */
  readonly inputSide: Float64Array;
  /** $B$ of the weights. */
  readonly outputSide: Float64Array;
  /** $B$ of the biases; the same unless damped. */
  readonly biases: Float64Array;
}

function factorsOf({ inputSide, outputSide }: LayerSums, { inputs, outputs }: LayerShape, examples: number, damping: number): LayerFactors {
  const mean = inputSide.map((value) => value / examples);
  // With lambda = damping x mean eigenvalue of the block, pi sqrt(lambda) is sqrt(damping) x mean eigenvalue of A, and sqrt(lambda) / pi that of B.
  return {
    inputSide: damped(mean, inputs, Math.sqrt(damping)),
    outputSide: damped(outputSide, outputs, Math.sqrt(damping)),
    biases: damped(outputSide, outputs, damping),
  };
}

/** The matrix with a share of its mean eigenvalue added to its diagonal. */
function damped(matrix: Float64Array, size: number, share: number): Float64Array {
  if (share === 0) return matrix;
  const result = matrix.slice();
  let trace = 0;
  for (let i = 0; i < size; i++) trace += matrix[i * (size + 1)];
  for (let i = 0; i < size; i++) result[i * (size + 1)] += (share * trace) / size;
  return result;
}

interface LayerBases {
  readonly inputSide: FactorBases;
  readonly outputSide: FactorBases;
  readonly biases: FactorBases;
}

function basesOf({ inputs, outputs }: LayerShape, { inputSide, outputSide, biases }: LayerFactors): LayerBases {
  const ofWeights = factorBases(outputSide, outputs);
  return { inputSide: factorBases(inputSide, inputs), outputSide: ofWeights, biases: biases === outputSide ? ofWeights : factorBases(biases, outputs) };
}

function layerPrecision({ weights, biases }: LayerShape, bases: LayerBases, prior: GroupedPrior, scale: number): LayerPrecision {
  const ofWeights = separablePrior(prior, weights);
  const ofBiases = biases && separablePrior(prior, biases);
  return {
    weights: blockPrecision(weights, bases.outputSide(ofWeights.rows), bases.inputSide(ofWeights.columns), ofWeights.precision, scale),
    biases: biases && ofBiases && blockPrecision(biases, bases.biases(ofBiases.rows), UNIT_BASIS, ofBiases.precision, scale),
  };
}

function whole(lower: Float64Array, size: number): Float64Array {
  const matrix = lower.slice();
  mirrorLower(matrix, size);
  return matrix;
}

/** $(B \otimes A)\, v$ is $B V A$ for v as a matrix V. */
function product(layers: readonly LayerShape[], factors: readonly LayerFactors[], v: Float64Array): Float64Array {
  const result = new Float64Array(v.length);
  layers.forEach(({ inputs, outputs, weights, biases }, l) => {
    const { inputSide, outputSide, biases: ofBiases } = factors[l];
    const turned = multiply(v.subarray(weights.offset, weights.offset + outputs * inputs), whole(inputSide, inputs), outputs, inputs, inputs);
    result.set(multiply(whole(outputSide, outputs), turned, outputs, outputs, inputs), weights.offset);
    if (biases !== undefined) result.set(symmetricTimes(ofBiases, v.subarray(biases.offset, biases.offset + outputs)), biases.offset);
  });
  return result;
}

function dense(layers: readonly LayerShape[], factors: readonly LayerFactors[]): Float64Array {
  const width = layers.reduce((sum, { inputs, outputs, biases }) => sum + outputs * (biases === undefined ? inputs : inputs + 1), 0);
  const matrix = new Float64Array(width * width);
  layers.forEach((layer, l) => {
    const { inputSide, outputSide, biases } = factors[l];
    addKroneckerProduct(outputSide, layer.outputs, inputSide, layer.inputs, layer.weights.offset, matrix, width);
    if (layer.biases !== undefined) addKroneckerProduct(biases, layer.outputs, Float64Array.of(1), 1, layer.biases.offset, matrix, width);
  });
  return matrix;
}

/** Writes B (x) A into a matrix, from (offset, offset) on. */
function addKroneckerProduct(b: Float64Array, rows: number, a: Float64Array, columns: number, offset: number, into: Float64Array, width: number): void {
  const entry = (lower: Float64Array, size: number, i: number, j: number): number => (i >= j ? lower[i * size + j] : lower[j * size + i]);
  for (let p = 0; p < rows * columns; p++) {
    for (let q = 0; q < rows * columns; q++) {
      into[(offset + p) * width + offset + q] = entry(b, rows, Math.floor(p / columns), Math.floor(q / columns)) * entry(a, columns, p % columns, q % columns);
    }
  }
}
