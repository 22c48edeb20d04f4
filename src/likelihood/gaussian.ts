import { toNumbers, type Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive, trueOrFalse } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import { gaussianPrediction, mixedGaussian, type GaussianPrediction } from "./gaussian-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { correlated } from "./moments.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { regressionTargets } from "./regression-targets.ts";
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
  /** Whether the noise of each output is re-estimated on its own, which takes the data: see {@link maximizeEvidence}. Default false: in proportion to `scales`. */
  readonly perOutput?: boolean;
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
  /** Standard deviation of the noise of each output; one number where all have the same. */
  readonly noises: Float64Array;
  /** Whether re-estimation leaves the noise alone. */
  readonly fixed: boolean;
  /** Whether re-estimation moves the noise of each output on its own. */
  readonly perOutput: boolean;
  readonly estimated: boolean;
}

/**
 * Regression, $t = f(x) + \text{noise}$:
 * $$\log p(t \mid f) = -\frac\beta2 \sum (f - t)^2 + \frac{NK}2 \log\frac\beta{2\pi}, \qquad \beta = 1 / \text{noise}^2.$$
 *
 * With `perOutput`, each output has a noise $\sigma_k$ of its own: $\beta_k = (N - \gamma_k) / \sum_n (f_{nk} - t_{nk})^2$ with $\gamma_k = \beta_k \sum_n \operatorname{Var} f_{nk}$, the share of
 * the effective parameters that output k determines. It then takes the form `noise * scales[k]`, `noise` the geometric mean.
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
  knownOptions("options", options, ["noise", "fixed", "perOutput", "scales"]);
  const { noise } = options;
  const fixed = trueOrFalse("fixed", options.fixed ?? false);
  const perOutput = trueOrFalse("perOutput", options.perOutput ?? false);
  const scales = options.scales === undefined ? undefined : toNumbers("scales", options.scales);
  scales?.forEach((scale, k) => positive(`scales[${k}]`, scale));
  if (noise !== undefined) return create({ noise: usable(noise), fixed, perOutput, estimated: false, scales });
  if (fixed) throw new InvalidArgumentError({ argument: "noise", expected: "the known standard deviation, as fixed is true", received: "undefined" });
  return create({ noise: 1, fixed, perOutput, estimated: true, scales });
}

/** The noise, if its precision is a number that can be worked with. */
function usable(noise: number): number {
  const precision = positive("noise", noise) ** -2;
  if (precision > 0 && Number.isFinite(precision)) return noise;
  throw new InvalidArgumentError({ argument: "noise", expected: "a standard deviation between 1e-150 and 1e150", received: describe(noise), advice: "Give the targets other units." });
}

/** The least noise that re-estimation of each output can arrive at, as a share of its targets' standard deviation. */
const LEAST_NOISE = 1e-5;

type Settings = Pick<GaussianLikelihood, "noise" | "fixed" | "perOutput" | "estimated" | "scales">;

function create(settings: Settings): GaussianLikelihood {
  const { noise, fixed, perOutput, estimated, scales } = settings;
  const precision = 1 / (noise * noise);
  const relative = scales?.map((scale) => 1 / (scale * scale));
  /** Precision of the i-th number of a table of outputs, as a multiple of beta. */
  const weight = (i: number): number => (relative === undefined ? 1 : relative[i % relative.length]);
  const meanLogScale = scales === undefined ? 0 : scales.reduce((sum, scale) => sum + Math.log(scale), 0) / scales.length;
  const logNormalizer = 0.5 * Math.log(precision / (2 * Math.PI)) - meanLogScale;
  const likelihood: GaussianLikelihood = {
    ...settings,
    name: "gaussian",
    noises: scales === undefined ? Float64Array.of(noise) : scales.map((scale) => noise * scale),
    precision,
    ...(relative !== undefined && { hyperparameters: relative }),
    noiseParameters: fixed ? 0 : perOutput && scales !== undefined ? scales.length : 1,
    description: `gaussian, noise ${scales === undefined ? noise.toPrecision(4) : Array.from(scales, (scale) => (noise * scale).toPrecision(4)).join(", ")}${fixed ? " (known)" : ""}`,
    encode: (targets, rows, outputs) => regressionTargets(targets, rows, outputs, scales),
    outputScale: columnScale,
    scaled: (others) => create({ ...settings, scales: others }),
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
      return create({ ...settings, noise: Math.sqrt((2 * energy) / freedom), estimated: false });
    },
    ...(perOutput && !fixed && {
      separateOutputs: true,
      reestimateFrom: (outputs: Float64Array, targets: Table, effectiveParameters: Float64Array) => {
        const noises = noisesOf(outputs, targets, effectiveParameters);
        const mean = Math.exp(noises.reduce((sum, value) => sum + Math.log(value) / noises.length, 0));
        return create({ ...settings, noise: mean, scales: noises.map((value) => value / mean), estimated: false });
      },
    }),
  };
  return remakeable(likelihood, "gaussian", () => (estimated ? { perOutput, scales } : { noise, fixed, perOutput, scales }));
}

/** sqrt(2 E_k / (N - gamma_k)) for each output. */
function noisesOf(outputs: Float64Array, { data, rows, columns }: Table, effectiveParameters: Float64Array): Float64Array {
  const squares = new Float64Array(columns);
  for (let i = 0; i < data.length; i++) squares[i % columns] += (outputs[i] - data[i]) ** 2;
  const { scale } = columnScale({ data, rows, columns });
  return squares.map((square, k) => Math.max(LEAST_NOISE * scale[k], Math.sqrt(square / Math.max(rows - effectiveParameters[k], 1e-3 * rows))));
}
