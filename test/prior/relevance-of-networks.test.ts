import { describe, expect, it } from "vitest";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { add } from "../../src/model/graph/add.ts";
import { affine } from "../../src/model/graph/affine-layer.ts";
import { convolution1d, convolution2d } from "../../src/model/graph/convolution.ts";
import { dense } from "../../src/model/graph/dense.ts";
import { embedding } from "../../src/model/graph/embedding.ts";
import { maxPooling2d } from "../../src/model/graph/max-pooling.ts";
import { network } from "../../src/model/graph/network.ts";
import { flatten } from "../../src/model/graph/reshape.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { random } from "../../src/random.ts";
import { train } from "../../src/training/train.ts";

const grouped = (...[model, options]: [Parameters<ReturnType<typeof automaticRelevance>["bind"]>[0], Parameters<typeof automaticRelevance>[1]?]): unknown[] => {
  const { groups, groupOf } = automaticRelevance(1, options).bind(model);
  return [groups, Array.from(groupOf)];
};

describe("automatic relevance in a graph of layers", () => {
  it("goes by the columns that a dense layer takes, at each position of a sequence", () => {
    expect(grouped(network([2], [dense(2), dense(1)]))).toEqual([["input 1", "input 2", "dense1.biases", "dense2.weights", "dense2.biases"], [0, 1, 0, 1, 2, 2, 3, 3, 4]]);
    expect(grouped(network([5, 2], [dense(1, { biases: false }), flatten(), dense(1, { biases: false })]), { inputNames: ["a", "b"] })).toEqual([["a", "b", "dense2.weights"], [0, 1, 2, 2, 2, 2, 2]]);
    expect(grouped(network([2, 2], [flatten(), dense(1)]))[0]).toEqual(["input 1", "input 2", "input 3", "input 4", "dense1.biases"]);
  });

  it("goes by the channels of convolutions, group by group", () => {
    const image = network([2, 3, 3], [convolution2d({ filters: 2, kernel: [1, 2], biases: false }), flatten(), dense(1)]);
    expect(grouped(image)).toEqual([["channel 1", "channel 2", "dense1.weights", "dense1.biases"], [0, 0, 1, 1, 0, 0, 1, 1, ...new Array<number>(12).fill(2), 3]]);
    const groups = network([4, 2], [convolution1d({ filters: 4, kernel: 2, groups: 2, biases: false }), flatten()]);
    expect(grouped(groups)[1]).toEqual([0, 0, 1, 1, 0, 0, 1, 1, 2, 2, 3, 3, 2, 2, 3, 3]);
  });

  it("counts all layers that take the inputs, which may be scaled", () => {
    const model = network([2], [
      { name: "scaled", layer: affine({ scale: [2, 3] }) },
      { name: "bent", layer: dense(1, { activation: "tanh" }) },
      { name: "straight", layer: dense(1, { biases: false }), inputs: ["scaled"] },
      { layer: add(), inputs: ["bent", "straight"] },
    ]);
    expect(grouped(model)).toEqual([["input 1", "input 2", "bent.biases"], [0, 1, 2, 0, 1]]);
    expect(grouped(subnetwork(model, [1, 3]))).toEqual([["input 1", "input 2"], [1, 0]]);
  });

  it.each([
    ["an embedding", network([2], [embedding(3, 2), flatten(), dense(1)])],
    ["pooling", network([1, 4, 4], [maxPooling2d(2), flatten(), dense(1)])],
    ["the outputs themselves", network([2], [{ name: "a", layer: dense(2) }, { layer: add(), inputs: ["a", "input"] }])],
    ["factors that are parameters", network([2], [affine({ free: true }), dense(1)])],
    ["dense layers and convolutions", network([2, 2], [{ name: "a", layer: convolution1d({ filters: 1, kernel: 2 }) }, { name: "b", layer: flatten() }, { name: "c", layer: flatten(), inputs: ["input"] }, { name: "d", layer: dense(1) }, { layer: add(), inputs: ["b", "d"] }])],
  ])("is refused where %s take the inputs", (_, model) => {
    expect(() => automaticRelevance().bind(model)).toThrow(UnsupportedError);
    expect(() => automaticRelevance().bind(model)).toThrow(/perLayer\(\)/);
  });

  it("refuses other numbers of names", () => {
    expect(() => automaticRelevance(1, { inputNames: ["a"] }).bind(network([2, 3], [convolution1d({ filters: 1, kernel: 3 }), flatten()]))).toThrow(InvalidArgumentError);
  });

  it("finds the channel that does not matter", async () => {
    const source = random(1);
    const inputs = Array.from({ length: 60 }, () => Array.from({ length: 8 }, () => source.normal()));
    // Of two channels of four numbers, the first alone.
    const targets = inputs.map(([a, b, c]) => Math.tanh(a - b) + Math.tanh(b - c) + 0.1 * source.normal());
    const model = network([2, 4], [convolution1d({ filters: 3, kernel: 2, activation: "tanh" }), flatten(), dense(1)], { seed: 1 });
    const { prior } = await train(model, gaussian(), { inputs, targets }, { prior: automaticRelevance() });
    expect(prior.groups.slice(0, 2)).toEqual(["channel 1", "channel 2"]);
    expect(prior.precisions[1]).toBeGreaterThan(100 * prior.precisions[0]);
  });
});
