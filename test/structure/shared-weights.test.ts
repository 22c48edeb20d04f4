import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { empiricalFisher, outerProduct, type CurvatureKind } from "../../src/curvature/curvature.ts";
import type { Table } from "../../src/data.ts";
import { LaplaceError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { affine } from "../../src/model/graph/affine-layer.ts";
import { batchNormalization } from "../../src/model/graph/batch-normalization.ts";
import { convolution1d, convolution2d } from "../../src/model/graph/convolution.ts";
import { dense } from "../../src/model/graph/dense.ts";
import { embedding } from "../../src/model/graph/embedding.ts";
import type { NetworkEntry } from "../../src/model/graph/entries.ts";
import type { Layer } from "../../src/model/graph/layer.ts";
import { multiHeadAttention } from "../../src/model/graph/multi-head-attention.ts";
import { network, type Network } from "../../src/model/graph/network.ts";
import { flatten } from "../../src/model/graph/reshape.ts";
import { sizeOf, type Shape } from "../../src/model/graph/shape.ts";
import { mlp } from "../../src/model/mlp.ts";
import { isLayered, type LayerShape, type Model } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { Posterior } from "../../src/posterior/posterior.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import type { Structure } from "../../src/structure/structure.ts";
import { weightSpaceSum } from "../../src/structure/weight-space.ts";
import { LAYER_CASES, type LayerCase } from "../model/graph/layer-cases.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normalTable, normals } from "../support/random-numbers.ts";

const likelihood = bernoulli();

/** A model that shows nothing but its function and its Jacobian. */
function withoutLayers(model: Model): Model {
  const { parameters, inputs, outputs, tensors } = model;
  return { parameters, inputs, outputs, tensors, withParameters: (w) => withoutLayers(model.withParameters(w)), evaluate: (table) => model.evaluate(table) };
}

function dataFor(model: Model, inputs: Table) {
  const { outputs } = model;
  return { inputs: { data: inputs.data, shape: [inputs.rows, inputs.columns] as [number, number] }, targets: Array.from({ length: inputs.rows }, (_, n) => Array.from({ length: outputs }, (__, k) => (n + k) % 2)) };
}

const posteriorOf = (model: Model, structure: Structure, inputs: Table, options: { readonly curvature?: CurvatureKind; readonly prior?: Prior } = {}): Promise<Posterior> => laplace(model, likelihood, dataFor(model, inputs), { structure, prior: perLayer(0.7), ...options });

/** The layers before a dense one, with other weights than the first; undefined where they do not fit. */
function made({ shape, layers }: LayerCase, outputs: number, seed: number): Network | undefined {
  try {
    const model = network(shape, [...layers, "tanh", flatten(), dense(outputs)], { seed });
    return model.withParameters(normals(model.parameters.length, seed + 1));
  } catch (error) {
    if (error instanceof LaplaceError) return undefined;
    throw error;
  }
}

const everyOther = (model: Model): Structure => blockDiagonal({ blocks: [0, 1].map((rest) => Array.from(model.parameters, (_, i) => i % 2 === rest)) });

const STRUCTURES: Readonly<Record<string, (model: Model) => Structure>> = {
  "full() in weight space": () => full({ space: "weight" }),
  "full() in function space": () => full({ space: "function" }),
  "diagonal()": () => diagonal(),
  "blockDiagonal()": () => blockDiagonal(),
  "blockDiagonal() of other parameters": everyOther,
  "lowRank()": () => lowRank({ rank: 1000 }),
};

/** Everything that follows from a posterior, at other inputs where it is about outputs. */
function results({ model, data, precision, logEvidence, effectiveParametersByGroup }: Posterior, inputs: Table): Float64Array[] {
  const evaluation = model.evaluate(inputs);
  const covariance = precision.outputCovariance(model, evaluation);
  const count = model.outputs;
  const variance = precision.outputVariance?.(model, evaluation) ?? evaluation.outputs.map((_, i) => covariance[i * count + (i % count)]);
  return [data.curvature.dense(), Float64Array.of(logEvidence), effectiveParametersByGroup, precision.inverseDiagonal(), precision.inverse(), precision.sample(normals(model.parameters.length, 3)), covariance, variance];
}

describe.each(Object.entries(LAYER_CASES))("a network with %s", (_, cases) => {
  it("has the posteriors that its Jacobian gives, in all structures, without showing it whole", async () => {
    let tried = 0;
    for (const [at, drawn] of fc.sample(cases, { numRuns: 7, seed: 5 }).entries()) {
      const model = made(drawn, 1 + (at % 2), at);
      if (model === undefined || model.parameters.length > 120 || drawn.layers.length === 0) continue;
      const [inputs, others] = [normalTable(3, sizeOf(drawn.shape), at), normalTable(2, sizeOf(drawn.shape), at + 1)];
      const prior = perWeight(normals(model.parameters.length, at).map((value) => 0.5 + value * value));
      const curvature = at % 3 === 0 ? empiricalFisher() : outerProduct();
      for (const [name, structure] of Object.entries(STRUCTURES)) {
        const [shown, hidden] = await Promise.all([model, withoutLayers(model)].map((one) => posteriorOf(one, structure(one), inputs, { curvature, prior })));
        const [actual, expected] = [results(shown, others), results(hidden, others)];
        // A draw depends on the factor of the covariance, of which there are many; that of function space is one and the same.
        actual.forEach((values, i) => i === 5 && name !== "diagonal()" ? expect(values.every(Number.isFinite)).toBe(true) : expectClose(values, expected[i], 1e-8));
      }
      tried++;
    }
    expect(tried).toBeGreaterThan(0);
  });
});

/** The layers of a network whose Kronecker factors are tried, each with a name. */
interface Tower {
  readonly shape: Shape;
  readonly layers: readonly { readonly name: string; readonly layer: Layer }[];
}

const towers: Readonly<Record<string, Tower>> = {
  "convolutions with stride, padding, dilation and groups": {
    shape: [2, 5, 6],
    layers: [
      { name: "a", layer: convolution2d({ filters: 4, kernel: [2, 3], stride: [1, 2], padding: 1, groups: 2, activation: "tanh" }) },
      { name: "b", layer: convolution2d({ filters: 3, kernel: 2, dilation: [2, 1], activation: "softplus" }) },
    ],
  },
  "a depthwise convolution, and one without biases": {
    shape: [2, 5],
    layers: [
      { name: "a", layer: convolution1d({ filters: 4, kernel: 3, groups: 2, padding: "same", activation: "tanh" }) },
      { name: "b", layer: convolution1d({ filters: 2, kernel: 2, stride: 2, biases: false, activation: "sigmoid" }) },
    ],
  },
  "groups at one position": { shape: [4, 1], layers: [{ name: "a", layer: convolution1d({ filters: 6, kernel: 1, groups: 2, activation: "tanh" }) }] },
  "dense layers at the positions of a sequence": {
    shape: [3, 2],
    layers: [
      { name: "a", layer: dense(3, { activation: "tanh" }) },
      { name: "b", layer: dense(2, { activation: "tanh", biases: false }) },
    ],
  },
};

/**
 * The definition, from Jacobians: what a layer's weights multiply at a position is the derivative of its output there with respect to them; its deltas are derivatives with respect to a shift of
 * its outputs, which a layer behind it adds.
 */
async function kroneckerByDefinition({ shape, layers }: Tower, model: Network, inputs: Table, curvature: CurvatureKind): Promise<Matrix> {
  const width = model.parameters.length;
  const result = Matrix.zeros(width, width);
  const whole = new Matrix(2 * width, width);
  const of = await posteriorOf(withoutLayers(model), full({ space: "weight" }), inputs, { curvature });
  whole.setSubMatrix(Matrix.from1DArray(width, width, of.data.curvature.dense()), 0, 0);
  const all: readonly NetworkEntry[] = [...layers, flatten(), { name: "last", layer: dense(model.outputs) }];
  for (const { weights, biases, inputs: columns, outputs: units, positions = 1, groups = 1 } of model.layers) {
    const at = all.findIndex((entry) => typeof entry === "object" && "name" in entry && `${entry.name}.weights` === weights.name);
    const bare = bareEntry(all[at]);
    const prefix = network(shape, [...all.slice(0, at), bare], { parameters: model.parameters.slice(0, weights.offset + weights.rows * weights.columns + (biases?.rows ?? 0)) });
    const size = sizeOf(prefix.outputShape);
    const shifted = network(shape, [...all.slice(0, at), bare, { name: "shift", layer: affine({ free: true }) }, ...(activationOf(all[at]) ?? []), ...all.slice(at + 1)]);
    const start = shifted.tensors.find(({ name }) => name === "shift.weights")!.offset;
    const parameters = [...model.parameters.slice(0, start), ...new Array<number>(size).fill(1), ...new Array<number>(size).fill(0), ...model.parameters.slice(start)];
    const { data } = await posteriorOf(withoutLayers(shifted.withParameters(Float64Array.from(parameters))), full({ space: "weight" }), inputs, { curvature });
    const total = parameters.length;
    const dense_ = data.curvature.dense();
    const ofShift = (i: number, j: number): number => dense_[(start + size + i) * total + start + size + j];
    // Convolutions have channels first, dense layers positions.
    const outputAt = (unit: number, position: number): number => (bareIsDense(all[at]) ? position * units * groups + unit : unit * positions + position);
    const jacobian = prefix.evaluate(inputs).jacobian();
    for (let g = 0; g < groups; g++) {
      const a = Matrix.zeros(columns, columns);
      const b = Matrix.zeros(units, units);
      for (let p = 0; p < positions; p++) {
        const output = outputAt(g * units, p);
        for (let n = 0; n < inputs.rows; n++) {
          const from = (n * size + output) * prefix.parameters.length + weights.offset + g * units * columns;
          const z = Matrix.columnVector(jacobian.subarray(from, from + columns));
          a.add(z.mmul(z.transpose()).div(inputs.rows));
        }
        for (let j = 0; j < units; j++) for (let k = 0; k < units; k++) b.set(j, k, b.get(j, k) + ofShift(outputAt(g * units + j, p), outputAt(g * units + k, p)) / positions);
      }
      const offset = weights.offset + g * units * columns;
      result.setSubMatrix(b.kroneckerProduct(a), offset, offset);
    }
    if (biases !== undefined) result.setSubMatrix(whole.subMatrix(biases.offset, biases.offset + biases.rows - 1, biases.offset, biases.offset + biases.rows - 1), biases.offset, biases.offset);
  }
  return result;
}

const layerOf = (entry: NetworkEntry): Layer => (entry as { readonly layer: Layer }).layer;
const bareIsDense = (entry: NetworkEntry): boolean => layerOf(entry).kind === "dense";
const activationOf = (entry: NetworkEntry): readonly NetworkEntry[] | undefined => (layerOf(entry).activation === undefined ? undefined : [layerOf(entry).activation!]);
/** Without its activation. */
const bareEntry = (entry: NetworkEntry): NetworkEntry => ({ ...(entry as { readonly name: string }), layer: { ...layerOf(entry), activation: undefined } });

describe.each(Object.entries(towers))("Kronecker factors of %s", (_, tower) => {
  const outputs = 2;
  const untrained = network(tower.shape, [...tower.layers, flatten(), { name: "last", layer: dense(outputs) }], { seed: 1 });
  const model = untrained.withParameters(normals(untrained.parameters.length, 2));
  const inputs = normalTable(4, sizeOf(tower.shape), 3);

  it.each([outerProduct(), empiricalFisher()])("are those of the definition, and all that follows is dense algebra: $name", async (curvature) => {
    const kept = await kroneckerByDefinition(tower, model, inputs, curvature);
    const posterior = await posteriorOf(model, kronecker(), inputs, { curvature });
    expectClose(posterior.data.curvature.dense(), kept.to1DArray(), 1e-8);
    const v = normals(model.parameters.length, 4);
    expectClose(posterior.data.curvature.product(v), kept.mmul(Matrix.columnVector(v)).to1DArray(), 1e-8);

    const twin = denselyPosterior(posterior, kept);
    const others = normalTable(3, sizeOf(tower.shape), 5);
    const [actual, expected] = [results(posterior, others), results(twin, others)];
    actual.forEach((values, i) => i !== 5 && expectClose(values, expected[i], 1e-8));
    const draws = Array.from(v, (__, i) => posterior.precision.sample(v.map((___, j) => (i === j ? 1 : 0))));
    const factor = new Matrix(draws.map((column) => Array.from(column)));
    expectClose(factor.transpose().mmul(factor).to1DArray(), expected[4], 1e-8);
  });

  it("add up over data, scale, and take relevances of the inputs and damping", async () => {
    const { data } = await posteriorOf(model, kronecker(), inputs);
    const parts = await Promise.all([0, 2].map((from) => posteriorOf(model, kronecker(), { ...inputs, rows: 2, data: inputs.data.subarray(from * inputs.columns, (from + 2) * inputs.columns) })));
    expect(parts[0].data.curvature.parts.length).toBe(data.curvature.parts.length);
    const half = await posteriorOf(model, { ...kronecker(), batchRows: () => 1 }, inputs);
    expectClose(half.data.curvature.dense(), data.curvature.dense(), 1e-10);
    expectClose(data.curvature.times(3).dense(), data.curvature.dense().map((value) => 3 * value), 1e-12);
    for (const options of [{ prior: automaticRelevance(Array.from({ length: automaticRelevance().bind(model).groups.length }, (__, g) => 0.5 + g)) }, { structure: kronecker({ damping: 0.3 }) }]) {
      const posterior = await posteriorOf(model, options.structure ?? kronecker(), inputs, options.prior === undefined ? {} : { prior: options.prior });
      const width = model.parameters.length;
      const twin = denselyPosterior(posterior, Matrix.from1DArray(width, width, posterior.data.curvature.dense()));
      const [actual, expected] = [results(posterior, inputs), results(twin, inputs)];
      actual.forEach((values, i) => i !== 5 && expectClose(values, expected[i], 1e-8));
    }
  });
});

/** The same posterior with all entries of a curvature. */
function denselyPosterior({ model, prior, curvature, temperature, likelihood: same, data }: Posterior, matrix: Matrix): Posterior {
  return new Posterior({ model: withoutLayers(model), prior, curvature, temperature, likelihood: same, structure: full(), data: { ...data, curvature: weightSpaceSum(Float64Array.from(matrix.to1DArray()), matrix.rows) } });
}

describe("layers at one position", () => {
  it("are dense layers, to the last digit: a convolution by a kernel that sees all, and one of 1 x 1", async () => {
    const parameters = normals(mlp([3, 4, 2]).parameters.length, 1);
    const reference = mlp([3, 4, 2], { parameters, activation: "tanh" });
    const inputs = normalTable(5, 3, 2);
    const convolutions = [
      network([1, 3], [convolution1d({ filters: 4, kernel: 3, activation: "tanh" }), flatten(), dense(2)], { parameters }),
      network([3, 1, 1], [convolution2d({ filters: 4, kernel: 1, activation: "tanh" }), convolution2d({ filters: 2, kernel: 1 }), flatten()], { parameters }),
      network([3], [dense(4, { activation: "tanh" }), dense(2)], { parameters }),
    ];
    for (const structure of [kronecker(), diagonal(), full({ space: "function" }), full({ space: "weight" }), blockDiagonal(), blockDiagonal({ blocks: "unit" })]) {
      const prior = perWeight(separable(reference));
      const expected = results(await posteriorOf(reference, structure, inputs, { prior }), inputs);
      for (const model of convolutions) expect(results(await posteriorOf(model, structure, inputs, { prior }), inputs)).toEqual(expected);
    }
  });
});

/** A precision for each column of a weight matrix. */
const separable = ({ tensors }: Model): number[] => tensors.flatMap(({ rows, columns }, t) => Array.from({ length: rows * columns }, (_, i) => 1 + t + (i % columns)));

describe("layers that are no linear maps of what they take", () => {
  /** The entries of the full curvature within blocks of parameters. */
  const within = async (model: Network, inputs: Table, blockOf: (parameter: number) => number): Promise<Float64Array> => {
    const { data } = await posteriorOf(withoutLayers(model), full({ space: "weight" }), inputs);
    const width = model.parameters.length;
    return data.curvature.dense().map((value, at) => (blockOf(Math.floor(at / width)) === blockOf(at % width) ? value : 0));
  };
  const among = (values: Float64Array, width: number, from: number, to: number): number[] => Array.from({ length: (to - from) ** 2 }, (_, i) => values[(from + Math.floor(i / (to - from))) * width + from + (i % (to - from))]);

  it("keep the curvature of all their parameters, exactly: free factors and shifts", async () => {
    const model = network([2, 3], [batchNormalization({ free: true }), "tanh", flatten(), dense(2)], { seed: 1 });
    const inputs = normalTable(4, 6, 2);
    const { data } = await posteriorOf(model, kronecker(), inputs);
    const width = model.parameters.length;
    expectClose(among(data.curvature.dense(), width, 0, 4), among(await within(model, inputs, () => 0), width, 0, 4), 1e-10);
  });

  it("keep that of each vector of an embedding, which may be seen twice", async () => {
    const model = network([3], [embedding(4, 2), "tanh", flatten(), dense(1)], { seed: 1 });
    const inputs = { data: Float64Array.of(0, 1, 1, 3, 0, 1), rows: 2, columns: 3 };
    const { data, precision } = await posteriorOf(model, kronecker(), inputs);
    const width = model.parameters.length;
    expectClose(among(data.curvature.dense(), width, 0, 8), among(await within(model, inputs, (i) => Math.floor(i / 2)), width, 0, 8), 1e-10);
    // Of the third thing, which is not seen, the prior is left.
    expectClose(precision.inverseDiagonal().subarray(4, 6), [1 / 0.7, 1 / 0.7], 1e-12);
  });

  it("are dense layers within attention, at each position", async () => {
    const model = network([3, 4], [multiHeadAttention({ heads: 2 }), flatten(), dense(1)], { seed: 1 });
    expect(model.layers.map(({ positions, inputs, outputs }) => [positions, inputs, outputs])).toEqual([[3, 4, 4], [3, 4, 4], [3, 4, 4], [3, 4, 4], [1, 12, 1]]);
    const inputs = normalTable(4, 12, 2);
    const posterior = await posteriorOf(model, kronecker(), inputs);
    const width = model.parameters.length;
    const twin = denselyPosterior(posterior, Matrix.from1DArray(width, width, posterior.data.curvature.dense()));
    const [actual, expected] = [results(posterior, inputs), results(twin, inputs)];
    actual.forEach((values, i) => i !== 5 && expectClose(values, expected[i], 1e-8));
    const output = model.tensors.find(({ name }) => name.endsWith("output.biases"))!;
    const [from, to] = [output.offset, output.offset + output.rows];
    expectClose(among(posterior.data.curvature.dense(), width, from, to), among(await within(model, inputs, () => 0), width, from, to), 1e-10);
  });
});

describe("memory", () => {
  it("bounds the examples that are taken at a time by what layers of shared weights need", () => {
    const model = network([1, 28, 28], [convolution2d({ filters: 8, kernel: 3 }), flatten(), dense(10)]);
    for (const structure of [kronecker(), diagonal(), full()]) expect(structure.batchRows(model, outerProduct())).toBeLessThan(2 ** 22 / (10 * 26 * 26 * 8));
    expect(isLayered(model)).toBe(true);
    const shapes: readonly LayerShape[] = model.layers;
    expect(shapes.map(({ positions, groups }) => [positions, groups])).toEqual([[676, 1], [1, 1]]);
    expect(kronecker().bytes(model, outerProduct(), 1)).toBe(16 * (9 ** 2 + 8 ** 2) + 8 * 8 * 10 + 16 * 8 ** 2 + 16 * (5408 ** 2 + 10 ** 2) + 8 * 10 * 5409);
  });

  it("gives the same predictions, whatever the number of examples at a time", async () => {
    const model = network([1, 6], [convolution1d({ filters: 2, kernel: 3, activation: "tanh" }), flatten(), dense(3)], { seed: 1 });
    const inputs = normalTable(40, 6, 1);
    const data = { inputs: { data: inputs.data, shape: [40, 6] as [number, number] }, targets: Array.from({ length: 40 }, (_, n) => n % 3) };
    for (const structure of [kronecker(), diagonal(), full()]) {
      const posterior = await laplace(model, categorical(), data, { structure });
      const twin = await laplace(model, categorical(), Array.from({ length: 40 }, (_, n) => ({ inputs: { data: inputs.data.slice(6 * n, 6 * n + 6), shape: [1, 6] as [number, number] }, targets: [n % 3] })), { structure });
      expectClose((await predict(posterior, data.inputs)).probabilities.to1DArray(), (await predict(twin, data.inputs)).probabilities.to1DArray(), 1e-9);
    }
  });
});
