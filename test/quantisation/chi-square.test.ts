/// <reference path="../../src/jstat.d.ts" />
import jStat from "jstat";
import { describe, expect, it } from "vitest";
import { chiSquareProbability } from "../../src/quantisation/chi-square.ts";

describe("the chi-square distribution", () => {
  it("of two degrees is exponential", () => {
    for (const x of [1e-8, 0.1, 1, 2, 5, 40]) expect(chiSquareProbability(x, 2)).toBeCloseTo(-Math.expm1(-x / 2), 14);
  });

  it("of one degree is that of a squared normal", () => {
    for (const x of [1e-4, 0.3, 1, 4, 9]) expect(chiSquareProbability(x, 1)).toBeCloseTo(jStat.erf(Math.sqrt(x / 2)), 7);
  });

  it("of even degrees is a sum of Poisson probabilities", () => {
    for (const degrees of [4, 10, 60, 400]) {
      for (const x of [0.2 * degrees, degrees, 1.1 * degrees, 2 * degrees]) {
        let [term, sum] = [Math.exp(-x / 2), 0];
        for (let j = 0; j < degrees / 2; j++) {
          sum += term;
          term *= x / 2 / (j + 1);
        }
        expect(chiSquareProbability(x, degrees)).toBeCloseTo(1 - sum, 11);
      }
    }
  });

  it("tends to a normal for many degrees, and is monotone through both ways of computing it", () => {
    const degrees = 1e6;
    expect(chiSquareProbability(degrees, degrees)).toBeCloseTo(0.5, 3);
    const sigma = Math.sqrt(2 * degrees);
    expect(chiSquareProbability(degrees + 1.959964 * sigma, degrees)).toBeCloseTo(0.975, 3);
    expect(chiSquareProbability(degrees - 1.959964 * sigma, degrees)).toBeCloseTo(0.025, 3);
    let last = 0;
    for (let x = 980; x < 1030; x += 0.5) {
      const next = chiSquareProbability(x, 1000);
      expect(next).toBeGreaterThan(last);
      last = next;
    }
  });

  it("is 0 at 0 and 1 far out", () => {
    expect([chiSquareProbability(0, 3), chiSquareProbability(1e9, 3), chiSquareProbability(1e-300, 5000)]).toEqual([0, 1, 0]);
  });
});
