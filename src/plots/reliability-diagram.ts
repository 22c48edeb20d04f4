import * as Plot from "@observablehq/plot";
import type { ReliabilityBin } from "../calibration/reliability.ts";
import { knownOptions } from "../errors.ts";
import { checkLabels, type AxisLabels } from "./axis-labels.ts";
import { frame } from "./frame.ts";
import { COLOR, legendRows, lineSymbol, page, placed } from "./page.ts";
import { seriesOf } from "./series.ts";

/**
 * Options of {@link reliabilityDiagram}.
 *
 * @category Plots
 */
export interface ReliabilityDiagramOptions {
  /** Default "predicted probability" and "frequency". */
  readonly labels?: AxisLabels;
}

const WIDTH = 460;
const HEIGHT = 380;
const SHARES = 110;
/** Of the normal distribution, for 95 %. */
const Z = 1.959964;

/**
 * Reliability diagram: how often predictions came true, against the probability that they were given, with 95 % intervals by which chance may have moved them (Wilson 1927), and below it how many predictions there were. Honest
 * predictions lie on the diagonal; below it they were too sure.
 *
 * @category Plots
 * @param bins - From {@link reliabilityBins}: of one method, or of up to four by name.
 * @returns An svg element as text, with a background of its own.
 * @example
 * ```ts
 * import { reliabilityBins } from "laplace-ts";
 * import { reliabilityDiagram } from "laplace-ts/plots";
 * const bins = reliabilityBins({ probability: [0.9, 0.8, 0.3, 0.6] }, [1, 1, 0, 0]);
 * const svg = reliabilityDiagram(bins);
 * console.log(svg.slice(0, 4)); // <svg
 * ```
 */
export function reliabilityDiagram(bins: readonly ReliabilityBin[] | Readonly<Record<string, readonly ReliabilityBin[]>>, options: ReliabilityDiagramOptions = {}): string {
  knownOptions("options", options, ["labels"]);
  const { labels = { x: "predicted probability", y: "frequency" } } = options;
  checkLabels("labels", labels);
  const series = seriesOf("bins", bins, "predictions", "reliabilityBins", ["lower", "upper", "confidence", "frequency", "count"]);
  const { x, y, ...shared } = frame({ ...labels, x: "" }, WIDTH, HEIGHT);
  const chart = Plot.plot({
    ...shared,
    marginBottom: 28,
    x: { ...x, label: null, domain: [0, 1] },
    y: { ...y, domain: [0, 1], nice: false },
    marks: [
      Plot.line([[0, 0], [1, 1]], { stroke: COLOR.ink, strokeDasharray: "2 4", strokeWidth: 1.5 }),
      ...series.flatMap(({ points, color, symbol }) => {
        const shown = points.map((bin) => ({ ...bin, ...wilson(bin) }));
        return [
          Plot.ruleX(shown, { x: "confidence", y1: "least", y2: "most", stroke: color, strokeOpacity: 0.55, strokeWidth: 1.5 }),
          Plot.line(shown, { x: "confidence", y: "frequency", stroke: color, strokeWidth: 1.5 }),
          Plot.dot(shown, { x: "confidence", y: "frequency", fill: color, stroke: COLOR.paper, symbol: symbol as "circle", r: 4.5 }),
        ];
      }),
    ],
  });
  const shares = Plot.plot({
    ...shared,
    height: SHARES,
    marginTop: 18,
    x: { ...x, label: labels.x, domain: [0, 1] },
    y: { label: "share of predictions", labelArrow: "none", grid: true, ticks: 3, domain: [0, Math.max(...series.flatMap(({ points }) => sharesOf(points).map(({ share }) => share)))], nice: true },
    marks: series.map(({ points, color }, i) => {
      const shown = sharesOf(points);
      if (series.length === 1) return Plot.rect(shown, { x1: "from", x2: "to", y1: 0, y2: "share", fill: color, fillOpacity: 0.6 });
      // Bins of several methods may overlap: their bars stand side by side.
      return Plot.ruleX(shown, { x: "confidence", y1: 0, y2: "share", stroke: color, strokeWidth: 4, dx: 4.5 * (i - (series.length - 1) / 2) });
    }),
  });
  const legend = legendRows([...series.map(({ legend }) => legend), { label: "perfectly calibrated", symbol: lineSymbol(COLOR.ink, "2 4") }], WIDTH);
  return page(WIDTH, legend.height + HEIGHT + SHARES, [legend.drawing, placed(chart, 0, legend.height), placed(shares, 0, legend.height + HEIGHT)]);
}

interface Share {
  readonly from: number;
  readonly to: number;
  readonly confidence: number;
  readonly share: number;
}

/** The share of all predictions in each bin; a bin of one probability is drawn a little wider. */
function sharesOf(bins: readonly ReliabilityBin[]): readonly Share[] {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.map(({ lower, upper, count, confidence }) => ({ confidence, from: upper > lower ? lower : Math.max(0, lower - 0.005), to: upper > lower ? upper : Math.min(1, upper + 0.005), share: count / total }));
}

/** The 95 % interval of a probability of which a frequency is known (Wilson 1927). */
function wilson({ frequency: p, count: n }: ReliabilityBin): { readonly least: number; readonly most: number } {
  const weight = 1 + (Z * Z) / n;
  const centre = (p + (Z * Z) / (2 * n)) / weight;
  const half = (Z / weight) * Math.sqrt((p * (1 - p)) / n + (Z * Z) / (4 * n * n));
  return { least: Math.max(0, centre - half), most: Math.min(1, centre + half) };
}
