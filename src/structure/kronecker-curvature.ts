import { multiply } from "../linalg/products.ts";
import { symmetricTimes } from "../linalg/symmetric-product.ts";
import { mirrorLower } from "../linalg/symmetric-rank-k.ts";
import { scaled } from "../linalg/vector.ts";
import type { LayerShape, ParameterTensor } from "../model/model.ts";
import { parameterCount } from "../model/shared-weights.ts";
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
    parts: [Float64Array.of(sums.examples), ...sums.layers.flatMap(({ inputSide, outputSide, biasSide }) => [inputSide, outputSide, ...(biasSide === undefined ? [] : [biasSide])])],
    plus: (other) => {
      const [[examples], ...parts] = addParts(curvature, other);
      let at = 0;
      return kroneckerCurvature(layers, { examples, layers: sums.layers.map(({ biasSide }) => ({ inputSide: parts[at++], outputSide: parts[at++], ...(biasSide && { biasSide: parts[at++] }) })) }, damping);
    },
    // A weight on the loss is one on the deltas' side; the inputs stay as they are.
    times: (c) => (c === 1 ? curvature : kroneckerCurvature(layers, { ...sums, layers: sums.layers.map(({ inputSide, outputSide, biasSide }) => ({ inputSide, outputSide: scaled(c, outputSide), ...(biasSide && { biasSide: scaled(c, biasSide) }) })) }, damping)),
    precision: (prior, scale) => kroneckerPrecision(layers.map((layer, l) => layerPrecision(layer, diagonalised()[l], prior, scale)), prior),
    dense: () => dense(layers, factors()),
    product: (v) => product(layers, factors(), v),
    outputSides: () => factors().flatMap(({ outputSides, biases }, l) => {
      const { outputs, groups = 1, biases: biased } = layers[l];
      return [...outputSides.map((lower) => whole(lower, outputs)), ...(biased === undefined ? [] : [whole(biases, groups * outputs)])];
    }),
  };
  return remakeable(curvature, "kroneckerCurvature", () => ({ layers: layers.map(shapeOf), sums, damping }));
}

/** The shape alone of what may be a layer with its activation. */
function shapeOf({ inputs, outputs, positions = 1, groups = 1, signSymmetric, weights, biases }: LayerShape): LayerShape {
  return { inputs, outputs, positions, groups, signSymmetric, weights, biases };
}

/** The Kronecker factors of a layer, damped: lower triangles. */
interface LayerFactors {
  /** $A$ of each group. */
  readonly inputSides: readonly Float64Array[];
  /** $B$ of the weights of each group. */
  readonly outputSides: readonly Float64Array[];
  /** $B$ of the biases; that of the weights unless these are shared or it is damped. */
  readonly biases: Float64Array;
}

function factorsOf({ inputSide, outputSide, biasSide = outputSide }: LayerSums, { inputs, outputs, positions = 1, groups = 1 }: LayerShape, examples: number, damping: number): LayerFactors {
  // With lambda = damping x mean eigenvalue of the block, pi sqrt(lambda) is sqrt(damping) x mean eigenvalue of A, and sqrt(lambda) / pi that of B.
  const root = Math.sqrt(damping);
  const ofPositions = positions === 1 ? outputSide : scaled(1 / positions, outputSide);
  return {
    inputSides: apart(inputSide.map((value) => value / examples), groups).map((matrix) => damped(matrix, inputs, root)),
    outputSides: apart(ofPositions, groups).map((matrix) => damped(matrix, outputs, root)),
    biases: damped(biasSide, biasSide === outputSide ? outputs : groups * outputs, damping),
  };
}

/** The matrices of the groups. */
function apart(matrices: Float64Array, groups: number): Float64Array[] {
  const size = matrices.length / groups;
  return groups === 1 ? [matrices] : Array.from({ length: groups }, (_, g) => matrices.subarray(g * size, (g + 1) * size));
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
  readonly inputSides: readonly FactorBases[];
  readonly outputSides: readonly FactorBases[];
  readonly biases: FactorBases;
}

function basesOf({ inputs, outputs, groups = 1 }: LayerShape, { inputSides, outputSides, biases }: LayerFactors): LayerBases {
  const ofWeights = outputSides.map((matrix) => factorBases(matrix, outputs));
  return { inputSides: inputSides.map((matrix) => factorBases(matrix, inputs)), outputSides: ofWeights, biases: biases === outputSides[0] ? ofWeights[0] : factorBases(biases, groups * outputs) };
}

function layerPrecision(layer: LayerShape, { inputSides, outputSides, biases: ofBiases }: LayerBases, prior: GroupedPrior, scale: number): LayerPrecision {
  const { biases } = layer;
  const biasPrior = biases && separablePrior(prior, biases);
  return {
    weights: groupTensors(layer).map((tensor, g) => {
      const { rows, columns, precision } = separablePrior(prior, tensor);
      return blockPrecision(tensor, outputSides[g](rows), inputSides[g](columns), precision, scale);
    }),
    biases: biases && biasPrior && blockPrecision(biases, ofBiases(biasPrior.rows), UNIT_BASIS, biasPrior.precision, scale),
  };
}

/** The weights of each group. */
function groupTensors({ inputs, outputs, groups = 1, weights }: LayerShape): readonly ParameterTensor[] {
  return Array.from({ length: groups }, (_, g) => ({ ...weights, offset: weights.offset + g * outputs * inputs, rows: outputs, columns: inputs }));
}

function whole(lower: Float64Array, size: number): Float64Array {
  const matrix = lower.slice();
  mirrorLower(matrix, size);
  return matrix;
}

/** $(B \otimes A)\, v$ is $B V A$ for v as a matrix V. */
function product(layers: readonly LayerShape[], factors: readonly LayerFactors[], v: Float64Array): Float64Array {
  const result = new Float64Array(v.length);
  layers.forEach((layer, l) => {
    const { inputs, outputs, biases } = layer;
    const { inputSides, outputSides, biases: ofBiases } = factors[l];
    groupTensors(layer).forEach(({ offset }, g) => {
      const turned = multiply(v.subarray(offset, offset + outputs * inputs), whole(inputSides[g], inputs), outputs, inputs, inputs);
      result.set(multiply(whole(outputSides[g], outputs), turned, outputs, outputs, inputs), offset);
    });
    if (biases !== undefined) result.set(symmetricTimes(ofBiases, v.subarray(biases.offset, biases.offset + biases.rows)), biases.offset);
  });
  return result;
}

function dense(layers: readonly LayerShape[], factors: readonly LayerFactors[]): Float64Array {
  const width = layers.reduce((sum, layer) => sum + parameterCount(layer), 0);
  const matrix = new Float64Array(width * width);
  layers.forEach((layer, l) => {
    const { inputSides, outputSides, biases } = factors[l];
    groupTensors(layer).forEach(({ rows, columns, offset }, g) => addKroneckerProduct(outputSides[g], rows, inputSides[g], columns, offset, matrix, width));
    if (layer.biases !== undefined) addKroneckerProduct(biases, layer.biases.rows, Float64Array.of(1), 1, layer.biases.offset, matrix, width);
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
