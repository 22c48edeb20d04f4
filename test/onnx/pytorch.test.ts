import { describe, it } from "vitest";
import { forward } from "../../src/model/derivatives.ts";
import { expectClose } from "../support/close.ts";
import { onnxCases, wholeNetwork } from "../support/onnx-files.ts";

describe("models that PyTorch exports have its outputs", () => {
  // PyTorch computes in float32, but for one of them.
  it.each(Object.keys(onnxCases))("%s", async (name) => {
    const { inputs, outputs } = onnxCases[name];
    expectClose(forward(await wholeNetwork(name), inputs).to1DArray(), outputs.flat(), name.includes("double") ? 1e-8 : 3e-6);
  });
});
