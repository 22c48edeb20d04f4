import { describe, expect, it } from "vitest";
import { logOddsAgainst, logSumExp, softmax } from "../../src/likelihood/softmax.ts";
import netlab from "../fixtures/netlab-softmax.json" with { type: "json" };
import { expectClose, expectRelativelyClose } from "../support/close.ts";

describe("softmax", () => {
  it("does not overflow", () => {
    expectClose(softmax([0, 0]), [0.5, 0.5], 1e-15);
    expect(Array.from(softmax([1000, 0, -1000]))).toEqual([1, 0, 0]);
    expectRelativelyClose(softmax([-1000, -1001]), [1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1))], 1e-12);
    expectRelativelyClose(softmax([0, -300]), [1, Math.exp(-300)], 1e-12);
  });

  it("agrees with Netlab", () => {
    netlab.a_test.forEach((logits, n) => expectClose(softmax(logits), netlab.y_test[n], 1e-14));
  });
});

describe("logSumExp", () => {
  it("does not overflow", () => {
    expect(logSumExp([-Infinity, -Infinity])).toBe(-Infinity);
    expect(logSumExp([1, 2, 3])).toBeCloseTo(Math.log(Math.E + Math.E ** 2 + Math.E ** 3), 14);
    expect(logSumExp([1000, 1000])).toBeCloseTo(1000 + Math.LN2, 12);
    expect(logSumExp([-1000])).toBe(-1000);
  });
});

describe("logOddsAgainst", () => {
  it("is log((1 - p) / p)", () => {
    const logits = [0.3, -1, 2];
    softmax(logits).forEach((p, k) => expect(logOddsAgainst(logits, k)).toBeCloseTo(Math.log((1 - p) / p), 13));
  });

  it("does not overflow, nor feel a shift of all logits", () => {
    expect(logOddsAgainst([900, 2], 0)).toBe(-898);
    expect(logOddsAgainst([900, 2], 1)).toBe(898);
    expect(logOddsAgainst([1025, 1026, 1028], 1)).toBe(logOddsAgainst([1, 2, 4], 1));
  });
});
