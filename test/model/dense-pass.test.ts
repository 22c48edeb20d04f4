import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close.ts";
import { awayFromKinks, cases, makeCase, plainBatch, stepFor } from "../support/networks.ts";
import { plainPass } from "../support/plain-network.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

describe("the forward pass", () => {
  it("gives the outputs and activations of the definition, for any shape", () => {
    fc.assert(
      fc.property(cases, (drawn) => {
        const { plain, network, inputs } = drawn;
        const { outputs, activations } = network.evaluate(inputs);
        expectClose(outputs, plainBatch(drawn)(network.parameters), 1e-13);
        for (let n = 0; n < inputs.rows; n++) {
          const { values } = plainPass(plain, network.parameters, inputs.data.subarray(n * inputs.columns, (n + 1) * inputs.columns));
          network.layers.forEach((layer, l) => expectClose(activations[l].subarray(n * layer.inputs, (n + 1) * layer.inputs), values[l], 1e-13));
        }
        expect(activations).toHaveLength(network.layers.length);
      }),
    );
  });

  it("works for many examples and wide layers, where kernels block", () => {
    const large = makeCase({ sizes: [37, 65, 9, 5], hidden: ["relu", "tanh"], rows: 70 });
    expectClose(large.network.evaluate(large.inputs).outputs, plainBatch(large)(large.network.parameters), 1e-12);
  });
});

describe("backpropagate", () => {
  it("gives deltas that, with the activations, rebuild the Jacobian", () => {
    fc.assert(
      fc.property(cases, ({ network, inputs }) => {
        const evaluation = network.evaluate(inputs);
        const [rows, count, width] = [inputs.rows, network.outputs, network.parameters.length];
        const rebuilt = new Float64Array(rows * count * width);
        for (let k = 0; k < count; k++) {
          const deltas = evaluation.backpropagate(Float64Array.from({ length: rows * count }, (_, i) => (i % count === k ? 1 : 0)));
          network.layers.forEach((layer, l) => {
            for (let n = 0; n < rows; n++) {
              for (let j = 0; j < layer.outputs; j++) {
                const delta = deltas[l][n * layer.outputs + j];
                const start = (n * count + k) * width;
                for (let i = 0; i < layer.inputs; i++) rebuilt[start + layer.weights.offset + j * layer.inputs + i] = delta * evaluation.activations[l][n * layer.inputs + i];
                if (layer.biases !== undefined) rebuilt[start + layer.biases.offset + j] = delta;
              }
            }
          });
        }
        expectClose(rebuilt, evaluation.jacobian(), 1e-13);
      }),
    );
  });

  it("gives the derivatives with respect to biases, which are those of the pre-activations", () => {
    fc.assert(
      fc.property(cases.filter(({ plain }) => plain.biases), fc.nat(1000), (drawn, seed) => {
        fc.pre(awayFromKinks(drawn));
        const { network, inputs } = drawn;
        const u = normals(inputs.rows * network.outputs, seed);
        const deltas = network.evaluate(inputs).backpropagate(u);
        const outputs = plainBatch(drawn);
        const gradient = differences((w) => [outputs(w).reduce((sum, f, i) => sum + u[i] * f, 0)], network.parameters, stepFor(drawn));
        network.layers.forEach(({ biases, outputs: units }, l) => {
          const sums = Float64Array.from({ length: units }, (_, j) => deltas[l].reduce((sum, delta, i) => (i % units === j ? sum + delta : sum), 0));
          const { offset } = biases as NonNullable<typeof biases>;
          expectClose(sums, gradient.subarray(offset, offset + units), 1e-8);
        });
      }),
      { numRuns: 50 },
    );
  });
});
