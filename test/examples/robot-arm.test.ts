import { DOMParser } from "linkedom";
import { describe, expect, test } from "vitest";
import { robotArm } from "../../examples/known-functions.ts";
import { correlation, likeliest, trainNetwork, type Network } from "../../examples/robot-arm/networks.ts";
import { robotArmPicture } from "../../examples/robot-arm/picture.ts";

describe("correlation", () => {
  test("is 1 for a rising line, -1 for a falling one, and in between otherwise", () => {
    expect(correlation([1, 2, 4], [3, 5, 9])).toBeCloseTo(1, 12);
    expect(correlation([1, 2, 4], [0, -1, -3])).toBeCloseTo(-1, 12);
    // By hand: deviations (-1, 0, 1) and (-2/3, 4/3, -2/3), whose product sums to 0.
    expect(correlation([1, 2, 3], [1, 3, 1])).toBeCloseTo(0, 12);
    expect(correlation([1, 2, 3, 4], [1, 3, 2, 4])).toBeCloseTo(0.8, 12);
  });
});

describe("networks of the robot arm", async () => {
  const [training, test200] = [robotArm(200, 1), robotArm(200, 2)];
  const network = (units: number, start: number, precisions: Network["precisions"]): Promise<Network> => trainNetwork({ units, precisions, start }, training, test200);
  const [small, able, large, single] = await Promise.all([network(2, 1, "three"), network(6, 1, "three"), network(14, 1, "three"), network(6, 1, "one")]);

  test("the evidence prefers those that can describe it to smaller ones, by hundreds, and to larger ones", () => {
    expect(able.logEvidence - small.logEvidence).toBeGreaterThan(500);
    expect(able.logEvidence).toBeGreaterThan(large.logEvidence);
    expect(likeliest([small, able, large])).toBe(able);
  });

  test("and they have an error little above that of the noise, which they recognise", () => {
    expect(small.testError).toBeGreaterThan(50);
    expect(able.testError).toBeLessThan(1.5);
    expect(able.noise / 0.05).toBeGreaterThan(0.8);
    expect(able.noise / 0.05).toBeLessThan(1.2);
  });

  test("three precisions have more evidence than one", () => {
    expect(able.logEvidence - single.logEvidence).toBeGreaterThan(10);
  });

  test("symmetries add log h! 2^h", () => {
    expect(able.withSymmetries - able.logEvidence).toBeCloseTo(Math.log(720 * 64), 9);
    expect(able.weights).toBe(32);
  });

  test("the picture has a dot for each network that its axes hold, in each panel", () => {
    const svg = robotArmPicture([small, able, single], { fromUnits: 5, note: "r = 0", truth: 1 });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    // Two networks are within the evidence's axes, all within that of the error against the size, two in the last panel.
    expect(dots(svg)).toBe(2 + 2 + 3 + 2);
    expect(svg).toContain("r = 0");
  });
});

function dots(svg: string): number {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  return document.querySelectorAll(`[aria-label="dot"] circle, [aria-label="dot"] path`).length;
}
