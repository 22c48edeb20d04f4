import { describe, expect, it } from "vitest";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { groups } from "../../src/prior/groups.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { priorPrecision, type Prior } from "../../src/prior/prior.ts";

// 2 x 3 weights (outputs x inputs), 2 biases, 1 x 2 weights, 1 bias.
const network = mlp([3, 2, 1]);
const bare = mlp([3, 2, 1], { biases: false });
const linear = mlp([3, 2]);
const curve = functionModel({ parameters: [1, 2], value: ([a, b], [x]) => a * x + b });

/** A prior's groups in a model, and which weights are in them. */
interface Row {
  readonly prior: Prior;
  readonly of: string;
  readonly model: Model;
  readonly groups: readonly string[];
  readonly groupOf: readonly number[];
}

const rows: Row[] = [
  { prior: isotropic(), of: "a network", model: network, groups: ["all weights"], groupOf: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0] },
  { prior: isotropic(), of: "a function", model: curve, groups: ["all weights"], groupOf: [0, 0] },
  { prior: perLayer(), of: "a network", model: network, groups: ["layer1", "layer2"], groupOf: [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1] },
  { prior: perLayer(), of: "a network without biases", model: bare, groups: ["layer1", "layer2"], groupOf: [0, 0, 0, 0, 0, 0, 1, 1] },
  { prior: perLayer(), of: "a linear model", model: linear, groups: ["layer1"], groupOf: [0, 0, 0, 0, 0, 0, 0, 0] },
  { prior: perLayer(), of: "a function", model: curve, groups: ["parameters"], groupOf: [0, 0] },
  { prior: perLayer(1, { separateBiases: true }), of: "a network, biases apart", model: network, groups: ["layer1.weights", "layer1.biases", "layer2.weights", "layer2.biases"], groupOf: [0, 0, 0, 0, 0, 0, 1, 1, 2, 2, 3] },
  { prior: perLayer(1, { separateBiases: true }), of: "a network without biases, biases apart", model: bare, groups: ["layer1.weights", "layer2.weights"], groupOf: [0, 0, 0, 0, 0, 0, 1, 1] },
  { prior: automaticRelevance(), of: "a network", model: network, groups: ["input 1", "input 2", "input 3", "layer1.biases", "layer2.weights", "layer2.biases"], groupOf: [0, 1, 2, 0, 1, 2, 3, 3, 4, 4, 5] },
  { prior: automaticRelevance(), of: "a network without biases", model: bare, groups: ["input 1", "input 2", "input 3", "layer2.weights"], groupOf: [0, 1, 2, 0, 1, 2, 3, 3] },
  { prior: automaticRelevance(), of: "a linear model", model: linear, groups: ["input 1", "input 2", "input 3", "layer1.biases"], groupOf: [0, 1, 2, 0, 1, 2, 3, 3] },
  { prior: perWeight(), of: "a linear model", model: linear, groups: Array.from({ length: 8 }, (_, i) => `weight ${i + 1}`), groupOf: [0, 1, 2, 3, 4, 5, 6, 7] },
  { prior: groups([1, 0, 1, 2, 2, 0, 0, 1]), of: "a linear model", model: linear, groups: ["group 1", "group 2", "group 3"], groupOf: [1, 0, 1, 2, 2, 0, 0, 1] },
];

describe.each(rows)("$prior.name in $of", ({ prior, model, groups: names, groupOf }) => {
  const bound = prior.bind(model);

  it("groups the weights", () => {
    expect(bound.groups).toEqual(names);
    expect(Array.from(bound.groupOf)).toEqual(groupOf);
  });

  it("has precision 1 and mean 0 unless told otherwise", () => {
    expect(Array.from(priorPrecision(bound))).toEqual(groupOf.map(() => 1));
    expect(Array.from(bound.mean)).toEqual(groupOf.map(() => 0));
  });

  it("is a prior itself, for models with as many weights", () => {
    expect(bound.bind(model)).toBe(bound);
    expect(bound.name).toBe(prior.name);
    expect(() => bound.bind(mlp([7, 7]))).toThrow(`prior: expected a prior for 56 weights, got one that was made for ${groupOf.length}.`);
  });
});

