import type { Table } from "../data.ts";

/** So many times the distance of the quartiles beyond them is far out (Tukey 1977): of normal numbers, one in 400,000. */
const FAR_OUT = 3;

/** The table with the numbers of each column that are far out brought back to where that begins, so that outliers do not set its scale. */
export function winsorized({ data, rows, columns }: Table): Table {
  const fences = Array.from({ length: columns }, (_, c) => {
    const sorted = data.filter((__, i) => i % columns === c).sort();
    const [low, high] = [sorted[Math.floor(0.25 * (rows - 1))], sorted[Math.ceil(0.75 * (rows - 1))]];
    const reach = FAR_OUT * (high - low);
    // Where more than half are the same, the others are not out but what there is to tell.
    return reach > 0 ? [low - reach, high + reach] : [-Infinity, Infinity];
  });
  return { rows, columns, data: data.map((value, i) => Math.min(fences[i % columns][1], Math.max(fences[i % columns][0], value))) };
}
