import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions, positive, trueOrFalse } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import { alike, entriesThat } from "./entries.ts";
import { gaussianPrediction, mixedGaussian, type GaussianPrediction } from "./gaussian-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { correlated } from "./moments.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";
import { rowSums, withoutNoise } from "./without-noise.ts";

/**
 * Options of {@link measurements}.
 *
 * @category Likelihoods
 */
export interface MeasurementsOptions {
  /** What all error bars are multiplied by, where they are known to be too small or too large. Default 1. */
  readonly scale?: number;
  /** Whether the scale is known, and re-estimation must leave it alone. Default true; with false it is where re-estimation starts. */
  readonly fixed?: boolean;
}

/**
 * How measurements are predicted.
 *
 * @category Predictions
 */
export interface MeasurementsPredictionOptions {
  /**
   * Error bars of the measurements to be predicted: one number for all, or N x K. Default: none, the quantity itself is predicted, with epistemic variance alone. Scores judge targets of [value, error bar] by the error bars that these
   * bring, and values alone by those given here; where there are none they refuse.
   */
  readonly errorBars?: number | MatrixLike;
}

/**
 * Measurements with error bars.
 *
 * @category Likelihoods
 */
export interface MeasurementsLikelihood extends Likelihood<GaussianPrediction, MeasurementsPredictionOptions> {
  /** What all error bars are multiplied by. */
  readonly scale: number;
  /** Whether re-estimation leaves it alone. */
  readonly fixed: boolean;
}

/**
 * Regression on measurements of which each has its own known error bar, the standard deviation $\sigma_{nk}$ of its Gaussian noise:
 * $$-\log p(t \mid f) = \sum \frac{(t - f)^2}{2 \sigma^2} + \log\sigma + \tfrac12 \log 2\pi.$$
 * Targets have 2K columns, first the K measured values, then their K error bars; so have those that a prediction is scored by. The gradient is
 * $(f - t) / \sigma^2$, the Hessian $1 / \sigma^2$: weighted least squares.
 *
 * The error bars are taken at their word and nothing is re-estimated. Where they may be off by a common factor, `fixed: false` has it re-estimated with the prior,
 * $\text{scale}^2 = \sum (t - f)^2 / \sigma^2 / (NK - \gamma)$ (MacKay 1992a), by {@link fit}, by {@link train} with `reestimate`, and by {@link maximizeEvidence} given the data.
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} when the targets do not have 2K columns, or an error bar is not above 0.
 * @example
 * ```ts
 * import { functionModel, laplace, measurements, predict, train } from "laplace-ts";
 * const data = { inputs: [1, 2, 3, 4], targets: [[1.1, 0.1], [1.9, 0.1], [3.1, 0.1], [7, 3]] }; // [value, error bar]
 * const slope = functionModel({ parameters: [1], inputs: 1, outputs: 1, value: ([a], [x]) => [a * x] });
 * const { model, likelihood, prior } = await train(slope, measurements(), data);
 * const { mean, variance } = await predict(await laplace(model, likelihood, data, { prior }), [1]);
 * console.log(mean.get(0, 0).toFixed(2), Math.sqrt(variance.get(0, 0)).toFixed(3)); // 1.01 0.027
 * ```
 */
