/** Test accuracy against the weights that are left, as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../plots.ts";
import type { Course } from "./digits.ts";
import { METHODS } from "./methods.ts";

const PANEL = { width: 350, height: 290 };
const LEGEND = 28;

const STYLES = [
  { color: COLOR.blue, symbol: "circle", legend: `<circle cx="11" cy="-4" r="3.6"/>` },
  { color: COLOR.orange, symbol: "square", legend: `<rect x="7.6" y="-7.4" width="6.8" height="6.8"/>` },
  { color: COLOR.green, symbol: "triangle", legend: `<path d="M11,-8.2L14.6,-1.9H7.4Z"/>` },
] as const;

/** A panel for networks that were trained again after each removal, and one for those that were not; what the evidence chooses is filled. */
export function pruningPicture(courses: readonly Course[]): string {
  const legend = METHODS.map(({ name }, i) => ({ label: name, symbol: `<g stroke="${STYLES[i].color}" stroke-width="1.4" fill="none"><line x2="22" y1="-4" y2="-4"/>${STYLES[i].legend}</g>` }));
  const dot = { label: "chosen by the evidence", symbol: `<circle cx="11" cy="-4" r="5" fill="${COLOR.ink}"/>` };
  const weights = courses.flatMap(({ steps }) => steps.map((step) => step.weights));
  const domain = [Math.max(...weights), Math.min(...weights)] as const;
  const panels = [true, false].map((retrained, i) => placed(panel(courses.filter((course) => course.retrained === retrained), retrained, domain), i * PANEL.width, LEGEND));
  return page(2 * PANEL.width, LEGEND + PANEL.height, [legendRow([...legend, dot]), ...panels]);
}

const TICKS = [10, 20, 50, 100, 200, 500, 1000];

function panel(courses: readonly Course[], retrained: boolean, [most, least]: readonly [number, number]): Chart {
  return Plot.plot({
    document,
    ...PANEL,
    marginLeft: 52,
    marginRight: 14,
    marginTop: 32,
    marginBottom: 42,
    x: { type: "log", label: `weights left, ${retrained ? "trained again after each removal" : "never trained again"}`, labelArrow: "none", labelAnchor: "center", domain: [most, least], ticks: TICKS.filter((weights) => weights >= least && weights <= most), tickFormat: String },
    y: { label: "test accuracy", labelArrow: "none", domain: [0, 1], grid: true },
    marks: courses.flatMap(({ name, steps, best }) => {
      const { color, symbol } = STYLES[METHODS.findIndex((method) => method.name === name)];
      const points = steps.map((step) => ({ weights: step.weights, accuracy: step.heldOut!.accuracy! }));
      const position = { x: "weights", y: "accuracy" };
      return [
        Plot.lineY(points, { ...position, stroke: color, strokeWidth: 1.4 }),
        Plot.dot(points, { ...position, stroke: color, symbol, strokeWidth: 1.2, r: 2.6, fill: COLOR.paper }),
        Plot.dot(points.filter((point) => point.weights === best), { ...position, stroke: color, fill: color, symbol, r: 6 }),
      ];
    }),
  });
}
