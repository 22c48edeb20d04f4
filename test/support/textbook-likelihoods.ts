import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { functionLikelihood } from "../../src/likelihood/function-likelihood.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { normals } from "./random-numbers.ts";

/** A likelihood beside its definition, for one example and without care for overflow: an oracle for the batched code. */
export interface TextbookLikelihood {
  readonly name: string;
  /** K. */
  readonly outputs: number;
  /** beta. */
  readonly noisePrecision: number;
  readonly likelihood: Likelihood;
  /** Random targets, in N rows: one-hot for classes. */
  readonly targets: (rows: number, seed: number) => number[][];
  /** log p(t | f). */
  readonly logDensity: (f: readonly number[], t: readonly number[]) => number;
  /** -d log p / df. */
  readonly gradient: (f: readonly number[], t: readonly number[]) => number[];
  /** -d2 log p / df df'. */
  readonly hessian: (f: readonly number[], t: readonly number[]) => number[][];
  /** The Hessian averaged over targets, where it depends on them. */
  readonly information?: (f: readonly number[]) => number[][];
}

/** Gaussian noise of the given standard deviation on K outputs. */
export function textbookGaussian(outputs: number, noise = 0.5): TextbookLikelihood {
  const beta = 1 / noise ** 2;
  return {
    name: `gaussian, ${outputs} outputs`,
    outputs,
    noisePrecision: beta,
    likelihood: gaussian({ noise }),
    targets: (rows, seed) => rowsOf(normals(rows * outputs, seed), outputs),
    logDensity: (f, t) => sum(f.map((value, k) => -0.5 * Math.log(2 * Math.PI * noise ** 2) - (value - t[k]) ** 2 / (2 * noise ** 2))),
    gradient: (f, t) => f.map((value, k) => beta * (value - t[k])),
    hessian: (f) => f.map((_, k) => f.map((__, l) => (k === l ? beta : 0))),
  };
}

/** A logit for each of K labels. */
export function textbookBernoulli(outputs = 1): TextbookLikelihood {
  const p = (f: readonly number[]): number[] => f.map((value) => 1 / (1 + Math.exp(-value)));
  return {
    name: `bernoulli, ${outputs} labels`,
    outputs,
    noisePrecision: 1,
    likelihood: bernoulli(),
    targets: (rows, seed) => rowsOf(normals(rows * outputs, seed).map((value) => (value > 0 ? 1 : 0)), outputs),
    logDensity: (f, t) => sum(p(f).map((y, k) => t[k] * Math.log(y) + (1 - t[k]) * Math.log(1 - y))),
    gradient: (f, t) => p(f).map((y, k) => y - t[k]),
    hessian: (f) => p(f).map((y, k) => f.map((_, l) => (k === l ? y * (1 - y) : 0))),
  };
}

/** K logits. */
export function textbookCategorical(outputs: number): TextbookLikelihood {
  const p = (f: readonly number[]): number[] => f.map((value) => Math.exp(value) / sum(f.map(Math.exp)));
  return {
    name: `categorical, ${outputs} classes`,
    outputs,
    noisePrecision: 1,
    likelihood: categorical(),
    targets: (rows, seed) => Array.from(normals(rows, seed), (value) => Array.from({ length: outputs }, (_, k) => (k === Math.floor(Math.abs(value) * 1e6) % outputs ? 1 : 0))),
    logDensity: (f, t) => Math.log(p(f)[t.indexOf(1)]),
    gradient: (f, t) => p(f).map((value, k) => value - t[k]),
    hessian: (f) => p(f).map((a, k) => p(f).map((b, l) => (k === l ? a : 0) - a * b)),
  };
}

/** One target with its mean and the log standard deviation of its noise. */
export function textbookHeteroscedastic(): TextbookLikelihood {
  return {
    name: "heteroscedastic",
    outputs: 2,
    noisePrecision: 1,
    likelihood: heteroscedastic(),
    // Far apart, so that no small network fits them and takes the noise to 0.
    targets: (rows, seed) => rowsOf(normals(rows, seed).map((value, n) => value + 4 * (-1) ** n), 1),
    logDensity: ([m, s], [t]) => -0.5 * Math.log(2 * Math.PI * Math.exp(s) ** 2) - (t - m) ** 2 / (2 * Math.exp(s) ** 2),
    gradient: ([m, s], [t]) => [(m - t) / Math.exp(2 * s), 1 - (m - t) ** 2 / Math.exp(2 * s)],
    hessian: ([m, s], [t]) => [[1, 2 * (t - m)], [2 * (t - m), 2 * (t - m) ** 2]].map((row) => row.map((value) => value / Math.exp(2 * s))),
    information: ([, s]) => [[1 / Math.exp(2 * s), 0], [0, 2]],
  };
}

