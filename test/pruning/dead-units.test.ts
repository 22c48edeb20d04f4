import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { livingUnits, withoutDeadUnits } from "../../src/pruning/dead-units.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { cases } from "../support/networks.ts";

const all = (width: number): Int32Array => Int32Array.from({ length: width }, (_, i) => i);
const but = (width: number, gone: readonly number[]): Int32Array => all(width).filter((i) => !gone.includes(i));
const zeroed = (values: Float64Array, kept: Int32Array): Float64Array => values.map((w, i) => (kept.includes(i) ? w : 0));

describe("withoutDeadUnits", () => {
  // Weights into the two hidden units: 0, 1; their biases: 2, 3; from them to the output: 4, 5; its bias: 6.
  const network = mlp([1, 2, 1], { parameters: [2, 3, 0.5, -0.5, 7, 5, 1] });

  it("takes what leads to a unit that nothing leaves", () => {
    const kept = but(7, [5]);
    const { kept: left, weights } = withoutDeadUnits(network, { kept, weights: zeroed(network.parameters, kept) });
    expect(Array.from(left)).toEqual([0, 2, 4, 6]);
    expect(Array.from(weights)).toEqual([2, 0, 0.5, 0, 7, 0, 1]);
    expect(livingUnits(network, left)).toEqual([1]);
  });

  it("puts the constant of a unit that nothing enters into the bias, which comes back if need be", () => {
    for (const gone of [[1], [1, 6]]) {
      const kept = but(7, gone);
      const { kept: left, weights } = withoutDeadUnits(network, { kept, weights: zeroed(network.parameters, kept) });
      expect(Array.from(left)).toEqual([0, 2, 4, 6]);
      expect(weights[6]).toBeCloseTo((gone.length === 1 ? 1 : 0) + 5 * Math.tanh(-0.5), 14);
    }
  });

  it("leaves a constant where there are no biases, unless it is zero", () => {
    const kept = but(4, [1]);
    for (const [activation, left] of [["sigmoid", [0, 2, 3]], ["tanh", [0, 2]]] as const) {
      const bare = mlp([1, 2, 1], { activation, biases: false, parameters: [2, 3, 7, 5] });
      expect(Array.from(withoutDeadUnits(bare, { kept, weights: zeroed(bare.parameters, kept) }).kept)).toEqual(left);
    }
  });

  it("goes on through the layers", () => {
    const deep = mlp([1, 1, 1, 1], { seed: 1 });
    const kept = but(6, [4]);
    expect(Array.from(withoutDeadUnits(deep, { kept, weights: zeroed(deep.parameters, kept) }).kept)).toEqual([5]);
    const entering = but(6, [0]);
    const { kept: left, weights } = withoutDeadUnits(deep, { kept: entering, weights: zeroed(deep.parameters, entering) });
    expect(Array.from(left)).toEqual([5]);
    const [, b1, w2, b2, w3, b3] = deep.parameters;
    expect(weights[5]).toBeCloseTo(b3 + w3 * Math.tanh(b2 + w2 * Math.tanh(b1)), 14);
    expect(livingUnits(deep, left)).toEqual([0, 0]);
  });

  it("changes no outputs, never has more weights, and leaves nothing dead", () => {
    let removed = 0;
    fc.assert(
      fc.property(cases, fc.nat(1e5), fc.double({ min: 0.05, max: 0.9, noNaN: true }), ({ network: any, inputs }, seed, share) => {
        const source = random(seed);
        const kept = all(any.parameters.length).filter(() => source.uniform() < share);
        const weights = zeroed(any.parameters, kept);
        const left = withoutDeadUnits(any, { kept, weights });
        expectClose(any.withParameters(left.weights).evaluate(inputs).outputs, any.withParameters(weights).evaluate(inputs).outputs, 1e-12);
        expect(left.kept.length).toBeLessThanOrEqual(kept.length);
        left.weights.forEach((w, i) => expect(w === 0 || left.kept.includes(i)).toBe(true));
        expect(withoutDeadUnits(any, left)).toEqual(left);
        removed += kept.length - left.kept.length;
      }),
      { numRuns: 200 },
    );
    expect(removed).toBeGreaterThan(100);
  });

  it("leaves models without layers alone", () => {
    const bend = functionModel({ parameters: [1, 2], outputs: 1, value: ([a, b], [x]) => [a * Math.tanh(b * x)] });
    const kept = { kept: Int32Array.of(0), weights: Float64Array.of(1, 0) };
    expect(withoutDeadUnits(bend, kept)).toEqual(kept);
    expect(livingUnits(bend, kept.kept)).toBeUndefined();
  });
});
