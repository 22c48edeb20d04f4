import { describe, expect, it } from "vitest";
import { sigmoid, softplus } from "../src/sigmoid.ts";

const relative = (actual: number, expected: number): number => Math.abs(actual / expected - 1);

describe("sigmoid", () => {
  it("keeps its relative accuracy in both tails", () => {
    expect(sigmoid(0)).toBe(0.5);
    expect(relative(sigmoid(-40), Math.exp(-40))).toBeLessThan(1e-15);
    expect(relative(sigmoid(-700), Math.exp(-700))).toBeLessThan(1e-15);
    expect([sigmoid(-800), sigmoid(800)]).toEqual([0, 1]);
    expect(sigmoid(2) + sigmoid(-2)).toBeCloseTo(1, 15);
  });
});

describe("softplus", () => {
  it("is log(1 + exp(a)) in both tails", () => {
    expect(softplus(0)).toBeCloseTo(Math.LN2, 15);
    expect(softplus(1.5)).toBeCloseTo(Math.log(1 + Math.exp(1.5)), 14);
    expect(softplus(-700)).toBe(Math.exp(-700));
    expect([softplus(-800), softplus(800)]).toEqual([0, 800]);
  });
});
