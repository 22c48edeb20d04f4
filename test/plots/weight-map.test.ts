import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { weightMap } from "../../src/plots.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { weightReport, type WeightReport } from "../../src/posterior/weight-report.ts";
import { pruned } from "../../src/pruning/pruned.ts";


/** Colour and strength of each cell, group by group. */
function fills(svg: string): string[][] {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  return Array.from(parsed.querySelectorAll('[aria-label="cell"]'), (group) => Array.from(group.querySelectorAll("rect"), (cell) => `${cell.getAttribute("fill") ?? ""} ${cell.getAttribute("fill-opacity") ?? ""}`));
}

describe("weightMap", () => {
  const network = mlp([2, 3, 1], { parameters: [4, -4, 0, 1, 2, 3, 0, 0, 0, 1, -2, 3, 0.5] });
  const data = { inputs: [[0, 1], [1, 0], [2, 1]], targets: [0, 1, 2] };

  it("has a map of weights and one of ratios for each layer, a cell for each weight, and what is held in grey", async () => {
    const posterior = await laplace(pruned(network, [0, 1, 5, 8, 9, 11, 12]), gaussian({ noise: 0.5 }), data);
    const svg = weightMap(weightReport(posterior));
    expect(svg).toMatch(/^<svg/);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain("layer1, inputs");
    expect(svg).toContain("≥8");
    const groups = fills(svg);
    // All cells first, grey; then those with weights, paper and colour: of the first layer 3 x 3, of the second 1 x 4, each twice.
    expect(groups.map((cells) => cells.length)).toEqual([9, 4, 4, 9, 4, 4, 4, 3, 3, 4, 3, 3]);
    // The largest weights have the full colours.
    expect(groups[2].slice(0, 3)).toEqual(["#0072B2 1", "#D55E00 1", "#0072B2 0.75"]);
  });

  it("colours ratios by how many error bars they are", () => {
    const tensor = { name: "layer1.weights", layer: 0, role: "weights", rows: 1, columns: 5, indices: Int32Array.of(0, 1, 2, 3, 4), row: new Int32Array(5), column: Int32Array.of(0, 1, 2, 3, 4), weight: new Float64Array(5), standardDeviation: new Float64Array(5).fill(1), signalToNoise: Float64Array.of(0.99, 1, 2, 7.9, 8) } as const;
    const svg = weightMap({ tensors: [tensor] } as unknown as WeightReport);
    const [, , weights, , , ratios] = fills(svg);
    expect(weights).toEqual(Array(5).fill("#0072B2 0"));
    expect(ratios).toEqual([0.12, 0.3, 0.5, 0.75, 1].map((strength) => `#0072B2 ${strength}`));
  });

  it("refuses other things and too many weights", () => {
    expect(() => weightMap({} as never)).toThrow(/^report: expected what weightReport\(\) gives/);
    const large = { tensors: [{ weight: new Float64Array(20_001) }] } as unknown as WeightReport;
    expect(() => weightMap(large)).toThrow(/^report: expected at most 20000 weights to draw, got 20001/);
  });
});