describe("a layer", () => {
  it("is what a hand-written model's tensors say, whatever their names", () => {
    const tensors = (["kernel", "bias", "kernel"] as const).map((name, i) => ({ name, layer: i === 2 ? 1 : 0, role: name === "bias" ? ("biases" as const) : ("weights" as const), offset: i, rows: 1, columns: 1 }));
    const written: Model = { ...curve, parameters: Float64Array.of(1, 2, 3), tensors, withParameters: () => written };
    expect(Array.from(perLayer().bind(written).groupOf)).toEqual([0, 0, 1]);
    expect(Array.from(perLayer(1, { separateBiases: true }).bind(written).groupOf)).toEqual([0, 1, 2]);
  });
});

describe("precisions", () => {
  it("are one for all groups or one for each", () => {
    expect(Array.from(isotropic(0.5).bind(curve).precisions)).toEqual([0.5]);
    for (const make of [perLayer, automaticRelevance, perWeight]) {
      const count = make().bind(network).groups.length;
      const each = Float64Array.from({ length: count }, (_, g) => g + 1);
      expect(make(3).bind(network).precisions).toEqual(new Float64Array(count).fill(3));
      expect(make(each).bind(network).precisions).toEqual(each);
      expect(make(each).bind(network).precisions).not.toBe(each);
    }
    expect(Array.from(groups([0, 1, 1], [0.1, 10]).bind(mlp([2, 1])).precisions)).toEqual([0.1, 10]);
    expect(Array.from(priorPrecision(groups([0, 1, 1], [0.1, 10]).bind(mlp([2, 1]))))).toEqual([0.1, 10, 10]);
  });

  it("come with a mean for every prior", () => {
    const mean = Float64Array.from({ length: 11 }, (_, i) => i);
    const made = [isotropic(1, { mean }), perLayer(1, { mean }), automaticRelevance(1, { mean }), perWeight(1, { mean }), groups(new Int32Array(11), 1, { mean })];
    for (const prior of made) {
      const bound = prior.bind(network);
      expect(bound.mean).toEqual(mean);
      expect(bound.mean).not.toBe(mean);
    }
  });

  it.each<[what: string, make: () => unknown, message: RegExp]>([
    ["isotropic(0)", () => isotropic(0), /^precision: expected a finite number above 0, got 0/],
    ["isotropic(-1)", () => isotropic(-1), /^precision: .*got -1/],
    ["isotropic(NaN)", () => isotropic(Number.NaN), /^precision: .*got NaN/],
    ["isotropic([1])", () => isotropic([1] as unknown as number), /^precision: .*got an array of 1/],
    ["isotropic with an unknown option", () => isotropic(1, { means: 1 } as object), /^options\.means: /],
    ["perLayer with one number too few", () => perLayer([1]).bind(network), /^precisions: expected 2 numbers, for layer1, layer2, got 1/],
    ["perLayer with a negative precision", () => perLayer([1, -2]), /^precisions\[1\]: .*got -2/],
    ["perLayer with an unknown option", () => perLayer(1, { biases: true } as object), /^options\.biases: expected one of the options mean, fixed, separateBiases/],
    ["automaticRelevance with NaN", () => automaticRelevance([1, Number.NaN, 1, 1, 1, 1]), /^precisions\[1\]: .*got NaN/],
    ["automaticRelevance with too many", () => automaticRelevance(new Float64Array(7).fill(1)).bind(network), /^precisions: expected 6 numbers, .*got 7/],
    ["automaticRelevance with an unknown option", () => automaticRelevance(1, { x: 1 } as object), /^options\.x: /],
    ["perWeight with too few", () => perWeight([1, 2]).bind(linear), /^precisions: expected 8 numbers, .*got 2/],
    ["perWeight with an unknown option", () => perWeight(1, { x: 1 } as object), /^options\.x: /],
    ["groups of another number of weights", () => groups([0, 1]).bind(network), /^groupOf: expected 11 group numbers, one for each weight, got 2/],
    ["groups with a gap", () => groups([0, 2, 2]), /^groupOf: expected whole group numbers from 0 without gaps, got no weight in group 1/],
    ["groups that start at 1", () => groups([1, 2, 2]), /^groupOf: .*got no weight in group 0/],
    ["groups below 0", () => groups([0, -1]), /^groupOf: expected whole group numbers from 0, got -1/],
    ["groups of halves", () => groups([0, 0.5, 1]), /^groupOf: .*got 0\.5/],
    ["groups of NaN", () => groups([0, Number.NaN]), /^groupOf: .*got NaN/],
    ["groups with too few precisions", () => groups([0, 1, 2], [1, 2]).bind(mlp([2, 1])), /^precisions: expected 3 numbers, for group 1, group 2, group 3, got 2/],
    ["groups with infinity", () => groups([0, 1, 1], [1, Infinity]), /^precisions\[1\]: .*got Infinity/],
    ["groups with an unknown option", () => groups([0], 1, { x: 1 } as object), /^options\.x: /],
  ])("refuses %s", (_, make, message) => {
    expect(make).toThrow(InvalidArgumentError);
    expect(make).toThrow(message);
  });

  it("automaticRelevance refuses a model without layers, whose inputs it cannot know", () => {
    const line = functionModel({ parameters: [1], value: ([slope], [x]) => slope * x });
    expect(() => automaticRelevance().bind(line)).toThrow(UnsupportedError);
  });
});

