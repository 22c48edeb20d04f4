import { meanAndError, type MeanAndError } from "../statistics.ts";
import { LEVELS, type Outcome } from "./outcome.ts";
import { published, type PublishedMethod } from "./published.ts";

/** All splits of a set together. */
export interface SetSummary {
  readonly set: string;
  readonly splits: number;
  readonly logLikelihood: MeanAndError;
  readonly rmse: MeanAndError;
  /** Shares of all test rows that lie in their intervals, for each level. */
  readonly coverage: readonly number[];
  /** Their mean weights. */
  readonly sizes: Outcome["sizes"];
  /** Its mean. */
  readonly spread: number;
}

/** The sets, in the order in which they come. */
export function summaries(outcomes: readonly Outcome[]): SetSummary[] {
  return [...new Set(outcomes.map(({ set }) => set))].map((set) => {
    const of = outcomes.filter((outcome) => outcome.set === set);
    const mean = (value: (outcome: Outcome) => number): number => meanAndError(of.map(value)).mean;
    return {
      set,
      splits: of.length,
      logLikelihood: meanAndError(of.map(({ logLikelihood }) => logLikelihood)),
      rmse: meanAndError(of.map(({ rmse }) => rmse)),
      coverage: coverageOf(of),
      sizes: of[0].sizes.map(({ name }) => ({ name, weight: mean(({ sizes }) => sizes.find((size) => size.name === name)?.weight ?? 0) })),
      spread: mean(({ spread }) => spread),
    };
  });
}

/** Shares of the test rows of these splits that lie in their intervals. */
export function coverageOf(outcomes: readonly Outcome[]): readonly number[] {
  const examples = outcomes.reduce((sum, outcome) => sum + outcome.examples, 0);
  return LEVELS.map((_, i) => outcomes.reduce((sum, { covered }) => sum + covered[i], 0) / examples);
}

/** The published method of the highest log likelihood. */
export function bestPublished(set: string): PublishedMethod | undefined {
  const those = published.filter(({ results }) => set in results);
  return those.sort((a, b) => b.results[set].logLikelihood - a.results[set].logLikelihood).at(0);
}
