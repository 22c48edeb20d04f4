import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { InvalidArgumentError, LaplaceError, UnsupportedError } from "../src/errors.ts";
import { forward } from "../src/model/derivatives.ts";
import { lastLayer } from "../src/model/last-layer.ts";
import { fromOnnx, onnxLastLayer } from "../src/onnx.ts";
import { expectClose } from "./support/close.ts";
import { onnxCases, onnxFile } from "./support/onnx-files.ts";

describe("fromOnnx", () => {
  it("names layers as PyTorch names its modules, and has weights as parameters in its order", async () => {
    const { model: network } = await fromOnnx(onnxFile("chain"));
    expect(network.tensors.map(({ name, rows, columns }) => `${name} ${rows} x ${columns}`)).toEqual(["0.weights 5 x 3", "0.biases 5 x 1", "3.weights 4 x 5", "3.biases 4 x 1", "5.weights 2 x 4", "5.biases 2 x 1"]);
    expect((await fromOnnx(onnxFile("image"))).model.tensors.map(({ name }) => name)).toContain("head.weights");
  });

  it("makes one dense layer of a product and a sum", async () => {
    const { model: network } = await fromOnnx(onnxFile("scikit-learn, three classes"));
    expect(network.operations.map(({ kind }) => kind)).toEqual(["dense", "activation", "dense"]);
    expect(lastLayer(network).parameters.length).toBe(18);
  });

  it.each(["scikit-learn, two classes", "scikit-learn, three classes"])("ends with the logits: %s", async (name) => {
    const { inputs, logits } = onnxCases[name];
    expectClose(forward((await fromOnnx(onnxFile(name))).model, inputs).to1DArray(), logits!.flat(), 1e-6);
  });

  it("drops a softmax at the end, unless it is to stay", async () => {
    const [without, whole] = [await fromOnnx(onnxFile("classifier")), await fromOnnx(Promise.resolve(onnxFile("classifier")), { keepLink: true })];
    expect([without, whole].map(({ model }) => model.operations.at(-1)?.kind)).toEqual(["dense", "softmax"]);
    expect([without, whole].map(({ link }) => link)).toEqual(["softmax", undefined]);
    expect((await fromOnnx(onnxFile("chain"))).link).toBeUndefined();
    expect((await fromOnnx(onnxFile("scikit-learn, two classes"))).link).toBe("sigmoid");
    expect((await fromOnnx(onnxFile("scikit-learn, three classes"))).link).toBe("softmax");
  });

  it.each(Object.keys(onnxCases))("compares with outputs of the whole file: %s", async (name) => {
    const { inputs, outputs } = onnxCases[name];
    const { difference } = await fromOnnx(onnxFile(name), { check: { inputs, outputs } });
    expect(difference).toBeLessThan(1e-5);
    expect((await fromOnnx(onnxFile(name))).difference).toBeUndefined();
    const wrong = outputs.map((row, n) => row.map((value, k) => (n === 1 && k === 0 ? value + 0.01 * Math.max(1, ...outputs.flat().map(Math.abs)) : value)));
    await expect(fromOnnx(onnxFile(name), { check: { inputs, outputs: wrong } })).rejects.toThrow(/options.check.outputs: expected what the network gives .* for example 2, output 1/);
    await expect(fromOnnx(onnxFile(name), { check: { inputs, outputs: outputs.slice(1) } })).rejects.toThrow(/options.check.outputs/);
  });

  it("refuses what is no model", async () => {
    const cases: readonly [bytes: unknown, message: RegExp][] = [
      [new Uint8Array(), /bytes: expected an ONNX model, got 0 bytes/],
      [new TextEncoder().encode("version https://git-lfs.github.com/spec/v1\n"), /Git LFS/],
      [[8, 7], /a Uint8Array.*, got an array of 2, the first 8\. An ArrayBuffer goes in as/],
      [new ArrayBuffer(2), /a Uint8Array.*, got an ArrayBuffer\. An ArrayBuffer goes in as/],
      ["network.onnx", /a Uint8Array.*, got "network\.onnx"\. Read the file first/],
    ];
    for (const [bytes, message] of cases) {
      await expect(fromOnnx(bytes as Uint8Array)).rejects.toThrow(InvalidArgumentError);
      await expect(fromOnnx(bytes as Uint8Array)).rejects.toThrow(message);
    }
    expect(() => onnxLastLayer(Promise.resolve(new Uint8Array()) as never)).toThrow(/got a Promise\. Await it first\./);
  });

  it.each(["chain", "attention", "scikit-learn, two classes"])("gives a typed error, or a network, for damaged files: %s", async (name) => {
    const file = onnxFile(name);
    const attempt = (bytes: Uint8Array): Promise<unknown> => fromOnnx(bytes).catch((error: unknown) => error);
    for (let end = 0; end < file.length; end += 1 + Math.floor(file.length / 300)) expect(await attempt(file.slice(0, end)), `cut at ${end}`).toBeInstanceOf(LaplaceError);
    for (let at = 0; at < file.length; at += 1 + Math.floor(file.length / 300)) {
      for (const value of [0, 127, 255]) {
        const result = await attempt(Uint8Array.from(file, (byte, i) => (i === at ? value : byte)));
        if (result instanceof Error) expect(result, `${value} at ${at}: ${result.stack ?? ""}`).toBeInstanceOf(LaplaceError);
      }
    }
  });

  it("names all operators that it does not read", async () => {
    const rename = (file: Uint8Array, from: string, to: string): Uint8Array => {
      const text = Array.from(file, (byte) => String.fromCharCode(byte)).join("");
      return Uint8Array.from(text.replaceAll(from, to), (character) => character.charCodeAt(0));
    };
    const file = rename(rename(onnxFile("chain"), "Tanh", "Tanq"), "Gemm", "Gexx");
    await expect(fromOnnx(file)).rejects.toThrow(UnsupportedError);
    await expect(fromOnnx(file)).rejects.toThrow(/Gexx, Tanq\. Let onnxruntime compute the features.*mlp\(\[features, outputs\]/);
  });

  it("asks for the shape of an example where the file leaves it open", async () => {
    const { inputs, outputs } = onnxCases["sequence of dense layers"];
    expect((await fromOnnx(onnxFile("sequence of dense layers"), { inputShape: [5, 3], check: { inputs, outputs } })).model.inputShape).toEqual([5, 3]);
    await expect(fromOnnx(onnxFile("chain"), { inputShape: [4] })).rejects.toThrow(/weights for 3 numbers at inputs of 4/);
  });

  it("refuses unknown options and outputs", async () => {
    await expect(fromOnnx(onnxFile("chain"), { softmax: true } as never)).rejects.toThrow(/unknown option/);
    await expect(fromOnnx(onnxFile("chain"), { output: "nothing" })).rejects.toThrow(/options.output/);
    await expect(fromOnnx(onnxFile("chain"), { keepLink: 1 as never })).rejects.toThrow(/options.keepLink/);
    await expect(fromOnnx(onnxFile("chain"), { check: { inputs: [[1, 2, 3]], outputs: [[1, 2]], tolerance: 0 } })).rejects.toThrow(/tolerance/);
  });
});

describe("onnxLastLayer", () => {
  it.each(["chain", "classifier", "image", "scikit-learn, three classes"])("is the dense layer at the end, whatever comes before: %s", async (name) => {
    const { model: network } = await fromOnnx(onnxFile(name));
    const { model, features, bytes } = onnxLastLayer(onnxFile(name));
    const last = lastLayer(network);
    expect(Array.from(model.parameters)).toEqual(Array.from(last.parameters));
    // The file that it returns ends with one more output, and is still the same model up to there.
    const { inputs } = onnxCases[name];
    const before = forward((await fromOnnx(bytes, { output: features, keepLink: true })).model, inputs);
    expectClose(forward(model, before).to1DArray(), forward(network, inputs).to1DArray(), 1e-12);
  });

  it("reads no operator before it, and leaves a file that has the features as it is", async () => {
    const file = new Uint8Array(await readFile(new URL("../examples/onnx-features/digits.onnx", import.meta.url)));
    await expect(fromOnnx(file)).rejects.toThrow(/InstanceNormalization/);
    const { model, bytes } = onnxLastLayer(file);
    expect([model.layers[0].inputs, model.outputs, model.parameters.length]).toEqual([16, 10, 170]);
    expect(bytes.length).toBeGreaterThan(file.length);
    expect(onnxLastLayer(bytes, { output: "logits" }).bytes).toBe(bytes);
  });

  it("refuses outputs that no dense layer gives", () => {
    expect(() => onnxLastLayer(onnxFile("pooling"))).toThrow(UnsupportedError);
    expect(() => onnxLastLayer(onnxFile("branches"))).toThrow(/not from a dense layer/);
  });
});
