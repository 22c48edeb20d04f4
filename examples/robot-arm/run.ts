/**
 * Model choice by the evidence, as MacKay (1992b) showed it for the arm of a robot: `npm run example:robot-arm`, in about a minute and a half.
 *
 * Networks of 1 to 20 hidden units learn from 200 examples where the hand is, each from several starts. Their log evidence, from the same 200 examples, is held against their error on 200
 * others. `-- --smoke` shows in a moment that it works, `-- --write` puts the results into the documentation.
 */
import process from "node:process";
import { markdownTable } from "../../bench/table.ts";
import { hand, robotArm } from "../known-functions.ts";
import { progressLine } from "../progress-line.ts";
import { publish } from "../results-page.ts";
import { correlation, inNoise, likeliest, trainNetwork, type Network, type Precisions } from "./networks.ts";
import { robotArmPicture } from "./picture.ts";

const smoke = process.argv.includes("--smoke");
const SIZES = smoke ? [2, 5] : [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 18, 20];
const STARTS = smoke ? 2 : 5;
const PRECISIONS: readonly Precisions[] = ["three", "one"];
/** Fewer hidden units can't describe the arm, whatever their weights. */
const ABLE = 5;

const [training, test] = [robotArm(200, 1), robotArm(200, 2)];
const progress = progressLine();

const networks: Network[] = [];
for (const units of SIZES) {
  for (const precisions of PRECISIONS) {
    for (let start = 1; start <= STARTS; start++) {
      progress.update(`${units} hidden units, ${precisions === "one" ? "one precision" : "three precisions"}, start ${start} of ${STARTS}`);
      networks.push(await trainNetwork({ units, precisions, start }, training, test));
    }
  }
  progress.done(`${units} hidden unit${units === 1 ? "" : "s"}: log evidence ${likeliest(networks.filter((network) => network.units === units)).logEvidence.toFixed(1)}`);
}

const able = networks.filter(({ units }) => units >= ABLE);
const r = agreement(able);
publish(
  "robot-arm",
  [table(), "", `Over all ${able.length} networks of ${ABLE} hidden units and more, the correlation of the log evidence with symmetries and the logarithm of the test error is ${r}; ${PRECISIONS.map((precisions) => `${agreement(able.filter((network) => network.precisions === precisions))} with ${precisions === "one" ? "one precision" : "three"}`).join(", ")}.`].join("\n"),
  robotArmPicture(networks, { fromUnits: ABLE, note: `${ABLE} units and more: r = ${r}`, truth: truthError() }),
);

/** The correlation of log evidence and log test error. */
function agreement(some: readonly Network[]): string {
  return correlation(some.map(({ withSymmetries }) => withSymmetries), some.map(({ testError }) => Math.log(testError))).toFixed(2).replace("-", "−");
}

/** The best start of each size by log evidence. */
function table(): string {
  const columns = ["hidden units", "weights", "effective parameters", "log evidence", "with symmetries", "test error", "one precision: log evidence", "test error"].map((heading) => ({ heading, align: "right" as const }));
  const rows = SIZES.map((units) => {
    const [three, one] = PRECISIONS.map((precisions) => likeliest(networks.filter((network) => network.units === units && network.precisions === precisions)));
    return [units, three.weights, three.effectiveParameters.toFixed(1), three.logEvidence.toFixed(1), three.withSymmetries.toFixed(1), three.testError.toPrecision(3), one.logEvidence.toFixed(1), one.testError.toPrecision(3)].map((cell) => String(cell).replace("-", "−"));
  });
  return markdownTable(columns, rows);
}

/** What the function behind the data would score. */
function truthError(): number {
  const squares = test.inputs.flatMap(([shoulder, elbow], n) => hand(shoulder, elbow).map((position, k) => (position - test.targets[n][k]) ** 2));
  return inNoise(Math.sqrt(squares.reduce((sum, square) => sum + square, 0) / squares.length));
}
