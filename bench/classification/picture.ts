/** By how much each way to predict has more or less log likelihood than the first, as SVG text. */
import { errorBarPanels, type ErrorBar } from "laplace-ts/plots";
import type { Entry } from "./journal.ts";
import { compare, logLikelihood, waysIn } from "./report.ts";

/** A panel for each set: a dot at the difference in mean log likelihood, with a bar of one standard error to either side. */
export function classificationPicture(bySet: ReadonlyMap<string, readonly Entry[]>): string {
  const panels = Array.from(bySet, ([set, entries]) => ({
    label: set.replace("_", " "),
    bars: compare(entries, logLikelihood).flatMap((row) => (row === undefined ? [] : [{ name: row.way, value: row.difference, error: row.standardError || 0, series: kind(row.way) }])),
  }));
  const [first] = [...bySet.values()].flatMap(waysIn);
  return errorBarPanels(panels, { title: `log likelihood less that of ${first} (nats per example, ± 1 standard error)`, level: 0 });
}

function kind(way: string): NonNullable<ErrorBar["series"]> {
  return /^(networks|one network)/.test(way) ? "with a posterior" : "without";
}
