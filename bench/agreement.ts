import type { Results } from "./protocol.ts";

/** The largest relative difference between the numbers of two sides; throws where they have different ones. */
export function largestDifference(a: Results, b: Results): { readonly name: string; readonly difference: number } {
  let largest = { name: "nothing", difference: 0 };
  const names = Object.keys(a);
  if (names.sort().join() !== Object.keys(b).sort().join()) throw new Error(`One side computed ${names.join(", ")}, the other ${Object.keys(b).join(", ")}.`);
  for (const name of names) {
    if (a[name].length !== b[name].length) throw new Error(`${name}: one side computed ${a[name].length} numbers, the other ${b[name].length}.`);
    a[name].forEach((value, i) => {
      const difference = relativeDifference(value, b[name][i]);
      if (difference > largest.difference) largest = { name: `${name}[${i}], ${value} and ${b[name][i]}`, difference };
    });
  }
  return largest;
}

/** Throws unless two sides computed the same: a time for something else would be worth nothing. */
export function checkAgreement(job: string, a: Results, b: Results, tolerance: number): void {
  const { name, difference } = largestDifference(a, b);
  if (difference > tolerance) throw new Error(`${job}: the sides disagree on ${name}: by ${difference.toExponential(1)}, more than ${tolerance}.`);
}

/** |a - b| as a share of the larger; infinite where either is not a finite number. */
function relativeDifference(a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return Infinity;
  return a === b ? 0 : Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b));
}
