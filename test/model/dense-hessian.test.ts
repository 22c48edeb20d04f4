import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { toMatrix } from "../../src/model/derivatives.ts";
import type { OutputDerivatives } from "../../src/model/model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { distance, expectClose } from "../support/close.ts";
import { ACTIVATION_NAMES, awayFromKinks, cases, makeCase, quadraticLoss, stepFor, type Case } from "../support/networks.ts";
import { normalTable } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

function quadraticLossOf({ network, inputs }: Case, seed: number): (f: ArrayLike<number>) => OutputDerivatives {
  return quadraticLoss(inputs.rows, network.outputs, seed);
}

/** The Hessian by differences of the gradient, which the tests of the Jacobian vouch for. */
function hessianByDifferences(drawn: Case, loss: (f: ArrayLike<number>) => OutputDerivatives): Float64Array {
  const gradient = (w: Float64Array): Float64Array => {
    const evaluation = drawn.network.withParameters(w).evaluate(drawn.inputs);
    return evaluation.vectorJacobianProduct(loss(evaluation.outputs).gradient);
  };
  return differences(gradient, drawn.network.parameters, stepFor(drawn));
}

const diagonalOf = (matrix: Float64Array, width: number): Float64Array => Float64Array.from({ length: width }, (_, i) => matrix[i * width + i]);

describe("hessian", () => {
  it("agrees with differences of the gradient for any shape and loss", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), (drawn, seed) => {
        fc.pre(awayFromKinks(drawn));
        const loss = quadraticLossOf(drawn, seed);
        const evaluation = drawn.network.evaluate(drawn.inputs);
        expectClose(evaluation.hessian(loss(evaluation.outputs)), hessianByDifferences(drawn, loss), 1e-8);
      }),
      { numRuns: 40 },
    );
  });

  it.each(ACTIVATION_NAMES)("agrees with differences of the gradient for %s units, hidden and at the outputs", (name) => {
    let tried = 0;
    for (let seed = 0; tried < 2; seed++) {
      const drawn = makeCase({ sizes: [2, 3, 4, 2], hidden: name, output: name, rows: 2, seed });
      if (!awayFromKinks(drawn)) continue;
      const loss = quadraticLossOf(drawn, seed);
      const evaluation = drawn.network.evaluate(drawn.inputs);
      expectClose(evaluation.hessian(loss(evaluation.outputs)), hessianByDifferences(drawn, loss), 1e-8);
      tried++;
    }
  });

  it("works with more inputs than any layer has units, at four layers", () => {
    const drawn = makeCase({ sizes: [9, 2, 3, 1, 2], hidden: ["tanh", "silu", "sigmoid"], rows: 2 });
    const loss = quadraticLossOf(drawn, 5);
    const evaluation = drawn.network.evaluate(drawn.inputs);
    expectClose(evaluation.hessian(loss(evaluation.outputs)), hessianByDifferences(drawn, loss), 1e-8);
  });

  it("is symmetric, has the exact diagonal, and its columns are products with unit vectors", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), (drawn, seed) => {
        const evaluation = drawn.network.evaluate(drawn.inputs);
        const loss = quadraticLossOf(drawn, seed)(evaluation.outputs);
        const width = drawn.network.parameters.length;
        const hessian = evaluation.hessian(loss);
        const matrix = toMatrix(hessian, width, width);
        expectClose(matrix.transpose().to1DArray(), hessian, 1e-13);
        expectClose(evaluation.hessianDiagonal(loss), diagonalOf(hessian, width), 1e-12);
        for (let i = 0; i < width; i++) {
          const unit = new Float64Array(width);
          unit[i] = 1;
          expectClose(evaluation.hessianVectorProduct(loss, unit), matrix.getColumn(i), 1e-12);
        }
      }),
      { numRuns: 40 },
    );
  });

  it("is J' H_f J for a linear model", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.nat(1000), (size, outputs, biases, seed) => {
        const { network, inputs } = makeCase({ sizes: [size, outputs], biases, rows: 4, seed });
        const evaluation = network.evaluate(inputs);
        const loss = quadraticLoss(inputs.rows, outputs, seed)(evaluation.outputs);
        const width = network.parameters.length;
        const blocks = Array.from({ length: inputs.rows }, (_, n) => {
          const j = toMatrix(evaluation.jacobian().slice(n * outputs * width, (n + 1) * outputs * width), outputs, width);
          const h = toMatrix(loss.hessian.slice(n * outputs ** 2, (n + 1) * outputs ** 2), outputs, outputs);
          return j.transpose().mmul(h).mmul(j);
        });
        expectClose(evaluation.hessian(loss), blocks.reduce((sum, block) => sum.add(block)).to1DArray(), 1e-12);
      }),
    );
  });

  it("adds up over examples", () => {
    const { network, inputs } = makeCase({ sizes: [3, 4, 2], rows: 2 });
    const evaluation = network.evaluate(inputs);
    const loss = quadraticLoss(2, 2, 3)(evaluation.outputs);
    const halves = [0, 1].map((n) => network.evaluate({ data: inputs.data.slice(3 * n, 3 * n + 3), rows: 1, columns: 3 }).hessian({ gradient: loss.gradient.slice(2 * n, 2 * n + 2), hessian: loss.hessian.slice(4 * n, 4 * n + 4) }));
    expectClose(halves[0].map((value, i) => value + halves[1][i]), evaluation.hessian(loss), 1e-13);
  });
});

