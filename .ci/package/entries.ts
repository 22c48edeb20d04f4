// The entries that take packages of their own, where these are installed: each does a little of its work. TensorFlow.js is not: its entry imports nothing of it.
import { numpy as np } from "@jax-js/jax";
import { coverageCurve, forward, gaussian, InvalidArgumentError, type LaplaceError } from "laplace-ts";
import { fromJax } from "laplace-ts/jax";
import { fromOnnx } from "laplace-ts/onnx";
import { coveragePlot } from "laplace-ts/plots";
import { fromTensorFlow } from "laplace-ts/tfjs";

const { model } = await fromJax((weights: np.Array, inputs: np.Array) => np.dot(inputs, weights), np.array([2, 3]), [[1, 1]]);
if (forward(model, [[1, 2]]).get(0, 0) !== 8) throw new Error("jax: 1 times 2 and 2 times 3 should be 8");

const refused = async (what: string, attempt: Promise<unknown>): Promise<void> => {
  const error = await attempt.then(() => undefined, (reason: LaplaceError) => reason);
  if (!(error instanceof InvalidArgumentError)) throw new Error(`${what} should refuse what is no model, and not with ${String(error)}`);
  console.log(`${what}: ${error.message}`);
};
await refused("onnx", fromOnnx(Uint8Array.of(8, 8))); // a version, read by the protobuf reader, and no graph
await refused("tfjs", fromTensorFlow({} as never));

const prediction = gaussian({ noise: 1 }).predict({ rows: 4, outputs: 1, mean: new Float64Array(4) });
const svg = coveragePlot(coverageCurve(prediction, [-1.5, -0.3, 0.4, 0.9]));
if (!svg.startsWith("<svg")) throw new Error("plots: a picture should be an svg element");
console.log(`plots: ${svg.length} characters of SVG`);
