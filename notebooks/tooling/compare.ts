import { codeCells, joinText, mimeText, type CodeCell, type Notebook, type Output } from "./notebook.ts";

/** Relative difference that rounding on another machine may cause in a printed number. */
const relativeTolerance = 1e-6;

/** Decimals below this, as the norm of a gradient at a mode, are rounding themselves. */
const vanishing = 1e-6;

/** Drawings are compared to a fiftieth of a pixel: their coordinates are rounded results. */
const pixelTolerance = 0.02;

const number = /[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?/gi;

/** Where the outputs of a fresh run differ from those stored, a line for each cell; empty where they agree. */
export function compareOutputs(stored: Notebook, fresh: Notebook): string[] {
  const freshCells = codeCells(fresh);
  return codeCells(stored).flatMap((cell, index) => {
    if (cell.metadata.tags?.includes("volatile")) return [];
    const difference = compareCell(cell, freshCells[index]);
    return difference === undefined ? [] : [`code cell ${index + 1}: ${difference}`];
  });
}

function compareCell(stored: CodeCell, fresh: CodeCell): string | undefined {
  const before = stored.outputs.flatMap(comparableParts);
  const after = fresh.outputs.flatMap(comparableParts);
  const kinds = (parts: Part[]) => parts.map((part) => part.kind).join(", ") || "nothing";
  if (kinds(before) !== kinds(after)) return `stored ${kinds(before)}, now ${kinds(after)}`;
  for (const [index, part] of before.entries()) {
    const difference = compareText(part.text, after[index].text, part.tolerance);
    if (difference !== undefined) return `${part.kind}: ${difference}`;
  }
  return undefined;
}

interface Part {
  kind: string;
  text: string;
  tolerance: number;
}

function comparableParts(output: Output): Part[] {
  if (output.output_type === "stream") return [{ kind: output.name, text: joinText(output.text), tolerance: 0 }];
  return Object.entries(output.data).map(([kind, value]) => ({
    kind,
    text: mimeText(value),
    tolerance: kind === "image/svg+xml" || mimeText(value).includes("<svg") ? pixelTolerance : 0,
  }));
}

/**
 * The first difference between two texts, or `undefined`. Numbers agree within rounding: a relative 1e-6, the
 * `absoluteTolerance`, or one unit of the last decimal printed; two below 1e-6 agree. Integers are counts and must agree to the relative
 * tolerance. Widths of white space, which follow the numbers, do not count.
 */
export function compareText(stored: string, fresh: string, absoluteTolerance = 0): string | undefined {
  const words = (text: string) => text.replace(number, "#").replace(/\s+/g, " ").trim();
  if (words(stored) !== words(fresh)) return firstDifference(words(stored), words(fresh));
  const before = stored.match(number) ?? [];
  const after = fresh.match(number) ?? [];
  const changed = before.findIndex((text, index) => !agree(text, after[index], absoluteTolerance));
  return changed < 0 ? undefined : `stored ${before[changed]}, now ${after[changed]}`;
}

function agree(stored: string, fresh: string, absoluteTolerance: number): boolean {
  // Also for what is too large for a number, as the colour #1E2024 looks.
  if (stored === fresh) return true;
  const [a, b] = [Number(stored), Number(fresh)];
  if (Math.abs(a) < vanishing && Math.abs(b) < vanishing && !(Number.isInteger(a) && Number.isInteger(b))) return true;
  const lastDecimal = Math.max(decimalUnit(stored), decimalUnit(fresh));
  const relative = relativeTolerance * Math.max(Math.abs(a), Math.abs(b));
  // A hair more than one unit, as decimal fractions are not exact in binary.
  return Math.abs(a - b) <= Math.max(relative, absoluteTolerance, 1.000001 * lastDecimal);
}

/** One unit of the last digit after the decimal point; 0 for an integer. */
function decimalUnit(text: string): number {
  const match = /\.(\d+)(?:e([-+]?\d+))?$/i.exec(text);
  return match === null ? 0 : 10 ** (Number(match[2] ?? 0) - match[1].length);
}

function firstDifference(stored: string, fresh: string): string {
  let at = 0;
  while (stored[at] === fresh[at]) at++;
  const excerpt = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `stored text ${excerpt(stored)}, now ${excerpt(fresh)} (# stands for a number)`;
}
