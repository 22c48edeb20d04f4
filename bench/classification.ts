/**
 * Classifiers compared on iris, wine, breast cancer and digits: `npm run bench:classification`, in about half an hour. Data and the classifiers of scikit-learn come from a `python3` that has it.
 *
 * Tasks that are done are kept in classification.jsonl in the current folder, and are not done again; `-- --fresh` begins anew. `-- --sets=iris,wine` takes some of the sets, `-- --smoke` shows in a
 * moment and without Python that it works, `-- --write` puts the results into the documentation.
 */
import { rmSync } from "node:fs";
import { stopWorkers } from "laplace-ts";
import { progressLine } from "../examples/progress-line.ts";
import { publish } from "../examples/results-page.ts";
import { HIDDEN_UNITS, methods } from "./classification/methods.ts";
import type { Guess, Learned } from "./classification/classifier.ts";
import { appendToJournal, readJournal, type Entry } from "./classification/journal.ts";
import { classificationPicture } from "./classification/picture.ts";
import { classificationTables } from "./classification/report.ts";
import { areaUnderCurve, entropy, outcome } from "./classification/scores.ts";
import { clouds, tasksOf, type Task } from "./classification/sets.ts";
import { startSklearn } from "./classification/sklearn.ts";

const JOURNAL = "classification.jsonl";
const SKLEARN = "scikit-learn";

const smoke = process.argv.includes("--smoke");
const sklearn = smoke ? undefined : await startSklearn(HIDDEN_UNITS);
if (!smoke && sklearn === undefined) {
  console.error("No python3 here has scikit-learn, from which the data come. On Debian: apt-get install python3-sklearn. PYTHON names another Python.");
  process.exit(1);
}
if (process.argv.includes("--fresh")) rmSync(JOURNAL, { force: true });

const sets = sklearn?.sets ?? { clouds: clouds(12) };
const wanted = process.argv.find((argument) => argument.startsWith("--sets="))?.slice("--sets=".length).split(",");
const progress = progressLine();
const entries = smoke ? [] : readJournal(JOURNAL);
const bySet = new Map<string, Entry[]>();
for (const [set, { inputs, labels }] of Object.entries(sets)) {
  if (wanted !== undefined && !wanted.includes(set)) continue;
  const start = performance.now();
  const tasks = tasksOf(set, inputs, labels, smoke ? 2 : undefined);
  for (const [i, task] of tasks.entries()) {
    for (const { name, learn } of [...methods, ...(sklearn === undefined ? [] : [{ name: SKLEARN, learn: undefined }])]) {
      if (entries.some((entry) => entry.set === set && entry.unfamiliarKind === task.unfamiliarKind && entry.index === task.index && entry.method === name)) continue;
      progress.update(`${set}: task ${i + 1} of ${tasks.length}, ${name}`);
      const guesses = learn === undefined ? await bySklearn(task) : await byOurs(await learn(task.training), task);
      const judged = guesses.map(([way, familiar, unfamiliar]) => judge(task, name, way, familiar, unfamiliar));
      if (!smoke) appendToJournal(JOURNAL, judged);
      entries.push(...judged);
    }
  }
  progress.done(`${set}: ${tasks.length} tasks, ${((performance.now() - start) / 1000).toFixed(0)} s`);
  bySet.set(set, sorted(entries.filter((entry) => entry.set === set)));
}
sklearn?.stop();
stopWorkers();

const tables = Array.from(bySet, ([set, ofSet]) => `**${set.replace("_", " ")}**\n\n${classificationTables(ofSet)}`).join("\n\n");
if (smoke) console.log(tables, classificationPicture(bySet).length > 0);
else publish("classification", `scikit-learn ${sklearn?.version}.\n\n${tables}`, classificationPicture(bySet));

type Named = readonly [way: string, familiar: Guess, unfamiliar: Guess];

async function byOurs(learned: Learned, { familiar, unfamiliar }: Task): Promise<Named[]> {
  const guesses: Named[] = [];
  for (const [way, predict] of Object.entries(learned)) guesses.push([way, await predict(familiar.inputs), await predict(unfamiliar)]);
  return guesses;
}

async function bySklearn({ training, familiar, unfamiliar }: Task): Promise<Named[]> {
  const answers = await sklearn!.classify(training, [...familiar.inputs, ...unfamiliar]);
  return Object.entries(answers).map(([way, rows]) => [way, { probabilities: rows.slice(0, familiar.inputs.length) }, { probabilities: rows.slice(familiar.inputs.length) }]);
}

function judge({ set, unfamiliarKind, index, familiar: { labels } }: Task, method: string, way: string, familiar: Guess, unfamiliar: Guess): Entry {
  const { mutualInformation: known } = familiar;
  const { mutualInformation: unknown } = unfamiliar;
  return {
    set,
    unfamiliarKind,
    index,
    method,
    way,
    outcomes: unfamiliarKind === "noise" ? familiar.probabilities.map((p, n) => outcome(p, labels[n])) : [],
    byEntropy: areaUnderCurve(familiar.probabilities.map(entropy), unfamiliar.probabilities.map(entropy)),
    ...(known && unknown && { byMutualInformation: areaUnderCurve(known, unknown) }),
  };
}

/** In the order of methods, also where a run was broken off between them. */
function sorted(ofSet: readonly Entry[]): Entry[] {
  const order = [...methods.map(({ name }) => name), SKLEARN];
  return [...ofSet].sort((a, b) => order.indexOf(a.method) - order.indexOf(b.method));
}
