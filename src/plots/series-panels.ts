import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions, trueOrFalse, wholeNumber } from "../errors.ts";
import { frame } from "./frame.ts";
import { COLOR, legendRows, lineSymbol, page, placed, type LegendEntry } from "./page.ts";
import { checkPanel, type SeriesPanel, type SeriesScale } from "./series-panel.ts";
import { STYLES } from "./series.ts";
import { logarithmicScale } from "./ticks.ts";

/**
 * Options of {@link seriesPanels}.
 *
 * @category Plots
 */
export interface SeriesPanelsOptions {
  /** Whether lines join the points of a series. Default true. */
  readonly lines?: boolean;
  /** Whether points have dots; chosen ones always have. Default true; lines without dots are dashed, each series otherwise. */
  readonly dots?: boolean;
  /** How many panels stand side by side. Default 2, or 1 for one panel. */
  readonly columns?: number;
  /** What the legend says besides the names of the series. Default: nothing. */
  readonly legend?: {
    /** Of expected lines. */
    readonly expected?: string;
    /** Of levels. */
    readonly level?: string;
    /** Of chosen points. */
    readonly chosen?: string;
  };
}

const WIDTH = 720;
/** Between the rows of panels. */
const GAP = 14;

interface Style {
  readonly color: string;
  readonly symbol: string;
  readonly shape: string;
  readonly dashes: string;
}

/** Beyond four, by dashes too. */
const SERIES: readonly Style[] = [
  ...STYLES.map((style) => ({ ...style, dashes: "none" })),
  { color: COLOR.ink, symbol: "times", shape: `<path d="M8,-7L14,-1M8,-1L14,-7"/>`, dashes: "none" },
  { color: COLOR.blue, symbol: "plus", shape: `<path d="M7,-4H15M11,-8V0"/>`, dashes: "5 3" },
];
/** Tell lines without dots apart. */
const DASHES = ["none", "7 3", "2 3", "9 3 2 3", "1 4", "12 4"];

