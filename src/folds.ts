import type { Table } from "./data.ts";
import { InvalidArgumentError } from "./errors.ts";
import type { MemberParts } from "./member.ts";
import { permutation, random } from "./random.ts";

/** So many held-out examples are enough. */
const ENOUGH = 1000;

/** The examples, shuffled and divided: as many of the folds as it takes to judge by. */
export function foldsOf({ likelihood, targets }: Pick<MemberParts, "likelihood" | "targets">, wanted: number, seed: number): Int32Array[] {
  const { rows } = targets;
  const order = permutation(rows, random(seed));
  const count = Math.min(wanted, rows);
  const folds = Array.from({ length: Math.min(count, Math.ceil((ENOUGH * count) / rows)) }, (_, fold) => order.slice(Math.round((fold * rows) / count), Math.round(((fold + 1) * rows) / count)));
  // Noise cannot be estimated from targets that are all the same, as they may be without a fold.
  const usable = likelihood.scaled === undefined ? folds.filter((fold) => fold.length < rows) : folds.filter((fold) => variedWithout(targets, fold));
  if (usable.length > 0) return usable;
  throw new InvalidArgumentError({ argument: "data", expected: "examples that still differ when some of them are held out", received: `${rows} ${rows === 1 ? "row" : "rows"}`, advice: 'Give it more rows, or networks({ weights: "equal" }), which holds nothing out.' });
}

/** Whether targets outside of a fold differ from one another. */
function variedWithout(targets: Table, fold: Int32Array): boolean {
  const held = new Set(fold);
  let first = 0;
  while (held.has(first)) first++;
  return targets.data.some((value, i) => !held.has(Math.floor(i / targets.columns)) && value !== targets.data[first * targets.columns + (i % targets.columns)]);
}