export function measurements(options: MeasurementsOptions = {}): MeasurementsLikelihood {
  knownOptions("options", options, ["scale", "fixed"]);
  const scale = positive("scale", options.scale ?? 1);
  const fixed = trueOrFalse("fixed", options.fixed ?? true);
  const scaledBars = (value: (f: number, t: number, sigma: number) => number): ReturnType<typeof each> => each((f, t, bar) => value(f, t, scale * bar));
  const losses = scaledBars((f, t, sigma) => 0.5 * ((t - f) / sigma) ** 2 + Math.log(sigma) + 0.5 * Math.log(2 * Math.PI));
  const precisions = scaledBars((_, __, sigma) => sigma ** -2);
  const roots = scaledBars((_, __, sigma) => 1 / sigma);
  const likelihood: MeasurementsLikelihood = {
    ...withoutNoise,
    name: "measurements",
    description: `gaussian, error bars given${scale === 1 ? "" : ` (times ${scale.toPrecision(4)})`}`,
    scale,
    fixed,
    hyperparameters: Float64Array.of(scale ** -2),
    information: scale ** -2,
    encode,
    outputsFor: ({ columns }) => columns / 2,
    outputScale: ({ data, rows, columns }, outputs) => columnScale({ data: data.filter((_, i) => i % columns < outputs), rows, columns: outputs }),
    energy: (outputs, targets) => losses(outputs, targets).reduce((sum, value) => sum + value, 0),
    logDensity: (outputs, targets) => rowSums(losses(outputs, targets).map((value) => -value), targets.columns / 2),
    gradient: scaledBars((f, t, sigma) => (f - t) / (sigma * sigma)),
    hessian: (outputs, targets) => diagonalBlocks(precisions(outputs, targets), targets.columns / 2),
    factor: (outputs, targets) => ({ data: diagonalBlocks(roots(outputs, targets), targets.columns / 2), columns: targets.columns / 2 }),
    ...(!fixed && {
      reestimateFrom: (outputs: Float64Array, targets: Table, effectiveParameters: Float64Array) => {
        const squares = each((f, t, bar) => ((t - f) / bar) ** 2)(outputs, targets).reduce((sum, value) => sum + value, 0);
        const freedom = Math.max(outputs.length - effectiveParameters.reduce((sum, value) => sum + value, 0), 1e-3 * outputs.length);
        return measurements({ scale: Math.max(LEAST_SCALE, Math.sqrt(squares / freedom)), fixed });
      },
    }),
    mix: mixedGaussian,
    draw: (outputs, target, source) => target.map((value, i) => (i < outputs.length ? outputs[i] + scale * target[outputs.length + i] * source.normal() : value)),
    ...predicting((asked: MeasurementsPredictionOptions) => {
      knownOptions("options", asked, ["errorBars"], PREDICT_OPTIONS);
      return {
        keep: correlated,
        make: (kept, rows, outputs) => {
          const bars = errorBarsOf(asked.errorBars ?? 0, rows, outputs);
          return gaussianPrediction({ rows, outputs, ...kept }, bars.map((bar) => (scale * bar) ** 2), (targets) => {
            if (asked.errorBars !== undefined && toTable("targets", targets).columns === outputs) return { values: alike({ rows, columns: outputs }, targets), noiseVariance: bars.map((bar) => (scale * bar) ** 2) };
            const { data, columns } = encode(targets, rows, outputs, WITHOUT_BARS);
            const isValue = (i: number): boolean => i % columns < outputs;
            return { values: data.filter((_, i) => isValue(i)), noiseVariance: data.filter((_, i) => !isValue(i)).map((bar) => (scale * bar) ** 2) };
          });
        },
      };
    }),
  };
  return remakeable(likelihood, "measurements", () => ({ scale, fixed }));
}

/** The least scale that re-estimation can arrive at: no values are so much nearer the truth than their error bars say. */
const LEAST_SCALE = 1e-6;

/** What to do to score values alone. */
const WITHOUT_BARS = "Give the targets their error bars, or predict with them, { errorBars }, to judge values alone.";

/** A number for each output from itself, its target and the error bar of that. */
function each(value: (f: number, t: number, sigma: number) => number): (outputs: Float64Array, targets: Table) => Float64Array {
  return (outputs, { data, columns }) => {
    const count = columns / 2;
    return outputs.map((f, i) => {
      const at = i + Math.floor(i / count) * count;
      return value(f, data[at], data[at + count]);
    });
  };
}

/** Values and then error bars: N x 2K. */
function encode(targets: MatrixLike, rows: number, outputs: number, advice?: string): Table {
  const table = toTable("targets", targets);
  if (table.rows !== rows || table.columns !== 2 * outputs) {
    throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${2 * outputs}, for each output of the model a column of values, and then for each a column of error bars`, received: `${table.rows} x ${table.columns}`, advice });
  }
  const isBar = (i: number): boolean => i % table.columns >= outputs;
  const bad = table.data.findIndex((value, i) => isBar(i) && !(value > 0));
  if (bad >= 0) throw new InvalidArgumentError({ argument: "targets", expected: "error bars above 0 after the values", received: `${table.data[bad]} in row ${Math.floor(bad / table.columns)}` });
  return table;
}

/** Error bars of predictions: N x K. */
function errorBarsOf(errorBars: number | MatrixLike, rows: number, outputs: number): Float64Array {
  return entriesThat((value) => value >= 0 && Number.isFinite(value), "finite numbers of at least 0", "errorBars", errorBars, rows, outputs);
}
