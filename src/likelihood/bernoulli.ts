import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions } from "../errors.ts";
import { unitScale } from "../model/standardized.ts";
import { bernoulliPrediction, type BernoulliPrediction } from "./bernoulli-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { predicting } from "./predictor.ts";
import { sigmoid, softplus } from "../sigmoid.ts";

/**
 * One of two classes.
 *
 * @category Likelihoods
 */
export type BernoulliLikelihood = Likelihood<BernoulliPrediction>;

/** log(1 + exp(f)) - t f, in a form that does not cancel where f is large and right. */
const loss = (f: number, target: number): number => softplus(target === 1 ? -f : f);

/** y (1 - y) for y = sigmoid(a). */
const slope = (a: number): number => sigmoid(a) * sigmoid(-a);

/**
 * Two classes from one logit: $p(t = 1 \mid f) = \sigma(f) = 1 / (1 + e^{-f})$, $E_D = \sum \log(1 + e^f) - t f$. Targets are 0 or 1 (or one-hot in two
 * columns, the second being class 1).
 *
 * @category Likelihoods
 * @example
 * ```ts
 * import { bernoulli } from "laplace-ts";
 * console.log(bernoulli().name); // bernoulli
 * ```
 */
export function bernoulli(): BernoulliLikelihood {
  return {
    name: "bernoulli",
    precision: 1,
    noiseParameters: 0,
    description: "bernoulli",
    encode,
    outputScale: (_, outputs) => unitScale(outputs),
    energy: (outputs, targets) => outputs.reduce((sum, f, n) => sum + loss(f, targets.data[n]), 0),
    logLikelihood: (energy) => -energy,
    logDensity: (outputs, targets) => outputs.map((f, n) => -loss(f, targets.data[n])),
    // sigmoid(f) - 1 = -sigmoid(-f), which does not cancel.
    gradient: (outputs, targets) => outputs.map((f, n) => (targets.data[n] === 1 ? -sigmoid(-f) : sigmoid(f))),
    hessian: (outputs) => outputs.map(slope),
    factor: (outputs) => ({ data: outputs.map((f) => Math.sqrt(slope(f))), columns: 1 }),
    ...predicting((options) => {
      knownOptions("options", options, []);
      return {
        keep: ({ mean, covariance }) => ({ mean, variance: covariance }),
        make: (logits, rows) => bernoulliPrediction(logits, (targets) => encode(targets, rows, 1)),
      };
    }),
    reestimate() {
      return this;
    },
  };
}

function encode(targets: MatrixLike, rows: number, outputs: number): Table {
  if (outputs !== 1) throw new InvalidArgumentError({ argument: "model", expected: "one output, the logit of class 1, for a Bernoulli likelihood", received: `${outputs} outputs`, advice: "Use categorical() for a model with an output for each class." });
  const table = toTable("targets", targets);
  const column = table.columns === 2 && table.rows === rows ? secondColumn(table) : table;
  if (column.rows !== rows || column.columns !== 1) throw new InvalidArgumentError({ argument: "targets", expected: `${rows} labels, one for each input`, received: `${table.rows} x ${table.columns}` });
  const bad = column.data.findIndex((t) => t !== 0 && t !== 1);
  if (bad >= 0) throw new InvalidArgumentError({ argument: "targets", expected: "labels 0 or 1", received: `${column.data[bad]} in row ${bad}` });
  return column;
}

function secondColumn({ data, rows }: Table): Table {
  for (let n = 0; n < rows; n++) {
    if (data[2 * n] + data[2 * n + 1] !== 1) throw new InvalidArgumentError({ argument: "targets", expected: "one-hot rows, [1, 0] or [0, 1]", received: `[${data[2 * n]}, ${data[2 * n + 1]}] in row ${n}` });
  }
  return { data: Float64Array.from({ length: rows }, (_, n) => data[2 * n + 1]), rows, columns: 1 };
}
