import { inverse } from "ml-matrix";
import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { byName } from "../../src/model/selection.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { weightReport } from "../../src/posterior/weight-report.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import { expectClose } from "../support/close.ts";
import { cases } from "../support/networks.ts";
import { normals } from "../support/random-numbers.ts";

const STRUCTURES = [full({ space: "weight" }), full({ space: "function" }), diagonal(), kronecker(), blockDiagonal(), lowRank({ rank: 3 })];

describe("weightReport", () => {
  it("has the error bars and correlations of the covariance, by every structure", async () => {
    await fc.assert(
      fc.asyncProperty(cases, fc.nat(1e5), fc.constantFrom(...STRUCTURES), async ({ network, inputs }, seed, structure) => {
        const data = { inputs: { data: inputs.data, shape: [inputs.rows, inputs.columns] as const }, targets: { data: normals(inputs.rows * network.outputs, seed), shape: [inputs.rows, network.outputs] as const } };
        const posterior = await laplace(network, gaussian({ noise: 0.5 }), data, { structure, prior: isotropic(0.7) });
        const report = weightReport(posterior);
        const { tensors } = report;
        const covariance = posterior.covariance();
        expect(tensors.map(({ name, layer, role, rows, columns }) => ({ name, layer, role, rows, columns }))).toEqual(network.tensors.map(({ name, layer, role, rows, columns }) => ({ name, layer, role, rows, columns })));
        for (const [t, { indices, row, column, weight, standardDeviation, signalToNoise }] of tensors.entries()) {
          indices.forEach((index, e) => {
            expect(index).toBe(network.tensors[t].offset + row[e] * network.tensors[t].columns + column[e]);
            expect(weight[e]).toBe(network.parameters[index]);
            expect(standardDeviation[e]).toBeCloseTo(Math.sqrt(covariance.get(index, index)), 8);
            expect(signalToNoise[e]).toBeCloseTo(Math.abs(weight[e]) / Math.sqrt(covariance.get(index, index)), 6);
          });
        }
        const expected = covariance.clone().apply(function (this: typeof covariance, i: number, j: number) {
          this.set(i, j, covariance.get(i, j) / Math.sqrt(covariance.get(i, i) * covariance.get(j, j)));
        });
        expectClose(report.correlations().to1DArray(), expected.to1DArray(), 1e-8);
        const some = [seed % network.parameters.length, 0].filter((index, i, all) => all.indexOf(index) === i).sort((a, b) => a - b);
        expectClose(report.correlations(some).to1DArray(), expected.subMatrixRow(some).subMatrixColumn(some).to1DArray(), 1e-8);
      }),
      { numRuns: 60 },
    );
  });

  it("names the weights of a part as those of the whole", async () => {
    const network = mlp([2, 3, 1], { seed: 1 });
    const data = { inputs: { data: normals(10, 1), shape: [5, 2] as const }, targets: normals(5, 2) };
    const part = weightReport(await laplace(subnetwork(network, [1, 4, 7, 12]), gaussian({ noise: 0.5 }), data));
    expect(part.tensors.map(({ name, rows, columns, indices, row, column }) => [name, rows, columns, [...indices], [...row], [...column]])).toEqual([
      ["layer1.weights", 3, 2, [0, 1], [0, 2], [1, 0]],
      ["layer1.biases", 3, 1, [2], [1], [0]],
      ["layer2.biases", 1, 1, [3], [0], [0]],
    ]);
    expect(part.tensors[1].weight[0]).toBe(network.parameters[7]);
    const nested = weightReport(await laplace(subnetwork(lastLayer(network), [1, 3]), gaussian({ noise: 0.5 }), data));
    expect(nested.tensors.map(({ name, layer, column }) => [name, layer, [...column]])).toEqual([["layer2.weights", 1, [1]], ["layer2.biases", 1, [0]]]);
  });

  it("takes rules, and prints a line for each tensor", async () => {
    const network = mlp([1, 2, 1], { parameters: [1, -3, 0, 0, 2, 4, 0.5] });
    const posterior = await laplace(network, gaussian({ noise: 0.5 }), { inputs: [0, 1, 2], targets: [0, 1, 2] });
    const report = weightReport(posterior);
    const chosen = report.correlations(byName("layer2"));
    expect([chosen.rows, chosen.get(1, 1)]).toEqual([3, 1]);
    expect(chosen.get(0, 2)).toBeCloseTo(inverse(posterior.precisionMatrix()).get(4, 6) / Math.sqrt(posterior.marginalVariance[4] * posterior.marginalVariance[6]), 10);
    const lines = report.summary().split("\n");
    expect(lines[0]).toMatch(/weights +magnitude +error bar +signal to noise +below 1/);
    expect(lines.slice(1).map((line) => line.split(/ {2,}/).slice(0, 3).join())).toEqual(["layer1.weights,2,2.0000", "layer1.biases,2,0.0000", "layer2.weights,2,3.0000", "layer2.biases,1,0.50000"]);
    expect(lines[2]).toMatch(/100 %$/);
    expect(() => report.correlations([9])).toThrow(/^selected\[0\]/);
    expect(() => weightReport(network as never)).toThrow(/^posterior: expected what laplace\(\) resolves to/);
  });
});
