import { readFileSync, writeFileSync } from "node:fs";
import { forward, mlp, random, softmax, type Random } from "laplace-ts";

/** How large a job is. */
export interface Size {
  /** Inputs of the network, units of its hidden layers, outputs. */
  readonly sizes: readonly number[];
  readonly likelihood: "gaussian" | "categorical";
  /** N, the examples to learn from. */
  readonly examples: number;
  /** How many points to predict at. */
  readonly points: number;
}

/** The inputs of a job as every side gets them: numbers in a file, and what they are. */
export interface Problem extends Size {
  /** Standard deviation of Gaussian noise. */
  readonly noise: number;
  /** Of the isotropic prior. */
  readonly priorPrecision: number;
  /** Float64, little-endian, one after the other: {@link Numbers} in their order. */
  readonly file: string;
}

/** What is in the file of a problem. */
export interface Numbers {
  /** The weights, in the order of PyTorch's `parameters_to_vector`. */
  readonly parameters: Float64Array;
  /** N x D. */
  readonly inputs: Float64Array;
  /** N x K numbers, or N labels. */
  readonly targets: Float64Array;
  /** Points x D. */
  readonly points: Float64Array;
}

/** A tanh network and data that it generated itself, so that its weights are near the mode: all from a seed, written to a file. */
export function writeProblem(size: Size, file: string, seed = 1): Problem {
  const { sizes, likelihood, examples } = size;
  const problem: Problem = { ...size, noise: 0.3, priorPrecision: 1, file };
  const network = mlp(sizes, { seed });
  const source = random(seed + 1);
  const inputs = normals(examples * sizes[0], source);
  const outputs = forward(network, { data: inputs, shape: [examples, sizes[0]] });
  const targets =
    likelihood === "gaussian"
      ? Float64Array.from(outputs.to1DArray(), (f) => f + problem.noise * source.normal())
      : Float64Array.from({ length: examples }, (_, n) => draw(softmax(Float64Array.from(outputs.getRow(n))), source));
  const points = normals(size.points * sizes[0], source);
  writeNumbers(file, { parameters: network.parameters, inputs, targets, points });
  return problem;
}

/** Writes the file of a problem. */
export function writeNumbers(file: string, { parameters, inputs, targets, points }: Numbers): void {
  const parts = [parameters, inputs, targets, points];
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let from = 0;
  for (const part of parts) {
    all.set(part, from);
    from += part.length;
  }
  writeFileSync(file, all);
}

/** The numbers of a problem, from its file. */
export function readProblem({ file, sizes, likelihood, examples, points }: Problem): Numbers {
  const { buffer, byteOffset, byteLength } = readFileSync(file);
  const numbers = new Float64Array(buffer.slice(byteOffset, byteOffset + byteLength));
  let from = 0;
  const take = (count: number): Float64Array => numbers.subarray(from, (from += count));
  return {
    parameters: take(sizes.slice(1).reduce((sum, outputs, l) => sum + outputs * (sizes[l] + 1), 0)),
    inputs: take(examples * sizes[0]),
    targets: take(examples * (likelihood === "gaussian" ? sizes[sizes.length - 1] : 1)),
    points: take(points * sizes[0]),
  };
}

function normals(count: number, source: Random): Float64Array {
  return Float64Array.from({ length: count }, () => source.normal());
}

/** A label with the given probabilities. */
function draw(probabilities: Float64Array, source: Random): number {
  let left = source.uniform();
  const label = probabilities.findIndex((p) => (left -= p) < 0);
  return label < 0 ? probabilities.length - 1 : label;
}