/**
 * Several series of points, in one chart or several with one legend: how scores go with size, bits or time, method by method, on linear or logarithmic axes.
 *
 * @category Plots
 * @param panels - One chart, or several, which fill rows from the left. Of at most six series by name.
 * @throws {@link InvalidArgumentError} for panels without points, points that are not finite, or not above zero on a logarithmic axis, and what is unknown in a panel, an axis or a point.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { seriesPanels } from "laplace-ts/plots";
 * const svg = seriesPanels({
 *   labels: { x: "examples", y: "test error (m)" },
 *   x: { type: "log" },
 *   series: { "one network": [{ x: 10, y: 0.9 }, { x: 100, y: 0.4 }], networks: [{ x: 10, y: 0.7 }, { x: 100, y: 0.3 }] },
 * });
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function seriesPanels(panels: SeriesPanel | readonly SeriesPanel[], options: SeriesPanelsOptions = {}): string {
  knownOptions("options", options, ["lines", "dots", "columns", "legend"]);
  const charts: readonly SeriesPanel[] = checkedPanels(isList(panels) ? panels : [panels]);
  const { lines = true, dots = true, columns = Math.min(2, charts.length), legend = {} } = options;
  trueOrFalse("lines", lines);
  trueOrFalse("dots", dots);
  wholeNumber("columns", columns, 1);
  knownOptions("legend", legend, ["expected", "level", "chosen"]);
  const styles = stylesOf(charts, dots);
  const [width, height] = [WIDTH / columns, columns > 2 ? 220 : 280];

  const entries: LegendEntry[] = [
    ...Array.from(styles, ([label, { color, shape, dashes }]) => ({ label, symbol: `<g stroke="${color}" stroke-width="1.5" fill="${COLOR.paper}">${lines ? `<path d="M0,-4H22" stroke-dasharray="${dashes}"/>` : ""}${dots ? shape : ""}</g>` })),
    ...(legend.expected === undefined ? [] : [{ label: legend.expected, symbol: lineSymbol(COLOR.ink, EXPECTED) }]),
    ...(legend.level === undefined ? [] : [{ label: legend.level, symbol: lineSymbol(COLOR.ink, LEVEL) }]),
    ...(legend.chosen === undefined ? [] : [{ label: legend.chosen, symbol: `<circle cx="11" cy="-4" r="5.5" fill="${COLOR.ink}"/>` }]),
  ];
  const key = legendRows(entries, WIDTH);
  const rows = Math.ceil(charts.length / columns);
  const parts = charts.map((panel, i) => placed(chart(panel, styles, { lines, dots, width, height }), (i % columns) * width, key.height + Math.floor(i / columns) * (height + GAP)));
  return page(WIDTH, key.height + rows * (height + GAP) - GAP, [key.drawing, ...parts]);
}

const EXPECTED = "1 4";
const LEVEL = "4 4";

interface Look {
  readonly lines: boolean;
  readonly dots: boolean;
  readonly width: number;
  readonly height: number;
}

function chart({ labels, series, expected = {}, x, y, level, note }: SeriesPanel, styles: ReadonlyMap<string, Style>, { lines, dots, width, height }: Look): ReturnType<typeof Plot.plot> {
  const { x: xScale, y: yScale, ...shared } = frame(labels, width, height);
  const points = [...Object.values(series), ...Object.values(expected)].flat();
  const heights = points.flatMap(({ y, lower = y, upper = y }) => [y, lower, upper]);
  const position = { x: "x", y: "y" };
  return Plot.plot({
    ...shared,
    x: { ...xScale, inset: 8, ...scale(points.map((point) => point.x), x) },
    y: { ...yScale, ...scale([...heights, ...(level === undefined ? [] : [level])], y) },
    marks: [
      ...(level === undefined ? [] : [Plot.ruleY([level], { stroke: COLOR.ink, strokeDasharray: LEVEL })]),
      ...Object.entries(expected).map(([name, line]) => Plot.line(line, { ...position, stroke: styles.get(name)!.color, strokeDasharray: EXPECTED, strokeWidth: 1.6, strokeLinecap: "round" })),
      ...Object.entries(series).flatMap(([name, own]) => {
        const banded = own.filter(({ lower }) => lower !== undefined);
        return banded.length === 0 ? [] : [Plot.areaY(banded, { x: "x", y1: "lower", y2: "upper", fill: styles.get(name)!.color, fillOpacity: 0.16 })];
      }),
      ...Object.entries(series).flatMap(([name, own]) => {
        const { color, symbol, dashes } = styles.get(name)!;
        return [
          ...(lines ? [Plot.line(own, { ...position, stroke: color, strokeDasharray: dashes, strokeWidth: dots ? 1.5 : 2 })] : []),
          ...(dots ? [Plot.dot(own, { ...position, stroke: color, fill: lines ? COLOR.paper : "none", symbol: symbol as "circle", strokeWidth: 1.4, strokeOpacity: lines ? 1 : 0.85, r: 3.2 })] : []),
          ...(own.some(({ chosen }) => chosen) ? [Plot.dot(own.filter(({ chosen }) => chosen), { ...position, stroke: color, fill: color, symbol: symbol as "circle", r: 6 })] : []),
        ];
      }),
      ...(note === undefined ? [] : [Plot.text([note], { frameAnchor: "top-right", dx: -4, dy: 4, lineAnchor: "top", textAnchor: "end", fill: COLOR.ink, stroke: COLOR.paper, strokeWidth: 5 })]),
    ],
  });
}

function scale(values: readonly (number | string)[], { type = "linear", domain }: SeriesScale = {}): Plot.ScaleOptions {
  if (values.some((value) => typeof value === "string")) return { type: "point", domain: [...new Set(values)] };
  const numbers = values as readonly number[];
  const [from, to] = domain ?? [Math.min(...numbers), Math.max(...numbers)];
  if (type === "log") return logarithmicScale(from, to);
  if (domain !== undefined) return { domain: [...domain], nice: false };
  // Room around a single number, or its tick would be the only one, with many digits.
  return from === to ? { domain: [from - (Math.abs(from) / 2 || 1), from + (Math.abs(from) / 2 || 1)] } : {};
}

/** By name, in the order in which they come. */
function stylesOf(panels: readonly SeriesPanel[], dots: boolean): ReadonlyMap<string, Style> {
  const names = [...new Set(panels.flatMap(({ series, expected = {} }) => [...Object.keys(series), ...Object.keys(expected)]))];
  if (names.length > SERIES.length) throw new InvalidArgumentError({ argument: "series", expected: `at most ${SERIES.length} names in all panels`, received: `${names.length}`, advice: "Draw several pictures." });
  return new Map(names.map((name, i) => [name, dots ? SERIES[i] : { ...SERIES[i], dashes: DASHES[i] }]));
}

function checkedPanels(panels: readonly SeriesPanel[]): readonly SeriesPanel[] {
  if (panels.length === 0) throw new InvalidArgumentError({ argument: "panels", expected: "one chart, or an array of one or more", received: describe(panels) });
  panels.forEach((panel, i) => checkPanel(`panels[${i}]`, panel));
  return panels;
}

function isList(panels: SeriesPanel | readonly SeriesPanel[]): panels is readonly SeriesPanel[] {
  return Array.isArray(panels);
}
