import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { coverageCurve } from "../../src/calibration/coverage-curve.ts";
import { equalMassBins } from "../../src/calibration/bins.ts";
import { reliabilityBins } from "../../src/calibration/reliability.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { bands, coveragePlot, evidenceBySize, legendRow, reliabilityDiagram } from "../../src/plots.ts";
import { normals } from "../support/random-numbers.ts";


function read(svg: string) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  const all = (selector: string): Element[] => Array.from(parsed.querySelectorAll(selector));
  return {
    root: parsed.documentElement.localName,
    texts: all("text").map(({ textContent }) => textContent),
    all,
  };
}

/** The same number between each two that follow each other, to a hundredth of a pixel. */
const asLine = (points: readonly (readonly number[])[]): void => {
  const slope = (a: readonly number[], b: readonly number[]): number => (b[1] - a[1]) / (b[0] - a[0]);
  for (let i = 2; i < points.length; i++) expect(slope(points[0], points[i])).toBeCloseTo(slope(points[0], points[1]), 2);
};

describe("reliabilityDiagram", () => {
  const calibrated = [0.25, 0.5, 0.75].map((p) => ({ lower: p - 0.1, upper: p + 0.1, count: 40, confidence: p, frequency: p }));
  const svg = reliabilityDiagram(calibrated);

  it("is one svg element with finite coordinates, labelled axes and a legend", () => {
    const { root, texts } = read(svg);
    expect(root).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts).toEqual(expect.arrayContaining(["predicted probability", "frequency", "share of predictions", "predictions", "perfectly calibrated"]));
  });

  it("puts calibrated bins on the diagonal, from 0, 0 to 1, 1", () => {
    const { all } = read(svg);
    const drawn = all('[aria-label="dot"] circle').map((circle) => ["cx", "cy"].map((name) => Number(circle.getAttribute(name))));
    expect(drawn).toHaveLength(3);
    const diagonal = all('[aria-label="line"] path')[0].getAttribute("d")!.match(/[\d.]+/g)!.map(Number);
    asLine([diagonal.slice(0, 2), diagonal.slice(2, 4), ...drawn]);
  });

  it("draws Wilson's interval for each bin", () => {
    const [, rule] = read(svg).all('[aria-label="rule"] line');
    const height = Number(rule.getAttribute("y1")) - Number(rule.getAttribute("y2"));
    const [bottom, top] = read(svg).all('[aria-label="line"] path')[0].getAttribute("d")!.match(/[\d.]+/g)!.map(Number).filter((_, i) => i % 2 === 1);
    // Of 20 in 40: 0.3520 to 0.6480 (Newcombe 1998's formula by hand).
    expect(Math.abs(height) / Math.abs(bottom - top)).toBeCloseTo(0.6480 - 0.3520, 3);
  });

  it("tells several methods apart by name, colour and shape, whatever their bins", () => {
    const bins = reliabilityBins({ probability: [0.1, 0.4, 0.4, 0.9, 0.8] }, [0, 1, 0, 1, 1], { of: 0, bins: equalMassBins(3) });
    const { texts, all } = read(reliabilityDiagram({ "with error bars": calibrated, "a < b & c": bins }, { labels: { x: "p", y: "q" } }));
    expect(texts).toEqual(expect.arrayContaining(["with error bars", "a < b & c", "p", "q"]));
    expect(new Set(all('[aria-label="dot"]').map((dots) => dots.getAttribute("fill"))).size).toBe(2);
  });

  it("refuses no bins, too many methods, and unknown options", () => {
    expect(() => reliabilityDiagram([])).toThrow(/^bins: expected series of one or more points/);
    expect(() => reliabilityDiagram([1, 2] as never)).toThrow(/^bins: expected what reliabilityBins\(\) gives, got 1 at index 0\. Pass reliabilityBins/);
    expect(() => reliabilityDiagram({ a: [...calibrated, null] } as never)).toThrow(/^bins: expected what reliabilityBins\(\) gives, got null at index \d+ of "a"/);
    expect(() => reliabilityDiagram({})).toThrow(/^bins: expected one to 4 series, got 0/);
    expect(() => reliabilityDiagram({ a: calibrated, b: [] })).toThrow(/for "b"/);
    expect(() => reliabilityDiagram(Object.fromEntries(["a", "b", "c", "d", "e"].map((name) => [name, calibrated])))).toThrow(/got 5/);
    expect(() => reliabilityDiagram(calibrated, { document: {} } as never)).toThrow(/unknown option "document"/);
  });
});

