import { parseHTML } from "linkedom";
import { describe, expect, it } from "vitest";
import { errorBarPanels, seriesPanels, type SeriesPoint } from "../../src/plots.ts";
import { evenTicks, logarithmicTicks, tickText } from "../../src/plots/ticks.ts";

const parse = (svg: string) => parseHTML(`<html><body>${svg}</body></html>`).document;
const texts = (svg: string): string[] => Array.from(parse(svg).querySelectorAll("text"), ({ textContent }) => textContent);
const count = (svg: string, selector: string): number => parse(svg).querySelectorAll(selector).length;
const DOTS = '[aria-label="dot"] > *';
const LINES = '[aria-label="line"] path';
const labels = { x: "examples", y: "error (m)" };
const points: readonly SeriesPoint[] = [{ x: 10, y: 0.9 }, { x: 100, y: 0.4, chosen: true }, { x: 1000, y: 0.2 }];

describe("panels of series", () => {
  const panel = { labels, x: { type: "log" }, series: { a: points, b: points.slice(0, 2) }, expected: { b: points }, level: 0.1, note: "r = 1" } as const;

  it("have a dot for each point, another for a chosen one, and lines unless told otherwise", () => {
    const svg = seriesPanels(panel);
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(count(svg, DOTS)).toBe(3 + 2 + 2);
    expect(count(svg, LINES)).toBe(3);
    expect(count(seriesPanels(panel, { lines: false }), LINES)).toBe(1);
  });

  it("name axes, series and notes, and in the legend what they are told to", () => {
    expect(texts(seriesPanels(panel))).toEqual(expect.arrayContaining(["examples", "error (m)", "a", "b", "10", "100", "1000", "r = 1"]));
    expect(texts(seriesPanels(panel, { legend: { expected: "in theory", level: "noise", chosen: "best" } }))).toEqual(expect.arrayContaining(["in theory", "noise", "best"]));
  });

  it("give a name one colour in all panels, whatever else is there", () => {
    const svg = seriesPanels([{ labels, series: { a: points, b: points } }, { labels, series: { b: points } }]);
    const strokes = Array.from(parse(svg).querySelectorAll('[aria-label="dot"]'), (dots) => dots.getAttribute("stroke"));
    expect(new Set(strokes).size).toBe(2);
    expect(strokes.filter((stroke) => stroke === strokes.at(-1))).toHaveLength(strokes.filter((stroke) => stroke !== strokes[0]).length);
  });

  it("fill rows from the left, under a legend that wraps", () => {
    const names = Array.from({ length: 6 }, (_, i) => `a series with a long name, number ${i}`);
    const svg = seriesPanels(Array.from({ length: 4 }, () => ({ labels, series: Object.fromEntries(names.map((name) => [name, points])) })), { columns: 3 });
    const places = Array.from(svg.matchAll(/<g transform="translate\((\d+), (\d+)\)" text-anchor/g), ([, x, y]) => [Number(x), Number(y)]);
    expect(places.map(([x]) => x)).toEqual([0, 240, 480, 0]);
    expect(places[3][1]).toBeGreaterThan(places[2][1] + 200);
    expect(places[0][1]).toBe(3 * 28);
  });

  it("shade bands, and without dots tell lines apart by dashes", () => {
    const banded = points.map((point) => ({ ...point, chosen: false, lower: point.y / 2, upper: 2 * point.y }));
    const svg = seriesPanels({ labels, y: { type: "log" }, series: { a: banded, b: points.map(({ x, y }) => ({ x, y })) } }, { dots: false });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(count(svg, DOTS)).toBe(0);
    expect(count(svg, '[aria-label="area"] path')).toBe(1);
    const dashes = Array.from(parse(svg).querySelectorAll('[aria-label="line"]'), (line) => line.getAttribute("stroke-dasharray"));
    expect(new Set(dashes).size).toBe(2);
    // The axis holds the bands: 0.1 to 1.8.
    expect(texts(svg)).toContain("0.1");
    expect(() => seriesPanels({ labels, y: { type: "log" }, series: { a: [{ x: 1, y: 1, lower: 0, upper: 2 }] } })).toThrow(/above zero/);
  });

  it("stand where the axes say: dots, bands from lower to upper, expected lines, a level", () => {
    const series = { a: [{ x: 2, y: 1, lower: 0.1, upper: 10 }, { x: 8, y: 10, chosen: true, lower: 1, upper: 100 }], b: [{ x: 2, y: 1 }] };
    const drawing = parse(seriesPanels({ labels, x: { domain: [10, 0] }, y: { type: "log", domain: [0.01, 1000] }, series, expected: { b: [{ x: 0, y: 0.1 }, { x: 10, y: 100 }] }, level: 100 }));
    const all = (selector: string) => Array.from(drawing.querySelectorAll(selector));
    const tick = (axis: "x" | "y", text: string): number => {
      const label = all(`[aria-label="${axis}-axis tick label"] text`).find(({ textContent }) => textContent === text)!;
      return Number(/translate\(([\d.]+),([\d.]+)\)/.exec(label.getAttribute("transform")!)![axis === "x" ? 1 : 2]);
    };
    const numbers = (selector: string): number[] => Array.from(drawing.querySelector(selector)!.getAttribute("d")!.matchAll(/[\d.]+/g), Number);
    const closeTo = (found: readonly number[], expected: readonly number[]) => found.forEach((value, i) => expect(value).toBeCloseTo(expected[i], 2));

    expect(tick("x", "10")).toBeLessThan(tick("x", "0"));
    expect(tick("y", "0.01")).toBeGreaterThan(tick("y", "1000"));
    const [left, right] = [tick("x", "8"), tick("x", "2")];
    closeTo(all('[aria-label="dot"] circle').flatMap((dot) => ["cx", "cy"].map((name) => Number(dot.getAttribute(name)))), [right, tick("y", "1"), left, tick("y", "10"), left, tick("y", "10")]);
    closeTo(numbers('[aria-label="area"] path'), [right, tick("y", "10"), left, tick("y", "100"), left, tick("y", "1"), right, tick("y", "0.1")]);
    closeTo(numbers('[aria-label="line"][stroke-dasharray="1 4"] path'), [tick("x", "0"), tick("y", "0.1"), tick("x", "10"), tick("y", "100")]);
    closeTo(["x1", "y1", "x2", "y2"].map((name) => Number(drawing.querySelector('[aria-label="rule"] line')!.getAttribute(name))), [56, tick("y", "100"), 700, tick("y", "100")]);

    const [ofA, ofB] = all('[aria-label="dot"]').filter((dots) => dots.getAttribute("fill") === "#FFFFFF").map((dots) => dots.getAttribute("stroke"));
    expect(drawing.querySelector('[aria-label="area"]')!.getAttribute("fill")).toBe(ofA);
    expect(Number(drawing.querySelector('[aria-label="area"]')!.getAttribute("fill-opacity") ?? 1)).toBeLessThan(0.5);
    expect(drawing.querySelector('[aria-label="line"][stroke-dasharray="1 4"]')!.getAttribute("stroke")).toBe(ofB);
    const [plain, , chosen] = all('[aria-label="dot"] circle').map((dot) => Number(dot.getAttribute("r")));
    expect(chosen).toBeGreaterThan(1.5 * plain);
  });

  it("have axes that hold levels and both ends of bands, where no domain is given", () => {
    const ticks = (level?: number) => texts(seriesPanels({ labels, y: { type: "log" }, series: { a: [{ x: 1, y: 1, lower: 0.1, upper: 10 }] }, ...(level !== undefined && { level }) }));
    expect(ticks()).toEqual(expect.arrayContaining(["0.1", "10"]));
    expect(ticks(1000)).toContain("1000");
  });

  it("show in the legend line and shape of each series as they are drawn, also of those that are only expected", () => {
    const series = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`s${i}`, points]));
    const symbols = (options: Parameters<typeof seriesPanels>[1]): string[] => Array.from(parse(seriesPanels({ labels, series }, options)).querySelectorAll("g[fill][stroke-width='1.5']"), (symbol) => symbol.innerHTML).slice(0, 6);
    for (const options of [{}, { dots: false }, { lines: false }]) expect(new Set(symbols(options)).size).toBe(6);
    expect(symbols({ lines: false }).join("")).not.toContain("M0,-4H22");
    for (const symbol of symbols({ dots: false })) expect(symbol).toMatch(/^<path [^>]*>$/);
    for (const symbol of symbols({})) expect(symbol).toMatch(/M0,-4H22.*></);
    expect(texts(seriesPanels({ labels, series: {}, expected: { theory: points } }))).toContain("theory");
    expect(texts(seriesPanels({ labels, series: { a: points }, expected: { a: [] } }))).toContain("a");
  });

  it("fill the width alone, and half of it beside another", () => {
    const ends = (panels: number): number => Math.max(...Array.from(parse(seriesPanels(Array.from({ length: panels }, () => ({ labels, series: { a: points } })))).querySelectorAll('[aria-label="y-grid"] line'), (line) => Number(line.getAttribute("x2"))));
    expect([1, 2, 3].map(ends)).toEqual([700, 340, 340]);
  });

  it("have places for names in the order in which they come", () => {
    const svg = seriesPanels({ labels, series: { a: [{ x: "z", y: 1 }, { x: "y", y: 2 }] } });
    const ticks = texts(svg);
    expect(ticks.indexOf("z")).toBeLessThan(ticks.indexOf("y"));
    expect(ticks.indexOf("z")).toBeGreaterThan(0);
  });

  it("draw one point, also on logarithmic axes", () => {
    expect(seriesPanels({ labels, x: { type: "log" }, y: { type: "log" }, series: { a: [{ x: 3, y: 3 }] } })).not.toMatch(/NaN|Infinity|undefined/);
  });

  it("refuse what can't be drawn", () => {
    expect(() => seriesPanels([])).toThrow(/^panels: /);
    expect(() => seriesPanels({ labels, series: { a: [] } })).toThrow(/^panels\[0\]\.series: .*no points/);
    expect(() => seriesPanels({ labels, series: { a: [points[0], { x: 1, y: NaN }] } })).toThrow(/^panels\[0\]\.series\["a"\]\[1\]\.y: expected a finite number, got NaN\.$/);
    expect(() => seriesPanels({ labels, series: { a: [{ x: 1, y: "2" }] } } as never)).toThrow(/^panels\[0\]\.series\["a"\]\[0\]\.y: expected a finite number, got "2"\.$/);
    expect(() => seriesPanels({ labels, y: { type: "log" }, series: { a: [{ x: 1, y: 0 }] } })).toThrow(/\["a"\]\[0\]\.y: expected a finite number above zero, as the axis is logarithmic, got 0\.$/);
    expect(() => seriesPanels({ labels, x: { type: "log" }, series: { a: [{ x: 0, y: 1 }] } })).toThrow(/\["a"\]\[0\]\.x: .*above zero.*got 0\.$/);
    expect(() => seriesPanels({ labels, x: { type: "log" }, series: { a: [{ x: "10", y: 1 }] } })).toThrow(/\["a"\]\[0\]\.x: .*got "10"\.$/);
    expect(() => seriesPanels({ labels, series: { a: points }, expected: { a: [{ x: NaN, y: 1 }] } })).toThrow(/^panels\[0\]\.expected\["a"\]\[0\]\.x: /);
    expect(() => seriesPanels({ labels, series: { a: [{ x: 1, y: 1, lower: 0, upper: Infinity }] } })).toThrow(/\[0\]\.upper: .*got Infinity/);
    expect(() => seriesPanels({ labels, series: { a: [{ x: 1, y: 1, lower: 0 }] } })).toThrow(/\["a"\]\[0\]: expected lower and upper of a point together, or neither, got only lower/);
    expect(() => seriesPanels({ labels, series: [points] } as never)).toThrow(/^panels\[0\]\.series: expected one or more points \{ x, y \} by name, .*got an array of 1/);
    expect(() => seriesPanels({ labels, series: { a: points[0] } } as never)).toThrow(/^panels\[0\]\.series\["a"\]: expected an array of points/);
    expect(() => seriesPanels({ labels, series: { a: [null] } } as never)).toThrow(/^panels\[0\]\.series\["a"\]\[0\]: /);
    expect(() => seriesPanels({ labels: { x: "x" }, series: { a: points } } as never)).toThrow(/^panels\[0\]\.labels\.y: /);
    expect(() => seriesPanels([{ labels, series: { a: points } }, null] as never)).toThrow(/^panels\[1\]: /);
    expect(() => seriesPanels({ labels, series: Object.fromEntries(Array.from({ length: 7 }, (_, i) => [`s${i}`, points])) })).toThrow(/^series: expected at most 6 names/);
    expect(() => seriesPanels({ labels, series: { a: points } }, { colums: 2 } as never)).toThrow(/colums/);
  });

  it("refuse what is misspelt, and values that an option does not have", () => {
    const drawing = (panel: object, options: object = {}) => expect(() => seriesPanels({ labels, series: { a: points }, ...panel }, options));
    drawing({ levels: 1 }).toThrow(/^panels\[0\]\.levels: expected one of the options labels, series, expected, x, y, level, note, got the unknown option "levels"/);
    drawing({ x: { typ: "log" } }).toThrow(/^panels\[0\]\.x\.typ: expected one of the options type, domain/);
    drawing({ series: { a: [{ x: 1, y: 2, choosen: true }] } }).toThrow(/^panels\[0\]\.series\["a"\]\[0\]\.choosen: expected one of the options x, y, chosen, lower, upper/);
    drawing({ y: { type: "logarithmic" } }).toThrow(/^panels\[0\]\.y\.type: expected one of "linear", "log", got "logarithmic"/);
    drawing({ y: { domain: [0, NaN] } }).toThrow(/^panels\[0\]\.y\.domain\[1\]: /);
    drawing({ y: { domain: 3 } }).toThrow(/^panels\[0\]\.y\.domain: expected both ends/);
    drawing({ y: { type: "log", domain: [0, 1] } }).toThrow(/^panels\[0\]\.y\.domain\[0\]: .*above zero/);
    drawing({ level: "1" }).toThrow(/^panels\[0\]\.level: expected a finite number, got "1"/);
    drawing({ level: 0, y: { type: "log" } }).toThrow(/^panels\[0\]\.level: .*above zero/);
    drawing({ note: 3 }).toThrow(/^panels\[0\]\.note: expected a text/);
    drawing({ series: { a: [{ x: 1, y: 2, chosen: "false" }] } }).toThrow(/\.chosen: expected true or false/);
    drawing({}, { columns: 0 }).toThrow(/^columns: /);
    drawing({}, { lines: "false" }).toThrow(/^lines: expected true or false/);
    drawing({}, { dots: 0 }).toThrow(/^dots: /);
    drawing({}, { legend: { levels: "noise" } }).toThrow(/^legend\.levels: /);
  });

  it("have short numbers beside a series of one height, in the middle", () => {
    for (const [y, tick] of [[2, "2.0"], [0, "0.0"], [-0.4, "−0.4"]] as const) {
      const svg = seriesPanels({ labels, series: { a: [{ x: 1, y }, { x: 2, y }] } });
      const ticks = Array.from(parse(svg).querySelectorAll('[aria-label="y-axis tick label"] text'), ({ textContent }) => textContent);
      expect(ticks).toContain(tick);
      expect(Math.max(...ticks.map((text) => text.length))).toBeLessThan(7);
      expect(Math.max(...Array.from(parse(seriesPanels({ labels, series: { a: [{ x: 2, y: 1 }, { x: 2, y: 3 }] } })).querySelectorAll('[aria-label="x-axis tick label"] text'), ({ textContent }) => textContent.length))).toBeLessThan(7);
    }
  });
});

