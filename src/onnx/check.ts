import { toTable, type MatrixLike } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions } from "../errors.ts";
import { forward } from "../model/derivatives.ts";
import type { Network } from "../model/graph/network.ts";

/**
 * Outputs that another program computes with the model, for {@link fromOnnx} to compare with.
 *
 * @category Models
 */
export interface OnnxCheck {
  /** N x D, one example a row: flat, with axes in the order of the file. */
  readonly inputs: MatrixLike;
  /** N x K: what onnxruntime or PyTorch gives for them, the softmax or sigmoid at the end included if the file has one. */
  readonly outputs: MatrixLike;
  /** How far ours may be from them, relative to the largest of them or 1. Default 1e-4: single precision, and its rounding over some layers. */
  readonly tolerance?: number;
}

/** How far outputs of the network are from those given, as a share of the largest of them or 1. Throws where that is above the tolerance. */
export function checkOutputs(network: Network, check: OnnxCheck): number {
  knownOptions("options.check", check, ["inputs", "outputs", "tolerance"]);
  const { tolerance = 1e-4 } = check;
  if (!(typeof tolerance === "number" && tolerance > 0)) throw new InvalidArgumentError({ argument: "options.check.tolerance", expected: "a number above 0", received: describe(tolerance) });
  const theirs = toTable("options.check.outputs", check.outputs);
  const ours = forward(network, check.inputs);
  if (theirs.rows !== ours.rows || theirs.columns !== ours.columns) throw new InvalidArgumentError({ argument: "options.check.outputs", expected: `${ours.rows} x ${ours.columns} numbers`, received: `${theirs.rows} x ${theirs.columns}` });
  const largest = theirs.data.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
  const values = ours.to1DArray();
  const gaps = values.map((value, i) => Math.abs(value - theirs.data[i]));
  const worst = gaps.reduce((at, gap, i) => (gap > gaps[at] ? i : at), 0);
  if (gaps[worst] <= tolerance * largest) return gaps[worst] / largest;
  throw new InvalidArgumentError({
    argument: "options.check.outputs",
    expected: `what the network gives within ${tolerance} of ${largest.toPrecision(3)}: ${values[worst].toPrecision(7)} for example ${Math.floor(worst / ours.columns) + 1}, output ${(worst % ours.columns) + 1}`,
    received: theirs.data[worst].toPrecision(7),
    advice: "Is the order of the axes that of the file, was the model in its mode of inference (model.eval()), and are these outputs those of the file?",
  });
}
