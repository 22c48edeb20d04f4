/** The middle value, or the mean of the two in the middle. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError("The median of no values.");
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1] + sorted[sorted.length >> 1]) / 2;
}

/** The median of each entry, over records with the same keys. */
export function medians(records: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  return Object.fromEntries(Object.keys(records[0]).map((key) => [key, median(records.map((record) => record[key]))]));
}

/** A mean, and its standard error. */
export interface MeanAndError {
  readonly mean: number;
  /** $s / \sqrt n$; NaN of a single value. */
  readonly error: number;
}

/** The mean of independent values, and its standard error. */
export function meanAndError(values: readonly number[]): MeanAndError {
  if (values.length === 0) throw new RangeError("The mean of no values.");
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return { mean, error: Math.sqrt(squares / (values.length - 1) / values.length) };
}
