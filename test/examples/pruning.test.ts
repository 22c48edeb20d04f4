import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import type { Course } from "../../examples/pruning/digits.ts";
import { METHODS } from "../../examples/pruning/methods.ts";
import { MONKS, allRobots, drawRobots } from "../../examples/pruning/monks.ts";
import { pruningPicture } from "../../examples/pruning/picture.ts";
import { pruneMonk } from "../../examples/pruning/problems.ts";

describe("the MONK's problems", () => {
  it("have as many robots in their classes as their rules say, of 432 with 17 inputs", () => {
    // Thrun et al. (1991): 216, 142 and 228.
    expect(MONKS.map((monk) => allRobots(monk).targets.reduce((sum, t) => sum + t, 0))).toEqual([216, 142, 228]);
    for (const monk of MONKS) {
      const { inputs } = allRobots(monk);
      expect(new Set(inputs.map((row) => row.join(""))).size).toBe(432);
      expect(inputs.every((row) => row.length === 17 && row.reduce((sum, x) => sum + x, 0) === 6)).toBe(true);
    }
    // What Hassibi and Stork's four weights get right.
    expect(allRobots(MONKS[2]).goal).toBeCloseTo(0.972, 3);
  });

  it("are drawn without replacement, by a seed, with as many wrong classes as they should have", () => {
    for (const monk of MONKS) {
      const robots = drawRobots(monk, 3);
      const all = allRobots(monk);
      const truth = new Map(all.inputs.map((row, n) => [row.join(""), all.targets[n]]));
      expect(robots.inputs).toHaveLength(monk.training);
      expect(new Set(robots.inputs.map((row) => row.join(""))).size).toBe(monk.training);
      expect(robots.targets.filter((t, n) => truth.get(robots.inputs[n].join("")) !== t)).toHaveLength(monk.noise > 0 ? 6 : 0);
      expect(drawRobots(monk, 3)).toEqual(robots);
      expect(drawRobots(monk, 4).inputs).not.toEqual(robots.inputs);
    }
  });

  it("take as few weights as published, and without training only Optimal Brain Surgeon gets there", { timeout: 60_000 }, async () => {
    const [surgeon, damage] = [await pruneMonk(MONKS[1], METHODS[0].method, 1, 1), await pruneMonk(MONKS[1], METHODS[1].method, 1, 1)];
    expect(surgeon.smallest[0]).toBeLessThanOrEqual(17);
    expect(surgeon.smallestUntrained[0]).toBeLessThanOrEqual(17);
    expect(damage.smallestUntrained[0]).toBeGreaterThan(25);
    expect(surgeon.chosen.accuracy).toBe(1);
    expect(surgeon.chosen.weights).toBeLessThan(25);
  });
});

it("the picture has a dot for each network of each method, and a large one for what the evidence chooses", () => {
  const courses = [true, false].flatMap((retrained) => METHODS.map(({ name }): Course => ({ name, retrained, best: 50, steps: [100, 50, 20].map((weights) => ({ weights, logEvidence: 0, heldOut: { meanLogDensity: 0, accuracy: weights / 100 } })) })));
  const svg = pruningPicture(courses);
  expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  const document = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  expect(document.querySelectorAll(`[aria-label="dot"] circle, [aria-label="dot"] path`).length).toBe(2 * 3 * 4);
});
