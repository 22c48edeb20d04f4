/** Test log likelihoods beside published ones, as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, legendRow, page, placed, type Chart } from "../../examples/plots.ts";
import type { Outcome } from "./outcome.ts";
import { published } from "./published.ts";
import { summaries, type SetSummary } from "./summary.ts";

const PANEL = { width: 190, height: 190 };
const LABELS = 100;
const LEGEND = 28;
const OURS = "laplace-ts";

/** A panel for each set: a dot for each method, ours with two standard errors to both sides. */
export function uciPicture(outcomes: readonly Outcome[]): string {
  const sets = summaries(outcomes);
  const panels = sets.map((each, i) => placed(panel(each, i === 0), i === 0 ? 0 : LABELS + i * PANEL.width, LEGEND));
  const legend = [
    { label: "laplace-ts, ± 2 standard errors", symbol: `<path d="M0,-4H22" stroke="${COLOR.blue}" stroke-width="2"/><circle cx="11" cy="-4" r="4" fill="${COLOR.blue}"/>` },
    { label: "published", symbol: `<circle cx="11" cy="-4" r="4" fill="${COLOR.paper}" stroke="${COLOR.orange}" stroke-width="1.6"/>` },
  ];
  return page(LABELS + sets.length * PANEL.width, LEGEND + PANEL.height, [legendRow(legend), ...panels]);
}

function panel({ set, logLikelihood: { mean, error } }: SetSummary, labelled: boolean): Chart {
  const others = published.filter(({ results }) => set in results).map(({ name, results }) => ({ name, value: results[set].logLikelihood }));
  const half = Number.isFinite(error) ? 2 * error : 0;
  const ours = [{ name: OURS, mean, low: mean - half, high: mean + half }];
  return Plot.plot({
    document,
    ...PANEL,
    width: PANEL.width + (labelled ? LABELS : 0),
    marginLeft: 14 + (labelled ? LABELS : 0),
    marginRight: 14,
    marginTop: 14,
    marginBottom: 42,
    x: { label: `${set}: test log likelihood`, labelArrow: "none", labelAnchor: "center", grid: true, nice: true, ticks: 4, tickFormat: (value: number) => String(value).replace("-", "−") },
    y: { type: "point", label: null, domain: [OURS, ...published.map(({ name }) => name).reverse()], axis: labelled ? "left" : null, tickSize: 0 },
    marks: [
      Plot.dot(others, { x: "value", y: "name", stroke: COLOR.orange, fill: COLOR.paper, strokeWidth: 1.6, r: 4 }),
      Plot.ruleY(ours, { x1: "low", x2: "high", y: "name", stroke: COLOR.blue, strokeWidth: 2 }),
      Plot.dot(ours, { x: "mean", y: "name", fill: COLOR.blue, r: 4 }),
    ],
  });
}
