/** Lines over one axis, of a single run or of several: their median, and where the middle half of them is. */
import * as Plot from "@observablehq/plot";
import { COLOR, legendRow, page, placed, type AxisLabels } from "laplace-ts/plots";
import { document } from "./plots.ts";

/** What one line shows. */
export interface Curve {
  /** In increasing order. */
  readonly x: readonly number[];
  /** The values of each run, one at each x. */
  readonly runs: readonly (readonly number[])[];
}

const STYLES = [
  { stroke: COLOR.blue, strokeDasharray: "none" },
  { stroke: COLOR.orange, strokeDasharray: "7 3" },
  { stroke: COLOR.green, strokeDasharray: "2 3" },
  { stroke: COLOR.purple, strokeDasharray: "9 3 2 3" },
];
const WIDTH = 680;
const LEGEND = 28;

/** Up to four lines by name, each the median of its runs, shaded between their quartiles. */
export function curves(named: Readonly<Record<string, Curve>>, labels: AxisLabels, { height = 260, logarithmic = false } = {}): string {
  const lines = Object.entries(named).map(([label, { x, runs }], i) => ({ label, style: STYLES[i], points: x.map((at, n) => ({ x: at, ...quartiles(runs.map((run) => run[n])) })) }));
  const chart = Plot.plot({
    document,
    width: WIDTH,
    height,
    marginLeft: 56,
    marginRight: 20,
    marginTop: 32,
    marginBottom: 44,
    x: { label: labels.x, labelArrow: "none", labelAnchor: "center" },
    y: { label: labels.y, labelArrow: "none", grid: true, inset: 6, ...(logarithmic ? { type: "log", ticks: ticksOf(lines.flatMap(({ points }) => points.flatMap(({ lower, upper }) => [lower, upper]))), tickFormat: "~g" } : { nice: true, zero: true }) },
    marks: lines.flatMap(({ style, points }) => [
      Plot.areaY(points, { x: "x", y1: "lower", y2: "upper", fill: style.stroke, fillOpacity: 0.16 }),
      Plot.lineY(points, { x: "x", y: "median", strokeWidth: 2, ...style }),
    ]),
  });
  const legend = lines.map(({ label, style: { stroke, strokeDasharray } }) => ({ label, symbol: `<line x1="0" x2="22" y1="-4" y2="-4" stroke="${stroke}" stroke-width="2" stroke-dasharray="${strokeDasharray}"/>` }));
  return page(WIDTH, LEGEND + height, [legendRow(legend), placed(chart, 0, LEGEND)]);
}

/** The numbers 1 and 3 times a power of ten from the least to the largest of some values. */
function ticksOf(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const powers = Array.from({ length: Math.ceil(Math.log10(most / least)) + 2 }, (_, i) => 10 ** (Math.floor(Math.log10(least)) + i));
  return powers.flatMap((power) => [power, 3 * power]).filter((tick) => tick >= least && tick <= most);
}

/** The quantiles at 1/4, 1/2 and 3/4, straight lines between order statistics. */
export function quartiles(values: readonly number[]): { readonly lower: number; readonly median: number; readonly upper: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [Math.floor(place), Math.ceil(place)];
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}
