import { Matrix } from "ml-matrix";
import { beforeAll, describe, expect, it } from "vitest";
import { exact, outerProduct } from "../../src/curvature/curvature.ts";
import type { Data } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { forward, jacobian } from "../../src/model/derivatives.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { convolution2d } from "../../src/model/graph/convolution.ts";
import { dense } from "../../src/model/graph/dense.ts";
import { network } from "../../src/model/graph/network.ts";
import { flatten } from "../../src/model/graph/reshape.ts";
import { mlp } from "../../src/model/mlp.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { mixture } from "../../src/posterior/mixture.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { predict } from "../../src/predictive/predict.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { bySensitivity, leastIncrease, type BitAllocation, type BitBudget } from "../../src/quantisation/bit-allocation.ts";
import { chiSquareProbability } from "../../src/quantisation/chi-square.ts";
import { quantize, type QuantizeOptions } from "../../src/quantisation/quantize.ts";
import { layerSensitivity } from "../../src/quantisation/sensitivity.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { train } from "../../src/training/train.ts";
import fc from "../support/fast-check.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";
import { trainedSine, type Problem } from "../support/regression.ts";

let sine: Problem;
let posterior: Posterior<DenseNetwork, GaussianLikelihood>;
beforeAll(async () => {
  sine = await trainedSine();
  posterior = await laplace(sine.model, sine.likelihood, sine.data, { prior: sine.prior });
});

function table(rows: number, columns: number, seed: number): number[][] {
  return Array.from({ length: rows }, (_, n) => Array.from(normals(columns, seed + n)));
}

/** E_D by the likelihood's densities. */
function dataError(model: DenseNetwork, { inputs, targets }: Data, noise: number): number {
  const { data } = { data: forward(model, inputs).to1DArray() };
  return data.reduce((sum, f, n) => sum + (f - (targets as number[])[n]) ** 2 / (2 * noise ** 2), 0);
}

describe("quantize, of a linear regression", () => {
  it("expects exactly what it measures, since the loss is a quadratic", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ inputs: fc.integer({ min: 1, max: 6 }), outputs: fc.integer({ min: 1, max: 3 }), bits: fc.integer({ min: 1, max: 8 }), scheme: fc.constantFrom("affine" as const, "symmetric" as const), groupSize: fc.constantFrom<number | "unit" | "tensor">(1, 2, 100, "unit", "tensor"), biases: fc.boolean(), seed: fc.integer({ min: 0, max: 1e6 }) }),
        async ({ inputs, outputs, bits, scheme, groupSize, biases, seed }) => {
          const model = mlp([inputs, outputs], { seed });
          const data = { inputs: table(9, inputs, seed), targets: table(9, outputs, seed + 100) };
          for (const curvature of [outerProduct(), exact()]) {
            const { predictedIncrease, predictedBySlope, measuredIncrease } = await quantize({ model, likelihood: gaussian({ noise: 0.3 }) }, data, { bits, scheme, groupSize, biases, curvature });
            expectClose([predictedIncrease + predictedBySlope], [measuredIncrease], 1e-9);
          }
        },
      ),
    );
  });

  it("has no slope at the mode without a prior, and the curvature is all", async () => {
    const data = { inputs: table(20, 3, 1), targets: table(20, 1, 50) };
    const { model, likelihood } = await train(mlp([3, 1]), gaussian({ noise: 0.5 }), data, { prior: isotropic(1e-12), gradientTolerance: 1e-12 });
    const { predictedIncrease, predictedBySlope, measuredIncrease } = await quantize({ model, likelihood }, data, { bits: 3 });
    expect(predictedIncrease).toBeGreaterThan(0.001);
    expect(Math.abs(predictedBySlope)).toBeLessThan(1e-8);
    expectClose([measuredIncrease / predictedIncrease], [1], 1e-6);
  });
});

