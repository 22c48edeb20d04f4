import { describe, expect, test } from "vitest";
import { checkAgreement, largestDifference } from "../../bench/agreement.ts";

describe("agreement of two sides", () => {
  test("is measured by the largest relative difference of all numbers, and says which it is", () => {
    const { name, difference } = largestDifference({ evidence: [-100], variance: [1, 2, 4] }, { evidence: [-101], variance: [1, 2.5, 4] });
    expect(difference).toBeCloseTo(0.2, 12);
    expect(name).toContain("variance[1]");
    expect(largestDifference({ a: [0, 5] }, { a: [0, 5] }).difference).toBe(0);
  });

  test("does not depend on which side comes first, nor on the order of the names", () => {
    const [a, b] = [{ x: [1, 2], y: [3] }, { y: [3.3], x: [1, 2] }];
    expect(largestDifference(a, b).difference).toBe(largestDifference(b, a).difference);
  });

  test("ends at the tolerance", () => {
    const sides = [{ variance: [1] }, { variance: [1 + 1e-5] }] as const;
    expect(() => checkAgreement("a job", ...sides, 1e-4)).not.toThrow();
    expect(() => checkAgreement("a job", ...sides, 1e-6)).toThrow(/a job: the sides disagree on variance\[0\]/);
  });

  test("is not to be had where numbers are missing or not finite", () => {
    expect(() => checkAgreement("", { a: [1] }, { b: [1] }, 1)).toThrow(/One side computed a, the other b/);
    expect(() => checkAgreement("", { a: [1] }, { a: [1, 2] }, 1)).toThrow(/1 numbers, the other 2/);
    expect(() => checkAgreement("", { a: [NaN] }, { a: [NaN] }, 1e9)).toThrow(/disagree/);
    expect(() => checkAgreement("", { a: [Infinity] }, { a: [Infinity] }, 1e9)).toThrow(/disagree/);
  });
});
