/** The precisions of the weights that leave each input, as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../plots.ts";
import type { Problem, Relevance, Verdict } from "./problems.ts";

const PANEL = { width: 350, height: 280 };
const LEGEND = 28;

const STYLES: Readonly<Record<Relevance, { readonly color: string; readonly symbol: string; readonly legend: string }>> = {
  relevant: { color: COLOR.blue, symbol: "circle", legend: `<circle cx="11" cy="-4" r="3.6"/>` },
  "noisy copy": { color: "#009E73", symbol: "triangle", legend: `<path d="M11,-8.2L14.6,-1.9H7.4Z"/>` },
  irrelevant: { color: COLOR.orange, symbol: "square", legend: `<rect x="7.6" y="-7.4" width="6.8" height="6.8"/>` },
};

/** A panel for each problem: a dot for each input and set of data, the higher the less the input matters. */
export function relevancePicture(results: ReadonlyMap<Problem, readonly Verdict[]>): string {
  const legend = (Object.keys(STYLES) as Relevance[]).map((relevance) => {
    const { color, legend: shape } = STYLES[relevance];
    return { label: relevance, symbol: `<g stroke="${color}" stroke-width="1.4" fill="none">${shape}</g>` };
  });
  const panels = Array.from(results, ([problem, verdicts], i) => placed(panel(problem, verdicts), i * PANEL.width, LEGEND));
  return page(results.size * PANEL.width, LEGEND + PANEL.height, [legendRow(legend), ...panels]);
}

function panel({ name, inputs, relevance }: Problem, verdicts: readonly Verdict[]): Chart {
  const dots = verdicts.flatMap(({ precisions }) => precisions.map((precision, i) => ({ input: inputs[i], precision, relevance: relevance[i] })));
  return Plot.plot({
    document,
    ...PANEL,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 32,
    marginBottom: 42,
    x: { type: "point", label: name, labelArrow: "none", labelAnchor: "center", domain: [...inputs] },
    y: { type: "log", label: "prior precision α", labelArrow: "none", domain: [1, 1e12], ticks: [1, 1e2, 1e4, 1e6, 1e8, 1e10, 1e12], tickFormat: power, grid: true },
    marks: (Object.keys(STYLES) as Relevance[]).map((kind) =>
      Plot.dot(dots.filter((dot) => dot.relevance === kind), { x: "input", y: "precision", stroke: STYLES[kind].color, symbol: STYLES[kind].symbol, strokeWidth: 1.4, strokeOpacity: 0.85, r: 3.2 }),
    ),
  });
}

/** `10⁴`. */
function power(value: number): string {
  return `10${String(Math.round(Math.log10(value))).replace(/\d/g, (digit) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[Number(digit)])}`;
}