/** One measured value, with its error bar in the second column of the targets. */
export function textbookMeasurements(): TextbookLikelihood {
  return {
    name: "measurements",
    outputs: 1,
    noisePrecision: 1,
    likelihood: measurements(),
    targets: (rows, seed) => Array.from(normals(rows, seed), (value, n) => [value, 0.3 + 0.2 * n]),
    logDensity: ([f], [t, sigma]) => -0.5 * Math.log(2 * Math.PI * sigma ** 2) - (t - f) ** 2 / (2 * sigma ** 2),
    gradient: ([f], [t, sigma]) => [(f - t) / sigma ** 2],
    hessian: (_, [, sigma]) => [[1 / sigma ** 2]],
  };
}

/** Noise of Student's t distribution with 3 degrees of freedom, whose density needs no Gamma function, on K outputs. */
export function textbookStudentT(outputs: number, scale = 0.5): TextbookLikelihood {
  const rest = (f: number, t: number): number => 3 * scale ** 2 + (t - f) ** 2;
  return {
    name: `student t, ${outputs} outputs`,
    outputs,
    noisePrecision: 1,
    likelihood: studentT({ scale, degreesOfFreedom: 3 }),
    targets: (rows, seed) => rowsOf(normals(rows * outputs, seed), outputs),
    logDensity: (f, t) => sum(f.map((value, k) => Math.log((6 * Math.sqrt(3) * scale ** 3) / (Math.PI * rest(value, t[k]) ** 2)))),
    gradient: (f, t) => f.map((value, k) => (4 * (value - t[k])) / rest(value, t[k])),
    hessian: (f, t) => f.map((value, k) => f.map((_, l) => (k === l ? (4 * (3 * scale ** 2 - (value - t[k]) ** 2)) / rest(value, t[k]) ** 2 : 0))),
    information: (f) => f.map((_, k) => f.map((__, l) => (k === l ? 4 / 6 / scale ** 2 : 0))),
  };
}

/** Counts, from K log rates. */
export function textbookPoisson(outputs: number): TextbookLikelihood {
  const factorial = (t: number): number => (t === 0 ? 1 : t * factorial(t - 1));
  return {
    name: `poisson, ${outputs} outputs`,
    outputs,
    noisePrecision: 1,
    likelihood: poisson(),
    targets: (rows, seed) => rowsOf(normals(rows * outputs, seed).map((value) => Math.floor(2 * Math.abs(value))), outputs),
    logDensity: (f, t) => sum(f.map((value, k) => Math.log((Math.exp(value) ** t[k] * Math.exp(-Math.exp(value))) / factorial(t[k])))),
    gradient: (f, t) => f.map((value, k) => Math.exp(value) - t[k]),
    hessian: (f) => f.map((value, k) => f.map((_, l) => (k === l ? Math.exp(value) : 0))),
  };
}

/** Waiting times with a log rate, log p = f - t e^f, by nothing but their log density. */
export function textbookFunction(): TextbookLikelihood {
  return {
    name: "function",
    outputs: 1,
    noisePrecision: 1,
    likelihood: functionLikelihood({ logDensity: ([f], [t]) => f - t * Math.exp(f) }),
    targets: (rows, seed) => rowsOf(normals(rows, seed).map((value) => value * value), 1),
    logDensity: ([f], [t]) => Math.log(Math.exp(f) * Math.exp(-t * Math.exp(f))),
    gradient: ([f], [t]) => [t * Math.exp(f) - 1],
    hessian: ([f], [t]) => [[t * Math.exp(f)]],
  };
}

function rowsOf(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, n) => Array.from(values.subarray(n * columns, (n + 1) * columns)));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
