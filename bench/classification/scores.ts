/** How class probabilities are judged. */
import { brierScore, equalWidthBins, expectedCalibrationError } from "laplace-ts";

/** What is kept of the prediction of one example. */
export interface Outcome {
  /** log p(true class), of a probability of at least 1e-15. */
  readonly logDensity: number;
  /** Sum over classes of (p - [true])^2, from 0 to 2 (Brier 1950). */
  readonly brier: number;
  /** The probability of the most probable class. */
  readonly confidence: number;
  /** Whether that is the true one. */
  readonly correct: boolean;
}

const LEAST = 1e-15;
const BINS = 10;

export function outcome(probabilities: readonly number[], label: number): Outcome {
  const confidence = Math.max(...probabilities);
  return {
    logDensity: Math.log(Math.max(LEAST, probabilities[label])),
    brier: brierScore({ probabilities: [probabilities] }, [label]),
    confidence,
    correct: probabilities.indexOf(confidence) === label,
  };
}

/** Expected calibration error, with ten bins of equal width (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017): mean |accuracy - confidence| over bins, by their share of the examples. */
export function calibrationError(outcomes: readonly Outcome[]): number {
  const isRight = { probability: outcomes.map(({ confidence }) => Math.min(1, confidence)) };
  return expectedCalibrationError(isRight, outcomes.map(({ correct }) => (correct ? 1 : 0)), { of: 0, bins: equalWidthBins(BINS) });
}

/** In nats. */
export function entropy(probabilities: readonly number[]): number {
  return -probabilities.reduce((sum, p) => sum + (p > 0 ? p * Math.log(p) : 0), 0);
}

/** The probability that an unfamiliar example has the higher score, ties counted by half (Mann & Whitney 1947; Hanley & McNeil 1982). */
export function areaUnderCurve(familiar: readonly number[], unfamiliar: readonly number[]): number {
  const scores = [...familiar.map((score) => ({ score, unfamiliar: 0 })), ...unfamiliar.map((score) => ({ score, unfamiliar: 1 }))].sort((a, b) => a.score - b.score);
  let [sum, below] = [0, 0];
  for (let from = 0; from < scores.length; ) {
    let to = from;
    let unknown = 0;
    for (; to < scores.length && scores[to].score === scores[from].score; to++) unknown += scores[to].unfamiliar;
    const known = to - from - unknown;
    sum += unknown * (below + known / 2);
    below += known;
    from = to;
  }
  return sum / (familiar.length * unfamiliar.length);
}

/**
 * The standard error of a statistic over splits by the jackknife (Tukey 1958): of a mean it is s / sqrt(n). It takes splits for independent, which they are not quite, as they share training
 * data (Bengio & Grandvalet 2004).
 */
export function standardError<T>(splits: readonly T[], statistic: (some: readonly T[]) => number): number {
  const n = splits.length;
  const without = splits.map((_, i) => statistic(splits.filter((_, j) => j !== i)));
  const mean = without.reduce((sum, value) => sum + value, 0) / n;
  return Math.sqrt(((n - 1) / n) * without.reduce((sum, value) => sum + (value - mean) ** 2, 0));
}
