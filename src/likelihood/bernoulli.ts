import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions } from "../errors.ts";
import { bernoulliPrediction, mixedBernoulli, type BernoulliPrediction } from "./bernoulli-prediction.ts";
import { diagonalBlocks } from "./diagonal-blocks.ts";
import type { Likelihood } from "./likelihood.ts";
import { marginals } from "./moments.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";
import { sigmoid, softplus } from "../sigmoid.ts";
import { rowSums, withoutNoise } from "./without-noise.ts";

/**
 * One of two classes, or K labels that each are given or not.
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
 * A model of K outputs has K labels that do not exclude each other, as the tags of a text: $p(t \mid f) = \prod_k \sigma(f_k)^{t_k} \sigma(-f_k)^{1 - t_k}$. Targets are
 * then N x K numbers 0 or 1. For one of K classes use {@link categorical}.
 *
 * @category Likelihoods
 * @example
 * ```ts
 * import { bernoulli, laplace, mlp, predict, train } from "laplace-ts";
 * const inputs = [-2, -1, 1, 2];
 * const targets = [[0, 1], [0, 1], [1, 1], [1, 0]]; // two labels
 * const { model, likelihood, prior } = await train(mlp([1, 2]), bernoulli(), { inputs, targets });
 * const { probability } = await predict(await laplace(model, likelihood, { inputs, targets }, { prior }), [3]);
 * console.log(probability.get(0, 0) > 0.5, probability.get(0, 1) > 0.5); // true false
 * ```
 */
export function bernoulli(): BernoulliLikelihood {
  const likelihood: BernoulliLikelihood = {
    ...withoutNoise,
    name: "bernoulli",
    description: "bernoulli",
    encode,
    energy: (outputs, targets) => outputs.reduce((sum, f, i) => sum + loss(f, targets.data[i]), 0),
    logDensity: (outputs, targets) => rowSums(outputs.map((f, i) => -loss(f, targets.data[i])), targets.columns),
    // sigmoid(f) - 1 = -sigmoid(-f), which does not cancel.
    gradient: (outputs, targets) => outputs.map((f, i) => (targets.data[i] === 1 ? -sigmoid(-f) : sigmoid(f))),
    hessian: (outputs, { columns }) => diagonalBlocks(outputs.map(slope), columns),
    factor: (outputs, { columns }) => ({ data: diagonalBlocks(outputs.map((f) => Math.sqrt(slope(f))), columns), columns }),
    mix: mixedBernoulli,
    draw: (outputs, _, source) => outputs.map((f) => (source.uniform() < sigmoid(f) ? 1 : 0)),
    ...predicting((options: object) => {
      knownOptions("options", options, [], PREDICT_OPTIONS);
      return {
        isMarginal: () => true,
        keep: marginals,
        make: (logits, rows, outputs) => bernoulliPrediction(logits, outputs, (targets) => encode(targets, rows, outputs)),
      };
    }),
  };
  return remakeable(likelihood, "bernoulli");
}

function encode(targets: MatrixLike, rows: number, outputs: number): Table {
  const table = toTable("targets", targets);
  const labels = outputs === 1 && table.columns === 2 && table.rows === rows ? secondColumn(table) : table;
  if (labels.rows !== rows || labels.columns !== outputs) {
    const expected = outputs === 1 ? `${rows} labels, one for each input` : `${rows} x ${outputs} labels, one for each output of the model`;
    throw new InvalidArgumentError({ argument: "targets", expected, received: `${table.rows} x ${table.columns}`, advice: outputs > 1 && table.columns === 1 ? "Use categorical() for one of several classes." : undefined });
  }
  const bad = labels.data.findIndex((t) => t !== 0 && t !== 1);
  if (bad >= 0) throw new InvalidArgumentError({ argument: "targets", expected: "labels 0 or 1", received: `${labels.data[bad]} in row ${Math.floor(bad / outputs)}` });
  return labels;
}

function secondColumn({ data, rows }: Table): Table {
  for (let n = 0; n < rows; n++) {
    if (data[2 * n] + data[2 * n + 1] !== 1) throw new InvalidArgumentError({ argument: "targets", expected: "one-hot rows, [1, 0] or [0, 1]", received: `[${data[2 * n]}, ${data[2 * n + 1]}] in row ${n}` });
  }
  return { data: Float64Array.from({ length: rows }, (_, n) => data[2 * n + 1]), rows, columns: 1 };
}
