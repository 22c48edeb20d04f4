import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { random } from "laplace-ts";

/** A table of examples, with its splits into training and test rows. */
export interface RegressionSet {
  /** As the published tables have it. */
  readonly name: string;
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly splits: readonly Split[];
}

/** Numbers of rows. */
export interface Split {
  readonly training: readonly number[];
  readonly test: readonly number[];
}

/** The folder of each set, by its name in the tables. */
const FOLDERS: Readonly<Record<string, string>> = { boston: "bostonHousing" };

/**
 * A set as Gal & Ghahramani's program has it: `data.txt`, a row an example; `index_features.txt` and `index_target.txt`, the columns of inputs and target; and for each split `index_train_S.txt` and
 * `index_test_S.txt`, the numbers of its rows.
 */
export function readSet(directory: string, name: string): RegressionSet {
  const folder = join(directory, FOLDERS[name] ?? name);
  if (!existsSync(join(folder, "data.txt"))) throw new Error(`There is no ${join(folder, "data.txt")}. --data names the folder in which each set has a folder of its own.`);
  const rows = readFileSync(join(folder, "data.txt"), "utf8").trim().split("\n").map(numbers);
  const indices = (file: string): number[] => numbers(readFileSync(join(folder, file), "utf8"));
  const [features, [target]] = [indices("index_features.txt"), indices("index_target.txt")];
  const splits: Split[] = [];
  for (let s = 0; existsSync(join(folder, `index_train_${s}.txt`)); s++) splits.push({ training: indices(`index_train_${s}.txt`), test: indices(`index_test_${s}.txt`) });
  return { name, inputs: rows.map((row) => features.map((column) => row[column])), targets: rows.map((row) => row[target]), splits };
}

function numbers(text: string): number[] {
  return text.trim().split(/\s+/).map(Number);
}

/** A small set made up, to show in a moment that everything works. */
export function madeUp(name: string): RegressionSet {
  const source = random(1);
  const inputs = Array.from({ length: 40 }, () => [source.normal(), source.normal()]);
  const split = (remainder: number): Split => {
    const rows = inputs.map((_, n) => n);
    return { training: rows.filter((n) => n % 4 !== remainder), test: rows.filter((n) => n % 4 === remainder) };
  };
  return { name, inputs, targets: inputs.map(([a, b]) => Math.sin(a) + b + 0.1 * source.normal()), splits: [split(0), split(1)] };
}
