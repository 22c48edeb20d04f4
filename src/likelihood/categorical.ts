import { toTable, type MatrixLike, type Table } from "../data.ts";
import { InvalidArgumentError, knownOptions, madeBy } from "../errors.ts";
import { mirrorLower, symmetricRankK } from "../linalg/symmetric-rank-k.ts";
import { categoricalPrediction, integrated, mixedCategorical, type CategoricalPrediction } from "./categorical-prediction.ts";
import type { Likelihood } from "./likelihood.ts";
import { extendedMacKay } from "./extended-mackay.ts";
import { probit, type Link } from "./link.ts";
import { PREDICT_OPTIONS, predicting } from "./predictor.ts";
import { remakeable } from "../recipe.ts";
import { softplus } from "../sigmoid.ts";
import { logOddsAgainst, softmax } from "./softmax.ts";
import { withoutNoise } from "./without-noise.ts";

/**
 * How class probabilities are predicted.
 *
 * @category Predictions
 */
export interface CategoricalPredictionOptions {
  /** How softmax is averaged over the logits: {@link probit}, {@link extendedMacKay}, {@link laplaceBridge} or {@link monteCarlo}. Default `extendedMacKay()` up to 50 classes, and `probit()` for more: see {@link categorical}. */
  readonly link?: Link;
}

/**
 * One of K classes.
 *
 * @category Likelihoods
 */
export type CategoricalLikelihood = Likelihood<CategoricalPrediction, CategoricalPredictionOptions>;

/**
 * K classes from K logits: $p(t = k \mid f) = e^{f_k} / \sum_j e^{f_j}$. Targets are labels 0 .. K - 1 or one-hot rows.
 *
 * The Hessian at an output is $\mathrm{diag}(p) - p p^\top = S S^\top$ with $S = \mathrm{diag}(\sqrt p) - p \sqrt p^\top$.
 *
 * Softmax ignores what all logits have in common, and data say nothing about it: there their variance is that of the prior, which may be huge. Predictions average by {@link extendedMacKay}, which looks at
 * differences of logits, up to 50 classes. For more its $K \times K$ covariances are dear, and the shift, with a $K$-th of the prior variance of a logit, small: there it is {@link probit}, which takes variances alone.
 *
 * @category Likelihoods
 * @example
 * ```ts
 * import { categorical, softmax } from "laplace-ts";
 * console.log(categorical().name, softmax([0, 0])); // categorical Float64Array(2) [ 0.5, 0.5 ]
 * ```
 */
export function categorical(): CategoricalLikelihood {
  const likelihood: CategoricalLikelihood = {
    ...withoutNoise,
    name: "categorical",
    description: "categorical",
    encode,
    outputsFor: ({ data, columns }) => (columns > 1 ? columns : classesOf(data)),
    energy: (outputs, targets) => -logDensity(outputs, targets).reduce((sum, value) => sum + value, 0),
    logDensity,
    gradient: (outputs, targets) => {
      const p = probabilities(outputs, targets.rows);
      const classes = outputs.length / targets.rows;
      for (let n = 0; n < targets.rows; n++) {
        const row = p.subarray(n * classes, (n + 1) * classes);
        row[targets.data[n]] = -complement(row, targets.data[n]);
      }
      return p;
    },
    hessian: (outputs, targets) => {
      const classes = outputs.length / targets.rows;
      return perExample(outputs, targets.rows, (p, block) => {
        for (let k = 0; k < classes; k++) {
          for (let j = 0; j < classes; j++) block[k * classes + j] = -p[k] * p[j];
          block[k * classes + k] = p[k] * complement(p, k);
        }
      });
    },
    factor: (outputs, targets) => {
      const classes = outputs.length / targets.rows;
      const data = perExample(outputs, targets.rows, (p, block) => {
        for (let k = 0; k < classes; k++) {
          for (let j = 0; j < classes; j++) block[k * classes + j] = -p[k] * Math.sqrt(p[j]);
          block[k * classes + k] = Math.sqrt(p[k]) * complement(p, k);
        }
      });
      return { data, columns: classes };
    },
    factorSum: (outputs, targets) => {
      const classes = outputs.length / targets.rows;
      const p = probabilities(outputs, targets.rows);
      const sum = new Float64Array(classes * classes);
      symmetricRankK(p, targets.rows, classes, sum, -1);
      mirrorLower(sum, classes);
      for (let k = 0; k < classes; k++) sum[k * (classes + 1)] = 0;
      for (let i = 0; i < p.length; i++) {
        // Of probabilities, one at most is so near 1 that its complement would lose digits.
        const rest = p[i] < 0.5 ? 1 - p[i] : complement(p.subarray(i - (i % classes), i - (i % classes) + classes), i % classes);
        sum[(i % classes) * (classes + 1)] += p[i] * rest;
      }
      return sum;
    },
    mix: mixedCategorical,
    draw: (outputs, _, source) => Float64Array.of(label(softmax(outputs), source.uniform())),
    ...predicting((options: CategoricalPredictionOptions) => {
      knownOptions("options", options, ["link"], PREDICT_OPTIONS);
      const { link: asked } = options;
      if (asked !== undefined) madeBy("probit(), extendedMacKay(), laplaceBridge() or monteCarlo()", "link", asked, "logProbabilities");
      const linkFor = (classes: number): Link => asked ?? (classes <= MOST_CORRELATED ? extendedMacKay() : probit());
      return {
        isMarginal: (classes) => linkFor(classes).fromVariances !== undefined,
        keep: (moments) => integrated(moments, linkFor(moments.outputs)),
        make: (kept, rows, outputs) => categoricalPrediction(kept, rows, outputs, (targets) => encode(targets, rows, outputs)),
      };
    }),
  };
  return remakeable(likelihood, "categorical");
}

