import { nn, numpy as np } from "@jax-js/jax";
import { describe, expect, it, vi } from "vitest";
import { exact } from "../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../src/errors.ts";
import { fromJax } from "../src/jax.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { mlp } from "../src/model/mlp.ts";
import type { Evaluation, Model } from "../src/model/model.ts";
import { byName } from "../src/model/selection.ts";
import { subnetwork } from "../src/model/subnetwork.ts";
import { laplace } from "../src/posterior/laplace.ts";
import { predict } from "../src/predictive/predict.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { diagonal } from "../src/structure/diagonal.ts";
import { full } from "../src/structure/full.ts";
import { train } from "../src/training/train.ts";
import { expectClose } from "./support/close.ts";
import fc from "./support/fast-check.ts";
import { quadraticLoss } from "./support/networks.ts";
import { normals } from "./support/random-numbers.ts";

// jax-js compiles each function for each size, which takes a while on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

type Dense = { weights: np.Array; biases: np.Array };
type Layers = { hidden: Dense; last: Dense };

const dense = ({ weights, biases }: Dense, x: np.Array): np.Array => np.dot(x, np.transpose(weights)).add(biases);
const apply = ({ hidden, last }: Layers, x: np.Array): np.Array => dense(last, np.tanh(dense(hidden, x)));

interface Sizes {
  readonly inputs: number;
  readonly units: number;
  readonly outputs: number;
  readonly rows: number;
  readonly seed: number;
}

/** The numbers of a network and inputs, as single precision holds them. */
function drawn({ inputs, units, outputs, rows, seed }: Sizes): { parameters: Float64Array; data: number[][] } {
  const single = (count: number, from: number): Float64Array => Float64Array.from(Float32Array.from(normals(count, from)));
  const numbers = single(rows * inputs, seed + 1);
  return { parameters: single((inputs + 1) * units + (units + 1) * outputs, seed), data: Array.from({ length: rows }, (_, n) => Array.from(numbers.subarray(n * inputs, (n + 1) * inputs))) };
}

/** Parameters of an mlp as jax-js would have them. */
function layers({ inputs, units, outputs }: Pick<Sizes, "inputs" | "units" | "outputs">, parameters: Float64Array): Layers {
  let from = 0;
  const take = (...shape: number[]): np.Array => {
    const size = shape.reduce((a, b) => a * b, 1);
    return np.array(Float32Array.from(parameters.subarray(from, (from += size))), { shape });
  };
  return { hidden: { weights: take(units, inputs), biases: take(units) }, last: { weights: take(outputs, units), biases: take(outputs) } };
}

const sizes: fc.Arbitrary<Sizes> = fc.record({ inputs: fc.integer({ min: 1, max: 3 }), units: fc.integer({ min: 1, max: 4 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 5 }), seed: fc.nat(1e5) });

const table = (data: readonly (readonly number[])[]) => ({ data: Float64Array.from(data.flat()), rows: data.length, columns: data[0].length });

