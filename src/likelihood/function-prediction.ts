import type { Matrix } from "ml-matrix";
import type { MatrixLike, Table } from "../data.ts";
import { InvalidArgumentError, describe, wholeNumber } from "../errors.ts";
import { toMatrix } from "../model/derivatives.ts";
import { random } from "../random.ts";
import { squareRoot } from "./link.ts";
import { averageOf, mixing, varianceOf } from "./mixing.ts";
import { areCertain, covarianceOf, marginals } from "./moments.ts";
import type { OutputMoments, Prediction } from "./prediction.ts";
import { logSumExp } from "./softmax.ts";

/**
 * Predictions under a likelihood of your own, at N inputs: averages over the Gaussian outputs.
 *
 * @category Predictions
 */
export interface FunctionPrediction extends Prediction {
  /** The outputs at the mode: N x K. */
  readonly outputs: Matrix;
  /** Their epistemic variances: N x K. */
  readonly outputVariance: Matrix;
  /**
   * The average over the outputs of whatever follows from them, a number or several: N x M. For the mean of new targets, ask for their mean at given outputs,
   * as `expectation(([f]) => Math.exp(f))` for a log rate.
   */
  expectation(of: (outputs: Float64Array) => number | ArrayLike<number>): Matrix;
}

/**
 * How averages over outputs are taken.
 *
 * @category Predictions
 */
export interface FunctionPredictionOptions {
  /** Draws of the outputs, where there are several; averages over one output are taken by quadrature. Default 1000. */
  readonly samples?: number;
  /** Default 0. */
  readonly seed?: number;
}

/** Standard normal vectors with weights that add up to 1, over which averages are taken. */
export interface NormalPoints {
  readonly points: readonly Float64Array[];
  readonly logWeights: Float64Array;
}

/** Where quadrature over a standard normal variable ends, and its step. */
const REACH = 10;
const STEP = 0.1;

/** Points of the trapezoidal rule for one output, draws for several. */
export function normalPoints(outputs: number, { samples = 1000, seed = 0 }: FunctionPredictionOptions): NormalPoints {
  wholeNumber("samples", samples, 1);
  const source = random(seed);
  if (outputs > 1) return { points: Array.from({ length: samples }, () => Float64Array.from({ length: outputs }, () => source.normal())), logWeights: new Float64Array(samples).fill(-Math.log(samples)) };
  const points = Array.from({ length: (2 * REACH) / STEP + 1 }, (_, i) => Float64Array.of(i * STEP - REACH));
  return { points, logWeights: Float64Array.from(points, ([z]) => Math.log(STEP) - 0.5 * z * z - 0.5 * Math.log(2 * Math.PI)) };
}

/** The one point that there is where outputs are certain. */
function certainty(outputs: number): NormalPoints {
  return { points: [new Float64Array(outputs)], logWeights: Float64Array.of(0) };
}

/** The prediction; `encode` checks targets, `logDensity` is that of one target. */
export function functionPrediction(moments: OutputMoments, normals: NormalPoints, encode: (targets: MatrixLike) => Table, logDensity: (outputs: Float64Array, target: Float64Array) => number): FunctionPrediction {
  const { rows, outputs, mean } = moments;
  const { points, logWeights } = areCertain(moments) ? certainty(outputs) : normals;
  /** The outputs of example n at each of the points. */
  const draws = (n: number): Float64Array[] => {
    const root = squareRoot(covarianceOf(moments, n), outputs);
    return points.map((z) => Float64Array.from({ length: outputs }, (_, k) => z.reduce((sum, value, j) => sum + root[k * outputs + j] * value, mean[n * outputs + k])));
  };
  return {
    outputs: toMatrix(mean, rows, outputs),
    outputVariance: toMatrix(marginals(moments).variance, rows, outputs),
    expectation: (of) => {
      if (typeof of !== "function") throw new InvalidArgumentError({ argument: "of", expected: "a function of the outputs of an example", received: describe(of) });
      const averages = Array.from({ length: rows }, (_, n) => average(draws(n).map((f) => of(f)), logWeights));
      return toMatrix(Float64Array.from(averages.flat()), rows, averages[0].length);
    },
    logDensity: (targets) => {
      const { data, columns } = encode(targets);
      return Float64Array.from({ length: rows }, (_, n) => logSumExp(draws(n).map((f, s) => logWeights[s] + logDensity(f, data.subarray(n * columns, (n + 1) * columns)))));
    },
  };
}

/** A mixture of such predictions. */
export function mixedFunction(predictions: Iterable<FunctionPrediction>, logWeights: Float64Array): FunctionPrediction {
  const { folded, average: mean, logDensity } = mixing(predictions, logWeights);
  return {
    ...folded({ outputs: averageOf((p) => p.outputs), outputVariance: varianceOf((p) => p.outputs, (p) => p.outputVariance) }),
    expectation: (of) => mean((p) => p.expectation(of)),
    logDensity,
  };
}

/** The weighted average of numbers or vectors. */
function average(values: readonly (number | ArrayLike<number>)[], logWeights: Float64Array): number[] {
  const [first] = values;
  const at = (value: number | ArrayLike<number>, m: number): number => (typeof value === "number" ? value : value[m]);
  return Array.from({ length: typeof first === "number" ? 1 : first.length }, (_, m) => values.reduce<number>((sum, value, s) => sum + Math.exp(logWeights[s]) * at(value, m), 0));
}
