import { positive } from "../errors.ts";

/** Checks precisions at once, one number for all groups or one for each; gives them for a number of groups when that is known. */
export function checkedPrecisions(precisions: number | ArrayLike<number>): (groups: number) => ArrayLike<number> {
  if (typeof precisions !== "object") {
    positive("precisions", precisions);
    return (groups) => Array<number>(groups).fill(precisions);
  }
  const values = Array.from(precisions, (value, g) => positive(`precisions[${g}]`, value));
  return () => values;
}
