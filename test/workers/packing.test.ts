import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../src/errors.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { standardized, unitScale } from "../../src/model/standardized.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import type { GroupedPrior } from "../../src/prior/prior.ts";
import { buffersOf } from "../../src/workers/buffers.ts";
import { packed, unpacked } from "../../src/workers/packing.ts";

const across = (value: unknown): unknown => unpacked(structuredClone(packed(value)));

describe("what goes to another thread", () => {
  it("is a model with its parameters, layers and names", () => {
    const network = mlp([2, 3, 4, 2], { activation: ["relu", "tanh"], outputActivation: "softplus", biases: false, seed: 3 });
    const inUnits = standardized(network, { inputs: { shift: Float64Array.of(1, 2), scale: Float64Array.of(3, 4) }, outputs: unitScale(2) });
    const table = { data: Float64Array.of(1, 2, 3, 4), rows: 2, columns: 2 };
    for (const model of [network, inUnits, lastLayer(network), lastLayer(inUnits), subnetwork(inUnits, [1, 5, 9]), lastLayer(network).withParameters(new Float64Array(8).fill(0.3)), subnetwork(network, [0, 2]).withParameters(Float64Array.of(7, 8))]) {
      const again = across(model) as Model;
      expect([again.parameters, again.tensors, again.inputs, again.outputs, Object.keys(again)]).toEqual([model.parameters, model.tensors, model.inputs, model.outputs, Object.keys(model)]);
      expect(again.evaluate(table).outputs).toEqual(model.evaluate(table).outputs);
    }
  });

  it("is a likelihood with its noise, and a prior with its groups", () => {
    for (const likelihood of [gaussian(), gaussian({ noise: 0.3, fixed: true }), gaussian({ noise: 0.1, scales: [1, 2] }), gaussian({ scales: [3, 4] }), gaussian().reestimate(3, 7, 1)]) {
      const { noise, fixed, scales, estimated, description } = across(likelihood) as GaussianLikelihood;
      expect({ noise, fixed, scales, estimated, description }).toEqual({ noise: likelihood.noise, fixed: likelihood.fixed, scales: likelihood.scales, estimated: likelihood.estimated, description: likelihood.description });
    }
    const prior = perLayer([1, 2], { mean: 0.5, fixed: true, separateBiases: false }).bind(mlp([2, 3, 1]));
    expect({ ...(across(prior) as GroupedPrior), bind: null }).toEqual({ ...prior, bind: null });
  });

  it("stands twice where it stood twice", () => {
    const [numbers, inner, likelihood] = [Float64Array.of(1, 2), { a: 1 }, gaussian({ noise: 1 })];
    const view = new Float64Array(9).subarray(2, 4);
    const again = across({ numbers, inner, likelihood, view, list: [numbers, inner, likelihood, view] }) as { numbers: object; inner: object; likelihood: object; view: object; list: object[] };
    expect(again.list[0]).toBe(again.numbers);
    expect(again.list[1]).toBe(again.inner);
    expect(again.list[2]).toBe(again.likelihood);
    expect(again.list[3]).toBe(again.view);
  });

  it("takes of a larger array no more than its own part", () => {
    const { part } = packed({ part: new Float64Array(1000).subarray(10, 12) }) as { part: Float64Array };
    expect([part.length, part.buffer.byteLength]).toEqual([2, 16]);
  });

  it("has a Matrix as flat numbers", () => {
    expect(across({ errorBars: new Matrix([[1, 2], [3, 4]]) })).toEqual({ errorBars: { data: Float64Array.of(1, 2, 3, 4), shape: [2, 2] } });
  });

  it("has what is no object as it is", () => {
    const plain = { a: null, b: undefined, c: Infinity, d: "text", e: true, f: [1, [2]] };
    expect(across(plain)).toEqual(plain);
  });

  it("has no functions, and nothing of a class", () => {
    expect(() => packed({ link: { by: [() => 1] } })).toThrow(UnsupportedError);
    expect(() => packed({ link: { by: [() => 1] } })).toThrow(/^workers: the link cannot go to a worker thread, since link\.by\[0\] lives in this one alone/);
    expect(() => packed({ model: { at: new Date() } })).toThrow(/since model\.at lives/);
    expect(() => packed({ model: { ...mlp([1, 1]) } })).toThrow(/the model cannot/);
  });
});

describe("buffers to give away", () => {
  it("are all there are, once each", () => {
    const [a, b] = [Float64Array.of(1), Int32Array.of(2)];
    expect([...buffersOf({ a, list: [b, a, { b }], n: 1, none: null })]).toEqual([a.buffer, b.buffer]);
  });
});
