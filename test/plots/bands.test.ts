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
