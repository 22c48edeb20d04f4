/** Which examples are learned from and which are held out. */
import { random } from "laplace-ts";

/** Row numbers. */
export interface Split {
  readonly training: readonly number[];
  readonly test: readonly number[];
}

/** Stratified cross-validation (Kohavi 1995): each row is held out once, and each fold has its share of each class, give or take one. */
export function stratifiedFolds(labels: readonly number[], count: number, seed: number): Split[] {
  const foldOf = new Int32Array(labels.length);
  let next = 0;
  // Folds go on being dealt from class to class, so that their sizes differ by one at most.
  for (const rows of shuffledByClass(labels, seed)) for (const row of rows) foldOf[row] = next++ % count;
  return Array.from({ length: count }, (_, fold) => ({ training: rowsWhere(foldOf, (f) => f !== fold), test: rowsWhere(foldOf, (f) => f === fold) }));
}

/** Random splits with so many training and test examples of each class. */
export function stratifiedSplits(labels: readonly number[], count: number, perClass: { readonly training: number; readonly test: number }, seed: number): Split[] {
  return Array.from({ length: count }, (_, split) => {
    const classes = shuffledByClass(labels, seed + split);
    const small = classes.find((rows) => rows.length < perClass.training + perClass.test);
    if (small !== undefined) throw new RangeError(`A class of ${small.length} examples can't give ${perClass.training} to training and ${perClass.test} to the test.`);
    return { training: classes.flatMap((rows) => rows.slice(0, perClass.training)), test: classes.flatMap((rows) => rows.slice(perClass.training, perClass.training + perClass.test)) };
  });
}

/** The rows of each class, in random order. */
function shuffledByClass(labels: readonly number[], seed: number): number[][] {
  const source = random(seed);
  const order = labels.map((_, row) => ({ row, key: source.uniform() })).sort((a, b) => a.key - b.key);
  return [...new Set(labels)].sort((a, b) => a - b).map((label) => order.filter(({ row }) => labels[row] === label).map(({ row }) => row));
}

function rowsWhere(values: Int32Array, wanted: (value: number) => boolean): number[] {
  return Array.from(values.keys()).filter((row) => wanted(values[row]));
}
