import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { bands, evidenceAgainstHeldOut, evidenceBySize } from "../../src/plots.ts";
import { Matrix } from "ml-matrix";
import { gaussian } from "../../src/likelihood/gaussian.ts";

const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;

describe("several models of a size", () => {
  const models = [{ size: 1, logEvidence: -9, heldOut: -2 }, { size: 2, logEvidence: -5, heldOut: -1 }, { size: 2, logEvidence: -7, heldOut: 0 }, { size: 3, logEvidence: -6, heldOut: -0.5 }];

  it("have a dot each, and a line through those of the highest evidence", () => {
    const parsed = parse(evidenceBySize(models));
    expect(Array.from(parsed.querySelectorAll('[aria-label="dot"]'), (dots) => dots.children.length)).toEqual([4, 4]);
    for (const path of parsed.querySelectorAll('[aria-label="line"] path')) expect(path.getAttribute("d")!.match(/[ML]/g)).toHaveLength(3);
  });

  it("stand against each other with their sizes, one label where they meet", () => {
    const svg = evidenceAgainstHeldOut([...models, { size: 4, logEvidence: -6.01, heldOut: -0.5 }]);
    expect(svg).not.toMatch(/NaN|undefined/);
    expect(svg).toContain(">3, 4</text>");
    expect(parse(svg).querySelector('[aria-label="dot"]')!.children).toHaveLength(5);
    expect(() => evidenceAgainstHeldOut([])).toThrow(/^models: /);
  });
});

describe("draws in bands", () => {
  const prediction = gaussian({ noise: 1 }).predict({ rows: 3, outputs: 1, mean: new Float64Array(3) });
  const shown = { inputs: [1, 2, 3], prediction, labels: { x: "x", y: "y" } };

  it("are lines of their own, with a legend", () => {
    const lines = (svg: string): number => parse(svg).querySelectorAll('[aria-label="line"]').length;
    const svg = bands({ ...shown, draws: [Matrix.columnVector([1, 2, 3]), Matrix.columnVector([0, 1, 0])] });
    expect(lines(svg) - lines(bands(shown))).toBe(2);
    expect(svg).toContain(">draws</text>");
  });

  it("are refused at other inputs", () => {
    expect(() => bands({ ...shown, draws: [Matrix.columnVector([1, 2])] })).toThrow(/^draws: expected functions at the 3 inputs, 3 x 1 each, got 2 x 1/);
  });
});
