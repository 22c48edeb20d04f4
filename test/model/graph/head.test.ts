import { describe, expect, it } from "vitest";
import { UnsupportedError } from "../../../src/errors.ts";
import { categorical } from "../../../src/likelihood/categorical.ts";
import { add } from "../../../src/model/graph/add.ts";
import { convolution2d } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { dropout } from "../../../src/model/graph/dropout.ts";
import type { NetworkEntry } from "../../../src/model/graph/entries.ts";
import { network, type Network } from "../../../src/model/graph/network.ts";
import { flatten, reshape } from "../../../src/model/graph/reshape.ts";
import { sizeOf, type Shape } from "../../../src/model/graph/shape.ts";
import { lastLayer } from "../../../src/model/last-layer.ts";
import { mlp } from "../../../src/model/mlp.ts";
import { standardized } from "../../../src/model/standardized.ts";
import { subnetwork } from "../../../src/model/subnetwork.ts";
import { laplace } from "../../../src/posterior/laplace.ts";
import { kronecker } from "../../../src/structure/kronecker.ts";
import { packed, unpacked } from "../../../src/workers/packing.ts";
import fc from "../../support/fast-check.ts";
import { normalTable, normals } from "../../support/random-numbers.ts";
import { expectRestriction } from "../../support/restriction.ts";
import { LAYER_CASES } from "./layer-cases.ts";

const indicesOf = (model: Network, count: number): number[] => Array.from(model.parameters.keys()).slice(model.parameters.length - count);

describe("lastLayer of a network", () => {
  it.each(Object.entries(LAYER_CASES))("after %s has of all derivatives what belongs to the dense layer at the end", (_, cases) => {
    let tried = 0;
    for (const { shape, layers } of fc.sample(cases, { numRuns: 8, seed: 2 })) {
      let model: Network;
      try {
        model = network(shape, [...layers, flatten(), dense(2), dropout()], { seed: 1 });
      } catch {
        continue;
      }
      expectRestriction(lastLayer(model), model, indicesOf(model, model.head!.layer.weights.columns * 2 + 2), normalTable(3, sizeOf(shape), 3), 4);
      tried++;
    }
    expect(tried).toBeGreaterThan(0);
  });

  it("is that of the mlp of the same layers, in units of its own as well", () => {
    const chain = mlp([3, 4, 2], { seed: 1 });
    const graph = network([3], [dense(4, { activation: "tanh" }), dense(2)], { seed: 1 });
    const units = { inputs: { shift: normals(3, 1), scale: Float64Array.of(1, 2, 3) }, outputs: { shift: normals(2, 2), scale: Float64Array.of(4, 5) } };
    const inputs = normalTable(5, 3, 3);
    for (const [a, b] of [[lastLayer(graph), lastLayer(chain)], [lastLayer(standardized(graph, units)), lastLayer(standardized(chain, units))]]) {
      expect(a.evaluate(inputs).jacobian()).toEqual(b.evaluate(inputs).jacobian());
      expect(a.evaluate(inputs).outputs).toEqual(b.evaluate(inputs).outputs);
      expect(a.tensors.map(({ name }) => name)).toEqual(["dense2.weights", "dense2.biases"]);
    }
  });

  it("takes kronecker(), goes to other threads, and gives the whole network back", async () => {
    const model = network([1, 4, 4], [convolution2d({ filters: 2, kernel: 3, activation: "relu" }), flatten(), dense(3)], { seed: 1 });
    const last = lastLayer(model);
    const inputs = normalTable(9, 16, 2);
    const posterior = await laplace(last, categorical(), { inputs: { data: inputs.data, shape: [9, 16] }, targets: [0, 1, 2, 0, 1, 2, 0, 1, 2] }, { structure: kronecker() });
    expect(posterior.effectiveParameters).toBeGreaterThan(0);
    const again = unpacked(structuredClone(packed(last))) as typeof last;
    expect(again.evaluate(inputs).outputs).toEqual(last.evaluate(inputs).outputs);
    expect(last.withParameters(new Float64Array(27)).whole.parameters).toEqual(Float64Array.from([...model.parameters.slice(0, 20), ...new Float64Array(27)]));
  });

  it.each<[name: string, shape: Shape, layers: readonly NetworkEntry[]]>([
    ["an activation", [2], [dense(3), "tanh"]],
    ["a convolution", [1, 2, 2], [convolution2d({ filters: 2, kernel: 1 })]],
    ["a dense layer at several positions", [3, 2], [dense(2)]],
    ["a sum", [2], [{ name: "a", layer: dense(2) }, { layer: add(), inputs: ["a", "input"] }]],
    ["nothing with weights", [2], [dropout(), reshape([2, 1])]],
  ])("refuses one that ends in %s", (_, shape, layers) => {
    expect(network(shape, layers).head).toBeUndefined();
    expect(() => lastLayer(network(shape, layers))).toThrow(UnsupportedError);
  });
});

describe("subnetwork of a network", () => {
  it("has of all derivatives what belongs to its parameters", () => {
    for (const [name, cases] of Object.entries(LAYER_CASES)) {
      if (!/convolution|attention|normalisation/.test(name)) continue;
      for (const { shape, layers } of fc.sample(cases, { numRuns: 3, seed: 5 })) {
        let model: Network;
        try {
          model = network(shape, [...layers, "tanh", flatten(), dense(2)], { seed: 1 });
        } catch {
          continue;
        }
        const indices = Array.from(model.parameters.keys()).filter((i) => i % 3 === 1);
        expectRestriction(subnetwork(model, indices), model, indices, normalTable(2, sizeOf(shape), 3), 4);
      }
    }
  });
});
