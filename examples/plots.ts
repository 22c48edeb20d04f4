/**
 * The pictures of the examples and notebooks, as SVG text. They have a background of their own, so that they read the same
 * on light and dark pages.
 */
import * as Plot from "@observablehq/plot";
import { parseHTML } from "linkedom";
import type { GaussianPrediction } from "laplace-ts";

/** Points of a scatter plot: one input and one target each. */
export interface Points {
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
}

/** Names of the axes, with units: `{ x: "horsepower (hp)", y: "fuel economy (miles per gallon)" }`. */
export interface AxisLabels {
  readonly x: string;
  readonly y: string;
}

/** What {@link bands} shows. */
export interface Bands {
  /** Where the prediction was made, in increasing order. */
  readonly inputs: readonly number[];
  /** What was predicted there, for one output. */
  readonly prediction: Pick<GaussianPrediction, "mean" | "interval" | "meanInterval">;
  readonly labels: AxisLabels;
  /** What the model was trained on. */
  readonly data?: Points;
  /** The function behind the data, where it is known. */
  readonly truth?: (input: number) => number;
  /** Probabilities that the bands hold a new target with. Default 50 and 90 %. */
  readonly levels?: readonly number[];
  /** Probability that the dashed lines hold the noise-free function with. Default 90 %. */
  readonly epistemicLevel?: number;
}

/** One model of a comparison by size. */
export interface SizedModel {
  /** The number of hidden units, say. */
  readonly size: number;
  readonly logEvidence: number;
  /** Mean log density of held-out targets. */
  readonly heldOut: number;
}

/** Okabe & Ito (2008): told apart with every kind of colour vision. */
export const COLOR = { blue: "#0072B2", orange: "#D55E00", ink: "#333333", paper: "#FFFFFF" };

// Plot draws in a browser's document; linkedom's serves. Deno does not know the types of either.
export const { document } = parseHTML("<html></html>") as unknown as Required<Pick<Plot.PlotOptions, "document">>;
export type Chart = ReturnType<typeof Plot.plot>;

const FONT = "system-ui, Helvetica, Arial, sans-serif";
const MARGIN = 8;
const WIDTH = 680;
const HEIGHT = 400;
const LEGEND = 28;

/** Data, mean and bands over one input: shaded where new targets fall, dashed where the noise-free function may be. */
export function bands({ inputs, prediction, labels, data, truth, levels = [0.5, 0.9], epistemicLevel = 0.9 }: Bands): string {
  const mean = prediction.mean.to1DArray();
  const epistemic = edges(inputs, prediction.meanInterval(epistemicLevel));
  const widestFirst = [...levels].sort((a, b) => b - a);
  const opacity = 0.5 / (levels.length + 1);
  const dashed = { x: "x", stroke: COLOR.blue, strokeWidth: 1.2, strokeDasharray: "5 4" };
  const line = { x: (_: number, i: number) => inputs[i], strokeWidth: 2 };
  const chart = Plot.plot({
    ...frame(labels, HEIGHT),
    marks: [
      ...widestFirst.map((level) => Plot.areaY(edges(inputs, prediction.interval(level)), { x: "x", y1: "lower", y2: "upper", fill: COLOR.blue, fillOpacity: opacity })),
      ...(data ? [Plot.dot(data.inputs, { x: data.inputs as number[], y: data.targets as number[], fill: COLOR.ink, fillOpacity: 0.65, r: 2.4 })] : []),
      Plot.lineY(epistemic, { ...dashed, y: "lower" }),
      Plot.lineY(epistemic, { ...dashed, y: "upper" }),
      Plot.lineY(mean, { ...line, stroke: COLOR.blue }),
      ...(truth ? [Plot.lineY(inputs.map(truth), { ...line, stroke: COLOR.orange, strokeDasharray: "2 4" })] : []),
    ],
  });
  const legend: LegendEntry[] = [
    { label: "mean", symbol: lineSymbol(COLOR.blue) },
    { label: `${widestFirst.map(percent).reverse().join(", ")} % of new targets`, symbol: bandSymbol(widestFirst.length, opacity) },
    { label: `${percent(epistemicLevel)} % without noise`, symbol: lineSymbol(COLOR.blue, "5 4") },
    ...(truth ? [{ label: "truth", symbol: lineSymbol(COLOR.orange, "2 4") }] : []),
    ...(data ? [{ label: "data", symbol: `<circle cx="11" cy="-4" r="3" fill="${COLOR.ink}" fill-opacity="0.65"/>` }] : []),
  ];
  return page(WIDTH, HEIGHT + LEGEND, [legendRow(legend), placed(chart, 0, LEGEND)]);
}

