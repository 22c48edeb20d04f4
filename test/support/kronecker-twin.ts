import { Matrix } from "ml-matrix";
import type { Model } from "../../src/model/model.ts";
import type { KindRow } from "../conformance.ts";
import type { Twin } from "./dense-twin.ts";
import { plainOutputs, plainPass, type PlainNetwork } from "./plain-network.ts";

/**
 * What Kronecker factors keep of a curvature: for the biases of a layer their block H_bb, for its weights H_bb (x) sum_n z_n z_n' / N, in the order of
 * the parameters. A network without biases gets some, which are 0, to see H_bb.
 */
export function twinKronecker(twin: Twin, kind: KindRow): Matrix {
  const { plain } = twin;
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
