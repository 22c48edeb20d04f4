/** How cost grows, as a picture: SVG text. */
import { seriesPanels, type SeriesPanel, type SeriesPoint } from "laplace-ts/plots";
import type { Size } from "../problem.ts";
import type { Cost } from "./measure.ts";
import type { Axis } from "./sizes.ts";
import type { Costs } from "./table.ts";

/** What a row of panels shows. */
interface Quantity {
  readonly label: string;
  readonly value: (cost: Cost) => number;
}

const quantities: readonly Quantity[] = [
  { label: "laplace(), time (s)", value: ({ fit }) => fit },
  { label: "predict(), time (s)", value: ({ predict }) => predict },
  { label: "peak memory (MB)", value: ({ memory }) => Math.max(1, memory / 1e6) },
];

/** A panel for each quantity (rows) and axis (columns), both scales logarithmic; a line for each structure. */
export function growthPicture(axes: readonly Axis[], costs: Costs): string {
  const panels = quantities.flatMap(({ label, value }) => {
    const columns = axes.map((axis) => Object.fromEntries(Array.from(costs, ([structure, bySize]) => [structure, points(axis, value, bySize)])));
    const domain = bounds(columns.flatMap((series) => Object.values(series).flat().map(({ y }) => y)));
    return columns.map((series, i): SeriesPanel => ({ labels: { x: axes[i].label, y: label }, x: { type: "log" }, y: { type: "log", domain }, series }));
  });
  return seriesPanels(panels, { columns: axes.length });
}

function points({ sizes, value: x }: Axis, value: Quantity["value"], bySize: ReadonlyMap<Size, Cost | undefined>): SeriesPoint[] {
  return sizes.flatMap((size) => {
    const cost = bySize.get(size);
    return cost === undefined ? [] : [{ x: x(size), y: value(cost) }];
  });
}

/** The powers of ten around the values. */
function bounds(values: readonly number[]): readonly [number, number] {
  return [Number(`1e${Math.floor(Math.log10(Math.min(...values)))}`), Number(`1e${Math.ceil(Math.log10(Math.max(...values)))}`)];
}
