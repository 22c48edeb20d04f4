import { toNumbers, toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import { gaussianPrediction, mixedGaussian, type GaussianPrediction } from "./gaussian-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { correlated } from "./moments.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";

/**
 * Options of {@link gaussian}.
 *
 * @category Likelihoods
 */
export interface GaussianOptions {
  /** Standard deviation of the noise, in the units of the targets. Default: estimated from the data. */
  readonly noise?: number;
  /** Whether `noise` is known and re-estimation must leave it alone. Default false: it is where re-estimation starts. */
  readonly fixed?: boolean;
  /** For K outputs of different units, K numbers: the noise of output k is `noise * scales[k]`. Default 1 for all. */
  readonly scales?: ArrayLike<number>;
}

/**
 * Targets with Gaussian noise, the same for all outputs and examples.
 *
 * @category Likelihoods
 */
export interface GaussianLikelihood extends Likelihood<GaussianPrediction> {
  /** Standard deviation of the noise, in the units of the targets or of their {@link scales}. */
  readonly noise: number;
  /** The noise of output k is `noise * scales[k]`; undefined where all outputs have the same. */
  readonly scales: Float64Array | undefined;
  /** Whether re-estimation leaves the noise alone. */
  readonly fixed: boolean;
  readonly estimated: boolean;
}

/**
 * Regression, $t = f(x) + \text{noise}$:
 * $$\log p(t \mid f) = -\frac\beta2 \sum (f - t)^2 + \frac{NK}2 \log\frac\beta{2\pi}, \qquad \beta = 1 / \text{noise}^2.$$
 *
 * With `scales` $s_k$, for outputs of different units, the noise of output $k$ is $s_k \cdot \text{noise}$: $(f_k - t_k) / s_k$ takes the place of
 * $f_k - t_k$, and the density of the targets gets the factor $1 / s_k$ for each.
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} when the noise is not a finite number above 0, or is fixed but not given, and for scales that are not above 0.
 * @example
 * ```ts
 * import { gaussian } from "laplace-ts";
 * console.log(gaussian({ noise: 0.1 }).precision.toFixed(0)); // 100
 * ```
 */
export function gaussian(options: GaussianOptions = {}): GaussianLikelihood {
  knownOptions("options", options, ["noise", "fixed", "scales"]);
  const { noise, fixed = false } = options;
  const scales = options.scales === undefined ? undefined : toNumbers("scales", options.scales);
  scales?.forEach((scale, k) => positive(`scales[${k}]`, scale));
  if (noise !== undefined) return create(usable(noise), fixed, false, scales);
  if (fixed) throw new InvalidArgumentError({ argument: "noise", expected: "the known standard deviation, as fixed is true", received: "undefined" });
  return create(1, false, true, scales);
}

/** The noise, if its precision is a number that can be worked with. */
function usable(noise: number): number {
  const precision = positive("noise", noise) ** -2;
  if (precision > 0 && Number.isFinite(precision)) return noise;
  throw new InvalidArgumentError({ argument: "noise", expected: "a standard deviation between 1e-150 and 1e150", received: describe(noise), advice: "Give the targets other units." });
}

function create(noise: number, fixed: boolean, estimated: boolean, scales: Float64Array | undefined): GaussianLikelihood {
  const precision = 1 / (noise * noise);
  const relative = scales?.map((scale) => 1 / (scale * scale));
  /** Precision of the i-th number of a table of outputs, as a multiple of beta. */
  const weight = (i: number): number => (relative === undefined ? 1 : relative[i % relative.length]);
  const meanLogScale = scales === undefined ? 0 : scales.reduce((sum, scale) => sum + Math.log(scale), 0) / scales.length;
  const logNormalizer = 0.5 * Math.log(precision / (2 * Math.PI)) - meanLogScale;
  const likelihood: GaussianLikelihood = {
    name: "gaussian",
    noise,
    scales,
    fixed,
    estimated,
    precision,
    noiseParameters: fixed ? 0 : 1,
    description: `gaussian, noise ${scales === undefined ? noise.toPrecision(4) : Array.from(scales, (scale) => (noise * scale).toPrecision(4)).join(", ")}${fixed ? " (known)" : ""}`,
    encode: (targets, rows, outputs) => encode(targets, rows, outputs, scales),
    outputScale: columnScale,
    scaled: (others) => create(noise, fixed, estimated, others),
    energy: (outputs, targets) => {
      let sum = 0;
      for (let i = 0; i < outputs.length; i++) sum += weight(i) * (outputs[i] - targets.data[i]) ** 2;
      return 0.5 * sum;
    },
    logLikelihood: (energy, count) => -precision * energy + count * logNormalizer,
    logDensity: (outputs, targets) => {
      const columns = targets.columns;
      const values = new Float64Array(targets.rows).fill(columns * logNormalizer);
      for (let i = 0; i < outputs.length; i++) values[Math.floor(i / columns)] -= 0.5 * precision * weight(i) * (outputs[i] - targets.data[i]) ** 2;
      return values;
    },
    gradient: (outputs, targets) => outputs.map((f, i) => precision * weight(i) * (f - targets.data[i])),
    hessian: (outputs, { columns }) => diagonalBlocks(outputs.map((_, i) => precision * weight(i)), columns),
    factor: (outputs, { columns }) => ({ data: diagonalBlocks(outputs.map((_, i) => Math.sqrt(precision * weight(i))), columns), columns }),
    mix: mixedGaussian,
    draw: (outputs, _, source) => outputs.map((f, k) => f + (noise / Math.sqrt(weight(k))) * source.normal()),
    ...predicting((options: object) => {
      knownOptions("options", options, [], PREDICT_OPTIONS);
      return {
        keep: correlated,
        make: (kept, rows, outputs) => gaussianPrediction({ rows, outputs, ...kept }, Float64Array.from({ length: outputs }, (_, k) => (noise * noise) / weight(k))),
      };
    }),
    reestimate(energy, count, effectiveParameters) {
      if (fixed) return this;
      if (energy === 0) throw new InvalidArgumentError({ argument: "noise", expected: "residuals to estimate it from", received: "a model that fits the targets exactly", advice: "Give the noise: gaussian({ noise, fixed: true })." });
      // Fewer degrees of freedom than parameters leave nothing to estimate noise from.
      const freedom = Math.max(count - effectiveParameters, 1e-3 * count);
      return create(Math.sqrt((2 * energy) / freedom), false, false, scales);
    },
  };
  return remakeable(likelihood, "gaussian", () => (estimated ? { scales } : { noise, fixed, scales }));
}

function encode(targets: MatrixLike, rows: number, outputs: number, scales: Float64Array | undefined): Table {
  const table = toTable("targets", targets);
  if (table.rows !== rows || table.columns !== outputs) {
    throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${outputs}, a row for each input and a column for each output of the model`, received: `${table.rows} x ${table.columns}` });
  }
  if (scales === undefined || scales.length === outputs) return table;
  throw new InvalidArgumentError({ argument: "scales", expected: `${outputs} numbers, one for each output of the model`, received: `${scales.length}` });
}
