import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, describe, wholeNumber } from "../errors.ts";
import { bernoulli } from "../likelihood/bernoulli.ts";
import { categorical } from "../likelihood/categorical.ts";

/**
 * Predicted probabilities of classes, by {@link categorical} (N x K `probabilities`, rows that sum to 1) or by {@link bernoulli} (N x K `probability`, of class 1 or of each label): what
 * {@link predict} resolves to, or the probabilities that another program gave.
 *
 * @category Calibration
 */
export type ClassPrediction =
  | {
      /** Of each class, N x K, rows that sum to 1. */
      readonly probabilities: MatrixLike;
    }
  | {
      /** Of class 1, or of each label: N x K. */
      readonly probability: MatrixLike;
    };

/** What was predicted, and what came true. */
export interface Outcomes {
  /** N x K. */
  readonly probabilities: Table;
  /** N x K, 1 for what came true. */
  readonly outcomes: Float64Array;
  /** Whether the K columns are classes of which one is true, or labels each of which is true or not. */
  readonly isExclusive: boolean;
}

/** Events with the probability that each was given. */
export interface Events {
  readonly confidences: Float64Array;
  /** 1 for those that came true. */
  readonly outcomes: Float64Array;
}

/** Rounding of programs in single precision. */
const TOLERANCE = 1e-5;

/** Checked probabilities beside 0 and 1 for what came true. */
export function outcomesOf(prediction: ClassPrediction, targets: MatrixLike): Outcomes {
  if (typeof prediction === "object" && prediction !== null) {
    if ("probabilities" in prediction) return classesOf(table("probabilities", prediction.probabilities), targets);
    if ("probability" in prediction) return labelsOf(table("probability", prediction.probability), targets);
  }
  const advice = (prediction as unknown) instanceof Promise ? "Await it first." : "For probabilities from elsewhere write { probabilities }, N x K, or { probability } of class 1.";
  throw new InvalidArgumentError({ argument: "prediction", expected: "a prediction of classes", received: describe(prediction), advice });
}

function classesOf(probabilities: Table, targets: MatrixLike): Outcomes {
  const { rows, columns, data } = probabilities;
  const labels = categorical().encode(targets, rows, columns).data;
  const outcomes = new Float64Array(rows * columns);
  for (let n = 0; n < rows; n++) {
    outcomes[n * columns + labels[n]] = 1;
    const sum = data.subarray(n * columns, (n + 1) * columns).reduce((total, p) => total + p, 0);
    if (Math.abs(sum - 1) > TOLERANCE) throw new InvalidArgumentError({ argument: "prediction.probabilities", expected: "rows that sum to 1", received: `the sum ${sum} in row ${n}`, advice: "For labels that do not exclude each other, write { probability }." });
  }
  return { probabilities, outcomes, isExclusive: true };
}

function labelsOf(probabilities: Table, targets: MatrixLike): Outcomes {
  return { probabilities, outcomes: bernoulli().encode(targets, probabilities.rows, probabilities.columns).data, isExclusive: false };
}

function table(name: string, source: MatrixLike): Table {
  const argument = `prediction.${name}`;
  const result = toTable(argument, source);
  const bad = result.data.findIndex((p) => !(p >= 0 && p <= 1 + TOLERANCE));
  if (bad >= 0) throw new InvalidArgumentError({ argument, expected: "probabilities from 0 to 1", received: `${result.data[bad]} in row ${Math.floor(bad / result.columns)}`, advice: "Logits become probabilities by softmax() or sigmoid()." });
  return { ...result, data: result.data.map((p) => Math.min(1, p)) };
}

/** The likeliest class of each example, the first of several alike; of each label, whether it is true or not. */
export function topLabels({ probabilities: { data, rows, columns }, outcomes, isExclusive }: Outcomes): Events {
  if (!isExclusive) return { confidences: data.map((p) => Math.max(p, 1 - p)), outcomes: outcomes.map((t, i) => (data[i] >= 0.5 ? t : 1 - t)) };
  const top = Float64Array.from({ length: rows }, (_, n) => {
    let best = n * columns;
    for (let at = best + 1; at < (n + 1) * columns; at++) if (data[at] > data[best]) best = at;
    return best;
  });
  return { confidences: top.map((at) => data[at]), outcomes: top.map((at) => outcomes[at]) };
}

/** Whether each example is of class k, or has label k. */
export function ofClass({ probabilities: { data, rows, columns }, outcomes }: Outcomes, k: number): Events {
  wholeNumber("of", k, 0);
  if (k >= columns) throw new InvalidArgumentError({ argument: "of", expected: `a class 0 .. ${columns - 1}`, received: `${k}`, advice: "Classes count from 0." });
  const column = (values: Float64Array): Float64Array => Float64Array.from({ length: rows }, (_, n) => values[n * columns + k]);
  return { confidences: column(data), outcomes: column(outcomes) };
}
