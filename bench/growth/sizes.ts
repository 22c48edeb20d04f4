import type { Size } from "../problem.ts";

/** One of N, W and K, grown while the other two stay, or nearly so. */
export interface Axis {
  /** What grows: `"examples N"`. */
  readonly label: string;
  /** How large it is in a size. */
  readonly value: (size: Size) => number;
  readonly sizes: readonly Size[];
}

/** W: how many parameters the network has. */
export function weightCount({ sizes }: Size): number {
  return sizes.slice(1).reduce((sum, outputs, l) => sum + outputs * (sizes[l] + 1), 0);
}

/** K: how many outputs it has. */
export function outputCount({ sizes }: Size): number {
  return sizes[sizes.length - 1];
}

/** N, W and K in turn, from networks of ten inputs and two hidden layers of 30 units, a thousand examples and one output. */
export const axes = axesOf({
  examples: [100, 300, 1000, 3000, 10_000, 30_000],
  widths: [5, 12, 30, 50, 95, 172, 310, 1000],
  outputs: [1, 2, 5, 10, 20],
  middle: { examples: 1000, width: 30, points: 1000 },
});

/** The same in small, to show in a moment that it works. */
export const smallAxes = axesOf({ examples: [5, 10], widths: [2, 3], outputs: [1, 2], middle: { examples: 10, width: 3, points: 5 } });

interface Grid {
  readonly examples: readonly number[];
  readonly widths: readonly number[];
  readonly outputs: readonly number[];
  readonly middle: { readonly examples: number; readonly width: number; readonly points: number };
}

function axesOf({ examples, widths, outputs, middle }: Grid): readonly Axis[] {
  const size = (change: { examples?: number; width?: number; outputs?: number }): Size => {
    const { examples: rows, width, outputs: columns } = { ...middle, outputs: 1, ...change };
    return { sizes: [10, width, width, columns], likelihood: "gaussian", examples: rows, points: middle.points };
  };
  return [
    { label: "examples N", value: (of) => of.examples, sizes: examples.map((count) => size({ examples: count })) },
    { label: "weights W", value: weightCount, sizes: widths.map((width) => size({ width })) },
    { label: "outputs K", value: outputCount, sizes: outputs.map((count) => size({ outputs: count })) },
  ];
}
