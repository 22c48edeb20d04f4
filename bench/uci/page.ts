import { machine } from "../machine.ts";
import { markdownTable, type Column } from "../table.ts";
import { LEVELS, type Outcome } from "./outcome.ts";
import { published } from "./published.ts";
import { bestPublished, coverageOf, summaries, type SetSummary } from "./summary.ts";

/** The tables, in Markdown. */
export function uciTables(outcomes: readonly Outcome[], workers: number): string {
  const sets = summaries(outcomes);
  const minutes = outcomes.reduce((sum, { seconds }) => sum + seconds, 0) / 60;
  const processor = outcomes.reduce((sum, { processorSeconds }) => sum + processorSeconds, 0) / 60;
  return [
    "Mean test log likelihood, with standard errors over the splits; the higher the better. The last column: by how many of our standard errors we are above the best published mean.",
    logLikelihoods(sets),
    "Root mean squared error in the units of the targets, with standard errors; coverage: the share of all test targets that lie in their intervals.",
    errors(sets, coverageOf(outcomes)),
    "What the networks of each size count, and the spread, as held-out training rows chose them; means over the splits.",
    choices(sets),
    `Published: ${published.map(({ name, source }) => `${name}: ${source}`).join("; ")}. ${outcomes.length} fits took ${minutes.toFixed(0)} minutes, ${processor.toFixed(0)} of processor time with ${workers} workers: ${machine()}.`,
  ].join("\n\n");
}

function logLikelihoods(sets: readonly SetSummary[]): string {
  const columns = headings(["set", "splits", "laplace-ts", ...published.map(({ name }) => name), "above the best"]);
  return markdownTable(
    columns,
    sets.map(({ set, splits, logLikelihood: { mean, error } }) => {
      const best = bestPublished(set)?.results[set].logLikelihood;
      return [set, `${splits}`, withError({ mean, error }), ...published.map(({ results }) => (set in results ? number(results[set].logLikelihood) : "—")), best === undefined ? "—" : number((mean - best) / error, 1)];
    }),
  );
}

function errors(sets: readonly SetSummary[], coverage: readonly number[]): string {
  const intervals = LEVELS.map((level) => `${100 * level} % intervals`);
  const rows = sets.map((each) => {
    const rmse = published.map(({ results }) => results[each.set]?.rmse).find((value) => value !== undefined);
    return [each.set, withError(each.rmse), rmse === undefined ? "—" : number(rmse), ...each.coverage.map(percent)];
  });
  return markdownTable(headings(["set", "RMSE", "MC dropout", ...intervals]), [...rows, ["all", "", "", ...coverage.map(percent)]]);
}

function choices(sets: readonly SetSummary[]): string {
  const sizes = [...new Set(sets.flatMap((each) => each.sizes.map(({ name }) => name)))];
  return markdownTable(
    headings(["set", ...sizes, "spread"]),
    sets.map((each) => [each.set, ...sizes.map((size) => number(each.sizes.find(({ name }) => name === size)?.weight ?? NaN)), number(each.spread)]),
  );
}

function headings([first, ...others]: readonly string[]): Column[] {
  return [{ heading: first, align: "left" }, ...others.map((heading) => ({ heading, align: "right" as const }))];
}

function withError({ mean, error }: SetSummary["rmse"]): string {
  return `${number(mean)} ± ${number(error)}`;
}

function percent(share: number): string {
  return `${number(100 * share, 1)} %`;
}

function number(value: number, digits = 2): string {
  return Number.isFinite(value) ? value.toFixed(digits).replace("-", "−") : "—";
}
