/** Numbers from a least to a greatest one, on a logarithmic scale. */
export interface LogRange {
  readonly least: number;
  readonly greatest: number;
}

export const PRIOR_PRECISION: LogRange = { least: 0.001, greatest: 100 };
export const NOISE: LogRange = { least: 0.02, greatest: 1 };

/** The number of the range that is nearest. */
export function within({ least, greatest }: LogRange, value: number): number {
  return Math.min(greatest, Math.max(least, value));
}

/** Where a number stands in the range: from 0, the least, to 1. */
export function share({ least, greatest }: LogRange, value: number): number {
  return Math.log(value / least) / Math.log(greatest / least);
}

/** The number at a share of the range. */
export function atShare({ least, greatest }: LogRange, position: number): number {
  return least * (greatest / least) ** position;
}
