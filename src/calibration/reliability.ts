import type { MatrixLike } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, madeBy } from "../errors.ts";
import { binOf, equalWidthBins, type Binning } from "./bins.ts";
import { ofClass, outcomesOf, topLabels, type ClassPrediction, type Events, type Outcomes } from "./class-events.ts";

/**
 * Predictions of about the same probability, and how often they came true.
 *
 * @category Calibration
 */
export interface ReliabilityBin {
  /** Where the bin begins; this is not in it, but in the lowest bin. */
  readonly lower: number;
  /** Where it ends; this is in it. */
  readonly upper: number;
  /** The predictions in it, 1 or more. */
  readonly count: number;
  /** Their mean probability. */
  readonly confidence: number;
  /** The share of them that came true: the accuracy, for the likeliest class. */
  readonly frequency: number;
}

/**
 * Options of {@link reliabilityBins}.
 *
 * @category Calibration
 */
export interface ReliabilityOptions {
  /** Which predictions: that an example is of its likeliest class (`"topLabel"`, default), or that it is of class k, or has label k. */
  readonly of?: "topLabel" | number;
  /** {@link equalWidthBins} (default, 15 of them) or {@link equalMassBins}. */
  readonly bins?: Binning;
}

/**
 * Options of {@link expectedCalibrationError}.
 *
 * @category Calibration
 */
export interface CalibrationErrorOptions extends Omit<ReliabilityOptions, "of"> {
  /** As for {@link reliabilityBins}, or `"everyClass"`: the mean of the errors of all classes. Default `"topLabel"`. */
  readonly of?: "topLabel" | "everyClass" | number;
}

/**
 * How often predictions came true, beside the probability that they were given: what a reliability diagram shows (Murphy & Winkler 1977; Niculescu-Mizil & Caruana 2005). Bins without predictions are left out.
 *
 * @category Calibration
 * @param targets - Labels or one-hot rows, as the likelihood takes them.
 * @throws {@link InvalidArgumentError} for targets or probabilities of the wrong shape or content, and for classes that there are not.
 * @example
 * ```ts
 * import { equalWidthBins, reliabilityBins } from "laplace-ts";
 * const [bin] = reliabilityBins({ probability: [0.8, 0.7, 0.9, 0.8] }, [1, 0, 1, 1], { of: 0, bins: equalWidthBins(2) });
 * console.log(bin.count, bin.confidence.toFixed(2), bin.frequency); // 4 0.80 0.75
 * ```
 */
export function reliabilityBins(prediction: ClassPrediction, targets: MatrixLike, options: ReliabilityOptions = {}): readonly ReliabilityBin[] {
  const { of, bins } = checked(options);
  return binned(eventsOf(outcomesOf(prediction, targets), of), bins);
}

/**
 * Expected calibration error: how far, on average, frequencies are from the probabilities that were given,
 * $$\mathrm{ECE} = \sum_b \frac{n_b}{N} \left\vert \text{frequency}_b - \text{confidence}_b \right\vert$$
 * (Naeini, Cooper & Hauskrecht 2015; Guo et al. 2017, eq. 3). The defaults, the likeliest class and 15 bins of equal width, are those of Guo et al. and of most published numbers.
 * With `of: "everyClass"` it is the mean over classes, which sees errors in small probabilities, too (Kull et al. 2019).
 *
 * It is biased upwards. A perfectly calibrated prediction of probabilities about $p$ has an expected error of about $\sqrt{2 p (1 - p) B / \pi N}$ with N examples in B bins: 0.04 for $p = 0.8$, N = 1000 and 15 full
 * bins. With a few hundred examples, take fewer bins, or {@link equalMassBins}, and compare models by proper scores, {@link brierScore} and {@link meanLogDensity}.
 *
 * @category Calibration
 * @param targets - Labels or one-hot rows, as the likelihood takes them.
 * @throws {@link InvalidArgumentError} for targets or probabilities of the wrong shape or content.
 * @example
 * ```ts
 * import { expectedCalibrationError } from "laplace-ts";
 * const probabilities = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], [0.1, 0.9]];
 * console.log(expectedCalibrationError({ probabilities }, [0, 0, 1, 0]).toFixed(2)); // 0.15: sure to 90 %, right in 75 %
 * ```
 */
export function expectedCalibrationError(prediction: ClassPrediction, targets: MatrixLike, options: CalibrationErrorOptions = {}): number {
  const { of, bins } = checked(options, ["everyClass"]);
  const outcomes = outcomesOf(prediction, targets);
  if (of !== "everyClass") return errorOf(binned(eventsOf(outcomes, of), bins));
  const { columns } = outcomes.probabilities;
  let sum = 0;
  for (let k = 0; k < columns; k++) sum += errorOf(binned(ofClass(outcomes, k), bins));
  return sum / columns;
}

function checked<O extends "topLabel" | "everyClass" | number>(options: { readonly of?: O; readonly bins?: Binning }, others: readonly string[] = []): { readonly of: O | "topLabel"; readonly bins: Binning } {
  knownOptions("options", options, ["of", "bins"]);
  const { of = "topLabel", bins = equalWidthBins() } = options;
  madeBy("equalWidthBins() or equalMassBins()", "bins", bins, "edges");
  if (typeof of === "number" || of === "topLabel" || others.includes(of)) return { of, bins };
  throw new InvalidArgumentError({ argument: "of", expected: `${["topLabel", ...others].map((name) => JSON.stringify(name)).join(", ")} or the number of a class`, received: describe(of) });
}

function eventsOf(outcomes: Outcomes, of: "topLabel" | number): Events {
  return of === "topLabel" ? topLabels(outcomes) : ofClass(outcomes, of);
}

function binned({ confidences, outcomes }: Events, binning: Binning): readonly ReliabilityBin[] {
  const edges = binning.edges(confidences);
  const bins = Array.from({ length: edges.length - 1 }, (_, b) => ({ lower: edges[b], upper: edges[b + 1], count: 0, confidence: 0, frequency: 0 }));
  for (let i = 0; i < confidences.length; i++) {
    const bin = bins[binOf(edges, confidences[i])];
    bin.count++;
    bin.confidence += confidences[i];
    bin.frequency += outcomes[i];
  }
  return bins.filter(({ count }) => count > 0).map((bin) => ({ ...bin, confidence: bin.confidence / bin.count, frequency: bin.frequency / bin.count }));
}

function errorOf(bins: readonly ReliabilityBin[]): number {
  const total = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce((sum, { count, frequency, confidence }) => sum + (count / total) * Math.abs(frequency - confidence), 0);
}