/** Log evidence and held-out score over the size of the model, side by side; the best of each is filled. */
export function evidenceBySize(models: readonly SizedModel[], sizeLabel = "hidden units"): string {
  const panel = (score: (model: SizedModel) => number, label: string, color: string): Chart => {
    const best = models.reduce((a, b) => (score(b) > score(a) ? b : a));
    const position = { x: "size", y: score };
    return Plot.plot({
      ...frame({ x: sizeLabel, y: label }, 280),
      width: WIDTH / 2,
      x: { type: "point", label: sizeLabel, labelArrow: "none", labelAnchor: "center" },
      marks: [
        Plot.lineY(models, { ...position, stroke: color, strokeWidth: 1.5 }),
        Plot.dot(models, { ...position, stroke: color, strokeWidth: 1.5, fill: (model: SizedModel) => (model === best ? color : COLOR.paper), r: 4.5 }),
      ],
    });
  };
  const evidence = panel((model) => model.logEvidence, "log evidence", COLOR.blue);
  const heldOut = panel((model) => model.heldOut, "held-out log density per example", COLOR.orange);
  return page(WIDTH, 280, [placed(evidence, 0, 0), placed(heldOut, WIDTH / 2, 0)]);
}

/** What all charts share: size, margins, a light grid, axes with their labels. */
function frame(labels: AxisLabels, height: number): Plot.PlotOptions {
  return {
    document,
    width: WIDTH,
    height,
    marginLeft: 56,
    marginRight: 20,
    marginTop: 32,
    marginBottom: 44,
    x: { label: labels.x, labelArrow: "none", labelAnchor: "center" },
    y: { label: labels.y, labelArrow: "none", grid: true, nice: true, inset: 6 },
  };
}

interface Edge {
  readonly x: number;
  readonly lower: number;
  readonly upper: number;
}

function edges(inputs: readonly number[], { lower, upper }: ReturnType<GaussianPrediction["interval"]>): Edge[] {
  return inputs.map((x, n) => ({ x, lower: lower.get(n, 0), upper: upper.get(n, 0) }));
}

function percent(level: number): string {
  return String(Number((100 * level).toPrecision(3)));
}

/** A legend entry: its text, and a drawing 22 wide that stands on the text's base line. */
export interface LegendEntry {
  readonly label: string;
  readonly symbol: string;
}

function lineSymbol(color: string, dashes = "none"): string {
  return `<line x1="0" x2="22" y1="-4" y2="-4" stroke="${color}" stroke-width="2" stroke-dasharray="${dashes}"/>`;
}

/** The bands laid over each other, as in the chart. */
function bandSymbol(count: number, opacity: number): string {
  const band = (_: unknown, i: number): string => {
    const height = (16 * (count - i)) / count;
    return `<rect width="22" height="${height}" y="${-4 - height / 2}" fill="${COLOR.blue}" fill-opacity="${opacity}"/>`;
  };
  return Array.from({ length: count }, band).join("");
}

export function legendRow(entries: readonly LegendEntry[]): string {
  let x = 6;
  return entries
    .map(({ label, symbol }) => {
      const entry = `<g transform="translate(${x}, 14)">${symbol}<text x="28" fill="${COLOR.ink}">${label}</text></g>`;
      x += Math.round(28 + 6.3 * label.length + 18);
      return entry;
    })
    .join("");
}

/** A chart at a position within a page: what is in its svg element, without Plot's style sheet, which would reach beyond it. */
export function placed(chart: Chart, x: number, y: number): string {
  const drawing = chart.innerHTML.replace(/<style>.*?<\/style>/s, "");
  return `<g transform="translate(${x}, ${y})" text-anchor="middle" fill="currentColor">${drawing}</g>`;
}

/** An svg element with a background that leaves a margin around its parts. */
export function page(width: number, height: number, parts: readonly string[]): string {
  const [fullWidth, fullHeight] = [width + 2 * MARGIN, height + 2 * MARGIN];
  const size = `width="${fullWidth}" height="${fullHeight}"`;
  const open = `<svg xmlns="http://www.w3.org/2000/svg" ${size} viewBox="${-MARGIN} ${-MARGIN} ${fullWidth} ${fullHeight}" color="${COLOR.ink}" font-family="${FONT}" font-size="12" style="max-width: 100%; height: auto">`;
  return `${open}<rect x="${-MARGIN}" y="${-MARGIN}" ${size} fill="${COLOR.paper}"/>${parts.join("")}</svg>\n`;
}
