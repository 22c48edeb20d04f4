import { duration, grouped, markdownTable, memory } from "../table.ts";
import { outputCount, weightCount, type Axis } from "./sizes.ts";
import type { Cost } from "./measure.ts";
import type { Size } from "../problem.ts";

/** What was measured: for each structure, what each size costs, or `undefined` where it was refused or not tried. */
export type Costs = ReadonlyMap<string, ReadonlyMap<Size, Cost | undefined>>;

/** The costs as a Markdown table: a row for each size, once where axes share it, and a column for each structure. */
export function growthTable(axes: readonly Axis[], costs: Costs): string {
  const structures = [...costs.keys()];
  const columns = ["N", "W", "K", ...structures].map((heading) => ({ heading, align: "right" as const }));
  const distinct = new Map(axes.flatMap(({ sizes }) => sizes.map((size) => [JSON.stringify(size), size])));
  const rows = Array.from(distinct.values(), (size) => [
    ...[size.examples, weightCount(size), outputCount(size)].map(grouped),
    ...structures.map((structure) => cell(costs.get(structure)?.get(size))),
  ]);
  return markdownTable(columns, rows);
}

function cell(cost: Cost | undefined): string {
  return cost === undefined ? "—" : `${duration(cost.fit)}, ${duration(cost.predict)}, ${memory(cost.memory)}`;
}