describe("quantize, of a network", () => {
  it("has rounded weights, everything else as it was, and the increase of the loss", async () => {
    const { model, likelihood, data } = sine;
    const before = model.parameters.slice();
    const { model: rounded, layers, roundingErrors, meanBits, bytes, bytesBefore, predictedIncrease, measuredIncrease } = await quantize(sine, data, { bits: [5, 6] });
    expect([...model.parameters]).toEqual([...before]);
    expect(layers.map(({ name, bits, rows, columns }) => [name, bits, rows, columns])).toEqual([["layer1.weights", 5, 4, 1], ["layer2.weights", 6, 1, 4]]);
    expectClose(rounded.parameters, before.map((w, i) => w + roundingErrors[i]), 1e-15);
    for (const [l, offset] of [0, 8].entries()) expect([...rounded.parameters.slice(offset, offset + 4)]).toEqual([...layers[l].values]);
    // Biases stay.
    for (const i of [4, 5, 6, 7, 12]) expect([rounded.parameters[i], roundingErrors[i]]).toEqual([before[i], 0]);
    expect(meanBits).toBe(5.5);
    expect(layers.map(({ size }) => size)).toEqual([4 * 5 + 32 + 5, 4 * 6 + 32 + 6]);
    expect([bytes, bytesBefore]).toEqual([8 + 8 + 5 * 4, 13 * 4]);
    expectClose([measuredIncrease], [dataError(rounded, data, likelihood.noise) - dataError(model, data, likelihood.noise)], 1e-9);
    const hessian = (await laplace(model, likelihood, data)).data.curvature.product(roundingErrors);
    expectClose([predictedIncrease], [0.5 * likelihood.precision * hessian.reduce((sum, h, i) => sum + h * roundingErrors[i], 0)], 1e-9);
    expect(forward(rounded, [0.3]).get(0, 0)).not.toBe(forward(model, [0.3]).get(0, 0));
    expect((await laplace(rounded, likelihood, data)).mean).toEqual(rounded.parameters);
  });

  it("tends to what it expects as steps get small", async () => {
    const { predictedIncrease, predictedBySlope, measuredIncrease } = await quantize(sine, sine.data, { bits: 14, curvature: exact() });
    expectClose([(predictedIncrease + predictedBySlope) / measuredIncrease], [1], 1e-3);
  });

  it("takes a layer's own increase from its own rounding", async () => {
    const { layers } = await quantize(sine, sine.data, { bits: 4 });
    const others = await quantize(sine, sine.data, { bits: [4, 16] });
    expectClose([layers[0].predictedIncrease], [others.layers[0].predictedIncrease], 1e-12);
    const alone = sine.model.withParameters(sine.model.parameters.map((w, i) => (i < 4 ? layers[0].values[i] : w)));
    const direction = alone.parameters.map((w, i) => w - sine.model.parameters[i]);
    const product = posterior.data.curvature.product(direction);
    expectClose([layers[0].predictedIncrease], [0.5 * sine.likelihood.precision * product.reduce((sum, h, i) => sum + h * direction[i], 0)], 1e-9);
  });

  it("takes models of any kind: convolutions, functions, parts, classes, weights that are all zero", async () => {
    const images = { inputs: table(6, 16, 1), targets: [0, 1, 2, 0, 1, 2] };
    const convolutions = network([1, 4, 4], [convolution2d({ filters: 2, kernel: 3 }), flatten(), dense(3)], { seed: 1 });
    const ofImages = await quantize({ model: convolutions, likelihood: categorical() }, images, { bits: 8, groupSize: 5 });
    expect(ofImages.layers.map(({ name, groupStarts }) => [name, groupStarts.length])).toEqual([["convolution1.weights", 4], ["dense1.weights", 6]]);
    const curve = functionModel({ parameters: [2, 0.5], value: ([amount, rate], [time]) => amount * Math.exp(-rate * time) });
    const ofCurve = await quantize({ model: curve, likelihood: gaussian({ noise: 0.1 }) }, { inputs: [0, 1, 2], targets: [2, 1.2, 0.7] }, { bits: 8 });
    expect(ofCurve.layers.length).toBe(1);
    expect(Math.abs(ofCurve.predictedIncrease + ofCurve.predictedBySlope - ofCurve.measuredIncrease)).toBeLessThan(0.01);
    const part = subnetwork(sine.model, [0, 1, 8]);
    const ofPart = await quantize({ model: part, likelihood: sine.likelihood }, sine.data, { bits: 3 });
    expect(ofPart.layers.map(({ rows }) => rows)).toEqual([2, 1]);
    const zeros = mlp([2, 3, 1], { parameters: new Float64Array(13) });
    const ofZeros = await quantize(await laplace(zeros, gaussian({ noise: 1 }), { inputs: table(4, 2, 1), targets: [1, 2, 3, 4] }), { inputs: table(4, 2, 1), targets: [1, 2, 3, 4] }, { bits: 1, groupSize: 1000 });
    expect([ofZeros.measuredIncrease, ofZeros.predictedIncrease, ofZeros.errorBars.squaredDistance, ofZeros.errorBars.probability, ofZeros.errorBars.outputs.ratio]).toEqual([0, 0, 0, 0, 0]);
    expect(ofZeros.errorBars.weightsWithin).toBe(1);
  });
});

