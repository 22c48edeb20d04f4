/** Log evidence and test error of networks of many sizes, after MacKay (1992b), as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../plots.ts";
import type { Network, Precisions } from "./networks.ts";

const PANEL = { width: 350, height: 270 };
const LEGEND = 28;
/** Between the rows of panels. */
const GAP = 14;

const STYLES: Readonly<Record<Precisions, { readonly color: string; readonly symbol: string; readonly legend: string }>> = {
  three: { color: COLOR.blue, symbol: "circle", legend: `<circle cx="11" cy="-4" r="3.6"/>` },
  one: { color: COLOR.orange, symbol: "square", legend: `<rect x="7.6" y="-7.4" width="6.8" height="6.8"/>` },
};

/** What the picture shows beside the networks. */
interface Marks {
  /** The fewest hidden units of the networks in the last panel. */
  readonly fromUnits: number;
  /** What is said of them there. */
  readonly note: string;
  /** The test error of the function behind the data. */
  readonly truth: number;
}

interface Axis {
  readonly label: string;
  readonly value: (network: Network) => number;
  readonly type?: "log";
  /** Ends of the axis; networks beyond it are left out. */
  readonly domain: readonly [number, number];
}

/** A dot for each network: log evidence and test error against hidden units, and against each other. */
export function robotArmPicture(networks: readonly Network[], { fromUnits, note, truth }: Marks): string {
  const able = networks.filter(({ units }) => units >= fromUnits);
  const evidences = able.flatMap(({ logEvidence, withSymmetries }) => [logEvidence, withSymmetries]);
  const domain = roomAround(Math.min(...evidences), Math.max(...evidences));
  const errors: Axis = { label: "test error / noise variance", value: ({ testError }) => testError, type: "log", domain: [0.95 * truth, 1.1 * Math.max(...networks.map(({ testError }) => testError))] };
  const ableErrors: Axis = { ...errors, domain: [0.98 * truth, 1.02 * Math.max(...able.map(({ testError }) => testError))] };
  const one: Axis = { label: "log evidence, one mode", value: ({ logEvidence }) => logEvidence, domain };
  const all: Axis = { label: "log evidence, with symmetries", value: ({ withSymmetries }) => withSymmetries, domain };
  const truthLine = Plot.ruleY([truth], { stroke: COLOR.ink, strokeDasharray: "2 4" });
  const panels = [
    bySize(networks, one),
    bySize(networks, all),
    bySize(networks, errors, [truthLine]),
    panel(able, all, ableErrors, [truthLine, Plot.text([note], { frameAnchor: "top-right", dx: -4, dy: 4, fill: COLOR.ink, lineAnchor: "top", textAnchor: "end" })]),
  ];
  const legend = [
    { label: "three precisions", symbol: legendSymbol("three") },
    { label: "one precision for all weights", symbol: legendSymbol("one") },
    { label: "the function behind the data", symbol: `<line x1="0" x2="22" y1="-4" y2="-4" stroke="${COLOR.ink}" stroke-dasharray="2 4"/>` },
  ];
  return page(2 * PANEL.width, LEGEND + 2 * PANEL.height + GAP, [legendRow(legend), ...panels.map((chart, i) => placed(chart, (i % 2) * PANEL.width, LEGEND + Math.floor(i / 2) * (PANEL.height + GAP)))]);
}

/** Sizes are points on a line; the two kinds of prior stand side by side. */
function bySize(networks: readonly Network[], y: Axis, marks: readonly Plot.Markish[] = []): Chart {
  const most = Math.max(...networks.map(({ units }) => units));
  const aside = (network: Network): number => network.units + (network.precisions === "three" ? -0.17 : 0.17);
  return panel(networks, { label: "hidden units", value: aside, domain: [0.4, most + 0.6] }, y, marks);
}

function panel(networks: readonly Network[], x: Axis, y: Axis, marks: readonly Plot.Markish[]): Chart {
  const visible = networks.filter((network) => [x, y].every(({ value, domain: [from, to] }) => value(network) >= from && value(network) <= to));
  const dots = (precisions: Precisions): Plot.Markish =>
    Plot.dot(visible.filter((network) => network.precisions === precisions), { x: x.value, y: y.value, stroke: STYLES[precisions].color, symbol: STYLES[precisions].symbol, strokeWidth: 1.4, strokeOpacity: 0.85, r: 3 });
  return Plot.plot({
    document,
    ...PANEL,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 32,
    marginBottom: 42,
    x: { label: x.label, labelArrow: "none", labelAnchor: "center", domain: [...x.domain], ...(x.type && { type: x.type }) },
    y: { label: y.label, labelArrow: "none", domain: [...y.domain], grid: true, ...(y.type && { type: y.type, ticks: ticks(y.domain), tickFormat: String }) },
    marks: [...marks, dots("one"), dots("three")],
  });
}

function roomAround(least: number, most: number): readonly [number, number] {
  const room = 0.04 * (most - least);
  return [least - room, most + room];
}

/** Round numbers on a logarithmic axis. */
function ticks([least, most]: readonly [number, number]): number[] {
  const steps = most < 3 * least ? [1, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.8, 2, 2.2, 2.5] : [1, 2, 5];
  return [1, 10, 100, 1000].flatMap((power) => steps.map((step) => Number((step * power).toPrecision(2)))).filter((tick) => tick >= least && tick <= most);
}

function legendSymbol(precisions: Precisions): string {
  const { color, legend } = STYLES[precisions];
  return `<g stroke="${color}" stroke-width="1.4" fill="none">${legend}</g>`;
}
