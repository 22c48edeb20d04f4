import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, LaplaceError } from "../errors.ts";
import { sizeOf, type Shape } from "../model/graph/shape.ts";
import type { OutputLink } from "../model/imported.ts";
import { random } from "../random.ts";
import { sigmoid } from "../sigmoid.ts";
import type { Converted } from "./convert.ts";
import { numbersOf, type TensorFlowModel, type TensorFlowTensor } from "./tensor-flow.ts";

/** How many examples are compared unless they are given. */
const EXAMPLES = 8;

/**
 * The network that {@link fromTensorFlow} made gives other outputs than the model, by more than the rounding of single precision.
 *
 * @category Errors
 */
export class DifferentOutputsError extends LaplaceError {
  /** `"DifferentOutputsError"`. */
  override readonly name = "DifferentOutputsError";
  /** The example where they differ most, from 0. */
  readonly example: number;
  /** Which of its outputs, from 0. */
  readonly output: number;
  /** What the network gives there, after the link if there is one. */
  readonly received: number;
  /** What TensorFlow.js predicts. */
  readonly expected: number;

  constructor({ example, output, received, expected }: Pick<DifferentOutputsError, "example" | "output" | "received" | "expected">, tolerance: number) {
    super(
      `Output ${output} of example ${example} is ${received}, and TensorFlow.js predicts ${expected}: they differ by ${Math.abs(received - expected).toPrecision(3)}, and rounding explains ${tolerance.toPrecision(3)}. ` +
        "If the numbers of the model are large, give inputs of a usual size as { check: inputs }; else this is a layer that means something else here: please report it, with model.summary().",
    );
    this.example = example;
    this.output = output;
    this.received = received;
    this.expected = expected;
  }
}

/** Inputs to compare at: those given, or normal numbers from a seed, and of things their numbers. */
export function checkInputs({ network, shapes, things }: Converted, given: MatrixLike | undefined, seed: number): Table {
  if (given !== undefined) {
    const table = toTable("options.check", given);
    if (table.columns === network.inputs) return table;
    throw new InvalidArgumentError({ argument: "options.check", expected: `rows of ${network.inputs} numbers, as the model takes them`, received: `rows of ${table.columns}` });
  }
  const source = random(seed);
  const row = (): number[] => shapes.flatMap((shape, i) => Array.from({ length: sizeOf(shape) }, () => (things[i] === undefined ? source.normal() : source.integer(things[i]))));
  return { data: Float64Array.from(Array.from({ length: EXAMPLES }, row).flat()), rows: EXAMPLES, columns: network.inputs };
}

/** The largest difference between a model's outputs and those of the network, as a share of the largest output; throws where it is above the tolerance. */
export async function compare(model: TensorFlowModel, { network, link, shapes }: Converted, inputs: Table, tolerance: number): Promise<number> {
  // TensorFlow rounds its inputs to single precision: so do we, that the comparison is of the same.
  const rounded = { ...inputs, data: Float64Array.from(Float32Array.from(inputs.data)) };
  const received = linked(network.evaluate(rounded).outputs, network.outputs, link);
  const expected = await predictions(model, rounded, shapes);
  const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  let [worst, distance] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const here = Math.abs(expected[i] - received[i]);
    if (!(here <= distance)) [worst, distance] = [i, here];
  }
  const share = distance / Math.max(largest, 1e-30);
  if (expected.length === received.length && share <= tolerance) return share;
  throw new DifferentOutputsError({ example: Math.floor(worst / network.outputs), output: worst % network.outputs, received: received[worst], expected: expected[worst] }, tolerance * largest);
}

/** What TensorFlow.js predicts. Its tensors are made by a buffer of one of the model's own, so that it is the same TensorFlow.js. */
async function predictions(model: TensorFlowModel, { data, rows, columns }: Table, shapes: readonly Shape[]): Promise<Float64Array> {
  const own = model.layers.flatMap((layer) => layer.getWeights())[0];
  const Buffer = (await own.buffer()).constructor as new (shape: readonly number[], type: "float32", values: Float32Array) => { toTensor(): TensorFlowTensor };
  let from = 0;
  const tensors = shapes.map((shape) => {
    const size = sizeOf(shape);
    const part = Float32Array.from({ length: rows * size }, (_, i) => data[Math.floor(i / size) * columns + from + (i % size)]);
    from += size;
    return new Buffer([rows, ...shape], "float32", part).toTensor();
  });
  const predicted = model.predict((tensors.length === 1 ? tensors[0] : tensors) as never) as TensorFlowTensor;
  const values = await numbersOf(predicted);
  [...tensors, predicted].forEach((tensor) => tensor.dispose());
  return values;
}

function linked(outputs: Float64Array, columns: number, link: OutputLink | undefined): Float64Array {
  if (link === undefined) return outputs;
  if (link === "sigmoid") return outputs.map(sigmoid);
  const logs = outputs.map((value, i) => {
    const row = outputs.subarray(i - (i % columns), i - (i % columns) + columns);
    const most = row.reduce((a, b) => Math.max(a, b));
    return value - most - Math.log(row.reduce((sum, other) => sum + Math.exp(other - most), 0));
  });
  return link === "softmax" ? logs.map(Math.exp) : logs;
}