describe("fromJax", () => {
  it("has the outputs and all derivatives of an mlp that it spells out, to single precision", async () => {
    await fc.assert(
      fc.asyncProperty(sizes, async (drawnSizes) => {
        const { rows, outputs, inputs, units, seed } = drawnSizes;
        const { parameters, data } = drawn(drawnSizes);
        const { model, difference } = await fromJax(apply, layers(drawnSizes, parameters), data);
        expect(difference).toBeLessThan(0.01);
        const network = mlp([inputs, units, outputs], { activation: "tanh", parameters });
        const loss = quadraticLoss(rows, outputs, seed)(network.evaluate(table(data)).outputs);
        const [direction, factor] = [normals(parameters.length, seed), normals(rows * outputs * 2, seed + 9)];
        const all = (one: Model): Float64Array[] => {
          const at: Evaluation = one.evaluate(table(data));
          return [at.outputs, at.jacobian(), at.scaledJacobian(factor, 2), at.jacobianVectorProduct(direction), at.vectorJacobianProduct(loss.gradient), at.hessian(loss), at.hessianDiagonal(loss), at.hessianVectorProduct(loss, direction)];
        };
        const expected = all(network);
        all(model).forEach((values, i) => expectClose(values, expected[i], 5e-6));
      }),
      { numRuns: 8 },
    );
  });

  it("gives the posterior and the predictions of that mlp", async () => {
    const chosen = { inputs: 2, units: 3, outputs: 2, rows: 12, seed: 4 };
    const { parameters, data } = drawn(chosen);
    const { model } = await fromJax(apply, layers(chosen, parameters), data);
    const network = mlp([2, 3, 2], { activation: "tanh", parameters });
    const problem = { inputs: data, targets: data.map(([a, b]) => (a > b ? 1 : 0)) };
    for (const structure of [full(), diagonal()]) {
      const options = { structure, prior: perLayer([0.5, 2, 0.7, 1]) };
      const ours = await laplace(network, categorical(), problem, { ...options, prior: perLayer([0.5, 2, 0.7, 1], { separateBiases: true }) });
      const theirs = await laplace(model, categorical(), problem, options);
      expect(theirs.logEvidence).toBeCloseTo(ours.logEvidence, 4);
      expectClose((await predict(theirs, data)).probabilities.to1DArray(), (await predict(ours, data)).probabilities.to1DArray(), 1e-5);
    }
  });

  it("is trained, and its parameters go back", async () => {
    const inputs = Array.from({ length: 30 }, (_, n) => [n / 10 - 1.5]);
    const data = { inputs, targets: inputs.map(([x]) => Math.sin(2 * x)) };
    const start = layers({ inputs: 1, units: 4, outputs: 1 }, normals(13, 3));
    const { model } = await fromJax(apply, start, inputs);
    const trained = await train(model, gaussian({ noise: 0.1 }), data, { prior: isotropic(0.1) });
    const posterior = await laplace(trained.model, gaussian({ noise: 0.1 }), data, { prior: isotropic(0.1), curvature: exact() });
    const { mean, variance } = await predict(posterior, [[0.5], [5]]);
    expect(mean.get(0, 0)).toBeCloseTo(Math.sin(1), 1);
    expect(variance.get(1, 0)).toBeGreaterThan(variance.get(0, 0));
    const back = trained.model.arrays();
    expect(Object.keys(back)).toEqual(["hidden", "last"]);
    expect(apply(back, np.array([[0.5]])).item()).toBeCloseTo(mean.get(0, 0), 5);
  });

  it("names each array, which perLayer() and byName() know", async () => {
    const { model } = await fromJax(apply, layers({ inputs: 2, units: 3, outputs: 1 }, normals(13, 1)), [[1, 2]]);
    expect(model.tensors.map(({ name, layer, role, offset, rows, columns }) => [name, layer, role, offset, rows, columns])).toEqual([
      ["hidden.weights", 0, "weights", 0, 3, 2],
      ["hidden.biases", 1, "biases", 6, 3, 1],
      ["last.weights", 2, "weights", 9, 1, 3],
      ["last.biases", 3, "biases", 12, 1, 1],
    ]);
    expect(perLayer().bind(model).groups).toHaveLength(4);
    expect(Array.from(subnetwork(model, byName("last.weights")).indices)).toEqual([9, 10, 11]);
    expect((await fromJax((w: np.Array[], x) => x.mul(w[0]), [np.array([2])], [1])).model.tensors[0].name).toBe("0");
    expect((await fromJax((w: np.Array, x) => x.mul(w), np.array([2]), [1])).model.tensors[0].name).toBe("parameters");
  });

  it("takes images, and one output without an axis", async () => {
    const kernel = np.array(Float32Array.from(normals(18, 2)), { shape: [18, 1] });
    const { model } = await fromJax((w: np.Array, x) => np.dot(np.tanh(x).reshape([-1, 18]), w).reshape([-1]), kernel, [normals(18, 5), normals(18, 6)], { inputShape: [3, 3, 2] });
    expect([model.inputs, model.outputs]).toEqual([18, 1]);
    expect(model.evaluate({ data: normals(36, 1), rows: 2, columns: 18 }).jacobian()).toHaveLength(36);
  });

  // To make arrays of float64, jax-js asks for Float16Array, which Node 20 lacks.
  it.each(["Float16Array" in globalThis ? Float64Array : Float32Array, Float32Array])("has functions of single precision, float64 or not (%#)", (Numbers) => {
    const error = (ours: (x: np.Array) => np.Array, exactly: (x: number) => number, from: number, to: number): number => {
      const x = new Numbers(Array.from({ length: 2001 }, (_, i) => from + ((to - from) * i) / 2000));
      return Array.from(ours(np.array(x)).dataSync() as Float32Array).reduce((most, value, i) => Math.max(most, Math.abs(value - exactly(x[i]))), 0);
    };
    const errors = [error(np.tanh, Math.tanh, -4, 4), error(np.sin, Math.sin, -4, 4), error(np.log, Math.log, 0.01, 10)];
    [1.2e-7, 4.5e-7, 1.3e-5].forEach((largest, i) => {
      expect(errors[i]).toBeLessThan(1.3 * largest);
      expect(errors[i]).toBeGreaterThan(largest / 3);
    });
  });

  it.skipIf(!("Float16Array" in globalThis))("takes parameters of float64", async () => {
    const { model } = await fromJax((w: np.Array, x) => np.dot(x, w), np.array(Float64Array.of(1 / 3, 0.1)), [[1, 2]]);
    expect(model.evaluate({ data: Float64Array.of(1, 3), rows: 1, columns: 2 }).outputs[0]).toBeCloseTo(1 / 3 + 0.3, 14);
  });
});

