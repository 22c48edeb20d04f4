/**
 * Pruning with the evidence to say when to stop: `npm run example:pruning`, in about five minutes. The MONK's problems (Thrun et al. 1991) beside what Hassibi and Stork (1993) report, and
 * handwritten digits, which come from a `python3` that has scikit-learn.
 *
 * `-- --smoke` shows in a moment and without Python that it works, `-- --write` puts tables and pictures into the documentation.
 */
import process from "node:process";
import { progressLine } from "../progress-line.ts";
import { publish } from "../results-page.ts";
import { handwrittenDigits, madeUpDigits } from "../handwritten-digits.ts";
import { pruneDigits } from "./digits.ts";
import { METHODS } from "./methods.ts";
import { MONKS } from "./monks.ts";
import { pruningPicture } from "./picture.ts";
import { pruneMonk, type Outcome } from "./problems.ts";
import { digitsTable, monkTable, type MonkResult } from "./report.ts";
import { weightReports, weightsPicture, weightsText } from "./weights.ts";

/** Digits to learn from; the others are for tests. */
const TRAINING = 400;

const smoke = process.argv.includes("--smoke");
const [DRAWS, STARTS] = smoke ? [1, 1] : [5, 2];
const progress = progressLine();
const monks = await pruneMonks();
const { training, test } = smoke ? madeUpDigits() : await handwrittenDigits(TRAINING);
const courses = await pruneDigits(training, test, smoke ? 4 : 64, smoke ? { hiddenUnits: 2, share: 0.4, least: 20 } : { hiddenUnits: 12, share: 0.12, least: 40 }, (text) => progress.update(text));
progress.done("digits");
const text = `${monkTable(monks)}\n\n${digitsTable(courses)}`;
const weights = await weightReports();
if (smoke) console.log(text, weightsText(weights), pruningPicture(courses).length > 0, weightsPicture(weights).length > 0);
else {
  publish("pruning", text, pruningPicture(courses));
  publish("weights", weightsText(weights), weightsPicture(weights));
}

async function pruneMonks(): Promise<MonkResult[]> {
  const results: MonkResult[] = [];
  for (const monk of MONKS) {
    for (const { name, method } of METHODS) {
      const outcomes: Outcome[] = [];
      for (let draw = 1; draw <= DRAWS; draw++) {
        progress.update(`${monk.name}, ${name}: draw ${draw} of ${DRAWS}`);
        outcomes.push(await pruneMonk(monk, method, draw, STARTS));
      }
      results.push({ monk, method: name, outcomes });
    }
    progress.done(monk.name);
  }
  return results;
}
