/** The cars of vega-datasets: 406 models of 1970 to 1982, a table to learn fuel economy from. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
import { random } from "laplace-ts";

/** Inputs N x 6 in the order of {@link INPUTS}, targets in miles per gallon. */
export interface Cars {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly number[];
}

/** What fuel economy is predicted from: column of the table, and its name for people. */
export const INPUTS = [
  ["Horsepower", "horsepower"],
  ["Weight_in_lbs", "weight (lb)"],
  ["Displacement", "displacement (cu in)"],
  ["Acceleration", "0-60 mph time (s)"],
  ["Year", "model year"],
  ["Cylinders", "cylinders"],
] as const;

const TARGET = "Miles_per_Gallon";

type Row = Readonly<Record<(typeof INPUTS)[number][0] | typeof TARGET, number | string | null>>;

/** All cars of which nothing is missing, and how many were dropped. */
export async function loadCars(): Promise<{ cars: Cars; dropped: number }> {
  const rows = JSON.parse(await readFile(carsFile(), "utf8")) as Row[];
  const complete = rows.filter((row) => row[TARGET] !== null && INPUTS.every(([column]) => row[column] !== null));
  const cars = { inputs: complete.map((row) => INPUTS.map(([column]) => toNumber(row[column]))), targets: complete.map((row) => toNumber(row[TARGET])) };
  return { cars, dropped: rows.length - complete.length };
}

/** The file that the package ships; its own code would fetch it from the network. */
function carsFile(): URL {
  const code = createRequire(import.meta.url).resolve("vega-datasets");
  return new URL("../data/cars.json", pathToFileURL(code));
}

/** Years are dates, as "1970-01-01". */
function toNumber(value: number | string | null): number {
  return typeof value === "string" ? Number(value.slice(0, 4)) : Number(value);
}

/** Cars in random order, cut in two: `count` to train on, the rest held out. */
export function split({ inputs, targets }: Cars, count: number, seed: number): { training: Cars; heldOut: Cars } {
  const source = random(seed);
  const order = targets
    .map((_, row) => ({ row, key: source.uniform() }))
    .sort((a, b) => a.key - b.key)
    .map(({ row }) => row);
  const take = (rows: readonly number[]): Cars => ({ inputs: rows.map((row) => inputs[row]), targets: rows.map((row) => targets[row]) });
  return { training: take(order.slice(0, count)), heldOut: take(order.slice(count)) };
}