describe("error bars", () => {
  it("are those of dense algebra", async () => {
    for (const structure of [undefined, kronecker(), diagonal()]) {
      const of = await laplace(sine.model, sine.likelihood, sine.data, { prior: sine.prior, ...(structure && { structure }) });
      const at = [-1.5, 0.2, 3];
      const { errorBars, roundingErrors, model } = await quantize(of, sine.data, { bits: 4, inputs: at });
      const error = Matrix.columnVector(roundingErrors);
      const precision = of.precisionMatrix();
      const distance = error.transpose().mmul(precision).mmul(error).get(0, 0);
      expectClose([errorBars.squaredDistance], [distance], 1e-9);
      expect(errorBars.degreesOfFreedom).toBe(13);
      expectClose([errorBars.probability], [chiSquareProbability(distance, 13)], 1e-10);
      const deviations = of.covariance().diagonal().map(Math.sqrt);
      const ratios = [0, 1, 2, 3, 8, 9, 10, 11].map((i) => roundingErrors[i] / deviations[i]);
      expectClose([errorBars.weightsWithin, errorBars.weightRatio], [ratios.filter((r) => Math.abs(r) <= 1).length / 8, Math.sqrt(ratios.reduce((sum, r) => sum + r * r, 0) / 8)], 1e-9);
      const { variance } = await predict(of, at);
      const changes = forward(model, at).sub(forward(sine.model, at)).to1DArray();
      const expected = jacobian(sine.model, at).mmul(error).to1DArray();
      const rootMeanSquare = (values: number[]): number => Math.sqrt(values.reduce((sum, value, n) => sum + value ** 2 / variance.get(n, 0), 0) / 3);
      expectClose([errorBars.outputs.expectedRatio, errorBars.outputs.ratio, errorBars.outputs.within], [rootMeanSquare(expected), rootMeanSquare(changes), changes.filter((change, n) => change ** 2 <= variance.get(n, 0)).length / 3], 1e-8);
    }
  });

  it("are wide beside fine rounding and narrow beside coarse", async () => {
    const [fine, coarse] = [await quantize(posterior, sine.data, { bits: 12 }), await quantize(posterior, sine.data, { bits: 2 })];
    expect(fine.errorBars.probability).toBeLessThan(1e-6);
    expect([fine.errorBars.weightsWithin, fine.errorBars.outputs.within]).toEqual([1, 1]);
    expect(coarse.errorBars.probability).toBeGreaterThan(0.999);
    expect(coarse.errorBars.outputs.ratio).toBeGreaterThan(1);
  });

  it("come with a posterior alone, whose curvature is the default", async () => {
    expect((await quantize(sine, sine.data)).errorBars).toBeUndefined();
    const of = await laplace(sine.model, sine.likelihood, sine.data, { prior: sine.prior, curvature: exact() });
    const [byPosterior, byExact, byOuter] = [await quantize(of, sine.data, { bits: 4 }), await quantize(sine, sine.data, { bits: 4, curvature: exact() }), await quantize(sine, sine.data, { bits: 4 })];
    expect(byPosterior.predictedIncrease).toBe(byExact.predictedIncrease);
    expect(byPosterior.predictedIncrease).not.toBeCloseTo(byOuter.predictedIncrease, 3);
  });
});

