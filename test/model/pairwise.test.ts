import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { forward } from "../../src/model/derivatives.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { pairwise } from "../../src/model/pairwise.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { quadraticLoss } from "../support/networks.ts";
import { plainOutputs, type PlainNetwork } from "../support/plain-network.ts";
import { normalTable, normals } from "../support/random-numbers.ts";

const shapes = fc.record({ inputs: fc.integer({ min: 1, max: 3 }), outputs: fc.integer({ min: 1, max: 3 }), rows: fc.integer({ min: 1, max: 4 }), seed: fc.nat(1e5) });

describe("pairwise", () => {
  it("is the difference at two items, and so are all its derivatives", () => {
    fc.assert(
      fc.property(shapes, ({ inputs, outputs, rows, seed }) => {
        const network = mlp([inputs, 2, outputs], { seed });
        const plain: PlainNetwork = { sizes: [inputs, 2, outputs], activations: ["tanh", "identity"], biases: true };
        const difference = (w: Float64Array, x: Float64Array): number[] => {
          const [a, b] = [x.subarray(0, inputs), x.subarray(inputs)].map((item) => plainOutputs(plain, w, Array.from(item)));
          return a.map((value, k) => value - b[k]);
        };
        const pairs = normalTable(rows, 2 * inputs, seed + 1);
        const loss = quadraticLoss(rows, outputs, seed)(new Float64Array(rows * outputs));
        const [direction, factor] = [normals(network.parameters.length, seed), normals(rows * outputs * 2, seed + 9)];
        const [actual, expected] = [pairwise(network), functionModel({ parameters: network.parameters, outputs, value: difference })].map((model: Model) => {
          const at = model.evaluate(pairs);
          return {
            first: [at.outputs, at.jacobian(), at.scaledJacobian(factor, 2), at.jacobianVectorProduct(direction), at.vectorJacobianProduct(loss.gradient)],
            second: [at.hessian(loss), at.hessianDiagonal(loss), at.hessianVectorProduct(loss, direction)],
          };
        });
        actual.first.forEach((values, i) => expectClose(values, expected.first[i], 3e-9));
        actual.second.forEach((values, i) => expectClose(values, expected.second[i], 3e-6));
      }),
      { numRuns: 20 },
    );
  });

  it("turns its sign with the pair", () => {
    const model = pairwise(mlp([2, 3, 1], { seed: 1 }));
    expect(forward(model, [[1, 2, 3, 4]]).get(0, 0)).toBe(-forward(model, [[3, 4, 1, 2]]).get(0, 0));
    expect(forward(model, [[1, 2, 1, 2]]).get(0, 0)).toBe(0);
    expect(model.withParameters(new Float64Array(model.parameters.length)).each.parameters).toEqual(new Float64Array(model.parameters.length));
  });

  it("finds the worths of Bradley and Terry's players", async () => {
    const source = random(1);
    const worths = [1.5, 0.5, 0, -0.5, -1.5];
    const oneHot = (i: number): number[] => worths.map((_, j) => (i === j ? 1 : 0));
    const games = Array.from({ length: 600 }, () => [source.integer(5), source.integer(5)]).filter(([a, b]) => a !== b);
    const data = { inputs: games.map(([a, b]) => [...oneHot(a), ...oneHot(b)]), targets: games.map(([a, b]) => (source.uniform() < 1 / (1 + Math.exp(worths[b] - worths[a])) ? 1 : 0)) };
    const fitted = await fit(pairwise(mlp([5, 1], { biases: false })), bernoulli(), data, { prior: perLayer() });
    const { logit, logitVariance } = await fitted.predict([[...oneHot(0), ...oneHot(4)], [...oneHot(1), ...oneHot(2)]]);
    expect(Math.abs(logit.get(0, 0) - 3)).toBeLessThan(3.5 * Math.sqrt(logitVariance.get(0, 0)));
    expect(Math.abs(logit.get(1, 0) - 0.5)).toBeLessThan(3.5 * Math.sqrt(logitVariance.get(1, 0)));
    expect(logitVariance.get(1, 0)).toBeLessThan(0.2);
  });

  it("refuses rows that are no pairs", () => {
    expect(() => forward(pairwise(mlp([2, 1])), [[1, 2, 3]])).toThrow(/^inputs: expected 4 columns/);
    const any = pairwise(functionModel({ parameters: [1], value: ([w], [x]) => w * x }));
    expect(() => forward(any, [[1, 2, 3]])).toThrow(/^inputs: expected an even number of columns, those of one item and then those of the other, got 3/);
  });
});
