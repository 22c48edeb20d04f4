import { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { UnsupportedError } from "../errors.ts";
import { entropyParts } from "./class-uncertainty.ts";
import type { Link } from "./link.ts";
import { mixing } from "./mixing.ts";
import { marginals } from "./moments.ts";
import type { ClassUncertainty, OutputMoments, Prediction } from "./prediction.ts";
import { entropyOf } from "./softmax.ts";

/**
 * Predictions for K classes at N inputs.
 *
 * @category Predictions
 */
export interface CategoricalPrediction extends Prediction {
  /** $p(t = k \mid x, D)$, N x K, rows summing to 1. */
  readonly probabilities: Matrix;
  /** The most probable class of each example: N. */
  readonly labels: readonly number[];
  /** The logits at the mode: N x K. */
  readonly logits: Matrix;
  /** Their epistemic variances: N x K. */
  readonly logitVariance: Matrix;
  /**
   * Entropy, its aleatoric part and its epistemic part, the mutual information: N x 1 each, for the link that was asked for. That must be a distribution over
   * probabilities, {@link monteCarlo} or {@link laplaceBridge}.
   *
   * @throws {@link UnsupportedError} for {@link probit} and {@link extendedMacKay}, which give averaged probabilities alone.
   */
  uncertainty(): ClassUncertainty;
}

/** What a prediction keeps of Gaussian logits: N x K each. */
interface IntegratedLogits extends Readonly<Record<string, Float64Array>> {
  readonly logits: Float64Array;
  readonly logitVariance: Float64Array;
  readonly logProbabilities: Float64Array;
  /** N numbers, or none where the link does not know. */
  readonly expectedEntropy: Float64Array;
}

/** The link integrated over the logits of a batch. */
export function integrated({ rows, outputs, mean, covariance }: OutputMoments, link: Link): IntegratedLogits {
  const logProbabilities = new Float64Array(rows * outputs);
  const block = outputs * outputs;
  const expectedEntropy = new Float64Array(link.withEntropy === undefined ? 0 : rows);
  for (let n = 0; n < rows; n++) {
    const logits = [mean.subarray(n * outputs, (n + 1) * outputs), covariance.subarray(n * block, (n + 1) * block)] as const;
    const averaged = link.withEntropy?.(...logits);
    logProbabilities.set(averaged?.logProbabilities ?? link.logProbabilities(...logits), n * outputs);
    if (averaged !== undefined) expectedEntropy[n] = averaged.expectedEntropy;
  }
  return { logits: mean, logitVariance: marginals({ rows, outputs, mean, covariance }).variance, logProbabilities, expectedEntropy };
}

/** The prediction for N examples of K classes; `encode` checks targets. */
export function categoricalPrediction({ logits, logitVariance, logProbabilities, expectedEntropy }: IntegratedLogits, rows: number, classes: number, encode: (targets: MatrixLike) => Table): CategoricalPrediction {
  const matrix = (values: Float64Array): Matrix => Matrix.from1DArray(rows, classes, values);
  return {
    probabilities: matrix(logProbabilities.map(Math.exp)),
    labels: likeliest(matrix(logProbabilities)),
    logits: matrix(logits),
    logitVariance: matrix(logitVariance),
    uncertainty: () => {
      if (expectedEntropy.length === 0) throw new UnsupportedError("uncertainty(): this link gives averaged probabilities alone. Predict with link: monteCarlo() or link: laplaceBridge().");
      const entropy = expectedEntropy.map((_, n) => entropyOf(logProbabilities.subarray(n * classes, (n + 1) * classes)));
      return entropyParts(entropy, expectedEntropy, 1);
    },
    logDensity: (targets) => encode(targets).data.map((label, n) => logProbabilities[n * classes + label]),
  };
}

/** A mixture of such predictions. */
export function mixedCategorical(predictions: readonly CategoricalPrediction[], logWeights: Float64Array): CategoricalPrediction {
  const { average, variance, logDensity } = mixing(predictions, logWeights);
  const probabilities = average((p) => p.probabilities);
  return {
    probabilities,
    labels: likeliest(probabilities),
    logits: average((p) => p.logits),
    logitVariance: variance((p) => p.logits, (p) => p.logitVariance),
    uncertainty: () => {
      const entropy = Float64Array.from({ length: probabilities.rows }, (_, n) => entropyOf(Float64Array.from(probabilities.getRow(n), Math.log)));
      return entropyParts(entropy, Float64Array.from(average((p) => p.uncertainty().expectedEntropy).to1DArray()), 1);
    },
    logDensity,
  };
}

/** The column of the largest number of each row. */
function likeliest(scores: Matrix): number[] {
  return Array.from({ length: scores.rows }, (_, n) => scores.maxRowIndex(n)[1]);
}