describe("leastIncrease and bySensitivity", () => {
  const data = { inputs: table(40, 5, 7), targets: Array.from({ length: 40 }, (_, n) => n % 3) };
  const model = mlp([5, 6, 4, 3], { seed: 3 });
  const deep = { model: model.withParameters(model.parameters.map((w, i) => w * (i < 30 ? 1 : 4))), likelihood: categorical() };
  const counts = [30, 24, 12];

  it("keep to the budget, and the least increase is that of all combinations", async () => {
    const choices = [1, 2, 3, 5];
    const table: number[][] = [];
    for (const bits of choices) table.push((await quantize(deep, data, { bits })).layers.map(({ predictedIncrease }) => predictedIncrease));
    for (const meanBits of [1, 1.7, 2.4, 3, 3.3, 6]) {
      const [least, sensitive] = [await quantize(deep, data, { bits: leastIncrease({ meanBits, choices }) }), await quantize(deep, data, { bits: bySensitivity({ meanBits, choices, subsets: 3, share: 0.5 }) })];
      for (const { meanBits: used, layers } of [least, sensitive]) {
        expect(used).toBeLessThanOrEqual(meanBits);
        for (const { bits } of layers) expect(choices).toContain(bits);
      }
      const added = ({ layers }: typeof least): number => layers.reduce((sum, { predictedIncrease }) => sum + predictedIncrease, 0);
      let best = Infinity;
      for (let a = 0; a < 4; a++) for (let b = 0; b < 4; b++) for (let c = 0; c < 4; c++) {
        const size = counts[0] * choices[a] + counts[1] * choices[b] + counts[2] * choices[c];
        if (size <= 66 * meanBits) best = Math.min(best, table[a][0] + table[b][1] + table[c][2]);
      }
      expectClose([added(least)], [best], 1e-10);
      expect(added(sensitive)).toBeGreaterThanOrEqual(best * (1 - 1e-10));
    }
  });

  it("by sensitivity, the more sensitive layers have the higher of two numbers of bits", async () => {
    const options = { subsets: 4, share: 0.5, seed: 2 };
    const sensitivities = await layerSensitivity(deep.model, deep.likelihood, data, options);
    const order = [0, 1, 2].sort((a, b) => sensitivities[b].sensitivity - sensitivities[a].sensitivity);
    // Enough for the first one or two.
    for (const count of [1, 2]) {
      const meanBits = counts.reduce((sum, weights, l) => sum + weights * (order.indexOf(l) < count ? 4 : 2), 0) / 66;
      const { layers } = await quantize(deep, data, { bits: bySensitivity({ meanBits, choices: [4, 2], ...options }) });
      expect(order.map((l) => layers[l].bits)).toEqual([0, 1, 2].map((rank) => (rank < count ? 4 : 2)));
    }
    const whole = await quantize(deep, data, { bits: bySensitivity({ meanBits: 3, ...options }) });
    expect(whole.layers.map(({ bits }) => bits)).toEqual([3, 3, 3]);
  });

  it("count scales and zero points in a size", async () => {
    for (const rule of [leastIncrease, bySensitivity]) {
      const uniform = await quantize(deep, data, { bits: 3, groupSize: 4 });
      const size = uniform.layers.reduce((sum, layer) => sum + layer.size, 0);
      const { layers } = await quantize(deep, data, { bits: rule({ size }), groupSize: 4 });
      expect(layers.reduce((sum, layer) => sum + layer.size, 0)).toBeLessThanOrEqual(size);
      await expect(quantize(deep, data, { bits: rule({ size: 500 }), groupSize: 4 })).rejects.toThrow(/^budget: expected at least \d+, the least that the choices take together, got 500/);
    }
  });

  it("round biases as layers of their own where asked to", async () => {
    const { layers, roundingErrors } = await quantize(deep, data, { bits: leastIncrease({ meanBits: 3 }), biases: true });
    expect(layers.map(({ name }) => name)).toEqual(["layer1.weights", "layer1.biases", "layer2.weights", "layer2.biases", "layer3.weights", "layer3.biases"]);
    expect(roundingErrors.length).toBe(79);
    expect((await quantize(deep, data, { bits: bySensitivity({ meanBits: 3, subsets: 2, share: 1 }), biases: true })).meanBits).toBe(3);
  });

  it.each<[budget: unknown, message: RegExp]>([
    [{}, /^budget: expected either meanBits or size, got neither/],
    [{ meanBits: 3, size: 100 }, /^budget: expected either meanBits or size, got both/],
    [{ meanBits: 0 }, /^budget\.meanBits: /],
    [{ size: -1 }, /^budget\.size: /],
    [{ meanBits: 3, choices: [] }, /^budget\.choices: expected at least one number of bits/],
    [{ meanBits: 3, choices: [2, 20] }, /^budget\.choices\[1\]: expected a whole number from 1 to 16/],
    [{ bits: 3 }, /^budget\.bits: /],
  ])("refuse %o", (budget, message) => {
    for (const rule of [leastIncrease, bySensitivity]) expect(() => rule(budget as BitBudget)).toThrow(message);
  });
});

