import * as tf from "@tensorflow/tfjs";
import { describe, expect, test } from "vitest";
import { InvalidArgumentError, UnsupportedError } from "../src/errors.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { forward } from "../src/model/derivatives.ts";
import { lastLayer } from "../src/model/last-layer.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { random } from "../src/random.ts";
import { DifferentOutputsError, fromTensorFlow, type FromTensorFlowOptions, type TensorFlowModel } from "../src/tfjs.ts";
import fc from "./support/fast-check.ts";
import { ACTIVATIONS, denseChains, imageChains, randomModel, randomWeights, sequenceChains, type Architecture } from "./tfjs/architectures.ts";

/** The model, unless TensorFlow.js itself does not take it: a kernel larger than its inputs, or no outputs left. */
function fitting(architecture: Architecture, seed: number): tf.Sequential | undefined {
  try {
    const model = randomModel(architecture, seed);
    return model.layers.every(({ outputShape }) => (outputShape as number[]).slice(1).every((size) => size > 0)) ? model : undefined;
  } catch {
    return undefined;
  }
}

/** Rows of random numbers, and what the model itself makes of them. */
async function predictions(model: tf.LayersModel, rows: number, seed: number): Promise<readonly [inputs: number[][], outputs: number[][]]> {
  const source = random(seed);
  const shapes = model.inputs.map(({ shape }) => shape.slice(1) as number[]);
  const parts = shapes.map((shape) => Array.from({ length: rows }, () => Array.from({ length: shape.reduce((a, b) => a * b, 1) }, () => Math.fround(source.normal()))));
  const tensors = shapes.map((shape, i) => tf.tensor(parts[i].flat(), [rows, ...shape]));
  const predicted = (model.predict(tensors) as tf.Tensor).reshape([rows, -1]);
  return [parts[0].map((_, n) => parts.flatMap((part) => part[n])), (await predicted.array()) as number[][]];
}

const softmax = (row: number[]): number[] => row.map((value) => Math.exp(value) / row.reduce((sum, other) => sum + Math.exp(other), 0));
const LINKS = { sigmoid: (row: number[]) => row.map((a) => 1 / (1 + Math.exp(-a))), softmax, logSoftmax: (row: number[]) => softmax(row).map(Math.log) };

/** The largest difference between the network, after the link, and TensorFlow.js, over the largest output. */
async function difference(model: tf.LayersModel, options: FromTensorFlowOptions = {}): Promise<number> {
  const { model: network, link } = await fromTensorFlow(model, options);
  const [inputs, expected] = await predictions(model, 5, 7);
  const outputs = forward(network, inputs).to2DArray().map((row) => (link === undefined ? row : LINKS[link](row)));
  const largest = Math.max(...expected.flat().map(Math.abs), 1e-6);
  return Math.max(...outputs.flatMap((row, n) => row.map((value, k) => Math.abs(value - expected[n][k])))) / largest;
}

async function failure(model: unknown, options: FromTensorFlowOptions = {}): Promise<Error> {
  return fromTensorFlow(model as TensorFlowModel, options).then(
    () => new Error("it did not fail"),
    (error: unknown) => error as Error,
  );
}

describe("random architectures give what TensorFlow.js predicts, inputs in its own order", () => {
  test.each([
    ["dense layers", denseChains],
    ["images", imageChains],
    ["sequences", sequenceChains],
  ])("%s", async (_, architectures) => {
    let tried = 0;
    await fc.assert(
      fc.asyncProperty(architectures, fc.integer({ min: 0, max: 1000 }), async (architecture, seed) => {
        const model = fitting(architecture, seed);
        fc.pre(model !== undefined);
        tried++;
        expect(await difference(model)).toBeLessThan(2e-5);
        model.dispose();
      }),
      { numRuns: 40 },
    );
    expect(tried).toBeGreaterThanOrEqual(40);
  });
});

test.each([...ACTIVATIONS])("the activation %s, in the middle and at the end", async (activation) => {
  const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [3], units: 6, activation }), tf.layers.dense({ units: 2, activation })] });
  randomWeights(model, 1);
  const { model: network, link } = await fromTensorFlow(model);
  const isLink = activation in LINKS;
  expect(link).toBe(isLink ? activation : undefined);
  expect(network.operations.filter(({ kind }) => kind === "dense").length).toBe(2);
  expect(network.operations[network.operations.length - 1].kind === "dense").toBe(isLink || activation === "linear");
  expect(await difference(model)).toBeLessThan(2e-6);
});

