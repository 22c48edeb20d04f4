/** A column of a Markdown table: its heading, and on which side its cells line up. */
export interface Column {
  readonly heading: string;
  readonly align: "left" | "right";
}

/** A Markdown table. */
export function markdownTable(columns: readonly Column[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  for (const row of rows) if (row.length !== columns.length) throw new RangeError(`A row of ${row.length} cells in a table of ${columns.length} columns: ${row.join(", ")}`);
  return [columns.map(({ heading }) => heading), columns.map(({ align }) => (align === "right" ? "--:" : "---")), ...rows].map(line).join("\n");
}

/** Three digits with the unit that suits: `1.23 ms`. */
export function duration(seconds: number): string {
  return scaled(seconds, [[1, "s"], [1e-3, "ms"], [1e-6, "µs"]]);
}

/** Bytes, in powers of 1000: `300 MB`. */
export function memory(bytes: number): string {
  return scaled(bytes, [[1e9, "GB"], [1e6, "MB"]]);
}

/** How many times as fast or as small, with as many digits as mean something: `0.52`, `3.1`, `120`. */
export function ratio(value: number): string {
  return value >= 10 ? grouped(Number(value.toPrecision(2))) : value.toPrecision(2);
}

/** Whole numbers with commas between thousands: `1,000`. */
export function grouped(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** In the largest unit of which there is at least one; number and unit stay on one line. */
function scaled(value: number, units: readonly (readonly [size: number, name: string])[]): string {
  const [size, name] = units.find(([each]) => Number((value / each).toPrecision(3)) >= 1) ?? units[units.length - 1];
  const digits = (value / size).toPrecision(3);
  return `${digits.includes("e") ? grouped(value / size) : digits}\u00a0${name}`;
}