describe("approximateHessianDiagonal", () => {
  const gaussianLoss = ({ network, inputs }: Case): OutputDerivatives => {
    const targets = normalTable(inputs.rows, network.outputs, 99);
    const { outputs } = network.evaluate(inputs);
    const likelihood = gaussian({ noise: 0.5 });
    return { gradient: likelihood.gradient(outputs, targets), hessian: likelihood.hessian(outputs, targets) };
  };
  const bernoulliLoss = ({ network, inputs }: Case): OutputDerivatives => {
    const targets = { data: Float64Array.from({ length: inputs.rows }, (_, n) => n % 2), rows: inputs.rows, columns: 1 };
    const { outputs } = network.evaluate(inputs);
    return { gradient: bernoulli().gradient(outputs, targets), hessian: bernoulli().hessian(outputs, targets) };
  };
  const errorOf = ({ network, inputs }: Case, loss: OutputDerivatives): number => {
    const evaluation = network.evaluate(inputs);
    return distance(evaluation.approximateHessianDiagonal!(loss), evaluation.hessianDiagonal(loss));
  };

  it.each(ACTIVATION_NAMES)("is exact for one hidden layer of %s units with a Gaussian or a Bernoulli likelihood", (hidden) => {
    for (const biases of [true, false]) {
      const regression = makeCase({ sizes: [5, 4, 3], hidden, biases });
      expect(errorOf(regression, gaussianLoss(regression))).toBeLessThan(1e-13);
      const classification = makeCase({ sizes: [5, 4, 1], hidden, biases });
      expect(errorOf(classification, bernoulliLoss(classification))).toBeLessThan(1e-13);
    }
  });

  it("is not exact for two hidden layers, nor for outputs that a categorical likelihood couples", () => {
    const deep = makeCase({ sizes: [5, 4, 4, 3] });
    expect(errorOf(deep, gaussianLoss(deep))).toBeGreaterThan(1e-3);

    const coupled = makeCase({ sizes: [5, 4, 3] });
    const { outputs } = coupled.network.evaluate(coupled.inputs);
    const targets = categorical().encode([0, 1, 2], 3, 3);
    const loss = { gradient: categorical().gradient(outputs, targets), hessian: categorical().hessian(outputs, targets) };
    expect(errorOf(coupled, loss)).toBeGreaterThan(1e-3);
  });

  it("is exact at any depth for chains of units that do not meet", () => {
    const sizes = [3, 3, 3, 3, 3];
    const activation = ["tanh", "silu", "sigmoid"] as const;
    const chains = mlp(sizes, { activation, outputActivation: "softplus", seed: 4 });
    const parameters = chains.parameters.slice();
    for (const { weights } of chains.layers) {
      for (let j = 0; j < 3; j++) for (let i = 0; i < 3; i++) if (i !== j) parameters[weights.offset + 3 * j + i] = 0;
    }
    const drawn = { ...makeCase({ sizes }), network: chains.withParameters(parameters) };
    expect(errorOf(drawn, gaussianLoss(drawn))).toBeLessThan(1e-13);
  });
});
