import { random } from "../../src/random.ts";
import type { Table } from "../../src/data.ts";

/** `count` standard normal numbers that depend on the seed alone. */
export function normals(count: number, seed: number): Float64Array {
  const source = random(seed);
  return Float64Array.from({ length: count }, () => source.normal());
}

/** A table of standard normal numbers. */
export function normalTable(rows: number, columns: number, seed: number): Table {
  return { data: normals(rows * columns, seed), rows, columns };
}
