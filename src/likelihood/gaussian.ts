import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, describe, knownOptions, positive } from "../errors.ts";
import { columnScale } from "../model/standardized.ts";
import { gaussianPrediction, type GaussianPrediction } from "./gaussian-prediction.ts";
import type { Likelihood } from "./likelihood.ts";

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
}

/**
 * Targets with Gaussian noise, the same for all outputs and examples.
 *
 * @category Likelihoods
 */
export interface GaussianLikelihood extends Likelihood<GaussianPrediction> {
  /** Standard deviation of the noise, in the units of the targets. */
  readonly noise: number;
  /** Whether re-estimation leaves the noise alone. */
  readonly fixed: boolean;
  readonly estimated: boolean;
}

/**
 * Regression, $t = f(x) + \text{noise}$:
 * $$\log p(t \mid f) = -\frac\beta2 \sum (f - t)^2 + \frac{NK}2 \log\frac\beta{2\pi}, \qquad \beta = 1 / \text{noise}^2.$$
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} when the noise is not a finite number above 0, or is fixed but not given.
 * @example
 * ```ts
 * import { gaussian } from "laplace-ts";
 * console.log(gaussian({ noise: 0.1 }).precision.toFixed(0)); // 100
 * ```
 */
export function gaussian(options: GaussianOptions = {}): GaussianLikelihood {
  knownOptions("options", options, ["noise", "fixed"]);
  const { noise, fixed = false } = options;
  if (noise !== undefined) return create(usable(noise), fixed, false);
  if (fixed) throw new InvalidArgumentError({ argument: "noise", expected: "the known standard deviation, as fixed is true", received: "undefined" });
  return create(1, false, true);
}

/** The noise, if its precision is a number that can be worked with. */
function usable(noise: number): number {
  const precision = positive("noise", noise) ** -2;
  if (precision > 0 && Number.isFinite(precision)) return noise;
  throw new InvalidArgumentError({ argument: "noise", expected: "a standard deviation between 1e-150 and 1e150", received: describe(noise), advice: "Give the targets other units." });
}

function create(noise: number, fixed: boolean, estimated: boolean): GaussianLikelihood {
  const precision = 1 / (noise * noise);
  return {
    name: "gaussian",
    noise,
    fixed,
    estimated,
    precision,
    noiseParameters: fixed ? 0 : 1,
    description: `gaussian, noise ${noise.toPrecision(4)}${fixed ? " (known)" : ""}`,
    encode,
    outputScale: columnScale,
    energy: (outputs, targets) => {
      let sum = 0;
      for (let i = 0; i < outputs.length; i++) sum += (outputs[i] - targets.data[i]) ** 2;
      return 0.5 * sum;
    },
    logLikelihood: (energy, count) => -precision * energy + 0.5 * count * Math.log(precision / (2 * Math.PI)),
    logDensity: (outputs, targets) => {
      const columns = targets.columns;
      const values = new Float64Array(targets.rows).fill(0.5 * columns * Math.log(precision / (2 * Math.PI)));
      for (let i = 0; i < outputs.length; i++) values[Math.floor(i / columns)] -= 0.5 * precision * (outputs[i] - targets.data[i]) ** 2;
      return values;
    },
    gradient: (outputs, targets) => outputs.map((f, i) => precision * (f - targets.data[i])),
    hessian: (_, targets) => diagonalBlocks(targets, precision),
    factor: (_, targets) => ({ data: diagonalBlocks(targets, Math.sqrt(precision)), columns: targets.columns }),
    predict: (moments, options = {}) => {
      knownOptions("options", options as object, []);
      return gaussianPrediction(moments, new Float64Array(moments.outputs).fill(noise * noise));
    },
    reestimate(energy, count, effectiveParameters) {
      if (fixed) return this;
      if (energy === 0) throw new InvalidArgumentError({ argument: "noise", expected: "residuals to estimate it from", received: "a model that fits the targets exactly", advice: "Give the noise: gaussian({ noise, fixed: true })." });
      // Fewer degrees of freedom than parameters leave nothing to estimate noise from.
      const freedom = Math.max(count - effectiveParameters, 1e-3 * count);
      return create(Math.sqrt((2 * energy) / freedom), false, false);
    },
  };
}

/** N blocks of K x K with the given value on their diagonals. */
function diagonalBlocks({ rows, columns }: Table, value: number): Float64Array {
  const blocks = new Float64Array(rows * columns * columns);
  for (let i = 0; i < rows * columns; i++) blocks[i * columns + (i % columns)] = value;
  return blocks;
}

function encode(targets: MatrixLike, rows: number, outputs: number): Table {
  const table = toTable("targets", targets);
  if (table.rows === rows && table.columns === outputs) return table;
  throw new InvalidArgumentError({ argument: "targets", expected: `${rows} x ${outputs}, a row for each input and a column for each output of the model`, received: `${table.rows} x ${table.columns}` });
}