describe("parts of a network", () => {
  // Two weights of the second input, a bias of the first layer, the last bias.
  const part = subnetwork(network, [1, 4, 7, 10]);
  const last = lastLayer(network);

  it("are grouped as any model, automatic relevance by the whole network's inputs", () => {
    const grouped = (prior: Prior, model: Model): unknown[] => {
      const { groups: names, groupOf } = prior.bind(model);
      return [names, Array.from(groupOf)];
    };
    expect(grouped(isotropic(), part)).toEqual([["all weights"], [0, 0, 0, 0]]);
    expect(grouped(perLayer(), part)).toEqual([["layer1", "layer2"], [0, 0, 0, 1]]);
    expect(grouped(perLayer(1, { separateBiases: true }), part)).toEqual([["layer1.weights", "layer1.biases", "layer2.biases"], [0, 0, 1, 2]]);
    expect(grouped(perWeight(), part)).toEqual([["weight 1", "weight 2", "weight 3", "weight 4"], [0, 1, 2, 3]]);
    expect(grouped(automaticRelevance(), part)).toEqual([["input 2", "layer1.biases", "layer2.biases"], [0, 0, 1, 2]]);
    expect(grouped(perLayer(), last)).toEqual([["layer2"], [0, 0, 0]]);
    expect(grouped(automaticRelevance(), last)).toEqual([["input 1", "input 2", "layer2.biases"], [0, 1, 2]]);
    expect(() => automaticRelevance().bind(subnetwork(curve, [1]))).toThrow(UnsupportedError);
  });

  it("keep precisions and means of a prior that was bound to the whole", () => {
    const whole = automaticRelevance([1, 2, 3, 4, 5, 6], { mean: Array.from({ length: 11 }, (_, i) => i), fixed: true }).bind(network);
    const bound = whole.bind(part);
    expect(bound.groups).toEqual(["input 2", "layer1.biases", "layer2.biases"]);
    expect(Array.from(priorPrecision(bound))).toEqual([2, 2, 4, 6]);
    expect(Array.from(bound.mean)).toEqual([1, 4, 7, 10]);
    expect([bound.fixed, bound.name]).toEqual([true, "automatic relevance"]);
    expect(bound.bind(part)).toBe(bound);
    expect(Array.from(priorPrecision(whole.bind(last)))).toEqual([5, 5, 6]);
    // A part of a part.
    expect(Array.from(priorPrecision(whole.bind(subnetwork(part, [2, 3]))))).toEqual([4, 6]);
    expect(() => whole.bind(subnetwork(mlp([7, 7]), [0]))).toThrow("prior: expected a prior for 56 weights, got one that was made for 11.");
  });
});
