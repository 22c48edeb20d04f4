import type { Matrix } from "ml-matrix";
import { toTable, type MatrixLike } from "../data.ts";
import { InvalidArgumentError, madeBy } from "../errors.ts";
import { alike } from "../likelihood/entries.ts";
import type { RegressionPrediction } from "../likelihood/regression-prediction.ts";
import { toMatrix } from "../model/derivatives.ts";
import { coverages, judgedBy, type CoveredPrediction } from "../predictive/scores.ts";

/**
 * The share of targets in the central intervals of one level.
 *
 * @category Calibration
 */
export interface CoveragePoint {
  /** The probability that the intervals claim. */
  readonly level: number;
  /** The share of the targets that fell into them. */
  readonly coverage: number;
  /** How many targets there were. */
  readonly count: number;
}

/** 5 %, 10 %, ..., 95 %, and 99 %. */
const LEVELS = [...Array.from({ length: 19 }, (_, i) => (i + 1) / 20), 0.99];

/**
 * {@link coverage} at many levels: of honest error bars, coverage is the level; below it they are too narrow, above it too wide. Its standard error is $\sqrt{l (1 - l) / N}$ at level $l$ for N independent targets.
 *
 * @category Calibration
 * @param levels - Default 0.05, 0.1, ..., 0.95 and 0.99.
 * @throws {@link InvalidArgumentError} when the targets do not fit the prediction, and for levels that are no probabilities.
 * @example
 * ```ts
 * import { coverageCurve, gaussian } from "laplace-ts";
 * const prediction = gaussian({ noise: 1 }).predict({ rows: 4, outputs: 1, mean: new Float64Array(4) });
 * console.log(coverageCurve(prediction, [-1.5, -0.3, 0.4, 0.9], [0.5, 0.9]).map((point) => point.coverage)); // [ 0.5, 1 ]
 * ```
 */
export function coverageCurve(prediction: CoveredPrediction, targets: MatrixLike, levels: readonly number[] = LEVELS): readonly CoveragePoint[] {
  if (!(levels as readonly number[] | null)?.length) throw new InvalidArgumentError({ argument: "levels", expected: "one or more probabilities", received: "none" });
  const shares = coverages(prediction, targets, levels);
  const { rows, columns } = toTable("targets", judgedBy(prediction, targets).values);
  return levels.map((level, i) => ({ level, coverage: shares[i], count: rows * columns }));
}

/**
 * Probability integral transform, the predicted probability of no more than what came: $u_{nk} = F_{nk}(t_{nk})$, N x K (Dawid 1984; Gneiting, Balabdaoui & Raftery 2007). Of honest predictions of continuous targets it is uniform over
 * 0 .. 1 (of counts it is not, as $F$ jumps). A histogram in the form of a U tells of error bars too narrow, of a hill of error bars too wide, and a slope of means that are off to one side.
 *
 * @category Calibration
 * @throws {@link InvalidArgumentError} when the targets do not fit the prediction.
 * @example
 * ```ts
 * import { gaussian, probabilityIntegralTransform } from "laplace-ts";
 * const prediction = gaussian({ noise: 1 }).predict({ rows: 2, outputs: 1, mean: new Float64Array(2) });
 * console.log(probabilityIntegralTransform(prediction, [0, 1.96]).to1DArray().map((u) => u.toFixed(3))); // [ '0.500', '0.975' ]
 * ```
 */
export function probabilityIntegralTransform(prediction: Pick<RegressionPrediction, "mean" | "cumulativeProbability" | "judged">, targets: MatrixLike): Matrix {
  const { values, prediction: judge } = judgedBy(madeBy("predict() for numbers", "prediction", prediction, "cumulativeProbability"), targets);
  return judge.cumulativeProbability(toMatrix(alike(judge.mean, values), judge.mean.rows, judge.mean.columns));
}
