import { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { UnsupportedError } from "../errors.ts";
import { entropyParts } from "./class-uncertainty.ts";
import type { Link } from "./link.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import { areCertain, covarianceOf, marginals } from "./moments.ts";
import type { ClassUncertainty, OutputMoments, Prediction } from "./prediction.ts";
import { entropyOf, logSoftmax } from "./softmax.ts";

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
   * Entropy, its aleatoric part and its epistemic part, the mutual information: N x 1 each, for the link that was asked for or the default.
   *
   * @throws {@link UnsupportedError} for {@link probit}, the default for more than 50 classes, which gives averaged probabilities alone.
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

const NONE = new Float64Array(0);

/** What every link is where the logits are certain: softmax. */
const CERTAIN: Link = {
  name: "softmax",
  logProbabilities: logSoftmax,
  withEntropy: (logits) => {
    const logProbabilities = logSoftmax(logits);
    return { logProbabilities, expectedEntropy: entropyOf(logProbabilities) };
  },
};

/** The link integrated over the logits of a batch. */
export function integrated(moments: OutputMoments, asked: Link): IntegratedLogits {
  const { rows, outputs, mean } = moments;
  const { variance } = marginals(moments);
  const link = areCertain(moments) ? CERTAIN : asked;
  const logProbabilities = new Float64Array(rows * outputs);
  const expectedEntropy = new Float64Array(link.withEntropy === undefined || link.fromVariances !== undefined ? 0 : rows);
  for (let n = 0; n < rows; n++) {
    const [logits, variances] = [mean, variance].map((values) => values.subarray(n * outputs, (n + 1) * outputs));
    if (link.fromVariances !== undefined) {
      logProbabilities.set(link.fromVariances(logits, variances), n * outputs);
      continue;
    }
    const covariance = link === CERTAIN ? NONE : covarianceOf(moments, n);
    const averaged = link.withEntropy?.(logits, covariance);
    logProbabilities.set(averaged?.logProbabilities ?? link.logProbabilities(logits, covariance), n * outputs);
    if (averaged !== undefined) expectedEntropy[n] = averaged.expectedEntropy;
  }
  return { logits: mean, logitVariance: variance, logProbabilities, expectedEntropy };
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
      if (expectedEntropy.length === 0) throw new UnsupportedError("uncertainty(): this link gives averaged probabilities alone. Predict with link: extendedMacKay(), monteCarlo() or laplaceBridge().");
      const entropy = expectedEntropy.map((_, n) => entropyOf(logProbabilities.subarray(n * classes, (n + 1) * classes)));
      return entropyParts(entropy, expectedEntropy, 1);
    },
    logDensity: (targets) => encode(targets).data.map((label, n) => logProbabilities[n * classes + label]),
  };
}

/** A mixture of such predictions. */
export function mixedCategorical(predictions: Iterable<CategoricalPrediction>, logWeights: Float64Array): CategoricalPrediction {
  const { folded, average, logDensity } = mixing(predictions, logWeights);
  const { probabilities, ...logits } = folded({ probabilities: averageOf((p) => p.probabilities), logits: averageOf((p) => p.logits), logitVariance: varianceOf((p) => p.logits, (p) => p.logitVariance) });
  return {
    probabilities,
    labels: likeliest(probabilities),
    ...logits,
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
