import fc from "../support/fast-check.ts";
import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { toMatrix } from "../../src/model/derivatives.ts";
import { expectClose } from "../support/close.ts";
import { ACTIVATION_NAMES, awayFromKinks, cases, makeCase, plainBatch, stepFor, type Case } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

function expectJacobianOfDifferences(drawn: Case): void {
  const { network, inputs } = drawn;
  expectClose(network.evaluate(inputs).jacobian(), differences(plainBatch(drawn), network.parameters, stepFor(drawn)), 1e-8);
}

describe("jacobian", () => {
  it("agrees with differences for any shape", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        fc.pre(awayFromKinks(drawn));
        expectJacobianOfDifferences(drawn);
      }),
      { numRuns: 60 },
    );
  });

  it.each(ACTIVATION_NAMES)("agrees with differences for %s units, hidden and at the outputs", (name) => {
    let tried = 0;
    for (let seed = 0; tried < 3; seed++) {
      const drawn = makeCase({ sizes: [3, 4, 2, 2], hidden: name, output: name, rows: 2, seed });
      if (!awayFromKinks(drawn)) continue;
      expectJacobianOfDifferences(drawn);
      tried++;
    }
  });
});

describe("scaledJacobian", () => {
  it("is S' J for any factor, also one with fewer or more columns than outputs", () => {
    fc.assert(
      fc.property(cases, fc.integer({ min: 1, max: 4 }), fc.nat(1000), ({ network, inputs }, columns, seed) => {
        const evaluation = network.evaluate(inputs);
        const [count, width] = [network.outputs, network.parameters.length];
        const factor = normals(inputs.rows * count * columns, seed);
        const jacobian = evaluation.jacobian();
        const rows = Array.from({ length: inputs.rows }, (_, n) => {
          const s = toMatrix(factor.slice(n * count * columns, (n + 1) * count * columns), count, columns);
          return s.transpose().mmul(toMatrix(jacobian.slice(n * count * width, (n + 1) * count * width), count, width)).to1DArray();
        });
        expectClose(evaluation.scaledJacobian(factor, columns), rows.flat(), 1e-13);
      }),
    );
  });
});

describe("vectorJacobianProduct and jacobianVectorProduct", () => {
  it("are J' u and J v", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), ({ network, inputs }, seed) => {
        const evaluation = network.evaluate(inputs);
        const [height, width] = [inputs.rows * network.outputs, network.parameters.length];
        const jacobian = toMatrix(evaluation.jacobian(), height, width);
        const [u, v] = [normals(height, seed), normals(width, seed + 1)];
        expectClose(evaluation.vectorJacobianProduct(u), jacobian.transpose().mmul(Matrix.columnVector(u)).to1DArray(), 1e-12);
        expectClose(evaluation.jacobianVectorProduct(v), jacobian.mmul(Matrix.columnVector(v)).to1DArray(), 1e-12);
      }),
    );
  });

  it("are adjoint: u . (J v) = (J' u) . v", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), ({ network, inputs }, seed) => {
        const evaluation = network.evaluate(inputs);
        const [u, v] = [normals(inputs.rows * network.outputs, seed), normals(network.parameters.length, seed + 1)];
        const left = evaluation.jacobianVectorProduct(v).reduce((sum, value, i) => sum + value * u[i], 0);
        const right = evaluation.vectorJacobianProduct(u).reduce((sum, value, i) => sum + value * v[i], 0);
        expect(Math.abs(left - right)).toBeLessThan(1e-11 * (1 + Math.abs(left)));
      }),
    );
  });
});