describe("coveragePlot", () => {
  const targets = normals(400, 2);
  const curve = (noise: number) => coverageCurve(gaussian({ noise }).predict({ rows: 400, outputs: 1, mean: new Float64Array(400) }), targets, [0.1, 0.5, 0.9]);

  it("is one svg element with finite coordinates, labelled axes, and a dot for each level and method", () => {
    const svg = coveragePlot({ honest: curve(1), narrow: curve(0.5) });
    const { root, texts, all } = read(svg);
    expect(root).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts).toEqual(expect.arrayContaining(["level of the intervals", "share of targets inside", "honest", "narrow", "honest, give or take chance"]));
    expect(all('[aria-label="dot"]').map((dots) => dots.children.length)).toEqual([3, 3]);
    expect(all('[aria-label="area"] path')).toHaveLength(1);
  });

  it("refuses no points", () => {
    expect(() => coveragePlot([])).toThrow(/^points: /);
    expect(() => coveragePlot({ a: curve(1), b: "curve" as never })).toThrow(/^points: .*"curve" for "b"/);
  });
});

describe("what is no picture's data", () => {
  const prediction = gaussian({ noise: 1 }).predict({ rows: 2, outputs: 1, mean: new Float64Array(2) });
  const labels = { x: "x", y: "y" };

  it("is refused by what to pass instead", () => {
    expect(() => reliabilityDiagram(prediction as never)).toThrow(/^bins: expected what reliabilityBins\(\) gives, got a prediction\. Pass reliabilityBins\(prediction, targets\)/);
    expect(() => coveragePlot(prediction as never)).toThrow(/^points: .*Pass coverageCurve\(prediction, targets\)/);
    expect(() => coveragePlot([{ level: 0.5, coverage: "0.4", count: 10 }] as never)).toThrow(/^points: expected what coverageCurve\(\) gives, got coverage "0\.4" at index 0\./);
    expect(() => reliabilityDiagram({ ours: [{ confidence: 0.5, frequency: 0.4, count: 10 }] } as never)).toThrow(/^bins: .*got lower undefined at index 0 of "ours"\./);
    expect(() => evidenceBySize([{ logEvidence: -3 }] as never)).toThrow(/^models\[0\]\.size: expected a finite number, got undefined\. Each model is \{ size, logEvidence, heldOut \}/);
    expect(() => evidenceBySize([])).toThrow(/^models: expected an array of one or more/);
    expect(() => bands({ x: [1] } as never)).toThrow(/^bands\.x: expected one of the options inputs, prediction/);
    expect(() => bands({ inputs: [1, 2] } as never)).toThrow(/^prediction: expected a value made by predict\(\)/);
    expect(() => bands({ inputs: [1], prediction, labels })).toThrow(/^inputs: .*got 1 inputs for predictions at 2\./);
    expect(() => bands({ inputs: [1, 2], prediction } as never)).toThrow(/^labels: /);
    expect(() => coveragePlot(coverageCurve(prediction, [0, 1]), { labels: { x: "level" } as never })).toThrow(/^labels\.y: /);
    expect(() => reliabilityDiagram(reliabilityBins({ probability: [0.4] }, [1]), { labels: { x: "p", y: "q", z: "r" } as never })).toThrow(/^labels\.z: /);
    expect(() => bands({ inputs: [1, 2], prediction, labels, data: [1] as never })).toThrow(/^data: /);
    expect(bands({ inputs: [1, 2], prediction, labels })).toMatch(/^<svg/);
  });
});

it("legends keep what is no markup", () => {
  expect(legendRow([{ label: "p < 0.1 & more", symbol: "" }])).toContain("p &lt; 0.1 &amp; more");
});
