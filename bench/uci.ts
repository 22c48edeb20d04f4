/**
 * The UCI regression sets with the twenty splits of Gal & Ghahramani's program, all by the one default road: `npm run bench:uci -- --data DIR`, DIR with a folder for each set. Options: `--sets
 * boston,yacht` some of the sets; `--splits 5` the first splits alone; `--seed 1`; `--workers 2`; `--results FILE` where finished splits are kept, so that a run that was
 * stopped goes on (default uci.jsonl; those of another seed are done again); `--write` puts tables and picture into the documentation; `--smoke` only shows that it works.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { stopWorkers } from "laplace-ts";
import { progressLine } from "../examples/progress-line.ts";
import { publish } from "../examples/results-page.ts";
import { outcomeOf, type Outcome } from "./uci/outcome.ts";
import { uciTables } from "./uci/page.ts";
import { uciPicture } from "./uci/picture.ts";
import { madeUp, readSet } from "./uci/sets.ts";

const { values: options } = parseArgs({
  options: {
    data: { type: "string" },
    sets: { type: "string", default: "boston,concrete,energy,yacht" },
    splits: { type: "string", default: "20" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: "2" },
    results: { type: "string", default: "uci.jsonl" },
    write: { type: "boolean", default: false },
    smoke: { type: "boolean", default: false },
  },
});
const { smoke, data, results } = options;
if (!smoke && data === undefined) throw new Error("Where are the sets? npm run bench:uci -- --data DIR, or --smoke.");

const [seed, workers] = [Number(options.seed), Number(options.workers)];
const family = smoke ? { hidden: [[], [2]], restarts: 2, folds: 2 } : {};
const sets = smoke ? ["boston", "made up"].map(madeUp) : options.sets.split(",").map((name) => readSet(data!, name));
const known: Outcome[] = smoke || !existsSync(results) ? [] : readFileSync(results, "utf8").trim().split("\n").filter(Boolean).map((line) => JSON.parse(line) as Outcome);

const line = progressLine();
const outcomes: Outcome[] = [];
for (const set of sets) {
  for (let split = 0; split < Math.min(set.splits.length, Number(options.splits)); split++) {
    const before = known.find((outcome) => outcome.set === set.name && outcome.split === split && outcome.seed === seed);
    const outcome = before ?? (await outcomeOf(set, split, { seed, workers, family, onProgress: (text) => line.update(`${set.name}, split ${split}: ${text}`) }));
    if (before === undefined && !smoke) appendFileSync(results, `${JSON.stringify(outcome)}\n`);
    outcomes.push(outcome);
    line.done(`${set.name}, split ${split}: log likelihood ${outcome.logLikelihood.toFixed(3)}, RMSE ${outcome.rmse.toFixed(3)}, ${outcome.seconds.toFixed(0)} s${before ? ", known" : ""}`);
  }
}
stopWorkers();

const tables = uciTables(outcomes, workers);
if (smoke) console.log(`${tables}\n\nA picture of ${uciPicture(outcomes).length} characters.`);
else publish("uci", `![Test log likelihoods beside published ones](images/uci.svg)\n\n${tables}`, uciPicture(outcomes));
