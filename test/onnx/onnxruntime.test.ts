import * as onnxruntime from "onnxruntime-web/wasm";
import { describe, expect, it } from "vitest";
import { forward } from "../../src/model/derivatives.ts";
import { onnxLastLayer } from "../../src/onnx.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { onnxCases, onnxFile, wholeNetwork } from "../support/onnx-files.ts";

onnxruntime.env.wasm.numThreads = 1;

describe("onnxruntime gives the same outputs", () => {
  // The embedding takes whole numbers.
  const names = Object.keys(onnxCases).filter((name) => name !== "embedding");
  it.each(names)("%s", async (name) => {
    const session = await onnxruntime.InferenceSession.create(onnxFile(name));
    const [, ...shape] = onnxCases[name].shape;
    const size = shape.reduce((product, one) => product * one, 1);
    const source = random(3);
    const inputs = Float32Array.from({ length: size }, () => source.normal());
    const tensor = name.includes("double") ? new onnxruntime.Tensor("float64", Float64Array.from(inputs), [1, ...shape]) : new onnxruntime.Tensor("float32", inputs, [1, ...shape]);
    const output = session.outputNames[session.outputNames.length - 1];
    const results = await session.run({ [session.inputNames[0]]: tensor }, [output]);
    expectClose(forward(await wholeNetwork(name), [inputs]).to1DArray(), results[output].data as Float32Array, 1e-5);
    await session.release();
  });
});

it("onnxruntime gives the features of the last layer", async () => {
  const { inputs, outputs, shape } = onnxCases.image;
  const { model, features, bytes } = onnxLastLayer(onnxFile("image"));
  const session = await onnxruntime.InferenceSession.create(bytes);
  const results = await session.run({ input: new onnxruntime.Tensor("float32", Float32Array.from(inputs.flat()), shape) });
  expect(Object.keys(results)).toEqual(["output", features]);
  expectClose(forward(model, { data: results[features].data as Float32Array, shape: [inputs.length, model.layers[0].inputs] }).to1DArray(), outputs.flat(), 1e-5);
  await session.release();
});
