import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { toMatrix } from "../../src/model/derivatives.ts";
import { expectClose } from "../support/close.ts";
import { awayFromKinks, cases, plainBatch, quadraticLoss, stepFor } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

describe("jacobianVectorProduct", () => {
  it("is the change of the outputs along a direction", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), (drawn, seed) => {
        fc.pre(awayFromKinks(drawn));
        const { parameters } = drawn.network;
        const outputs = plainBatch(drawn);
        const v = normals(parameters.length, seed);
        const along = differences(([t]) => outputs(parameters.map((w, i) => w + t * v[i])), [0], stepFor(drawn) / 10);
        expectClose(drawn.network.evaluate(drawn.inputs).jacobianVectorProduct(v), along, 1e-8);
      }),
    );
  });
});

describe("hessianVectorProduct", () => {
  it("is the Hessian times a vector", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), ({ network, inputs }, seed) => {
        const evaluation = network.evaluate(inputs);
        const loss = quadraticLoss(inputs.rows, network.outputs, seed)(evaluation.outputs);
        const width = network.parameters.length;
        const v = normals(width, seed);
        const expected = toMatrix(evaluation.hessian(loss), width, width).mmul(toMatrix(v, width, 1)).to1DArray();
        expectClose(evaluation.hessianVectorProduct(loss, v), expected, 1e-12);
      }),
    );
  });

  it("leaves its arguments alone, and so do the other derivatives", () => {
    fc.assert(
      fc.property(cases, fc.nat(1000), ({ network, inputs }, seed) => {
        const evaluation = network.evaluate(inputs);
        const loss = quadraticLoss(inputs.rows, network.outputs, seed)(evaluation.outputs);
        const v = normals(network.parameters.length, seed);
        const everything = (): Float64Array[] => [network.parameters, inputs.data, evaluation.outputs, ...evaluation.activations, loss.gradient, loss.hessian, v];
        const before = structuredClone(everything());
        evaluation.jacobian();
        evaluation.backpropagate(loss.gradient);
        evaluation.jacobianVectorProduct(v);
        evaluation.vectorJacobianProduct(loss.gradient);
        evaluation.hessianVectorProduct(loss, v);
        evaluation.hessian(loss);
        evaluation.hessianDiagonal(loss);
        evaluation.approximateHessianDiagonal!(loss);
        expect(everything()).toEqual(before);
      }),
      { numRuns: 30 },
    );
  });
});
