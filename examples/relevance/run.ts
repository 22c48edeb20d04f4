/**
 * Automatic relevance determination (MacKay 1994a, 1994b; Neal 1996) on data of which it is known which inputs matter: `npm run example:relevance`, in about a minute and a half.
 *
 * fit() gives each input a prior precision of its own, and the evidence drives those of useless inputs up. `-- --smoke` shows in a moment that it works, `-- --write` puts the results into the
 * documentation.
 */
import process from "node:process";
import { median } from "../../bench/statistics.ts";
import { markdownTable } from "../../bench/table.ts";
import { progressLine } from "../progress-line.ts";
import { publish } from "../results-page.ts";
import { relevancePicture } from "./picture.ts";
import { judgeInputs, problems, type Problem, type Verdict } from "./problems.ts";

const smoke = process.argv.includes("--smoke");
const DATA_SETS = smoke ? 2 : 6;
const STARTS = smoke ? 1 : 5;
const [TRAINING, TEST] = smoke ? [50, 50] : [200, 1000];

const progress = progressLine();
const results = new Map<Problem, readonly Verdict[]>();
for (const problem of problems) {
  const verdicts: Verdict[] = [];
  for (let seed = 1; seed <= DATA_SETS; seed++) {
    progress.update(`${problem.name}: data ${seed} of ${DATA_SETS}`);
    verdicts.push(await judgeInputs(problem, problem.draw(TRAINING, seed), problem.draw(TEST, 1000 + seed), STARTS));
  }
  progress.done(`${problem.name}: ${DATA_SETS} sets of data`);
  results.set(problem, verdicts);
}
publish("relevance", Array.from(results, ([problem, verdicts]) => report(problem, verdicts)).join("\n\n"), relevancePicture(results));

function report({ name, inputs, relevance, noise }: Problem, verdicts: readonly Verdict[]): string {
  const columns = [{ heading: name, align: "left" as const }, ...["", "precision (median)", "least", "most", "effective parameters (median)"].map((heading, i) => ({ heading, align: i === 0 ? ("left" as const) : ("right" as const) }))];
  const rows = inputs.map((input, i) => {
    const precisions = verdicts.map((verdict) => verdict.precisions[i]);
    return [input, relevance[i], ...[median(precisions), Math.min(...precisions), Math.max(...precisions)].map(rounded), median(verdicts.map(({ effectiveParameters }) => effectiveParameters[i])).toFixed(1)];
  });
  const gains = verdicts.map(({ error, errorWithout }) => errorWithout / error);
  const [error, without] = [verdicts.map((verdict) => verdict.error), verdicts.map(({ errorWithout }) => errorWithout)].map((errors) => median(errors).toPrecision(3));
  return `${markdownTable(columns, rows)}\n\nTest error (root mean square, median over the data) ${error} with a precision for each input, ${without} with one for all inputs, ${noise} for the truth: ${Math.min(...gains).toFixed(2)} to ${Math.max(...gains).toFixed(2)} times as much without.`;
}

/** Two digits: `42`, `3.1e7`. */
function rounded(value: number): string {
  return value >= 1e4 ? value.toExponential(1).replace("+", "") : Number(value.toPrecision(2)).toString();
}