describe("panels of error bars", () => {
  const bars = [{ name: "ours", value: 1, error: 0.5, series: "with" }, { name: "theirs", value: 0.4, series: "without" }];

  it("have a dot for each value, a bar as long as the error to both sides, and each name once", () => {
    const svg = errorBarPanels([{ label: "iris", bars }, { label: "wine", bars: bars.slice(0, 1) }], { title: "score (nats)", level: 0 });
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(count(svg, DOTS)).toBe(3);
    const words = texts(svg);
    expect(words).toEqual(expect.arrayContaining(["score (nats)", "iris", "wine", "with", "without"]));
    expect(words.filter((text) => text === "ours")).toHaveLength(1);
    // Between the ends of the bar, from 0.5 to 1.5, is as much as between two ticks that are 1 apart.
    const lines = Array.from(parse(svg).querySelectorAll("line"), (line) => ["x1", "x2", "y1", "y2"].map((name) => Number(line.getAttribute(name))));
    const drawn = lines.filter(([x1, x2, y1, y2]) => y1 === y2 && x2 - x1 > 25);
    expect(drawn).toHaveLength(2);
    const tick = (text: string): number => Number(/translate\(([\d.]+)/.exec(Array.from(parse(svg).querySelectorAll("text")).find(({ textContent }) => textContent === text)!.getAttribute("transform")!)![1]);
    expect(drawn[0][1] - drawn[0][0]).toBeCloseTo(tick("1") - tick("0"), 6);
  });

  it("keep bars of two panels apart", () => {
    const svg = errorBarPanels([{ label: "iris", bars: bars.slice(0, 1) }, { label: "wine", bars: bars.slice(0, 1) }]);
    const drawn = Array.from(parse(svg).querySelectorAll('[aria-label="rule"] line'), (line) => {
      const shift = Number(/translate\(([\d.]+)/.exec(line.closest('g[text-anchor="middle"][fill="currentColor"]')!.getAttribute("transform")!)![1]);
      return ["x1", "x2"].map((name) => shift + Number(line.getAttribute(name)));
    });
    expect(drawn).toHaveLength(2);
    expect(drawn[1][0] - drawn[0][1]).toBeGreaterThan(50);
  });

  it("draw one value alone, and refuse what is none", () => {
    expect(errorBarPanels([{ label: "iris", bars: [{ name: "ours", value: 3 }] }])).not.toMatch(/NaN|Infinity|undefined/);
    expect(() => errorBarPanels([])).toThrow(/^panels: /);
    expect(() => errorBarPanels([{ label: "iris", bars: [] }])).toThrow(/^panels\[0\]\.bars: /);
    const drawing = (bar: object, panel: object = {}, options: object = {}) => expect(() => errorBarPanels([{ label: "iris", bars: [bars[0], { name: "theirs", value: 1, ...bar }], ...panel }], options));
    drawing({ value: Infinity }).toThrow(/^panels\[0\]\.bars\[1\]\.value: expected a finite number, got Infinity for "theirs"\.$/);
    drawing({ value: "2" }).toThrow(/^panels\[0\]\.bars\[1\]\.value: .*got "2" for "theirs"\.$/);
    drawing({ error: NaN }).toThrow(/^panels\[0\]\.bars\[1\]\.error: .*got NaN for "theirs"\.$/);
    drawing({ error: -1 }).toThrow(/^panels\[0\]\.bars\[1\]\.error: .*not below zero, got -1 for "theirs"\.$/);
    drawing({ eror: 1 }).toThrow(/^panels\[0\]\.bars\[1\]\.eror: expected one of the options name, value, error, series, got the unknown option "eror"/);
    drawing({ name: 3 }).toThrow(/^panels\[0\]\.bars\[1\]\.name: expected a text, got 3/);
    drawing({ series: 3 }).toThrow(/^panels\[0\]\.bars\[1\]\.series: expected a text/);
    drawing({}, { title: "iris" }).toThrow(/^panels\[0\]\.title: expected one of the options label, bars/);
    drawing({}, { label: undefined }).toThrow(/^panels\[0\]\.label: expected a text, got undefined/);
    drawing({}, { bars: [null] }).toThrow(/^panels\[0\]\.bars\[0\]: /);
    drawing({}, {}, { level: "0" }).toThrow(/^level: expected a finite number, got "0"\.$/);
    drawing({}, {}, { title: 3 }).toThrow(/^title: expected a text/);
    expect(() => errorBarPanels([null] as never)).toThrow(/^panels\[0\]: /);
    expect(() => errorBarPanels([{ label: "iris", bars: Array.from({ length: 5 }, (_, i) => ({ name: "ours", value: i, series: `${i}` })) }])).toThrow(/^series: /);
  });
});

describe("ticks", () => {
  it("of logarithmic axes are powers of ten, at most eight, or 1, 2, 5 where these are few", () => {
    expect(logarithmicTicks(1e-5, 1)).toEqual([1e-5, 1e-4, 1e-3, 0.01, 0.1, 1]);
    expect(logarithmicTicks(1, 1e12)).toEqual([1, 100, 1e4, 1e6, 1e8, 1e10, 1e12]);
    expect(logarithmicTicks(900, 40)).toEqual([50, 100, 200, 500]);
    expect(logarithmicTicks(0.29, 1)).toEqual([0.3, 0.5, 0.7, 1]);
    expect(logarithmicTicks(0.97, 1.6)).toEqual([1, 1.2, 1.4, 1.6]);
  });

  it("of others are round, evenly spaced and within", () => {
    expect(evenTicks(-0.09, 0.01, 5)).toEqual([-0.08, -0.06, -0.04, -0.02, 0]);
    expect(evenTicks(-3, 7, 3)).toEqual([0, 5]);
    expect(evenTicks(0, 1, 4)).toEqual([0, 0.5, 1]);
  });

  it("read as numbers do, with superscripts from 10⁴ and 10⁻⁴ on", () => {
    expect([1e4, 1e12, 1e-4, 0.001, 1000, 2e4, -0.5, 0].map(tickText)).toEqual(["10⁴", "10¹²", "10⁻⁴", "0.001", "1000", "20000", "−0.5", "0"]);
  });
});