describe("graphs", () => {
  /** Two branches of an image, and how they are joined. */
  const joined = (join: (...branches: tf.SymbolicTensor[]) => unknown): tf.LayersModel => {
    const input = tf.input({ shape: [4, 5, 2] });
    const [a, b, c] = [3, 2, 1].map((kernelSize) => tf.layers.conv2d({ filters: 3, kernelSize, padding: "same", activation: "tanh" }).apply(input) as tf.SymbolicTensor);
    const together = join(a, b, c) as tf.SymbolicTensor;
    const model = tf.model({ inputs: input, outputs: tf.layers.dense({ units: 2 }).apply(tf.layers.flatten().apply(together)) as tf.SymbolicTensor });
    randomWeights(model, 3);
    return model;
  };

  test.each<[string, () => tf.layers.Layer]>([
    ["add", () => tf.layers.add()],
    ["average", () => tf.layers.average()],
    ["multiply", () => tf.layers.multiply()],
    ["maximum", () => tf.layers.maximum()],
    ["minimum", () => tf.layers.minimum()],
    ["concatenate", () => tf.layers.concatenate()],
    ["concatenate along height", () => tf.layers.concatenate({ axis: 1 })],
  ])("three branches by %s, channels first and last", async (_, layer) => {
    expect(await difference(joined((...branches) => layer().apply(branches)))).toBeLessThan(2e-6);
    // One of the branches comes from a layer that works with channels last.
    expect(await difference(joined((a, b, c) => layer().apply([a, tf.layers.layerNormalization().apply(b) as tf.SymbolicTensor, c])))).toBeLessThan(5e-6);
  });

  test("several inputs stand one after the other in a row", async () => {
    const [image, numbers] = [tf.input({ shape: [3, 3, 2] }), tf.input({ shape: [4] })];
    const seen = tf.layers.globalMaxPooling2d({}).apply(tf.layers.conv2d({ filters: 4, kernelSize: 2 }).apply(image));
    const outputs = tf.layers.dense({ units: 1 }).apply(tf.layers.add().apply([seen, numbers] as tf.SymbolicTensor[])) as tf.SymbolicTensor;
    const model = tf.model({ inputs: [image, numbers], outputs });
    randomWeights(model, 5);
    expect((await fromTensorFlow(model)).model.inputs).toBe(22);
    expect(await difference(model)).toBeLessThan(2e-6);
  });

  test("models within models, the last of which has the link", async () => {
    const input = tf.input({ shape: [5] });
    const inner = tf.model({ inputs: input, outputs: tf.layers.add().apply([tf.layers.dense({ units: 5, activation: "relu" }).apply(input) as tf.SymbolicTensor, input]) as tf.SymbolicTensor, name: "inner" });
    const head = tf.sequential({ layers: [tf.layers.dense({ inputShape: [5], units: 3, activation: "softmax", name: "logits" })], name: "head" });
    const model = tf.sequential({ layers: [inner, head] });
    randomWeights(model, 6);
    const { model: network, link } = await fromTensorFlow(model);
    expect(link).toBe("softmax");
    expect(network.tensors.map(({ name }) => name)[3]).toBe("head/logits.biases");
    expect(lastLayer(network).layers[0].inputs).toBe(5);
    expect(await difference(model)).toBeLessThan(2e-6);
  });

  test("convolutions one after the other are transposed once", async () => {
    const model = tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [8, 8, 3], filters: 4, kernelSize: 3, activation: "relu" }), tf.layers.batchNormalization(), tf.layers.maxPooling2d({ poolSize: 2 }), tf.layers.conv2d({ filters: 4, kernelSize: 2 }), tf.layers.flatten(), tf.layers.dense({ units: 2 })] });
    const { model: network } = await fromTensorFlow(model);
    expect(network.operations.filter(({ kind }) => kind === "transpose").length).toBe(2);
    expect(network.inputShape).toEqual([8, 8, 3]);
  });

  test("embeddings take numbers of things, which the check draws", async () => {
    const model = tf.sequential({ layers: [tf.layers.embedding({ inputDim: 7, outputDim: 3, inputLength: 4 }), tf.layers.globalAveragePooling1d(), tf.layers.dense({ units: 2 })] });
    randomWeights(model, 8);
    const { model: network } = await fromTensorFlow(model);
    const inputs = [[0, 1, 2, 6], [5, 5, 5, 3]];
    const expected = (await (model.predict(tf.tensor2d(inputs)) as tf.Tensor2D).array()).flat();
    forward(network, inputs).to1DArray().forEach((value, i) => expect(value).toBeCloseTo(expected[i], 5));
    expect(await failure(model, { check: [[0, 1, 2, 7]] })).toBeInstanceOf(InvalidArgumentError);
  });

  test("a vector that is repeated is a sequence", async () => {
    const model = tf.sequential({ layers: [tf.layers.repeatVector({ inputShape: [3], n: 4 }), tf.layers.reshape({ targetShape: [2, 2, 3] }), tf.layers.conv2d({ filters: 2, kernelSize: 2 }), tf.layers.flatten(), tf.layers.dense({ units: 1 })] });
    randomWeights(model, 9);
    expect(await difference(model)).toBeLessThan(2e-6);
  });
});