describe("memory", () => {
  const chosen = { inputs: 40, units: 50, outputs: 2, rows: 500, seed: 1 };

  it("leaves arrays of the caller as they were", async () => {
    const { parameters, data } = drawn(chosen);
    const arrays = layers(chosen, parameters);
    const { model } = await fromJax(apply, arrays, data);
    const leaves = [arrays.hidden.weights, arrays.hidden.biases, arrays.last.weights, arrays.last.biases];
    expect(leaves.map(({ refCount }) => refCount)).toEqual([1, 1, 1, 1]);
    leaves.forEach((leaf) => leaf.dispose());
    expect(model.evaluate(table(data)).outputs).toHaveLength(1000);
  });

  it("does not grow with the number of calls", async () => {
    const { parameters, data } = drawn(chosen);
    const { model } = await fromJax(apply, layers(chosen, parameters), data);
    const loss = quadraticLoss(chosen.rows, 2, 1)(new Float64Array(chosen.rows * 2));
    const everything = (): void => {
      const at = model.withParameters(parameters).evaluate(table(data));
      at.jacobian();
      at.vectorJacobianProduct(loss.gradient);
      at.hessianVectorProduct(loss, parameters);
    };
    everything();
    // All of jax-js's arrays are in one memory of WebAssembly, which grows by pages of 64 KiB; a call makes some 4 MB of them, of which nothing may stay.
    const grow = vi.spyOn(WebAssembly.Memory.prototype, "grow");
    const pages = (): number => grow.mock.calls.reduce((sum, [count]) => sum + count, 0);
    for (let i = 0; i < 20; i++) everything();
    expect(pages()).toBeLessThan(32);
    const kept = Array.from({ length: 20 }, (_, i) => np.array(Float32Array.from(normals(50_000, i))));
    expect(pages()).toBeGreaterThan(40);
    kept.forEach((array) => array.dispose());
    grow.mockRestore();
  });
});

