import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions } from "../errors.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import { entriesThat } from "./entries.ts";
import type { Likelihood } from "./likelihood.ts";
import { logGamma } from "./log-gamma.ts";
import { marginals } from "./moments.ts";
import { mixedPoisson, poissonPrediction, type PoissonPrediction } from "./poisson-prediction.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";
import { rowSums, withoutNoise } from "./without-noise.ts";
import type { Random } from "../random.ts";

/**
 * Options of {@link poisson}.
 *
 * @category Likelihoods
 */
export interface PoissonOptions {
  /** Whether targets have K more columns, the exposures: for how long, or among how many, events were counted. Default false: all are 1. */
  readonly exposure?: boolean;
}

/**
 * How counts are predicted.
 *
 * @category Predictions
 */
export interface PoissonPredictionOptions {
  /** Exposure of the counts to be predicted: one number for all, or N x K. Default 1. */
  readonly exposure?: number | MatrixLike;
}

/**
 * Counts.
 *
 * @category Likelihoods
 */
export type PoissonLikelihood = Likelihood<PoissonPrediction, PoissonPredictionOptions>;

/**
 * Counts whose log rate is the output (McCullagh & Nelder 1989, chapter 6), with exposure $e$:
 * $$p(t \mid f) = \frac{\lambda^t e^{-\lambda}}{t!}, \qquad \lambda = e\, e^f.$$
 * Gradient $\lambda - t$, Hessian $\lambda$. Targets are whole numbers from 0, N x K; with `exposure: true` they have 2K columns, counts and then exposures.
 *
 * {@link fit} starts networks from the mean rate of the data.
 *
 * @category Likelihoods
 * @throws {@link InvalidArgumentError} for counts that are not whole numbers from 0, and exposures that are not above 0.
 * @example
 * ```ts
 * import { laplace, mlp, poisson, predict, train } from "laplace-ts";
 * const data = { inputs: [0, 1, 2, 3, 4], targets: [1, 2, 4, 9, 15] };
 * const { model, likelihood, prior } = await train(mlp([1, 1]), poisson(), data);
 * const counts = await predict(await laplace(model, likelihood, data, { prior }), [5]);
 * const { lower, upper } = counts.interval(0.9);
 * console.log(lower.get(0, 0) < counts.mean.get(0, 0), upper.get(0, 0) > 20); // true true
 * ```
 */
export function poisson(options: PoissonOptions = {}): PoissonLikelihood {
  knownOptions("options", options, ["exposure"]);
  const { exposure = false } = options;
  if (typeof exposure !== "boolean") throw new InvalidArgumentError({ argument: "exposure", expected: "true or false", received: String(exposure), advice: "The exposures themselves stand in the targets, after the counts." });
  const encoded = (targets: MatrixLike, rows: number, outputs: number): Table => encode(targets, rows, outputs, exposure);
  const likelihood: PoissonLikelihood = {
    ...withoutNoise,
    name: "poisson",
    description: exposure ? "poisson, with exposures" : "poisson",
    encode: encoded,
    outputsFor: ({ columns }) => (exposure ? columns / 2 : columns),
    outputScale: ({ data, columns }, outputs) => {
      const [counts, exposures] = [new Float64Array(outputs), new Float64Array(outputs)];
      for (let i = 0; i < data.length; i += columns) {
        for (let k = 0; k < outputs; k++) {
          counts[k] += data[i + k];
          exposures[k] += Math.exp(data[i + outputs + k]);
        }
      }
      // Where nothing was counted, half an event.
      return { shift: counts.map((count, k) => Math.log(Math.max(count, 0.5) / exposures[k])), scale: new Float64Array(outputs).fill(1) };
    },
    energy: (outputs, targets) => logDensity(outputs, targets).reduce((sum, value) => sum - value, 0),
    logDensity,
    gradient: (outputs, targets) => perOutput(outputs, targets, (f, t) => Math.exp(f) - t),
    hessian: (outputs, targets) => diagonalBlocks(perOutput(outputs, targets, Math.exp), outputs.length / targets.rows),
    factor: (outputs, targets) => {
      const columns = outputs.length / targets.rows;
      return { data: diagonalBlocks(perOutput(outputs, targets, (f) => Math.exp(0.5 * f)), columns), columns };
    },
    mix: mixedPoisson,
    draw: (outputs, target, source) => target.map((value, i) => (i < outputs.length ? poissonDraw(Math.exp(outputs[i] + target[outputs.length + i]), source) : value)),
    ...predicting((asked: PoissonPredictionOptions) => {
      knownOptions("options", asked, ["exposure"], PREDICT_OPTIONS);
      return {
        isMarginal: () => true,
        keep: marginals,
        make: (logRates, rows, outputs) => poissonPrediction(logRates, outputs, exposuresOf(asked.exposure ?? 1, rows, outputs), (targets) => encoded(targets, rows, outputs)),
      };
    }),
  };
  return remakeable(likelihood, "poisson", () => ({ exposure }));
}

/** A count of the given mean: of a sum of two of half the mean where that is large, else as many arrivals as fit into one unit of time (Knuth 1969, section 3.4.1). */
function poissonDraw(mean: number, source: Random): number {
  if (mean > 30) return poissonDraw(0.5 * mean, source) + poissonDraw(0.5 * mean, source);
  let count = 0;
  for (let product = source.uniform(); product > Math.exp(-mean); product *= source.uniform()) count++;
  return count;
}

/** A number for each output from its log rate and count. */
function perOutput(outputs: Float64Array, { data, rows }: Table, value: (logRate: number, count: number) => number): Float64Array {
  const columns = outputs.length / rows;
  return outputs.map((f, i) => {
    const at = i + Math.floor(i / columns) * columns;
    return value(f + data[at + columns], data[at]);
  });
}

function logDensity(outputs: Float64Array, targets: Table): Float64Array {
  return rowSums(perOutput(outputs, targets, (f, t) => t * f - Math.exp(f) - logGamma(t + 1)), outputs.length / targets.rows);
}

/** Counts and then the logs of their exposures: N x 2K. */
function encode(targets: MatrixLike, rows: number, outputs: number, exposure: boolean): Table {
  const table = toTable("targets", targets);
  const columns = exposure ? 2 * outputs : outputs;
  if (table.rows !== rows || table.columns !== columns) {
    const expected = `${rows} x ${columns}, a row for each input and a column for each output of the model${exposure ? ", and then their exposures" : ""}`;
    throw new InvalidArgumentError({ argument: "targets", expected, received: `${table.rows} x ${table.columns}` });
  }
  const data = new Float64Array(rows * 2 * outputs);
  table.data.forEach((value, i) => {
    const [n, k] = [Math.floor(i / columns), i % columns];
    const counted = k < outputs;
    if (counted && !(Number.isSafeInteger(value) && value >= 0)) throw new InvalidArgumentError({ argument: "targets", expected: "counts, whole numbers from 0", received: `${value} in row ${n}` });
    if (!counted && !(value > 0)) throw new InvalidArgumentError({ argument: "targets", expected: "exposures above 0", received: `${value} in row ${n}` });
    data[n * 2 * outputs + k] = counted ? value : Math.log(value);
  });
  return { data, rows, columns: 2 * outputs };
}

/** Exposures of predictions: N x K. */
function exposuresOf(exposure: number | MatrixLike, rows: number, outputs: number): Float64Array {
  return entriesThat((value) => value > 0 && Number.isFinite(value), "finite numbers above 0", "exposure", exposure, rows, outputs);
}
