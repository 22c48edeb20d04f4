import { Matrix } from "ml-matrix";
import type { Model } from "../../src/model/model.ts";
import type { KindRow } from "../conformance.ts";
import type { SharedLayers, Twin } from "./dense-twin.ts";
import { plainOutputs, plainPass, type PlainNetwork } from "./plain-network.ts";

/**
 * What Kronecker factors keep of a curvature: for the biases of a layer their block H_bb, for its weights H_bb (x) sum_n z_n z_n' / N, in the order of
 * the parameters. A network without biases gets some, which are 0, to see H_bb.
 */
export function twinKronecker(twin: Twin, kind: KindRow): Matrix {
  const { plain, shared } = twin;
  if (shared !== undefined) return twinShared(twin, shared, kind);
  if (plain === undefined) throw new Error("a network is needed");
  const { biased, starts } = withBiases(twin, plain);
  const hessian = kind.hessian(biased);
  const examples = twin.inputs.map((input) => plainPass({ ...plain, biases: true }, biased.model.parameters, twin.features?.(input) ?? input).values);
  const result = Matrix.zeros(twin.model.parameters.length, twin.model.parameters.length);
  let at = 0;
  const put = (block: Matrix): void => {
    result.setSubMatrix(block, at, at);
    at += block.rows;
  };
  starts.forEach((start, l) => {
    const inputSide = examples.reduce((sum, values) => sum.add(Matrix.columnVector(values[l]).mmul(Matrix.rowVector(values[l]))), Matrix.zeros(plain.sizes[l], plain.sizes[l])).div(examples.length);
    const end = start + plain.sizes[l + 1] - 1;
    const outputSide = hessian.subMatrix(start, end, start, end);
    put(outputSide.kroneckerProduct(inputSide));
    if (plain.biases) put(outputSide);
  });
  return result;
}

/**
 * The same where weights are shared among P positions: with $H_{pp}$ the block of numbers added to the outputs at a position, $\tfrac1P \sum_p H_{pp} (x) \tfrac1N \sum_n \sum_p z_{np} z_{np}'$ for the weights of a
 * layer, and its own block for the biases.
 */
function twinShared(twin: Twin, { layers, shifted }: SharedLayers, kind: KindRow): Matrix {
  const { parameters, outputs } = twin.model;
  const width = parameters.length;
  const patches = layers.map((layer) => twin.inputs.map((input) => layer.patches(parameters, input)));
  const shifts = layers.reduce((sum, { units }, l) => sum + units * patches[l][0].length, 0);
  const model = { outputs, parameters: Float64Array.from([...parameters, ...new Float64Array(shifts)]) } as Model;
  const hessian = kind.hessian({ ...twin, model, outputs: (w, x) => shifted(Array.from(w).slice(0, width), x, Array.from(w).slice(width)) });
  const result = Matrix.zeros(width, width);
  let [at, from] = [0, width];
  layers.forEach(({ units, biases }, l) => {
    const [positions, inputs] = [patches[l][0].length, patches[l][0][0].length];
    const inputSide = patches[l].flat().reduce((sum, z) => sum.add(Matrix.columnVector(z).mmul(Matrix.rowVector(z))), Matrix.zeros(inputs, inputs)).div(twin.inputs.length);
    const outputSide = Matrix.zeros(units, units);
    for (let p = 0; p < positions; p++, from += units) outputSide.add(hessian.subMatrix(from, from + units - 1, from, from + units - 1));
    result.setSubMatrix(outputSide.div(positions).kroneckerProduct(inputSide), at, at);
    at += units * inputs;
    if (!biases) return;
    result.setSubMatrix(hessian.subMatrix(at, at + units - 1, at, at + units - 1), at, at);
    at += units;
  });
  return result;
}

/** The network with biases in all layers, and where those of each layer start. */
function withBiases(twin: Twin, plain: PlainNetwork): { biased: Twin; starts: number[] } {
  const { sizes } = plain;
  const parameters: number[] = [];
  const starts: number[] = [];
  let from = 0;
  for (let l = 0; l + 1 < sizes.length; l++) {
    const weights = sizes[l] * sizes[l + 1];
    parameters.push(...twin.model.parameters.subarray(from, from + weights));
    from += weights;
    starts.push(parameters.length);
    for (let j = 0; j < sizes[l + 1]; j++) parameters.push(plain.biases ? twin.model.parameters[from++] : 0);
  }
  const model = { outputs: twin.model.outputs, parameters: Float64Array.from(parameters) } as Model;
  return { biased: { ...twin, model, outputs: (w, x) => plainOutputs({ ...plain, biases: true }, w, twin.features?.(x) ?? x) }, starts };
}

/** Prior precisions that are products of a number for each row of a tensor and one for each column. */
export function separablePrecisions({ tensors }: Model): Float64Array {
  return Float64Array.from(tensors.flatMap(({ rows, columns }, t) => Array.from({ length: rows * columns }, (_, at) => (0.5 + ((Math.floor(at / columns) + t) % 3)) * (1 + 0.5 * ((at % columns) % 2)))));
}
