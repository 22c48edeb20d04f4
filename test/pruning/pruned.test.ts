import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { largestMagnitude } from "../../src/model/selection.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { pruned } from "../../src/pruning/pruned.ts";
import { random } from "../../src/random.ts";
import { train } from "../../src/training/train.ts";
import { expectClose } from "../support/close.ts";
import { cases } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";
import { expectRestriction } from "../support/restriction.ts";

/** A random choice of at least one parameter. */
function someOf(width: number, seed: number): number[] {
  const source = random(seed);
  const chosen = Array.from({ length: width }, (_, i) => i).filter(() => source.uniform() < 0.6);
  return chosen.length > 0 ? chosen : [source.integer(width)];
}

const zeroed = (values: Float64Array, kept: readonly number[]): Float64Array => values.map((w, i) => (kept.includes(i) ? w : 0));

describe("pruned", () => {
  it("has the outputs of the network with zeros, and the columns of its derivatives", () => {
    fc.assert(
      fc.property(cases, fc.nat(1e5), ({ network, inputs }, seed) => {
        const kept = someOf(network.parameters.length, seed);
        const withZeros = network.withParameters(zeroed(network.parameters, kept));
        expectRestriction(pruned(network, kept), withZeros, kept, inputs, seed);
        expect(Array.from(pruned(network, kept).whole.parameters)).toEqual(Array.from(withZeros.parameters));
      }),
      { numRuns: 60 },
    );
  });

  it("keeps zeros where they are when its weights change", () => {
    const network = mlp([2, 2, 1], { seed: 3 });
    const other = pruned(network, [0, 3, 8]).withParameters(Float64Array.of(5, 6, 7));
    expect(Array.from(other.whole.parameters)).toEqual([5, 0, 0, 6, 0, 0, 0, 0, 7]);
  });

  it("prunes models without layers, last layers, and what is pruned already", () => {
    const curve = functionModel({ parameters: [1, 0.5, -0.2], outputs: 1, value: ([a, b, c], [x]) => [a * Math.exp(b * x) + c] });
    expectClose(pruned(curve, [0, 1]).evaluate({ data: Float64Array.of(2), rows: 1, columns: 1 }).outputs, [Math.E], 1e-14);

    const network = mlp([2, 3, 1], { seed: 1 });
    const last = pruned(lastLayer(network), [1, 3]);
    const whole = network.parameters.map((w, i) => (i === 9 || i === 11 ? 0 : w));
    const inputs = { data: normals(8, 1), rows: 4, columns: 2 };
    expectClose(last.evaluate(inputs).outputs, network.withParameters(whole).evaluate(inputs).outputs, 1e-14);
    expect(Array.from(last.whole.whole.parameters)).toEqual(Array.from(whole));

    const kept = [0, 2, 5, 8, 9, 11, 12];
    const twice = pruned(pruned(network, kept), [1, 4, 5, 6]);
    expect(Array.from(twice.parameters)).toEqual(Array.from(pruned(network, [2, 9, 11, 12]).parameters));
    const [left, once] = [twice.evaluate(inputs), pruned(network, [2, 9, 11, 12]).evaluate(inputs)];
    expectClose(left.jacobian(), once.jacobian(), 1e-14);
  });

  it("trains, and has the posterior of the network whose zeros are known for certain", async () => {
    const network = mlp([1, 4, 1], { seed: 2 });
    const data = { inputs: normals(20, 1), targets: normals(20, 2) };
    const kept = [0, 1, 4, 5, 8, 9, 12];
    const prior = perLayer([0.5, 2]).bind(network);
    const { model, gradientNorm, ...trained } = await train(pruned(network, kept), gaussian({ noise: 0.3 }), data, { prior });
    expect(gradientNorm).toBeLessThan(1e-6);
    expect(model.tensors.map(({ name }) => name)).toEqual(["layer1.weights", "layer1.biases", "layer2.weights", "layer2.biases"]);
    expect(Array.from(model.whole.parameters).flatMap((w, i) => (w !== 0 ? [i] : []))).toEqual(kept);
    expect(trained.prior.groups.map((group, g) => [group, trained.prior.precisions[g], trained.prior.sizes[g]])).toEqual([["layer1", 0.5, 4], ["layer2", 2, 3]]);

    const posterior = await laplace(model, gaussian({ noise: 0.3 }), data, { prior });
    // Of the whole network the rows and columns of the weights that are left.
    const whole = (await laplace(model.whole, gaussian({ noise: 0.3 }), data, { prior })).precisionMatrix();
    expectClose(posterior.precisionMatrix().to1DArray(), whole.subMatrixRow(kept).subMatrixColumn(kept).to1DArray(), 1e-12);
  });

  it("refuses what keeps nothing or what is not there", () => {
    const network = mlp([1, 1]);
    expect(() => pruned(network, [])).toThrow(/^selected: expected at least one parameter/);
    expect(() => pruned(network, [2])).toThrow(/^selected\[0\]: expected an index from 0 to 1/);
    expect(() => pruned(network, [true])).toThrow(/^selected: expected 2 booleans/);
    expect(() => pruned("mlp" as never, [0])).toThrow(/^model: expected/);
    expect(Array.from(pruned(mlp([2, 1], { parameters: [1, -3, 2] }), largestMagnitude({ count: 1 })).whole.parameters)).toEqual([0, -3, 0]);
    expect(isotropic(1).bind(pruned(network, [1])).sizes[0]).toBe(1);
  });
});
