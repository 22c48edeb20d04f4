import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import type { Table } from "../../src/data.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { functionLikelihood, type LikelihoodFunction } from "../../src/likelihood/function-likelihood.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import type { Likelihood, OutputFactor } from "../../src/likelihood/likelihood.ts";
import type { OutputMoments, Prediction } from "../../src/likelihood/prediction.ts";
import { toMatrix } from "../../src/model/derivatives.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

/** What every likelihood must satisfy: a new one needs a row here and nothing else. */
interface Row {
  readonly likelihood: Likelihood;
  readonly outputs: readonly number[];
  /** Valid targets for some rows of outputs. */
  readonly targets: (rows: number, outputs: number, seed: number) => number[][];
  /** Whether the Hessian depends on the target: the factor then goes by its average over targets, which are numbers. */
  readonly depends?: boolean;
  /** Of its Hessian, where that is made of differences. Default 1e-9. */
  readonly tolerance?: number;
}

function labels(classes: number, rows: number, seed: number): number[][] {
  const source = random(seed);
  return Array.from({ length: rows }, () => [source.integer(classes)]);
}

const numbers = (rows: number, outputs: number, seed: number): number[][] => toMatrix(normals(rows * outputs, seed), rows, outputs).to2DArray();

const counts = (rows: number, outputs: number, seed: number): number[][] => numbers(rows, outputs, seed).map((row) => row.map((value) => Math.floor(3 * Math.abs(value))));

/** Waiting times, from log rates. */
const waiting: LikelihoodFunction = { name: "exponential", logDensity: (f, t) => f.reduce((sum, value, k) => sum + value - t[k] * Math.exp(value), 0) };

const conformance: Row[] = [
  { likelihood: gaussian({ noise: 0.7 }), outputs: [1, 2, 3], targets: numbers },
  { likelihood: gaussian({ noise: 3, fixed: true }), outputs: [1, 2], targets: numbers },
  { likelihood: gaussian({ noise: 0.5, scales: [0.1, 4] }), outputs: [2], targets: numbers },
  { likelihood: gaussian(), outputs: [1, 2], targets: numbers },
  { likelihood: bernoulli(), outputs: [1, 3], targets: (rows, outputs, seed) => numbers(rows, outputs, seed).map((row) => row.map((value) => (value > 0 ? 1 : 0))) },
  { likelihood: categorical(), outputs: [2, 3, 5], targets: (rows, outputs, seed) => labels(outputs, rows, seed) },
  { likelihood: measurements({ scale: 1.5 }), outputs: [1, 2], targets: (rows, outputs, seed) => numbers(rows, outputs, seed).map((row, n) => [...row, ...row.map((_, k) => 0.2 + n + 0.3 * k)]) },
  { likelihood: functionLikelihood(waiting), outputs: [1, 2], targets: (rows, outputs, seed) => numbers(rows, outputs, seed).map((row) => row.map(Math.abs)), tolerance: 1e-6 },
  { likelihood: functionLikelihood({ ...waiting, gradient: (f, t) => f.map((value, k) => 1 - t[k] * Math.exp(value)) }), outputs: [1, 2], targets: (rows, outputs, seed) => numbers(rows, outputs, seed).map((row) => row.map(Math.abs)) },
  { likelihood: heteroscedastic(), outputs: [2, 4], targets: (rows, outputs, seed) => numbers(rows, outputs / 2, seed), depends: true },
  { likelihood: studentT({ scale: 0.8, degreesOfFreedom: 5 }), outputs: [1, 2], targets: numbers, depends: true },
  { likelihood: studentT({ scale: 1, degreesOfFreedom: 400, scales: [0.7] }), outputs: [1], targets: numbers, depends: true },
  { likelihood: poisson(), outputs: [1, 2], targets: counts },
  { likelihood: poisson({ exposure: true }), outputs: [1, 2], targets: (rows, outputs, seed) => counts(rows, outputs, seed).map((row, n) => [...row, ...row.map((_, k) => 0.5 + n + k)]) },
];

