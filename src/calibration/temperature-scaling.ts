import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, UnsupportedError, describe, madeBy } from "../errors.ts";
import { LIKELIHOODS } from "../likelihood/examples.ts";
import type { BernoulliLikelihood } from "../likelihood/bernoulli.ts";
import type { CategoricalLikelihood } from "../likelihood/categorical.ts";
import { softmax } from "../likelihood/softmax.ts";
import type { PredictionOf } from "../predictive/method.ts";

/**
 * Logits divided by a temperature.
 *
 * @category Calibration
 */
export interface TemperatureScaling<L extends CategoricalLikelihood | BernoulliLikelihood> {
  /** T, above 1 where the model was too sure, below 1 where it was not sure enough. */
  readonly temperature: number;
  /** The predictions with logits divided by T, N x K as the model gives them, without error bars: for the same scores as those of {@link predict}. */
  predict(logits: MatrixLike): PredictionOf<L>;
}

/**
 * Temperature scaling (Guo et al. 2017, section 4.2), the baseline to which error bars for classes are compared: all logits are divided by one temperature, that of the greatest likelihood of held-out targets,
 * $$\hat T = \arg\min_T \; - \sum_n \log p\left(t_n \mid f_n / T\right) .$$
 * That is convex in $1 / T$, and solved by Newton's method within a bracket. Labels stay as they are; only how sure they are changes, and by as much far from the data as near them.
 *
 * @category Calibration
 * @param likelihood - {@link categorical} or {@link bernoulli}.
 * @param logits - N x K, of examples that the model was not trained on: `forward(model, inputs)`, or `prediction.logits`.
 * @param targets - Labels or one-hot rows of these examples.
 * @throws {@link InvalidArgumentError} when the temperature that is best is 0, as every example has its label's logit as the largest, or infinite, as the logits say no more about these targets than chance; and for arguments
 *   that do not fit each other.
 * @throws {@link UnsupportedError} for other likelihoods.
 * @example
 * ```ts
 * import { categorical, meanLogDensity, temperatureScaling } from "laplace-ts";
 * const logits = [[4, 0], [4, 0], [0, 4], [4, 0]]; // sure to 98 %, right in 75 %
 * const scaling = temperatureScaling(categorical(), logits, [0, 0, 1, 1]);
 * console.log(scaling.temperature.toFixed(3)); // 3.641
 * console.log(scaling.predict([[4, 0]]).probabilities.get(0, 0).toFixed(2)); // 0.75
 * ```
 */
export function temperatureScaling<L extends CategoricalLikelihood | BernoulliLikelihood>(likelihood: L, logits: MatrixLike, targets: MatrixLike): TemperatureScaling<L> {
  madeBy(LIKELIHOODS, "likelihood", likelihood, "encode");
  if (likelihood.name !== "categorical" && likelihood.name !== "bernoulli") throw new UnsupportedError(`temperatureScaling() is for classes, categorical() or bernoulli(), and not for ${describe(likelihood.name)}.`);
  const table = toTable("logits", logits);
  const labels = likelihood.encode(targets, table.rows, table.columns);
  const temperature = 1 / bestInverse(likelihood.name === "categorical" ? aboveOwn(table, labels) : binaryAboveOwn(table, labels));
  return {
    temperature,
    predict: (others) => {
      const { data, rows, columns } = toTable("logits", others);
      if (columns !== table.columns) throw new InvalidArgumentError({ argument: "logits", expected: `N x ${table.columns}`, received: `${rows} x ${columns}` });
      return likelihood.predict({ rows, outputs: columns, mean: data.map((f) => f / temperature) }) as PredictionOf<L>;
    },
  };
}

/** Logits less that of the label, a row for each example. */
function aboveOwn({ data, rows, columns }: Table, labels: Table): Table {
  return { data: data.map((f, i) => f - data[i - (i % columns) + labels.data[Math.floor(i / columns)]]), rows, columns };
}

/** The same for labels that are true or not, a row for each: their logits are 0 and f. */
function binaryAboveOwn({ data }: Table, labels: Table): Table {
  const rows = Array.from(data, (f, i) => (labels.data[i] === 1 ? [-f, 0] : [0, f]));
  return { data: Float64Array.from(rows.flat()), rows: rows.length, columns: 2 };
}

/** The b at which sum_n log sum_k exp(b g_nk) is least. */
function bestInverse({ data, rows, columns }: Table): number {
  const scale = data.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
  const scaled = data.map((g) => (scale === 0 ? 0 : g / scale));
  const row = (n: number): Float64Array => scaled.subarray(n * columns, (n + 1) * columns);
  /** First and second derivative in b. */
  const derivatives = (b: number): readonly [number, number] => {
    let [slope, bend] = [0, 0];
    for (let n = 0; n < rows; n++) {
      const g = row(n);
      const p = softmax(g.map((value) => b * value));
      const mean = p.reduce((sum, value, k) => sum + value * g[k], 0);
      slope += mean;
      bend += p.reduce((sum, value, k) => sum + value * (g[k] - mean) ** 2, 0);
    }
    return [slope, bend];
  };

  if (!(derivatives(0)[0] < 0)) throw unscalable("logits that are better than chance for the targets", "logits whose best temperature is infinite", "Are targets and logits of the same examples, in the same order, and the columns those of the labels?");
  if (scaled.every((g) => g <= 0)) throw separable();
  let [low, high] = [0, 1];
  while (derivatives(high)[0] < 0) {
    low = high;
    high *= 2;
    if (high > Number.MAX_SAFE_INTEGER) throw separable();
  }
  let b = 0.5 * (low + high);
  for (let tries = 0; tries < 200; tries++) {
    const [slope, bend] = derivatives(b);
    if (slope < 0) low = b;
    else high = b;
    const newton = b - slope / bend;
    const next = newton > low && newton < high ? newton : 0.5 * (low + high);
    const change = Math.abs(next - b);
    b = next;
    if (change <= 1e-15 * b) break;
  }
  return b / scale;
}

function separable(): InvalidArgumentError {
  return unscalable("examples of which some are not labelled right", "none: the best temperature is 0", "Use held-out examples that the model was not trained on, or more of them.");
}

function unscalable(expected: string, received: string, advice: string): InvalidArgumentError {
  return new InvalidArgumentError({ argument: "logits", expected, received, advice });
}