describe("quantize", () => {
  it("is the same each time, tells its progress and stops when asked", async () => {
    const bits = bySensitivity({ meanBits: 3, subsets: 2 });
    const stages = new Set<string>();
    const [once, again] = [await quantize(posterior, sine.data, { bits, onProgress: ({ stage }) => stages.add(stage) }), await quantize(posterior, sine.data, { bits })];
    expect([once.layers, once.roundingErrors, once.errorBars, once.predictedIncrease, once.measuredIncrease]).toEqual([again.layers, again.roundingErrors, again.errorBars, again.predictedIncrease, again.measuredIncrease]);
    expect([...stages]).toEqual(["curvature", "sensitivity", "quantisation", "error bars"]);
    const steps = async (rule: BitAllocation): Promise<string[]> => {
      const seen: string[] = [];
      await quantize(sine, sine.data, { bits: rule, onProgress: ({ stage, done, total }) => seen.push(`${stage} ${done}/${total ?? 0}`) });
      return seen;
    };
    expect(await steps(leastIncrease({ meanBits: 3 }))).toContain("bit allocation 8/8");
    for (const rule of [bits, leastIncrease({ meanBits: 3 }), 4]) await expect(quantize(posterior, sine.data, { bits: rule, signal: AbortSignal.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("has a summary to print", async () => {
    const lines = (await quantize(posterior, sine.data, { bits: [3, 4] })).summary().split("\n");
    expect(lines[0]).toMatch(/weights +bits +groups +bytes +expected increase/);
    expect(lines[1]).toMatch(/^layer1\.weights +4 +3 +1 +6 /);
    expect(lines.length).toBe(11);
    expect((await quantize(sine, sine.data)).summary().split("\n").length).toBe(7);
    expect(lines.join()).not.toMatch(/NaN|undefined/);
  });

  it.each<[options: unknown, message: RegExp]>([
    [{ bits: 0 }, /^bits: /],
    [{ bits: "4" }, /^bits: expected a number, one for each layer, or a value made by leastIncrease\(\) or bySensitivity\(\), got "4"/],
    [{ bits: leastIncrease }, /^bits: .* Call the function/],
    [{ bits: [4] }, /^bits: expected 2 numbers, for layer1\.weights, layer2\.weights/],
    [{ bits: [4, 99] }, /^bits\[1\]: expected a whole number from 1 to 16/],
    [{ bits: leastIncrease({ meanBits: 1 }) }, /^budget: expected at least 16, the least that the choices take together, got 8/],
    [{ bits: bySensitivity({ meanBits: 1 }) }, /^budget: expected at least 16, the least that the choices take together, got 8/],
    [{ groupSize: -3 }, /^groupSize: /],
    [{ biases: 1 }, /^biases: /],
    [{ curvature: "exact" }, /^curvature: /],
    [{ inputs: [[1, 2]] }, /^inputs: expected 1 columns/],
    [{ bit: 4 }, /^options\.bit: /],
  ])("refuses the options %o", async (options, message) => {
    await expect(quantize(posterior, sine.data, options as QuantizeOptions)).rejects.toThrow(message);
    await expect(quantize(posterior, sine.data, options as QuantizeOptions)).rejects.toThrow(InvalidArgumentError);
  });

  it("refuses what is no posterior, says what to pass, and what data lack", async () => {
    const { model, likelihood, data } = sine;
    const refused = async (of: unknown, message: RegExp): Promise<void> => expect(quantize(of as Problem, data)).rejects.toThrow(message);
    await refused(model, /^of: .* Pass \{ model, likelihood \}\./);
    await refused(laplace(model, likelihood, data), /^of: .* Await it first\./);
    await refused({ posterior }, /^of: .* Pass its `\.posterior`/);
    await refused(mixture([posterior, posterior]), /^of: .* Quantise each of its `\.posteriors`/);
    await refused(undefined, /^of: expected a posterior, or \{ model, likelihood \} as train\(\) returns, got undefined/);
    await refused({ model, likelihood: "gaussian" }, /^likelihood: /);
    await expect(quantize(posterior, undefined as never)).rejects.toThrow(/^data: /);
    await expect(quantize(posterior, { inputs: [1], targets: [1, 2] })).rejects.toThrow(InvalidArgumentError);
  });
});
