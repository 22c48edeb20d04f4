import * as Plot from "@observablehq/plot";
import { InvalidArgumentError, describe, knownOptions, text } from "../errors.ts";
import { frame } from "./frame.ts";
import { COLOR, escaped, legendRows, page, placed, textWidth } from "./page.ts";
import { STYLES } from "./series.ts";
import { evenTicks, tickText } from "./ticks.ts";

/**
 * A row of {@link ErrorBarPanel}.
 *
 * @category Plots
 */
export interface ErrorBar {
  /** Stands on the left, once for all panels. */
  readonly name: string;
  /** Where the dot is. */
  readonly value: number;
  /** How far the bar reaches to either side. Default: no bar. */
  readonly error?: number;
  /** One of up to four kinds, each of a colour and shape, which the legend names. */
  readonly series?: string;
}

/**
 * One of the charts of {@link errorBarPanels}.
 *
 * @category Plots
 */
export interface ErrorBarPanel {
  /** Below the axis. */
  readonly label: string;
  /** From above. */
  readonly bars: readonly ErrorBar[];
}

/**
 * Options of {@link errorBarPanels}.
 *
 * @category Plots
 */
export interface ErrorBarPanelsOptions {
  /** What all panels show, with its unit: stands above them. */
  readonly title?: string;
  /** Where a dashed line is drawn: at 0 for differences. Default: nowhere. */
  readonly level?: number;
}

const PANEL = 192;
/** At each side of a panel: as wide as keeps bars of two panels apart. */
const MARGIN = 20;
const INSET = 6;
const ROW = 24;

/**
 * A score of several methods on several problems: a row for each method, a panel with an axis of its own for each problem, dots with error bars.
 *
 * @category Plots
 * @param panels - Side by side; a row stands for the same name in all.
 * @throws {@link InvalidArgumentError} for panels without bars, values that are not finite, errors below zero and what is unknown in a panel or a bar.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { errorBarPanels } from "laplace-ts/plots";
 * const bars = (a: number, b: number) => [{ name: "one network", value: a, error: 0.1 }, { name: "networks()", value: b, error: 0.1 }];
 * const svg = errorBarPanels([{ label: "boston", bars: bars(-2.5, -2.3) }, { label: "yacht", bars: bars(0.2, 0.7) }], { title: "test log likelihood (nats)" });
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function errorBarPanels(panels: readonly ErrorBarPanel[], options: ErrorBarPanelsOptions = {}): string {
  knownOptions("options", options, ["title", "level"]);
  checkPanels(panels);
  const { title, level } = options;
  if (title !== undefined) text("title", title);
  if (level !== undefined) checkFinite("level", level, "");
  const all = panels.flatMap(({ bars }) => bars);
  const names = [...new Set(all.map(({ name }) => name))];
  const series = [...new Set(all.map(({ series }) => series ?? ""))];
  if (series.length > STYLES.length) throw new InvalidArgumentError({ argument: "series", expected: `at most ${STYLES.length} kinds of bars`, received: `${series.length}` });
  const left = MARGIN + Math.max(...names.map(textWidth));
  const height = ROW * names.length + 60;
  const charts = panels.map(({ label, bars }, i) => {
    const named = i === 0;
    const { x, ...shared } = frame({ x: label, y: "" }, PANEL + (named ? left : 0), height);
    const [least, most] = ends(bars, level);
    return Plot.plot({
      ...shared,
      marginLeft: MARGIN + (named ? left : 0),
      marginRight: MARGIN,
      marginTop: 10,
      x: { ...x, grid: true, domain: [least, most], ticks: readableTicks(least, most), tickFormat: tickText, inset: INSET },
      y: { type: "point", domain: names, label: null, axis: named ? "left" : null, tickSize: 0 },
      marks: [
        ...(level === undefined ? [] : [Plot.ruleX([level], { stroke: COLOR.ink, strokeDasharray: "2 4" })]),
        ...series.flatMap((kind, s) => {
          const { color, symbol } = STYLES[s];
          const own = bars.filter((bar) => (bar.series ?? "") === kind);
          const withBars = own.filter(({ error = 0 }) => error > 0);
          return [
            Plot.ruleY(withBars, { y: "name", x1: ({ value, error = 0 }: ErrorBar) => value - error, x2: ({ value, error = 0 }: ErrorBar) => value + error, stroke: color, strokeWidth: 1.8 }),
            Plot.dot(own, { y: "name", x: "value", fill: color, symbol: symbol as "circle", r: 3.8 }),
          ];
        }),
      ],
    });
  });
  const width = left + panels.length * PANEL;
  const entries = series.flatMap((label, s) => (label === "" ? [] : [{ label, symbol: `<g stroke="${STYLES[s].color}" fill="${STYLES[s].color}"><path d="M0,-4H22" stroke-width="1.8"/>${STYLES[s].shape}</g>` }]));
  const key = legendRows(entries, width);
  const top = key.height + (title === undefined ? 0 : 24);
  const heading = title === undefined ? "" : `<text x="6" y="${key.height + 14}" fill="${COLOR.ink}">${escaped(title)}</text>`;
  return page(width, top + height, [key.drawing, heading, ...charts.map((chart, i) => placed(chart, i === 0 ? 0 : left + i * PANEL, top))]);
}

/** Of the axis: what the bars and the level need. */
function ends(bars: readonly ErrorBar[], level: number | undefined): readonly [number, number] {
  const values = [...bars.flatMap(({ value, error = 0 }) => [value - error, value + error]), ...(level === undefined ? [] : [level])];
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least < most ? [least, most] : [least - 1, most + 1];
}