/** Classes up to which all covariances of logits are computed unless a link is asked for. */
const MOST_CORRELATED = 50;

/** The class in whose share of the unit interval a number falls. */
function label(p: Float64Array, u: number): number {
  let rest = u;
  let possible = 0;
  for (let k = 0; k < p.length; k++) {
    if (p[k] > 0) possible = k;
    rest -= p[k];
    if (rest < 0) return k;
  }
  // What rounding leaves goes to the last class that is possible at all.
  return possible;
}

/** 1 - p_k as the sum of the other probabilities, which does not cancel where p_k is nearly 1. */
function complement(p: Float64Array, k: number): number {
  let sum = 0;
  for (let j = 0; j < p.length; j++) if (j !== k) sum += p[j];
  return sum;
}

/** Rows of class probabilities for rows of logits. */
function probabilities(outputs: Float64Array, rows: number): Float64Array {
  const classes = outputs.length / rows;
  const result = new Float64Array(outputs.length);
  for (let n = 0; n < rows; n++) result.set(softmax(outputs.subarray(n * classes, (n + 1) * classes)), n * classes);
  return result;
}

function logDensity(outputs: Float64Array, { data, rows }: Table): Float64Array {
  const classes = outputs.length / rows;
  // log p = -log(1 + odds against it), which keeps its accuracy where p is nearly 1.
  return data.map((label, n) => -softplus(logOddsAgainst(outputs.subarray(n * classes, (n + 1) * classes), label)));
}

function perExample(outputs: Float64Array, rows: number, fill: (p: Float64Array, block: Float64Array) => void): Float64Array {
  const classes = outputs.length / rows;
  const p = probabilities(outputs, rows);
  const blocks = new Float64Array(rows * classes * classes);
  for (let n = 0; n < rows; n++) fill(p.subarray(n * classes, (n + 1) * classes), blocks.subarray(n * classes * classes, (n + 1) * classes * classes));
  return blocks;
}

function encode(targets: MatrixLike, rows: number, classes: number): Table {
  if (classes < 2) throw new InvalidArgumentError({ argument: "model", expected: "an output for each of two or more classes", received: "1 output", advice: "Use bernoulli() for a single logit." });
  const table = toTable("targets", targets);
  if (table.rows !== rows || (table.columns !== 1 && table.columns !== classes)) throw new InvalidArgumentError({ argument: "targets", expected: `${rows} labels, or ${rows} x ${classes} one-hot rows`, received: `${table.rows} x ${table.columns}` });
  const labels = table.columns === 1 ? table.data : fromOneHot(table);
  const bad = labels.findIndex((t) => !Number.isInteger(t) || t < 0 || t >= classes);
  if (bad >= 0) throw new InvalidArgumentError({ argument: "targets", expected: `whole labels 0 .. ${classes - 1}`, received: `${labels[bad]} in row ${bad}`, advice: "Labels count from 0." });
  return { data: labels, rows, columns: 1 };
}

/** How many classes there are, of labels all of which occur: one that does not would be a class that nothing is known about. */
function classesOf(labels: Float64Array): number {
  const bad = labels.findIndex((t) => !Number.isInteger(t) || t < 0);
  if (bad >= 0) throw new InvalidArgumentError({ argument: "targets", expected: "whole labels 0, 1, 2, ...", received: `${labels[bad]} in row ${bad}`, advice: "Labels count from 0." });
  const present = new Set(labels);
  const classes = labels.reduce((most, label) => Math.max(most, label), 1) + 1;
  let absent = 0;
  while (present.has(absent)) absent++;
  if (absent >= classes) return classes;
  throw new InvalidArgumentError({ argument: "targets", expected: `all labels 0 .. ${classes - 1}`, received: `no row with label ${absent}`, advice: `Labels count from 0 without gaps: number the classes that there are. If class ${absent} is only absent from these rows, say how many classes there are by networks({ outputs }).` });
}

function fromOneHot({ data, rows, columns }: Table): Float64Array {
  return Float64Array.from({ length: rows }, (_, n) => {
    const row = data.subarray(n * columns, (n + 1) * columns);
    const label = row.indexOf(1);
    if (label < 0 || row.some((t, k) => t !== (k === label ? 1 : 0))) throw new InvalidArgumentError({ argument: "targets", expected: "one-hot rows with a single 1 and zeros", received: `[${row.join(", ")}] in row ${n}` });
    return label;
  });
}
