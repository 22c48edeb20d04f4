import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import { compareOutputs, compareText } from "../../notebooks/tooling/compare.ts";
import { code, notebookOf, printed, shown } from "./notebook-builder.ts";

describe("comparing texts", () => {
  it("takes numbers below 1e-6 for rounding, but not one that grew beyond", () => {
    expect(compareText("gradient norm 8.004e-9", "gradient norm 3.008e-8")).toBeUndefined();
    expect(compareText("gradient norm 8.004e-9", "gradient norm 3.008e-5")).toBe("stored 8.004e-9, now 3.008e-5");
  });

  it("accepts rounding: a relative 1e-6, or one unit of the last decimal printed", () => {
    expect(compareText("evidence -485.77632953", "evidence -485.77632960")).toBeUndefined();
    expect(compareText("0.123", "0.124")).toBeUndefined();
    expect(compareText("1.5e-3", "1.6e-3")).toBeUndefined();
    expect(compareText("-0.00", "0.00")).toBeUndefined();
    expect(compareText("| 9.99 |", "| 10.00 |")).toBeUndefined();
    expect(compareText("a  1.0\n", "a 1.0")).toBeUndefined();
    // A colour that reads as an infinite number.
    expect(compareText('fill="#1E2024" x="1.0"', 'fill="#1E2024" x="1.0"')).toBeUndefined();
    expect(compareText('fill="#1E2024" x="1.000"', 'fill="#1E2024" x="1.001"')).toBeUndefined();
  });

  it("notices a changed number, count, sign or word", () => {
    expect(compareText("0.123", "0.125")).toContain("stored 0.123, now 0.125");
    expect(compareText("150 points", "151 points")).toContain("150");
    expect(compareText("1.5e-3", "1.5e-2")).toBeDefined();
    expect(compareText("-0.50", "0.50")).toBeDefined();
    expect(compareText("1.0", "NaN")).toBeDefined();
    expect(compareText("mean 1.0", "variance 1.0")).toContain("variance");
    expect(compareText("1 2", "1 2 3")).toBeDefined();
  });

  it("notices any change of a number beyond its tolerance", () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), fc.double({ noNaN: true, min: 1e-3, max: 10 }), (value, change) => {
        const [stored, fresh] = [value.toPrecision(12), (value + change * (1 + Math.abs(value))).toPrecision(12)];
        return compareText(stored, stored) === undefined && compareText(stored, fresh) !== undefined;
      }),
    );
  });
});

describe("comparing notebooks", () => {
  const stored = notebookOf(code("a", printed("1.0")), code("b", shown({ "text/plain": ["2.0"] })));

  it("finds nothing in a repeated run", () => {
    expect(compareOutputs(stored, structuredClone(stored))).toEqual([]);
  });

  it("names the cell and the numbers that changed", () => {
    const fresh = notebookOf(code("a", printed("1.0")), code("b", shown({ "text/plain": "3.0" })));
    expect(compareOutputs(stored, fresh)).toEqual(["code cell 2: text/plain: stored 2.0, now 3.0"]);
  });

  it("notices outputs that appear, vanish or change their kind", () => {
    const fresh = notebookOf(code("a"), code("b", shown({ "text/html": "2.0" })));
    expect(compareOutputs(stored, fresh)).toEqual([
      "code cell 1: stored stdout, now nothing",
      "code cell 2: stored text/plain, now text/html",
    ]);
    expect(compareOutputs(notebookOf(code("a")), notebookOf(code("a", printed("1"))))).toHaveLength(1);
  });

  it("compares drawings to a fiftieth of a pixel", () => {
    const drawing = (x: string) => notebookOf(code("a", shown({ "image/svg+xml": `<svg><rect x="${x}"/></svg>` })));
    expect(compareOutputs(drawing("10.12345"), drawing("10.13345"))).toEqual([]);
    expect(compareOutputs(drawing("10.12345"), drawing("10.22345"))).toHaveLength(1);
  });

  it("lets cells tagged volatile differ", () => {
    const timing = (text: string) => notebookOf({ ...code("a", printed(text)), metadata: { tags: ["volatile"] } });
    expect(compareOutputs(timing("12 ms"), timing("15 ms"))).toEqual([]);
  });
});
