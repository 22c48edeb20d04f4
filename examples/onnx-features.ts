/**
 * Error bars for a network of another program: `npm run example:onnx`. PyTorch trained a classifier of digits and exported it (`examples/onnx-features/export.py`); onnxruntime computes what its last layer
 * takes, and the posterior is that of the last layer.
 */
import { readFile } from "node:fs/promises";
import { categorical, forward, isotropic, laplace, predict, random, type FlatArray } from "laplace-ts";
import { onnxLastLayer } from "laplace-ts/onnx";
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

env.wasm.numThreads = 1;
const folder = new URL("./onnx-features/", import.meta.url);
const { labels, pixels } = JSON.parse(await readFile(new URL("digits.json", folder), "utf8")) as { labels: number[]; pixels: string };
const images = Float32Array.from(atob(pixels), (character) => character.charCodeAt(0) / 16);

const { model, features, bytes } = onnxLastLayer(await readFile(new URL("digits.onnx", folder)));
const session = await InferenceSession.create(bytes);

/** What the last layer takes, for images of 8 x 8 pixels one after the other. */
async function featuresOf(images: Float32Array): Promise<FlatArray> {
  const rows = images.length / 64;
  const results = await session.run({ image: new Tensor("float32", images, [rows, 1, 8, 8]) }, [features]);
  return { data: results[features].data as Float32Array, shape: [rows, model.layers[0].inputs] };
}
const digits = async (from: number, to: number): Promise<{ inputs: FlatArray; targets: number[] }> => ({ inputs: await featuresOf(images.slice(64 * from, 64 * to)), targets: labels.slice(from, to) });

const [training, others] = [await digits(0, 500), await digits(500, 900)];
const source = random(1);
const noise = await featuresOf(Float32Array.from({ length: 200 * 64 }, () => source.uniform()));
await session.release();

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function softmax(logits: readonly number[]): number[] {
  const sum = logits.reduce((total, logit) => total + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / sum);
}

/** The mean log density of other digits, and how probable the most probable class is on average, for these and for random pixels. */
function row(name: string, ofDigits: readonly number[][], ofNoise: readonly number[][]): void {
  const certainty = (probabilities: readonly number[][]): string => mean(probabilities.map((one) => Math.max(...one))).toFixed(2);
  console.log([name.padEnd(21), mean(ofDigits.map((one, n) => Math.log(one[others.targets[n]]))).toFixed(2).padStart(11), certainty(ofDigits).padStart(13), certainty(ofNoise).padStart(20)].join(""));
}

console.log(`${model.parameters.length} weights of the last layer, ${training.targets.length} digits\n`);
console.log("                                     probability of the likeliest class");
console.log("                      log density    other digits    random pixels");
row("network alone", forward(model, others.inputs).to2DArray().map(softmax), forward(model, noise).to2DArray().map(softmax));
for (const precision of [100, 10, 1]) {
  const posterior = await laplace(model, categorical(), training, { prior: isotropic(precision) });
  const probabilities = async (inputs: FlatArray): Promise<number[][]> => (await predict(posterior, inputs)).probabilities.to2DArray();
  row(`prior precision ${precision}`, await probabilities(others.inputs), await probabilities(noise));
}