describe("what is at the end", () => {
  test("a softmax over the positions of a sequence stays, and any link stays that is asked to", async () => {
    const positions = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2, 3], units: 4, activation: "softmax" })] });
    expect((await fromTensorFlow(positions)).link).toBeUndefined();
    const rates = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1, activation: "sigmoid" })] });
    const { model: network, link } = await fromTensorFlow(rates, { keepLink: true });
    expect([link, network.operations.map(({ kind }) => kind)]).toEqual([undefined, ["dense", "activation"]]);
    expect(await difference(rates, { keepLink: true })).toBeLessThan(2e-6);
  });

  test("predictions of the posterior's mode are those of TensorFlow.js", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 4, activation: "tanh" }), tf.layers.dense({ units: 3, activation: "softmax" })] });
    const { model: network } = await fromTensorFlow(model);
    const [inputs, probabilities] = await predictions(model, 12, 1);
    const posterior = await laplace(network, categorical(), { inputs, targets: inputs.map((_, n) => n % 3) }, { prior: isotropic(1e8) });
    const predicted = (await predict(posterior, inputs)).probabilities.to2DArray();
    predicted.flat().forEach((value, i) => expect(value).toBeCloseTo(probabilities.flat()[i], 5));
  });
});

describe("errors", () => {
  test("all layers without a counterpart are named at once, with what to do", async () => {
    const model = tf.sequential({ layers: [tf.layers.lstm({ inputShape: [4, 2], units: 3, returnSequences: true, name: "memory" }), tf.layers.dense({ units: 2 }), tf.layers.prelu({ name: "bent" }), tf.layers.flatten(), tf.layers.dense({ units: 1 })] });
    const error = await failure(model);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toMatch(/^There is no counterpart of memory \(LSTM\), bent \(PReLU\)\. .*last layer: features = tf\.model/);
  });

  test("options without a counterpart", async () => {
    const model = tf.sequential({ layers: [tf.layers.conv2d({ inputShape: [2, 4, 4], filters: 1, kernelSize: 1, dataFormat: "channelsFirst", name: "turned" }), tf.layers.upSampling2d({ interpolation: "bilinear", name: "smooth" }), tf.layers.flatten(), tf.layers.dense({ units: 1 })] });
    expect((await failure(model)).message).toContain("turned (Conv2D with channels first), smooth (UpSampling2D with these options).");
  });

  test("layers that are used twice, and several outputs", async () => {
    const input = tf.input({ shape: [3] });
    const twice = tf.layers.dense({ units: 3, name: "twice" });
    const once = twice.apply(input) as tf.SymbolicTensor;
    expect((await failure(tf.model({ inputs: input, outputs: twice.apply(once) as tf.SymbolicTensor }))).message).toMatch(/^twice of .* more than once/);
    const two = await failure(tf.model({ inputs: input, outputs: [once, tf.layers.dense({ units: 1 }).apply(once) as tf.SymbolicTensor] }));
    expect(two).toBeInstanceOf(UnsupportedError);
    expect(two.message).toMatch(/has 2 outputs, .*model\.outputs\[0\]/);
  });

  test("other outputs than TensorFlow.js predicts: which, and how far", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 2 })] });
    const doubled = new Proxy(model, { get: (of, key) => (key === "predict" ? (x: tf.Tensor) => (of.predict(x) as tf.Tensor).add(tf.tensor1d([0, 1])) : (Reflect.get(of, key) as unknown)) });
    const error = await failure(doubled, { check: [[1, 2], [3, 4]] });
    if (!(error instanceof DifferentOutputsError)) throw error;
    expect(error.output).toBe(1);
    expect(error.expected - error.received).toBeCloseTo(1, 5);
    expect(error.message).toMatch(/^Output 1 of example [01] is .*, and TensorFlow\.js predicts .*: they differ by 1\.00, and rounding explains/);
  });

  test("what is no model, is not built, or has sizes that are not known", async () => {
    const message = async (model: unknown, options?: FromTensorFlowOptions): Promise<string> => {
      const error = await failure(model, options);
      expect(error).toBeInstanceOf(InvalidArgumentError);
      return error.message;
    };
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1 })] });
    expect(await message(undefined)).toMatch(/^model: expected a tf.Sequential or tf.LayersModel, got undefined/);
    expect(await message(Promise.resolve(model))).toContain("Await it first.");
    expect(await message(tf.sequential())).toContain("inputShape");
    expect(await message(tf.sequential({ layers: [tf.layers.globalAveragePooling2d({ inputShape: [null, null, 3] }), tf.layers.dense({ units: 1 })] }))).toContain("[null,null,null,3] at input 1");
    expect(await message(tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 1] })] }))).toContain("layers with weights");
    expect(await message(model, { check: [[1, 2, 3]] })).toBe("options.check: expected rows of 2 numbers, as the model takes them, got rows of 3.");
    expect(await message(model, { tolerance: 0 })).toContain("options.tolerance");
    expect(await message(model, { sample: 1 } as never)).toContain("options.sample");
  });

  test("TensorFlow.js keeps no tensor of ours", async () => {
    const model = tf.sequential({ layers: [tf.layers.dense({ inputShape: [2], units: 1 })] });
    await fromTensorFlow(model);
    const before = tf.memory().numTensors;
    await fromTensorFlow(model);
    expect(tf.memory().numTensors).toBe(before);
  });
});
