/** How cost grows, as a picture: SVG text with a background of its own, so that it reads the same on light and dark pages. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../../examples/plots.ts";
import type { Axis } from "./sizes.ts";
import type { Cost } from "./measure.ts";
import type { Costs } from "./table.ts";

const PANEL = { width: 250, height: 210 };
const LEGEND = 28;
/** Between rows of panels. */
const GAP = 16;

/** Told apart by colour with every kind of colour vision (Okabe & Ito 2008), and by shape without colour; the shape as the legend draws it. */
const STYLES = [
  { color: "#0072B2", symbol: "circle", shape: "M-3.2,0A3.2,3.2,0,1,1,3.2,0A3.2,3.2,0,1,1,-3.2,0Z" },
  { color: "#D55E00", symbol: "square", shape: "M-2.8,-2.8H2.8V2.8H-2.8Z" },
  { color: "#009E73", symbol: "triangle", shape: "M0,-4.2L3.6,2.1H-3.6Z" },
  { color: "#CC79A7", symbol: "diamond", shape: "M0,-4.4L2.6,0L0,4.4L-2.6,0Z" },
  { color: "#56B4E9", symbol: "times", shape: "M-2.5,-2.5L2.5,2.5M-2.5,2.5L2.5,-2.5" },
  { color: "#333333", symbol: "plus", shape: "M-3.2,0H3.2M0,-3.2V3.2" },
] as const;

/** What a row of panels shows. */
interface Quantity {
  readonly label: string;
  readonly value: (cost: Cost) => number;
}

const quantities: readonly Quantity[] = [
  { label: "laplace(), time (s)", value: ({ fit }) => fit },
  { label: "predict(), time (s)", value: ({ predict }) => predict },
  { label: "peak memory (MB)", value: ({ memory }) => Math.max(1, memory / 1e6) },
];

interface Point {
  readonly x: number;
  readonly y: number;
  readonly structure: string;
}

/** A panel for each quantity (rows) and axis (columns), both scales logarithmic; a line for each structure. */
export function growthPicture(axes: readonly Axis[], costs: Costs): string {
  const structures = [...costs.keys()];
  const parts = quantities.flatMap(({ label, value }, row) => {
    const columns = axes.map((axis) => points(axis, value, costs));
    const extent = bounds(columns.flat().map(({ y }) => y));
    return columns.map((column, i) => placed(panel(column, structures, axes[i].label, label, extent), i * PANEL.width, LEGEND + row * (PANEL.height + GAP)));
  });
  const legend = structures.map((label, i) => {
    const { color, shape } = STYLES[i];
    return { label, symbol: `<g transform="translate(11, -4)" stroke="${color}" stroke-width="1.6" fill="${COLOR.paper}"><path d="M-11,0H11"/><path d="${shape}"/></g>` };
  });
  return page(axes.length * PANEL.width, LEGEND + quantities.length * (PANEL.height + GAP) - GAP, [legendRow(legend), ...parts]);
}

function points({ sizes, value: x }: Axis, value: Quantity["value"], costs: Costs): Point[] {
  return [...costs].flatMap(([structure, bySize]) =>
    sizes.flatMap((size) => {
      const cost = bySize.get(size);
      return cost === undefined ? [] : [{ x: x(size), y: value(cost), structure }];
    }),
  );
}

/** The powers of ten around the values. */
function bounds(values: readonly number[]): [number, number] {
  return [Number(`1e${Math.floor(Math.log10(Math.min(...values)))}`), Number(`1e${Math.ceil(Math.log10(Math.max(...values)))}`)];
}

function panel(data: readonly Point[], structures: readonly string[], xLabel: string, yLabel: string, domain: [number, number]): Chart {
  const position = { x: "x", y: "y", stroke: "structure" };
  return Plot.plot({
    document,
    ...PANEL,
    marginLeft: 48,
    marginRight: 14,
    marginTop: 32,
    marginBottom: 42,
    x: { type: "log", label: xLabel, labelArrow: "none", labelAnchor: "center", ticks: ticks(data.map(({ x }) => x)), tickFormat: power, inset: 8 },
    y: { type: "log", label: yLabel, labelArrow: "none", labelOffset: 44, domain, ticks: ticks(domain), tickFormat: decimal, grid: true },
    color: { domain: [...structures], range: STYLES.map(({ color }) => color) },
    symbol: { domain: [...structures], range: STYLES.map(({ symbol }) => symbol) },
    marks: [
      Plot.lineY(data, { ...position, strokeWidth: 1.6 }),
      Plot.dot(data, { ...position, symbol: "structure", fill: COLOR.paper, strokeWidth: 1.6, r: 3.2 }),
    ],
  });
}

/** The powers of ten within the values, or the values themselves where they span less than two. */
function ticks(values: readonly number[]): readonly number[] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  if (most < 100 * least) return [...new Set(values)];
  const exponents = Array.from({ length: Math.floor(Math.log10(most)) - Math.ceil(Math.log10(least)) + 1 }, (_, i) => Math.ceil(Math.log10(least)) + i);
  return exponents.map((exponent) => Number(`1e${exponent}`));
}

/** `20`, `10⁵`. */
function power(value: number): string {
  const exponent = Math.log10(value);
  return value < 100 || !Number.isInteger(exponent) ? String(value) : `10${"⁰¹²³⁴⁵⁶⁷⁸⁹"[exponent]}`;
}

/** `0.001`, `1,000`. */
function decimal(value: number): string {
  return value < 1 ? String(value) : value.toLocaleString("en-US");
}
