/** Test log likelihoods beside published ones, as SVG text. */
import { errorBarPanels, type ErrorBar } from "laplace-ts/plots";
import type { Outcome } from "./outcome.ts";
import { published } from "./published.ts";
import { summaries } from "./summary.ts";

/** A panel for each set: a dot for each method, ours with two standard errors to both sides. */
export function uciPicture(outcomes: readonly Outcome[]): string {
  const panels = summaries(outcomes).map(({ set, logLikelihood: { mean, error } }) => {
    const ours: ErrorBar = { name: "laplace-ts", value: mean, series: "laplace-ts, ± 2 standard errors", error: Number.isFinite(error) ? 2 * error : 0 };
    const others = published.filter(({ results }) => set in results).map(({ name, results }): ErrorBar => ({ name, value: results[set].logLikelihood, series: "published" }));
    return { label: set, bars: [ours, ...others.reverse()] };
  });
  return errorBarPanels(panels, { title: "test log likelihood (nats per example)" });
}