describe("errors", () => {
  const failure = async (...call: Parameters<typeof fromJax>): Promise<Error> => fromJax(...call).then(() => new Error("it did not fail"), (error: unknown) => error as Error);

  it.each<[string, () => unknown, RegExp]>([
    ["no array", () => ({ a: { b: 3 } }), /parameters\.a\.b: expected an array of jax-js.*got 3/],
    ["nothing", () => null, /parameters: expected an array/],
    ["no numbers", () => [], /at least one number/],
    ["whole numbers", () => np.array([1, 2], { dtype: np.int32 }), /float32 or float64, got int32 in parameters/],
    ["not finite", () => ({ a: np.array([1, NaN]) }), /finite numbers, got NaN in a/],
  ])("parameters: %s", async (_, parameters, message) => {
    const error = await failure((w, x) => x.mul(w as np.Array), parameters() as np.Array, [1, 2]);
    expect(error).toBeInstanceOf(InvalidArgumentError);
    expect(error.message).toMatch(message);
  });

  it("options, and what is no function", async () => {
    const w = np.array([1, 2]);
    expect((await failure("f" as never, w, [[1, 2]])).message).toMatch(/^f: expected a function/);
    expect((await failure((p, x) => x.mul(p as np.Array), w, [[1, 2]], { inputShape: [3] })).message).toMatch(/inputShape: expected 2 numbers.*got 3/);
    expect((await failure((p, x) => x.mul(p as np.Array), w, [[1, 2]], { tolerance: 0 })).message).toMatch(/tolerance/);
    expect((await failure((p, x) => x.mul(p as np.Array), w, [[1, 2]], { kernel: 1 } as never)).message).toMatch(/kernel/);
  });

  it("functions that use an array twice, or whose derivatives are not those of their values", async () => {
    const w = np.array([0.3, 2]);
    const twice = await failure((p, x) => x.add((p as np.Array).mul(p as np.Array)), w, [[1, 2]]);
    expect(twice).toBeInstanceOf(UnsupportedError);
    expect(twice.message).toMatch(/An array is used once/);
    const rounded = await failure((p, x) => x.mul(np.floor((p as np.Array).mul(1e4)).mul(1e-4)), w, [[1, 2]]);
    expect(rounded).toBeInstanceOf(UnsupportedError);
    expect(rounded.message).toMatch(/finite differences/);
  });

  it("functions that are not finite for some examples, whatever they are for those after them", async () => {
    const error = await failure((p, x) => np.sqrt(x).mul(p as np.Array), np.array([2]), [[-1], [0]]);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toMatch(/finite differences by NaN/);
  });

  it("functions that give no array, or not a row for each example", async () => {
    const number = await failure((() => 3) as never, np.array([2]), [[1], [2]]);
    expect(number).toBeInstanceOf(InvalidArgumentError);
    expect(number.message).toMatch(/^f: expected a function that gives an array of jax-js, with a row for each example, got 3\./);
    const summed = await failure((p, x) => np.dot(x, p as np.Array).sum(), np.array([[2], [1]]), [[1, 2], [3, -1], [0, 1]]);
    expect(summed).toBeInstanceOf(InvalidArgumentError);
    expect(summed.message).toMatch(/^f: expected .* a row for each of 3 examples, got the shape \[\]/);
  });

  it("functions that mix examples", async () => {
    const error = await failure((p, x) => nn.standardize(np.dot(x, p as np.Array), 0), np.array([[0.3], [2]]), [[1, 2], [3, -1], [0, 1]]);
    expect(error).toBeInstanceOf(UnsupportedError);
    expect(error.message).toMatch(/depend on those beside it/);
  });

  it("other parameters", async () => {
    const { model } = await fromJax((w: np.Array, x) => x.mul(w), np.array([2]), [1]);
    expect(() => model.withParameters(new Float64Array(2))).toThrow(/expected 1 numbers, got 2/);
    expect(() => model.withParameters(Float64Array.of(NaN))).toThrow(/finite numbers, got NaN/);
  });
});
