import { DOMParser } from "linkedom";
import { describe, expect, it } from "vitest";
import { bands, evidenceBySize } from "../../src/plots.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";

const inputs = Array.from({ length: 21 }, (_, i) => i / 2);
const mean = Float64Array.from(inputs, Math.sin);
const prediction = gaussian({ noise: 0.2 }).predict({ rows: 21, outputs: 1, mean, covariance: new Float64Array(21).fill(0.01) });
const labels = { x: "time (s)", y: "height (m)" };

function read(svg: string) {
  const document = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  return {
    root: document.documentElement.localName,
    texts: Array.from(document.querySelectorAll("text"), ({ textContent }) => textContent),
    count: (selector: string) => document.querySelectorAll(selector).length,
  };
}

/** Every tag that opens closes, in order. */
function wellFormed(svg: string): boolean {
  const open: string[] = [];
  for (const [, end, name, selfClosing] of svg.matchAll(/<(\/?)([a-z]+)[^>]*?(\/?)>/gi)) {
    if (selfClosing) continue;
    if (!end) open.push(name);
    else if (open.pop() !== name) return false;
  }
  return open.length === 0;
}

describe("bands", () => {
  const svg = bands({ inputs, prediction, labels, levels: [0.5, 0.9, 0.99], data: { inputs: [1, 2, 3], targets: [0.8, 0.9, 0.1] }, truth: Math.sin });

  it("gives one well-formed svg element with finite coordinates", () => {
    expect(read(svg).root).toBe("svg");
    expect(wellFormed(svg)).toBe(true);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("labels the axes and names every part", () => {
    const { texts } = read(svg);
    expect(texts).toEqual(expect.arrayContaining(["time (s)", "height (m)", "mean", "50, 90, 99 % of new targets", "90 % without noise", "truth", "data"]));
  });

  it("draws a band for each level, a dot for each example, and lines for mean, truth and the two ends without noise", () => {
    const { count } = read(svg);
    expect(count('[aria-label="area"] path')).toBe(3);
    expect(count('[aria-label="dot"] circle')).toBe(3);
    expect(count('[aria-label="line"] path')).toBe(4);
  });

  it("leaves out what is not given", () => {
    const { texts, count } = read(bands({ inputs, prediction, labels }));
    expect(texts).not.toContain("truth");
    expect(texts).not.toContain("data");
    expect(count('[aria-label="dot"] circle')).toBe(0);
  });

  it("takes typed arrays, and equal inputs", () => {
    expect(bands({ inputs: Float64Array.from(inputs) as never, prediction, labels })).toBe(bands({ inputs, prediction, labels }));
    const data = { inputs: Float64Array.of(1, 2), targets: Float64Array.of(3, 4) } as never;
    expect(bands({ inputs, prediction, labels, data })).toBe(bands({ inputs, prediction, labels, data: { inputs: [1, 2], targets: [3, 4] } }));
    expect(bands({ inputs: inputs.map((x, i) => (i === 3 ? inputs[2] : x)), prediction, labels })).not.toMatch(/NaN/);
  });

  describe("refuses", () => {
    const drawing = (changes: Record<string, unknown>) => expect(() => bands({ inputs, prediction, labels, ...changes }));

    it("inputs that are no numbers, not in order or not as many as predictions", () => {
      drawing({ inputs: inputs.map((x) => [x, 1]) }).toThrow(/^inputs: expected finite numbers in increasing order, got an array of 2, .*at index 0\. Pass the column that varies: inputs: rows\.map\(\(row\) => row\[0\]\)\.$/);
      drawing({ inputs: [...inputs].reverse() }).toThrow(/^inputs: expected finite numbers in increasing order, got 9.5 at index 1, after 10\./);
      drawing({ inputs: inputs.map(String) }).toThrow(/^inputs: .*got "0" at index 0\.$/);
      drawing({ inputs: inputs.map((x, i) => (i === 4 ? NaN : x)) }).toThrow(/^inputs: .*got NaN at index 4\.$/);
      drawing({ inputs: inputs.slice(1) }).toThrow(/^inputs: .*got 20 inputs for predictions at 21\.$/);
      drawing({ inputs: 3 }).toThrow(/^inputs: .*got 3\.$/);
    });

    it("data that are no numbers, or not as many targets as inputs", () => {
      drawing({ data: { inputs: [[1, 2], [3, 4]], targets: [1, 2] } }).toThrow(/^data\.inputs: .*Pass the column that is drawn: data: \{ inputs: rows\.map\(\(row\) => row\[0\]\), targets \}\.$/);
      drawing({ data: { inputs: [1, 2], targets: [1, "2"] } }).toThrow(/^data\.targets: .*got "2" at index 1\.$/);
      drawing({ data: { inputs: [1, 2], targets: [[1], [2]] } }).toThrow(/^data\.targets: .*targets: rows\.map/);
      drawing({ data: { inputs: [1, NaN], targets: [1, 2] } }).toThrow(/^data\.inputs: .*got NaN at index 1\.$/);
      drawing({ data: { inputs: [1, 2], targets: [1] } }).toThrow(/^data: .*got 2 inputs and 1 targets\.$/);
      drawing({ data: { inputs: [1, 2], target: [1, 2] } }).toThrow(/^data: expected \{ inputs, targets \}/);
      drawing({ data: null }).toThrow(/^data: .*got null\.$/);
    });

    it("labels that are not two texts", () => {
      drawing({ labels: { x: "t", Y: "h" } }).toThrow(/^labels\.Y: expected one of the options x, y, got the unknown option "Y"/);
      drawing({ labels: { x: "t" } }).toThrow(/^labels\.y: expected the name of the axis, a text, got undefined/);
      drawing({ labels: { x: 1, y: "h" } }).toThrow(/^labels\.x: .*got 1\./);
      drawing({ labels: ["t", "h"] }).toThrow(/^labels: expected the names of the axes, \{ x, y \}, got an array/);
    });

    it("predictions of two outputs, draws, a truth and levels that are none", () => {
      drawing({ prediction: gaussian({ noise: 1 }).predict({ rows: 2, outputs: 2, mean: new Float64Array(4) }) }).toThrow(/^prediction: .*got 2 outputs/);
      drawing({ draws: prediction.mean }).toThrow(/^draws: expected an array/);
      drawing({ truth: inputs }).toThrow(/^truth: expected a function/);
      drawing({ levels: 0.9 }).toThrow(/^levels: expected an array of probabilities, got 0.9/);
    });
  });
});

describe("evidenceBySize", () => {
  const sizes = [
    { size: 1, logEvidence: -20, heldOut: -1.5 },
    { size: 4, logEvidence: -10, heldOut: -1.2 },
    { size: 16, logEvidence: -30, heldOut: -1 },
  ];
  const svg = evidenceBySize(sizes);

  it("gives one well-formed svg element with both axes labelled in two panels", () => {
    const { root, texts } = read(svg);
    expect(root).toBe("svg");
    expect(wellFormed(svg)).toBe(true);
    expect(texts.filter((text) => text === "hidden units")).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(["log evidence (nats)", "held-out log density (nats per example)", "1", "4", "16"]));
  });

  it("fills the best of each panel and no other", () => {
    const fills = [...svg.matchAll(/<circle[^>]*>/g)].map(([circle]) => /fill="(#\w+)"/.exec(circle)?.[1]);
    expect(fills.map((fill) => fill !== "#FFFFFF")).toEqual([false, true, false, false, false, true]);
  });
});
