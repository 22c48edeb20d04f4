/** The tables: a row for each way to predict, with its difference from the first. */
import { markdownTable } from "../table.ts";
import type { Entry } from "./journal.ts";
import { calibrationError, standardError, type Outcome } from "./scores.ts";

const DIGITS = 3;

/** A number that entries of one way to predict come to. */
interface Score {
  readonly heading: string;
  readonly unfamiliarKind: Entry["unfamiliarKind"];
  /** Undefined where it does not exist. */
  readonly of: (entries: readonly Entry[]) => number | undefined;
}

export const logLikelihood: Score = { heading: "log likelihood", unfamiliarKind: "noise", of: (entries) => mean(outcomes(entries).map(({ logDensity }) => logDensity)) };

const probabilities: readonly Score[] = [
  logLikelihood,
  { heading: "calibration error", unfamiliarKind: "noise", of: (entries) => calibrationError(outcomes(entries)) },
  { heading: "Brier score", unfamiliarKind: "noise", of: (entries) => mean(outcomes(entries).map(({ brier }) => brier)) },
  { heading: "accuracy", unfamiliarKind: "noise", of: (entries) => mean(outcomes(entries).map(({ correct }) => (correct ? 1 : 0))) },
];

const unfamiliar: readonly Score[] = [
  { heading: "unknown class by entropy", unfamiliarKind: "class", of: (entries) => mean(entries.map(({ byEntropy }) => byEntropy)) },
  { heading: "by mutual information", unfamiliarKind: "class", of: (entries) => meanOfKnown(entries) },
  { heading: "noise by entropy", unfamiliarKind: "noise", of: (entries) => mean(entries.map(({ byEntropy }) => byEntropy)) },
  { heading: "by mutual information", unfamiliarKind: "noise", of: (entries) => meanOfKnown(entries) },
];

/** A score of a way, and by how much it differs from that of the reference. */
export interface Compared {
  readonly way: string;
  readonly value: number;
  /** 0 for the reference itself. */
  readonly difference: number;
  readonly standardError: number;
}

/** The score of each way in a set; the first way is the reference. Undefined for those who have no such score. */
export function compare(entries: readonly Entry[], score: Score): (Compared | undefined)[] {
  const ofKind = entries.filter(({ unfamiliarKind }) => unfamiliarKind === score.unfamiliarKind);
  const ways = waysIn(entries);
  const of = (way: string): readonly Entry[] => ofKind.filter((entry) => entry.way === way).sort((a, b) => a.index - b.index);
  const reference = of(ways[0]);
  return ways.map((way) => {
    const own = of(way);
    if (own.length === 0 || score.of(own) === undefined) return undefined;
    if (own.some(({ index }, i) => reference[i]?.index !== index)) throw new RangeError(`${way} and ${ways[0]} were not tried on the same tasks.`);
    const pairs = own.map((entry, i) => [entry, reference[i]] as const);
    const difference = (some: typeof pairs | readonly (readonly [Entry, Entry])[]): number => score.of(some.map(([entry]) => entry))! - score.of(some.map(([, other]) => other))!;
    return { way, value: score.of(own)!, difference: difference(pairs), standardError: pairs.length > 1 ? standardError(pairs, difference) : NaN };
  });
}

/** In the order in which they were tried. */
export function waysIn(entries: readonly Entry[]): string[] {
  return [...new Set(entries.map(({ way }) => way))];
}

/** The tables of one set: of the probabilities, and of how well unfamiliar inputs are told from familiar ones. */
export function classificationTables(entries: readonly Entry[]): string {
  return `${table("", probabilities, entries)}\n\n${table("area under the curve", unfamiliar, entries)}`;
}

function table(title: string, scores: readonly Score[], entries: readonly Entry[]): string {
  const shown = scores.map((score) => ({ ...score, cells: compare(entries, score) })).filter(({ cells }) => cells.some((cell) => cell !== undefined));
  const columns = [{ heading: title, align: "left" as const }, ...shown.map(({ heading }) => ({ heading, align: "right" as const }))];
  const rows = waysIn(entries).map((way, i) => [
    way,
    ...shown.map(({ cells: { [i]: cell } }) => {
      if (cell === undefined) return "";
      const value = minus(cell.value.toFixed(DIGITS));
      return i === 0 ? value : `${value} (${signed(cell.difference)} ± ${cell.standardError.toFixed(DIGITS)})`;
    }),
  ]);
  return markdownTable(columns, rows.filter((cells) => cells.slice(1).some((cell) => cell !== "")));
}

function signed(value: number): string {
  return value < 0 ? minus(value.toFixed(DIGITS)) : `+${value.toFixed(DIGITS)}`;
}

function minus(text: string): string {
  return text.replace("-", "−");
}

function outcomes(entries: readonly Entry[]): Outcome[] {
  return entries.flatMap((entry) => entry.outcomes);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function meanOfKnown(entries: readonly Entry[]): number | undefined {
  const values = entries.flatMap(({ byMutualInformation }) => byMutualInformation ?? []);
  return values.length < entries.length ? undefined : mean(values);
}