describe.each(conformance)("$likelihood.description", ({ likelihood, outputs: widths, targets, depends, tolerance = 1e-9 }) => {
  const batches = fc.record({ rows: fc.integer({ min: 1, max: 4 }), width: fc.constantFrom(...widths), scale: fc.constantFrom(0.1, 1, 5), seed: fc.nat(1e5) }).map(({ rows, width, scale, seed }) => ({
    f: normals(rows * width, seed).map((value) => scale * value),
    given: targets(rows, width, seed + 1),
    encoded: likelihood.encode(targets(rows, width, seed + 1), rows, width),
    rows,
    width,
  }));
  const energyAt = (f: Float64Array, encoded: Table): number => likelihood.precision * likelihood.energy(f, encoded);
  const errorAt = (f: Float64Array, encoded: Table): number => -likelihood.logDensity(f, encoded).reduce((sum, value) => sum + value, 0);

  it("has the gradient of -logDensity, and of the energy times the precision", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded }) => {
        const gradient = likelihood.gradient(f, encoded);
        expectClose(gradient, differences((g) => [errorAt(g, encoded)], f), 1e-9);
        expectClose(gradient, differences((g) => [energyAt(g, encoded)], f), 1e-9);
      }),
    );
  });

  it("has the Hessian of -logDensity, block by block", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded, rows, width }) => {
        const dense = differences((g) => likelihood.gradient(g, encoded), f);
        const hessian = likelihood.hessian(f, encoded);
        const expected = Array.from({ length: rows * width * width }, (_, i) => {
          const [n, k, j] = [Math.floor(i / width ** 2), Math.floor(i / width) % width, i % width];
          return dense[(n * width + k) * rows * width + n * width + j];
        });
        expectClose(hessian, expected, tolerance);
      }),
    );
  });

  const squares = ({ data, columns }: OutputFactor, rows: number, width: number): number[] =>
    Array.from({ length: rows }, (_, n) => {
      const s = toMatrix(data.slice(n * width * columns, (n + 1) * width * columns), width, columns);
      return s.mmul(s.transpose()).to1DArray();
    }).flat();

  it.skipIf(depends)("has a factor S with S S' = Hessian", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded, rows, width }) => {
        expectClose(squares(likelihood.factor(f, encoded), rows, width), likelihood.hessian(f, encoded), 1e-14);
      }),
    );
  });

  it.skipIf(!depends)("has a factor S with S S' = Hessian, on average over targets of the model's own distribution", () => {
    const f = normals(widths[0], 3).map((value) => 0.5 * value);
    const average = new Float64Array(f.length ** 2);
    for (let t = -400; t <= 400; t += 0.02) {
      const encoded = likelihood.encode([t], 1, f.length);
      const weight = 0.02 * Math.exp(likelihood.logDensity(f, encoded)[0]);
      likelihood.hessian(f, encoded).forEach((value, i) => (average[i] += weight * value));
    }
    expectClose(squares(likelihood.factor(f, likelihood.encode([0], 1, f.length)), 1, f.length), average, 1e-6);
  });

  it("has densities that add up to the log likelihood of the energy", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded, rows, width }) => {
        const density = likelihood.logDensity(f, encoded);
        expect(density).toHaveLength(rows);
        expectClose([likelihood.logLikelihood(likelihood.energy(f, encoded), rows * width)], [-errorAt(f, encoded)], 1e-13);
      }),
    );
  });

  it("treats examples apart: a batch is its examples one after another", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded, rows, width }) => {
        const one = (n: number): [Float64Array, Table] => [f.slice(n * width, (n + 1) * width), { data: encoded.data.slice(n * encoded.columns, (n + 1) * encoded.columns), rows: 1, columns: encoded.columns }];
        const parts = (of: (...args: [Float64Array, Table]) => Float64Array): number[] => Array.from({ length: rows }, (_, n) => Array.from(of(...one(n)))).flat();
        expect(parts((...args) => likelihood.logDensity(...args))).toEqual(Array.from(likelihood.logDensity(f, encoded)));
        expect(parts((...args) => likelihood.gradient(...args))).toEqual(Array.from(likelihood.gradient(f, encoded)));
        expect(parts((...args) => likelihood.hessian(...args))).toEqual(Array.from(likelihood.hessian(f, encoded)));
        expect(parts((...args) => likelihood.factor(...args).data)).toEqual(Array.from(likelihood.factor(f, encoded).data));
      }),
    );
  });

  it("predicts batch by batch what it predicts at once, to the last bit", () => {
    fc.assert(
      fc.property(batches, ({ f, given, rows, width }) => {
        const root = toMatrix(normals(rows * width * width, 9), rows * width, width);
        const block = (n: number): number[] => {
          const r = root.subMatrix(n * width, (n + 1) * width - 1, 0, width - 1);
          return r.mmul(r.transpose()).to1DArray();
        };
        const part = (from: number, to: number): OutputMoments => ({ rows: to - from, outputs: width, mean: f.slice(from * width, to * width), covariance: Float64Array.from(Array.from({ length: to - from }, (_, n) => block(from + n)).flat()) });
        const predictor = likelihood.predictor();
        for (let n = 0; n < rows; n++) predictor.add(part(n, n + 1));
        const [whole, joined] = [likelihood.predict(part(0, rows)), predictor.prediction()];
        const numbersOf = (prediction: Prediction): unknown[] => Object.entries(prediction).filter(([, value]) => typeof value !== "function");
        expect(numbersOf(joined).length).toBeGreaterThan(0);
        expect(numbersOf(joined)).toEqual(numbersOf(whole));
        expect(joined.logDensity(given)).toEqual(whole.logDensity(given));
      }),
    );
  });

  it("leaves its arguments alone", () => {
    fc.assert(
      fc.property(batches, ({ f, encoded }) => {
        const before = structuredClone([f, encoded.data]);
        likelihood.gradient(f, encoded);
        likelihood.hessian(f, encoded);
        likelihood.factor(f, encoded);
        likelihood.logDensity(f, encoded);
        likelihood.energy(f, encoded);
        expect([f, encoded.data]).toEqual(before);
      }),
    );
  });
});
