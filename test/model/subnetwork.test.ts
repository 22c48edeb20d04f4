import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { chosenColumns } from "../../src/model/chosen-columns.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { isLayered, type Evaluation, type Model } from "../../src/model/model.ts";
import { byName, largestMagnitude } from "../../src/model/selection.ts";
import { isStandardized, standardized } from "../../src/model/standardized.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { awayFromKinks, cases, plainBatch, quadraticLoss, stepFor } from "../support/networks.ts";
import { normalTable, normals } from "../support/random-numbers.ts";
import { expectRestriction } from "../support/restriction.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** A random choice of at least one parameter: few, many or all. */
function someOf(width: number, seed: number): number[] {
  const source = random(seed);
  const share = source.uniform();
  const chosen = Array.from({ length: width }, (_, i) => i).filter(() => source.uniform() < share);
  return chosen.length > 0 ? chosen : [source.integer(width)];
}

const curve = functionModel({ parameters: [1, 0.5, -0.2, 2], outputs: 2, value: ([a, b, c, d], [x]) => [a * Math.exp(b * x) + c, Math.sin(d * x) * a] });

describe("subnetwork", () => {
  it("has the outputs of a network, and the columns of its derivatives", () => {
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ network, inputs }, seed) => {
        const chosen = someOf(network.parameters.length, seed);
        const part = subnetwork(network, chosen);
        expectRestriction(part, network, chosen, inputs, seed);
        // Symmetric to the last digit, though made of products.
        const hessian = part.evaluate(inputs).hessian(quadraticLoss(inputs.rows, network.outputs, seed)(part.evaluate(inputs).outputs));
        const size = chosen.length;
        expectClose(hessian, hessian.map((_, at) => hessian[(at % size) * size + Math.floor(at / size)]), 0);
      }),
      { numRuns: 80 },
    );
  });

  it("has the derivatives of the network written out, the other weights held", () => {
    fc.assert(
      fc.property(cases.filter(awayFromKinks), fc.nat(1e5), (one, seed) => {
        const chosen = someOf(one.network.parameters.length, seed);
        const outputsAt = (w: ArrayLike<number>): Float64Array => {
          const all = one.network.parameters.slice();
          chosen.forEach((index, i) => (all[index] = w[i]));
          return plainBatch(one)(all);
        };
        const part = subnetwork(one.network, chosen);
        expectClose(part.evaluate(one.inputs).jacobian(), differences(outputsAt, part.parameters, stepFor(one)), 1e-8);
        const other = part.parameters.map((w) => w + 0.3);
        expectClose(part.withParameters(other).evaluate(one.inputs).outputs, outputsAt(other), 1e-12);
      }),
      { numRuns: 40 },
    );
  });

  it("does so for models without layers, models in other units, last layers and its own kind", () => {
    const unit = (columns: number, seed: number) => ({ shift: normals(columns, seed), scale: normals(columns, seed + 1).map((z) => Math.exp(z / 3)) });
    const network = mlp([2, 3, 2], { seed: 4 });
    const models: [Model, number][] = [
      [curve, 1],
      [standardized(network, { inputs: unit(2, 1), outputs: unit(2, 3) }), 2],
      [lastLayer(network), 2],
      [subnetwork(network, [0, 3, 4, 9, 12, 16]), 2],
      [subnetwork(curve, [1, 2, 3]), 1],
    ];
    models.forEach(([model, inputs], m) => {
      for (const seed of [1, 2, 3]) {
        const chosen = someOf(model.parameters.length, 10 * m + seed);
        // Second derivatives of the function are differences.
        expectRestriction(subnetwork(model, chosen), model, chosen, normalTable(3, inputs, seed), seed, isLayered(model) ? 1e-12 : 1e-9);
      }
    });
  });

  it("never has wider error bars than the whole: what is frozen is known for certain", async () => {
    await fc.assert(
      fc.asyncProperty(cases.filter(({ network }) => network.outputs === 1), fc.nat(1e5), async ({ network, inputs }, seed) => {
        const data = { inputs: { data: inputs.data, shape: [inputs.rows, inputs.columns] as const }, targets: normals(inputs.rows, seed) };
        const parts = [subnetwork(network, someOf(network.parameters.length, seed)), lastLayer(network)];
        const test = { data: normals(5 * inputs.columns, seed), shape: [5, inputs.columns] as const };
        const variances = async (model: Model): Promise<number[]> => (await predict(await laplace(model, gaussian({ noise: 0.5 }), data), test)).variance.to1DArray();
        const all = await variances(network);
        for (const part of parts) (await variances(part)).forEach((value, n) => expect(value).toBeLessThanOrEqual(all[n] * (1 + 1e-10)));
      }),
      { numRuns: 25 },
    );
  });

  it("has what is left of each tensor as a column, in the model's order", () => {
    const network = mlp([2, 3, 1]);
    expect(subnetwork(network, [12, 6, 7, 0, 5]).tensors).toEqual([
      { name: "layer1.weights", layer: 0, role: "weights", offset: 0, rows: 2, columns: 1 },
      { name: "layer1.biases", layer: 0, role: "biases", offset: 2, rows: 2, columns: 1 },
      { name: "layer2.biases", layer: 1, role: "biases", offset: 4, rows: 1, columns: 1 },
    ]);
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ network: any }, seed) => {
        const chosen = someOf(any.parameters.length, seed);
        let offset = 0;
        for (const tensor of subnetwork(any, chosen).tensors) {
          expect(tensor.offset).toBe(offset);
          const of = any.tensors.find(({ name }) => name === tensor.name)!;
          expect(tensor.rows * tensor.columns).toBe(chosen.filter((index) => index >= of.offset && index < of.offset + of.rows * of.columns).length);
          offset += tensor.rows * tensor.columns;
        }
        expect(offset).toBe(chosen.length);
      }),
      { numRuns: 30 },
    );
  });

  it("takes indices in any order, masks, typed arrays and rules alike", () => {
    const network = mlp([2, 1], { parameters: [3, -1, 2] });
    for (const selected of [[2, 0], Int32Array.of(0, 2), [true, false, true], largestMagnitude({ count: 2 })]) {
      const part = subnetwork(network, selected);
      expect(Array.from(part.indices)).toEqual([0, 2]);
      expect(Array.from(part.parameters)).toEqual([3, 2]);
    }
  });

  it("gives back the whole model with its parameters in their places, and leaves the old one alone", () => {
    const network = mlp([1, 2], { parameters: [1, 2, 3, 4] });
    const part = subnetwork(network, [3, 1]).withParameters(Float64Array.of(7, 8));
    expect(Array.from(part.whole.parameters)).toEqual([1, 7, 3, 8]);
    expect(part.whole.layers).toEqual(network.layers);
    expect(Array.from(network.parameters)).toEqual([1, 2, 3, 4]);
    expect(Array.from(subnetwork(part, [1]).withParameters(Float64Array.of(9)).whole.whole.parameters)).toEqual([1, 7, 3, 9]);
    expect(isLayered(part)).toBe(false);
    // fit() leaves the units alone that the frozen weights were trained in.
    expect(isStandardized(part)).toBe(true);
  });

  it("takes the rows of a model without layers a few examples at a time", () => {
    const width = 2 ** 19;
    let most = 0;
    const evaluate = (inputs: Table): Evaluation =>
      ({
        scaledJacobian: (factor: Float64Array, columns: number) => {
          const rows = new Float64Array(inputs.rows * columns * width);
          most = Math.max(most, rows.length);
          for (let r = 0; r < inputs.rows * columns; r++) for (let i = 0; i < width; i++) rows[r * width + i] = factor[r] * inputs.data[Math.floor(r / columns)] * (i + 1);
          return rows;
        },
      }) as Evaluation;
    const model = { parameters: new Float64Array(width), outputs: 1, evaluate } as unknown as Model;
    const inputs = normalTable(7, 1, 1);
    const factor = normals(14, 2);
    const found = chosenColumns(model, inputs, evaluate(inputs), Int32Array.of(4, 99), factor, 2);
    expectClose(found, Array.from(factor).flatMap((s, r) => [5, 100].map((i) => s * inputs.data[Math.floor(r / 2)] * i)), 1e-14);
    expect(most).toBe(2 ** 22);
  });

  it("says what is wrong with a selection", () => {
    const network = mlp([2, 1]);
    const message = (selected: unknown): string => {
      try {
        subnetwork(network, selected as number[]);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidArgumentError);
        return (error as Error).message;
      }
      throw new Error("nothing was thrown");
    };
    expect(message([])).toMatch(/^selected: expected at least one parameter, got none/);
    expect(message([false, false, false])).toMatch(/at least one parameter/);
    expect(message([0, 3])).toBe("selected[1]: expected an index from 0 to 2, as the model has 3 parameters, got 3.");
    expect(message([-1])).toMatch(/^selected\[0\].*got -1/);
    expect(message([0.5])).toMatch(/got 0\.5/);
    expect(message([0, "1"])).toMatch(/got "1"/);
    expect(message([NaN])).toMatch(/got NaN/);
    expect(message([1, 0, 1])).toMatch(/each parameter once, got index 1 twice/);
    expect(message([true, false])).toMatch(/3 booleans, one for each parameter, got 2/);
    expect(message([true, 0, 1])).toMatch(/^selected\[1\]: expected true or false.*got 0/);
    expect(message(largestMagnitude)).toMatch(/made by largestMagnitude\(\).*Call the function/);
    expect(message("layer1.weights")).toMatch(/^selected: expected a value made by .*got "layer1\.weights"/);
    expect(message(undefined)).toMatch(/got undefined/);
    expect(message({ name: "none", indices: () => [] })).toMatch(/at least one/);
    expect(() => subnetwork(Promise.resolve(network) as unknown as Model, [0])).toThrow(/^model: .*Await it first/);
    expect(() => subnetwork(network, byName("layer1.weights")).withParameters(Float64Array.of(1))).toThrow(/expected 2 numbers for layer1\.weights 2 x 1, got 1/);
    expect(() => subnetwork(curve, [0]).withParameters(Float64Array.of(Infinity))).toThrow(/finite numbers, got Infinity at index 0/);
  });
});
