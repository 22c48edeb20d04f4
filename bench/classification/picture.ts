/** By how much each way to predict has more or less log likelihood than the first, as SVG text. */
import * as Plot from "@observablehq/plot";
import { COLOR, document, page, placed } from "../../examples/plots.ts";
import type { Entry } from "./journal.ts";
import { compare, logLikelihood, waysIn, type Compared } from "./report.ts";

const NAMES = 230;
const PANEL = 160;
const ROW = 24;

/** A panel for each set: a dot at the difference in mean log likelihood, with a bar of one standard error to either side. */
export function classificationPicture(bySet: ReadonlyMap<string, readonly Entry[]>): string {
  const ways = [...new Set([...bySet.values()].flatMap(waysIn))];
  const height = ROW * ways.length + 60;
  const charts = Array.from(bySet, ([set, entries], i) => {
    const rows = compare(entries, logLikelihood).flatMap((row) => row ?? []);
    const named = i === 0;
    const chart = Plot.plot({
      document,
      width: PANEL + (named ? NAMES : 0),
      height,
      marginLeft: named ? NAMES : 14,
      marginRight: 14,
      marginTop: 12,
      marginBottom: 42,
      x: { label: `${set.replace("_", " ")} (nats)`, labelArrow: "none", labelAnchor: "center", ticks: 3, nice: true, grid: true },
      y: { type: "band", domain: ways, label: null, axis: named ? "left" : null, tickSize: 0 },
      marks: [
        Plot.ruleX([0], { stroke: COLOR.ink, strokeDasharray: "2 4" }),
        Plot.ruleY(rows, { y: "way", x1: end(-1), x2: end(1), stroke: color, strokeWidth: 1.6 }),
        Plot.dot(rows, { y: "way", x: "difference", fill: color, r: 3.6 }),
      ],
    });
    return placed(chart, named ? 0 : NAMES + i * PANEL, 0);
  });
  return page(NAMES + bySet.size * PANEL, height, charts);
}

/** With a posterior or without. */
function color({ way }: Compared): string {
  return /^(networks|one network)/.test(way) ? COLOR.blue : COLOR.orange;
}

/** One standard error to the left or to the right. */
function end(side: -1 | 1): (row: Compared) => number {
  return ({ difference, standardError }) => difference + side * (standardError || 0);
}
