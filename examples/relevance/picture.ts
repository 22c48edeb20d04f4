/** The precisions of the weights that leave each input, as SVG text. */
import { seriesPanels, type SeriesPanel, type SeriesPoint } from "laplace-ts/plots";
import type { Problem, Relevance, Verdict } from "./problems.ts";

const KINDS: readonly Relevance[] = ["relevant", "noisy copy", "irrelevant"];

/** A panel for each problem: a dot for each input and set of data, the higher the less the input matters. */
export function relevancePicture(results: ReadonlyMap<Problem, readonly Verdict[]>): string {
  return seriesPanels(Array.from(results, panel), { lines: false, columns: 1 });
}

function panel([{ name, inputs, relevance }, verdicts]: readonly [Problem, readonly Verdict[]]): SeriesPanel {
  const dots = (kind: Relevance): SeriesPoint[] => inputs.flatMap((x, i) => (relevance[i] === kind ? verdicts.map(({ precisions }) => ({ x, y: precisions[i] })) : []));
  return { labels: { x: name, y: "prior precision α" }, y: { type: "log", domain: [1, 1e12] }, series: Object.fromEntries(KINDS.map((kind) => [kind, dots(kind)])) };
}
