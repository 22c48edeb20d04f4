import { slice, type Table } from "../../data.ts";
import { activation } from "../activation.ts";
import type { DenseLayer } from "../dense-pass.ts";
import type { ParameterTensor } from "../model.ts";
import { numbersOf, type Graph } from "./graph.ts";
import { forwardPass } from "./passes.ts";
import { sizeOf } from "./shape.ts";

/**
 * The dense layer that gives the outputs of a {@link Network}, and what it sees.
 *
 * @category Models
 */
export interface NetworkHead {
  /** Its tensors are those of the network. */
  readonly layer: DenseLayer;
  /** N x inputs of the layer: the outputs of all that comes before it. */
  features(inputs: Table): Table;
}

/** Numbers that values on the way may take at a time. */
const CHUNK = 2 ** 22;

/** The head of a graph, unless its outputs are not those of a dense layer at one position. */
export function headOf(graph: Graph, parameters: Float64Array): NetworkHead | undefined {
  const { steps, tensors, shapes } = graph;
  let last = steps.length - 1;
  while (steps[last].operation.inert === true && last > 0) last--;
  const { operation, inputs: [value], offset } = steps[last];
  if (operation.dense !== true) return undefined;

  const own = tensors.filter((tensor) => tensor.offset >= offset);
  const weights = own[0];
  const biases = own[1] as ParameterTensor | undefined;
  const layer: DenseLayer = { inputs: weights.columns, outputs: weights.rows, activation: activation("identity"), signSymmetric: false, weights, biases };
  const body: Graph = { ...graph, steps: steps.slice(0, value), shapes: shapes.slice(0, value + 1) };
  const step = Math.max(1, Math.floor(CHUNK / numbersOf(body)));
  return {
    layer,
    features: (inputs) => {
      const columns = sizeOf(shapes[value]);
      const data = new Float64Array(inputs.rows * columns);
      for (let from = 0; from < inputs.rows; from += step) {
        const part = slice(inputs, from, Math.min(inputs.rows, from + step));
        data.set(forwardPass(body, parameters, part.data, part.rows).outputs, from * columns);
      }
      return { data, rows: inputs.rows, columns };
    },
  };
}
