import { duration, grouped, markdownTable, memory } from "../table.ts";
import { outputCount, weightCount, type Axis } from "./sizes.ts";
import type { Cost } from "./measure.ts";
import type { Size } from "../problem.ts";

/** What was measured: for each structure, what each size costs, or `undefined` where it was refused or not tried. */
export type Costs = ReadonlyMap<string, ReadonlyMap<Size, Cost | undefined>>;

const quantities: readonly { readonly caption: string; readonly cell: (cost: Cost) => string }[] = [
  { caption: "Time of `laplace()`", cell: ({ fit }) => duration(fit) },
  { caption: "Time of `predict()` at 1,000 points", cell: ({ predict }) => duration(predict) },
  { caption: "Peak memory", cell: (cost) => memory(Math.max(1e6, cost.memory)) },
];

/** The costs as a Markdown table for each quantity: a row for each size, once where axes share it, and a column for each structure. */
export function growthTables(axes: readonly Axis[], costs: Costs): string {
  const columns = ["N", "W", "K", ...costs.keys()].map((heading) => ({ heading, align: "right" as const }));
  const sizes = [...new Map(axes.flatMap((axis) => axis.sizes.map((size) => [JSON.stringify(size), size]))).values()];
  const table = (cell: (cost: Cost) => string): string =>
    markdownTable(
      columns,
      sizes.map((size) => [
        ...[size.examples, weightCount(size), outputCount(size)].map(grouped),
        ...Array.from(costs.values(), (bySize) => {
          const cost = bySize.get(size);
          return cost === undefined ? "—" : cell(cost);
        }),
      ]),
    );
  return quantities.map(({ caption, cell }) => `**${caption}**\n\n${table(cell)}`).join("\n\n");
}
