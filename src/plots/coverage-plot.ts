import * as Plot from "@observablehq/plot";
import type { CoveragePoint } from "../calibration/coverage-curve.ts";
import { knownOptions } from "../errors.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";
import { frame } from "./frame.ts";
import { COLOR, legendRows, lineSymbol, page, placed } from "./page.ts";
import { seriesOf } from "./series.ts";

/**
 * Options of {@link coveragePlot}.
 *
 * @category Plots
 */
export interface CoveragePlotOptions {
  /** Default "level of the intervals" and "share of targets inside". */
  readonly labels?: AxisLabels;
}

const WIDTH = 460;
const HEIGHT = 420;
/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/**
 * Coverage plot: the share of targets inside the central intervals, against the level of these. Honest error bars lie on the diagonal, to within the shaded band where at each level 95 % of samples of so many independent targets
 * fall; below it they are too narrow, above it too wide.
 *
 * @category Plots
 * @param points - From {@link coverageCurve}: of one method, or of up to four by name, for as many targets each.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { coverageCurve, gaussian } from "laplace-ts";
 * import { coveragePlot } from "laplace-ts/plots";
 * const prediction = gaussian({ noise: 1 }).predict({ rows: 4, outputs: 1, mean: new Float64Array(4) });
 * const svg = coveragePlot(coverageCurve(prediction, [-1.5, -0.3, 0.4, 0.9]));
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function coveragePlot(points: readonly CoveragePoint[] | Readonly<Record<string, readonly CoveragePoint[]>>, options: CoveragePlotOptions = {}): string {
  knownOptions("options", options, ["labels"]);
  const { labels = { x: "level of the intervals", y: "share of targets inside" } } = options;
  checkLabels("labels", labels);
  const series = seriesOf("points", points, "predictions", "coverageCurve", ["level", "coverage", "count"]);
  const { x, y, ...shared } = frame(labels, WIDTH, HEIGHT);
  const { count } = series[0].points[0];
  const chance = Array.from({ length: 101 }, (_, i) => {
    const level = i / 100;
    const deviation = Z * Math.sqrt((level * (1 - level)) / count);
    return { level, least: Math.max(0, level - deviation), most: Math.min(1, level + deviation) };
  });
  const chart = Plot.plot({
    ...shared,
    x: { ...x, domain: [0, 1] },
    y: { ...y, domain: [0, 1], nice: false },
    marks: [
      Plot.areaY(chance, { x: "level", y1: "least", y2: "most", fill: COLOR.ink, fillOpacity: 0.13 }),
      Plot.line([[0, 0], [1, 1]], { stroke: COLOR.ink, strokeDasharray: "2 4", strokeWidth: 1.5 }),
      ...series.flatMap(({ points, color, symbol }) => [
        Plot.line(points, { x: "level", y: "coverage", sort: "level", stroke: color, strokeWidth: 1.5 }),
        Plot.dot(points, { x: "level", y: "coverage", fill: color, stroke: COLOR.paper, symbol: symbol as "circle", r: 4 }),
      ]),
    ],
  });
  const band = `<rect width="22" height="12" y="-10" fill="${COLOR.ink}" fill-opacity="0.13"/>${lineSymbol(COLOR.ink, "2 4")}`;
  const legend = legendRows([...series.map(({ legend }) => legend), { label: "honest, give or take chance", symbol: band }], WIDTH);
  return page(WIDTH, legend.height + HEIGHT, [legend.drawing, placed(chart, 0, legend.height)]);
}
