import { DOMParser } from "linkedom";
import { describe, expect, it, vi } from "vitest";
import { spectralDensityPlot } from "../../src/plots.ts";
import { spectralDensity } from "../../src/spectrum/spectral-density.ts";
import { normals } from "../support/random-numbers.ts";

// Statistics of many seeds, on machines that do other things as well.
vi.setConfig({ testTimeout: 60_000 });

const diagonal = [...normals(60, 1).map((value) => value / 10), 40, 80];
const of = (scale: number) => spectralDensity({ size: diagonal.length, times: (v) => v.map((x, i) => scale * diagonal[i] * x) });

function read(svg: string) {
  const parsed = new DOMParser().parseFromString(svg, "image/svg+xml") as unknown as Document;
  const all = (selector: string): Element[] => Array.from(parsed.querySelectorAll(selector));
  return { root: parsed.documentElement.localName, texts: all("text").map(({ textContent }) => textContent), all };
}

describe("spectralDensityPlot", () => {
  it("is one svg element with finite coordinates and labelled axes, and ticks where eigenvalues stand alone", async () => {
    const svg = spectralDensityPlot(await of(1));
    const { root, texts, all } = read(svg);
    expect(root).toBe("svg");
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(texts).toEqual(expect.arrayContaining(["eigenvalue", "density"]));
    const ticks = all('[aria-label="tick"] line').map((line) => Number(line.getAttribute("x1")));
    expect(ticks).toHaveLength(2);
    // From 0 to 40 is as far as from 40 to 80; the axis has its label at 0.
    const [zero] = all('[aria-label="x-axis tick label"] text').filter(({ textContent }) => textContent === "0").map((text) => Number(/translate\(([\d.]+)/.exec(text.getAttribute("transform")!)![1]));
    expect(ticks[1] - ticks[0]).toBeCloseTo(ticks[0] - zero, 0);
  });

  it("tells several apart by name, colour and dashes", async () => {
    const { texts, all } = read(spectralDensityPlot({ "layer 1": await of(1), "layer 2": await of(-2) }, { labels: { x: "λ", y: "φ" } }));
    expect(texts).toEqual(expect.arrayContaining(["layer 1", "layer 2", "λ", "φ"]));
    const lines = all('[aria-label="line"]');
    expect(new Set(lines.map((line) => line.getAttribute("stroke"))).size).toBe(2);
    expect(new Set(lines.map((line) => line.getAttribute("stroke-dasharray"))).size).toBe(2);
  });

  it("draws what has one eigenvalue", async () => {
    expect(spectralDensityPlot(await spectralDensity({ size: 3, times: (v) => v }))).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("refuses what is no density, by what to pass instead", async () => {
    const one = await of(1);
    expect(() => spectralDensityPlot(of(1) as never)).toThrow(/^density: expected a spectral density.*Await it first/);
    expect(() => spectralDensityPlot(3 as never)).toThrow(/^density: .*Pass what spectralDensity\(\) resolves to/);
    expect(() => spectralDensityPlot({})).toThrow(/^density: expected one to 4 spectra, got 0/);
    expect(() => spectralDensityPlot({ a: one, b: 3 as never })).toThrow(/got 3 for "b"/);
    expect(() => spectralDensityPlot(one, { document: {} } as never)).toThrow(/unknown option "document"/);
    expect(() => spectralDensityPlot(one, { labels: { x: "λ" } as never })).toThrow(/^labels\.y: /);
  });
});
