/** Lines over one axis, of a single run or of several: their median, and where the middle half of them is. */
import { seriesPanels, type AxisLabels, type SeriesPoint } from "laplace-ts/plots";

/** What one line shows. */
export interface Curve {
  /** In increasing order. */
  readonly x: readonly number[];
  /** The values of each run, one at each x. */
  readonly runs: readonly (readonly number[])[];
}

/** Lines by name, each the median of its runs, shaded between their quartiles. */
export function curves(named: Readonly<Record<string, Curve>>, labels: AxisLabels, { logarithmic = false } = {}): string {
  const points = ({ x, runs }: Curve): SeriesPoint[] =>
    x.map((at, n) => {
      const { lower, median, upper } = quartiles(runs.map((run) => run[n]));
      return { x: at, y: median, ...(runs.length > 1 && { lower, upper }) };
    });
  return seriesPanels({ labels, y: { type: logarithmic ? "log" : "linear" }, series: Object.fromEntries(Object.entries(named).map(([name, curve]) => [name, points(curve)])) }, { dots: false });
}

/** The quantiles at 1/4, 1/2 and 3/4, straight lines between order statistics. */
export function quartiles(values: readonly number[]): { readonly lower: number; readonly median: number; readonly upper: number } {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number): number => {
    const place = share * (sorted.length - 1);
    const [below, above] = [Math.floor(place), Math.ceil(place)];
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { lower: at(0.25), median: at(0.5), upper: at(0.75) };
}
