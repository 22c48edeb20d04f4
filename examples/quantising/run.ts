/**
 * Weights rounded to few bits, with mixed precision beside the same bits for all layers: `npm run example:quantising`, in about three minutes. Networks learn handwritten digits, which come from a `python3` that has
 * scikit-learn.
 *
 * `-- --smoke` shows in a moment and without Python that it works, `-- --write` puts the tables and the picture into the documentation.
 */
import process from "node:process";
import { meanAndError } from "../../bench/statistics.ts";
import { grouped, markdownTable, type Column } from "../../bench/table.ts";
import { progressLine } from "../progress-line.ts";
import { publish } from "../results-page.ts";
import { handwrittenDigits, madeUpDigits } from "../handwritten-digits.ts";
import { METHODS, roundedInAllWays, type Outcome, type Plan } from "./networks.ts";
import { geometricMean, quantisingPicture } from "./picture.ts";

/** Digits to learn from, half of all; the others are for tests. */
const TRAINING = 899;

const smoke = process.argv.includes("--smoke");
const NETWORKS = smoke ? 1 : 3;
const PLAN: Plan = smoke ? { sizes: [4, 3, 10], budgets: [2, 2.5, 3], images: 4 } : { sizes: [64, 20, 20, 20, 10], budgets: [2, 2.5, 3, 3.5, 4, 5, 6], images: 50 };

const progress = progressLine();
const { training, test } = smoke ? madeUpDigits() : await handwrittenDigits(TRAINING);
const outcomes: Outcome[] = [];
for (let seed = 1; seed <= NETWORKS; seed++) {
  outcomes.push(await roundedInAllWays(PLAN, training, test, seed, (text) => progress.update(`network ${seed} of ${NETWORKS}: ${text}`)));
  progress.done(`network ${seed} of ${NETWORKS}`);
}
const text = `${methodsTable()}\n\n${errorBarTable()}`;
if (smoke) console.log(text, quantisingPicture(outcomes).length > 0);
else publish("quantising", text, quantisingPicture(outcomes));

function methodsTable(): string {
  const headings = ["bits of a weight", "", "bits of the layers", "bytes", "rise of the training loss, expected", "measured", "test accuracy", "test log likelihood"];
  const rows = PLAN.budgets.flatMap((meanBits) =>
    METHODS.flatMap((method) => {
      const own = outcomes.flatMap(({ rounded }) => rounded.filter((one) => one.method === method && one.meanBits === meanBits));
      if (own.length === 0) return [];
      const bytes = own.reduce((sum, one) => sum + one.bytes, 0) / own.length;
      return [[`${meanBits}`, method, mostCommon(own.map(({ bits }) => bits.join(", "))), grouped(bytes), ...[own.map(({ predicted }) => predicted), own.map(({ measured }) => measured)].map((values) => geometricMean(values).toPrecision(2)), percent(own.map(({ accuracy }) => accuracy)), withError(own.map(({ logLikelihood }) => logLikelihood), 3)]];
    }),
  );
  const before = ["32", "as trained", "", grouped(outcomes[0].bytesBefore), "", "", percent(outcomes.map(({ accuracy }) => accuracy)), withError(outcomes.map(({ logLikelihood }) => logLikelihood), 3)];
  return markdownTable(headings.map((heading, i): Column => ({ heading, align: i === 1 || i === 2 ? "left" : "right" })), [...rows, before]);
}

function errorBarTable(): string {
  const headings = ["bits, all layers alike", "rounding of weights, in standard deviations", "weights within one", "change of outputs, in standard deviations", "outputs within one", "posterior nearer to the mode"];
  const rows = outcomes[0].errorBars.map(({ bits }, i) => {
    const own = outcomes.map(({ errorBars }) => errorBars[i]);
    const share = (values: readonly number[]): string => `${(100 * meanAndError(values).mean).toFixed(1)} %`;
    const ratio = (values: readonly number[]): string => geometricMean(values).toPrecision(2);
    return [`${bits}`, ratio(own.map(({ weightRatio }) => weightRatio)), share(own.map(({ weightsWithin }) => weightsWithin)), ratio(own.map(({ outputRatio }) => outputRatio)), share(own.map(({ outputsWithin }) => outputsWithin)), share(own.map(({ probability }) => probability))];
  });
  return markdownTable(headings.map((heading): Column => ({ heading, align: "right" })), rows);
}

/** The value that most have; of equals, the first. */
function mostCommon(values: readonly string[]): string {
  const count = (value: string): number => values.filter((other) => other === value).length;
  return values.reduce((most, value) => (count(value) > count(most) ? value : most));
}

function percent(shares: readonly number[]): string {
  return `${withError(shares.map((share) => 100 * share), 1)} %`;
}

/** `0.931 ± 0.002`. */
function withError(values: readonly number[], digitsAfter: number): string {
  const { mean, error } = meanAndError(values);
  return values.length === 1 ? mean.toFixed(digitsAfter) : `${mean.toFixed(digitsAfter)} ± ${error.toFixed(digitsAfter)}`;
}
