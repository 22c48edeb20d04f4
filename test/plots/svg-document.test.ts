import { Matrix } from "ml-matrix";
import { parseHTML } from "linkedom";
import { describe, expect, it, vi } from "vitest";
import * as laplaceTs from "../../src/index.ts";
import * as plots from "../../src/plots.ts";
import { svgDocument } from "../../src/plots/svg-document.ts";

const { document } = parseHTML("<html></html>");

vi.resetModules();
vi.doMock(import("../../src/plots/svg-document.ts"), () => ({ svgDocument: () => parseHTML("<html></html>").document }));
const inLinkedom = await import("../../src/plots.ts");
vi.doUnmock("../../src/plots/svg-document.ts");

const labels = { x: 'a < "b" & c > d', y: "µ" };
const models = [{ size: 1, logEvidence: -9, heldOut: -2 }, { size: 2, logEvidence: -5, heldOut: -1 }];
const prediction = laplaceTs.gaussian({ noise: 1 }).predict({ rows: 3, outputs: 1, mean: Float64Array.of(-1, 0, 2) });
const fitted = await laplaceTs.fit(laplaceTs.mlp([1, 2, 1], { seed: 1 }), laplaceTs.gaussian(), { inputs: [0, 1, 2, 3], targets: [0.1, 0.9, 2.1, 2.9] });
const states = [0, 1, 2].map((iteration) => ({ iteration, logEvidence: iteration, effectiveParameters: iteration, priorPrecisions: Float64Array.of(1 + iteration), noisePrecision: 2 - iteration / 2 }));

/** Every picture. */
const drawings: Record<string, (from: typeof plots) => string | Promise<string>> = {
  bands: (from) => from.bands({ inputs: [1, 2, 3], prediction, labels, data: { inputs: [1, 2], targets: [0, 1] }, draws: [Matrix.columnVector([1, 2, 3])], truth: Math.sin }),
  convergencePlot: (from) => from.convergencePlot(states),
  coveragePlot: (from) => from.coveragePlot({ 'a < "b" & c': laplaceTs.coverageCurve(prediction, [-1.5, 0.4, 0.9]) }),
  decisionRegions: (from) => from.decisionRegions({ probabilities: (inputs) => Matrix.columnVector(inputs.map(([a]) => laplaceTs.sigmoid(5 * a))), x: [-1, 1], y: [-1, 1], labels, data: { inputs: [[0, 0]], labels: [1] } }),
  errorBarPanels: (from) => from.errorBarPanels([{ label: 'a < "b" & c', bars: [{ name: "d", value: 1, error: 2 }, { name: "e", value: 0, series: "f" }] }]),
  evidenceAgainstHeldOut: (from) => from.evidenceAgainstHeldOut(models),
  evidenceBySize: (from) => from.evidenceBySize(models),
  reliabilityDiagram: (from) => from.reliabilityDiagram(laplaceTs.reliabilityBins({ probability: [0.9, 0.8, 0.3, 0.6] }, [1, 1, 0, 0])),
  seriesPanels: (from) => from.seriesPanels({ labels, x: { type: "log" }, series: { "a & b": [{ x: 1, y: 2 }, { x: 100, y: 3, chosen: true }] }, note: "r < 1", level: 1 }),
  spectralDensityPlot: async (from) => from.spectralDensityPlot(await laplaceTs.spectralDensity({ size: 3, times: (v: Float64Array) => v.map((x, i) => i * x) })),
  weightMap: (from) => from.weightMap(laplaceTs.weightReport(fitted.posterior)),
};

it.each([document, svgDocument()])("elements go before others, or to the end, and lose attributes and text", (given) => {
  const [group, first, second, last] = ["g", "path", "text", "circle"].map((name) => given.createElementNS("http://www.w3.org/2000/svg", name));
  group.appendChild(first);
  group.appendChild(last);
  group.insertBefore(second, last);
  first.setAttribute("d", "M0,0");
  first.setAttribute("aria-label", 'a "b"');
  first.removeAttribute("d");
  second.textContent = "gone";
  second.textContent = "";
  expect(group.innerHTML).toBe('<path aria-label="a &quot;b&quot;" /><text /><circle />');
});

describe("a picture drawn in it", () => {
  it.each(Object.entries(drawings))("is the same text as in linkedom's: %s", async (_, draw) => {
    expect(await draw(plots)).toBe(await draw(inLinkedom));
    expect(await draw(plots)).toContain("<path");
  });

  it("is tried for every function that makes one", () => {
    const without = ["legendRow", "matrixHeatMap", "page", "placed"]; // text alone
    expect(Object.keys(drawings)).toEqual(Object.entries(plots).filter(([name, value]) => typeof value === "function" && !without.includes(name)).map(([name]) => name).sort());
  });
});