/** As many as have room for their numbers. */
function readableTicks(from: number, to: number): number[] {
  const room = PANEL - 2 * MARGIN - 2 * INSET;
  const choices = [5, 4, 3, 2].map((most) => evenTicks(from, to, most));
  return choices.find((ticks) => (room * (ticks[1] - ticks[0])) / (to - from) > 8 + Math.max(...ticks.map((tick) => textWidth(tickText(tick))))) ?? choices[3];
}

function checkPanels(panels: readonly ErrorBarPanel[]): void {
  if (!Array.isArray(panels) || panels.length === 0) throw new InvalidArgumentError({ argument: "panels", expected: "an array of one or more { label, bars }", received: describe(panels) });
  (panels as readonly ErrorBarPanel[]).forEach((panel, i) => {
    knownOptions(`panels[${i}]`, panel, ["label", "bars"]);
    text(`panels[${i}].label`, panel.label);
    const bars: unknown = panel.bars;
    if (!Array.isArray(bars) || bars.length === 0) throw new InvalidArgumentError({ argument: `panels[${i}].bars`, expected: "an array of one or more { name, value, error }", received: describe(bars) });
    (bars as readonly ErrorBar[]).forEach((bar, b) => checkBar(`panels[${i}].bars[${b}]`, bar));
  });
}

function checkBar(argument: string, bar: ErrorBar): void {
  knownOptions(argument, bar, ["name", "value", "error", "series"]);
  const { name, value, error = 0, series = "" } = bar;
  text(`${argument}.name`, name);
  text(`${argument}.series`, series);
  const ofBar = ` for ${JSON.stringify(name)}`;
  checkFinite(`${argument}.value`, value, ofBar);
  checkFinite(`${argument}.error`, error, ofBar);
  if (error < 0) throw new InvalidArgumentError({ argument: `${argument}.error`, expected: "a finite number that is not below zero", received: `${error}${ofBar}` });
}

function checkFinite(argument: string, value: unknown, of: string): void {
  if (!Number.isFinite(value)) throw new InvalidArgumentError({ argument, expected: "a finite number", received: `${describe(value)}${of}` });
}
