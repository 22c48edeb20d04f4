/** The sets, and the tasks that are made of them. */
import { random } from "laplace-ts";
import type { Labelled } from "./classifier.ts";
import { stratifiedFolds, stratifiedSplits, type Split } from "./folds.ts";

/** A task for every method: learn, predict familiar examples, and be less sure of unfamiliar ones. */
export interface Task {
  readonly set: string;
  /** Unfamiliar are noise, or a class that was not learned. */
  readonly unfamiliarKind: "noise" | "class";
  readonly index: number;
  readonly training: Labelled;
  readonly familiar: Labelled;
  readonly unfamiliar: Labelled["inputs"];
}

const SPLITS = 10;
/** Of each class: larger sets are divided at random. */
const LARGE = 1000;
const PER_CLASS = { training: 10, test: 40 };
/** Each class is left out in turn, but no more than these: the first ones. */
const LEFT_OUT = 3;

/** Ten splits with noise, then each class in turn, of many the first three, left out of the first split; of two classes none can be. */
export function tasksOf(set: string, inputs: Labelled["inputs"], labels: readonly number[], count = SPLITS): Task[] {
  const classes = Math.max(...labels) + 1;
  const splits = inputs.length > LARGE ? stratifiedSplits(labels, count, PER_CLASS, 1) : stratifiedFolds(labels, count, 1);
  const take = (rows: readonly number[]): Labelled => ({ inputs: rows.map((row) => inputs[row]), labels: rows.map((row) => labels[row]), classes });
  const withNoise = splits.map(({ training, test }, index): Task => {
    const [known, familiar] = [take(training), take(test)];
    return { set, unfamiliarKind: "noise", index, training: known, familiar, unfamiliar: noiseLike(known.inputs, test.length, index) };
  });
  const leftOut = classes > 2 ? Array.from({ length: Math.min(classes, LEFT_OUT) }, (_, index) => withoutClass(set, take, splits[0], labels, index)) : [];
  return [...withNoise, ...leftOut];
}

function withoutClass(set: string, take: (rows: readonly number[]) => Labelled, { training, test }: Split, labels: readonly number[], index: number): Task {
  const others = (rows: readonly number[]): Labelled => {
    const { inputs, labels: kept, classes } = take(rows.filter((row) => labels[row] !== index));
    return { inputs, labels: kept.map((label) => (label > index ? label - 1 : label)), classes: classes - 1 };
  };
  return { set, unfamiliarKind: "class", index, training: others(training), familiar: others(test), unfamiliar: take([...training, ...test].filter((row) => labels[row] === index)).inputs };
}

/** Each column uniform over its range. */
export function noiseLike(inputs: Labelled["inputs"], count: number, seed: number): number[][] {
  const source = random(seed);
  const ranges = inputs[0].map((_, c) => {
    const column = inputs.map((row) => row[c]);
    return [Math.min(...column), Math.max(...column)] as const;
  });
  return Array.from({ length: count }, () => ranges.map(([low, high]) => low + (high - low) * source.uniform()));
}

/** Three overlapping clouds, to try the program on. */
export function clouds(perClass: number): { readonly inputs: number[][]; readonly labels: number[] } {
  const source = random(1);
  const labels = Array.from({ length: 3 * perClass }, (_, i) => i % 3);
  return { inputs: labels.map((label) => [label + 0.5 * source.normal(), (label === 1 ? 1 : 0) + 0.5 * source.normal()]), labels };
}
