import fc from "../support/fast-check.ts";
import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { poisson, type PoissonOptions } from "../../src/likelihood/poisson.ts";
import { mlp } from "../../src/model/mlp.ts";
import { random } from "../../src/random.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";

const likelihood = poisson();
const predicted = (m: number, s2: number) => likelihood.predict({ rows: 1, outputs: 1, mean: Float64Array.of(m), covariance: Float64Array.of(s2) });

describe("poisson", () => {
  it.each([-3, 0, 2.5])("has probabilities that add up to one, and the rate for mean and variance, for a log rate of %d", (f) => {
    const p = Array.from({ length: 80 }, (_, t) => Math.exp(likelihood.logDensity(Float64Array.of(f), likelihood.encode([t], 1, 1))[0]));
    const moment = (of: (t: number) => number): number => p.reduce((sum, value, t) => sum + value * of(t), 0);
    const rate = Math.exp(f);
    expectClose([moment(() => 1), moment((t) => t), moment((t) => (t - rate) ** 2)], [1, rate, rate], 1e-13);
  });

  it("with an exposure is the same at a rate so many times as high", () => {
    const exposed = poisson({ exposure: true });
    const encoded = exposed.encode([[3, 1, 10, 0.5], [0, 7, 1, 2]], 2, 2);
    const f = Float64Array.of(-1, 0.3, 0.2, 1);
    const shifted = f.map((value, i) => value + Math.log([10, 0.5, 1, 2][i]));
    const plain = likelihood.encode([[3, 1], [0, 7]], 2, 2);
    expectClose(exposed.logDensity(f, encoded), likelihood.logDensity(shifted, plain), 1e-14);
    expectClose(exposed.gradient(f, encoded), likelihood.gradient(shifted, plain), 1e-13);
  });

  it("starts from the mean rates of the data", () => {
    expectClose(likelihood.outputScale(likelihood.encode([[1, 0], [5, 0]], 2, 2), 2).shift, [Math.log(3), Math.log(0.25)], 1e-15);
    const exposed = poisson({ exposure: true });
    expectClose(exposed.outputScale(exposed.encode([[1, 2], [5, 10]], 2, 1), 1).shift, [Math.log(0.5)], 1e-15);
  });

  it.each<[what: string, targets: unknown, message: RegExp]>([
    ["half a count", [1, 0.5], /expected counts, whole numbers from 0, got 0\.5 in row 1/],
    ["a negative count", [-1, 2], /got -1 in row 0/],
    ["too many columns", [[1, 1], [2, 1]], /expected 2 x 1, a row for each input and a column for each output of the model, got 2 x 2/],
    ["NaN", [1, Number.NaN], /expected finite numbers/],
  ])("refuses targets with %s", (_, targets, message) => {
    expect(() => likelihood.encode(targets as MatrixLike, 2, 1)).toThrow(InvalidArgumentError);
    expect(() => likelihood.encode(targets as MatrixLike, 2, 1)).toThrow(message);
  });

  it("refuses bad exposures and options", () => {
    expect(() => poisson({ exposure: true }).encode([[1, 0]], 1, 1)).toThrow(/^targets: expected exposures above 0, got 0 in row 0/);
    expect(() => poisson({ exposure: true }).encode([1], 1, 1)).toThrow(/^targets: expected 1 x 2, .* and then their exposures, got 1 x 1/);
    expect(() => poisson({ exposure: 2 } as unknown as PoissonOptions)).toThrow(/^exposure: expected true or false, got 2\. The exposures themselves stand in the targets/);
    expect(() => poisson({ offset: 1 } as PoissonOptions)).toThrow(/^options\.offset: /);
    const moments = { rows: 2, outputs: 1, mean: new Float64Array(2), covariance: new Float64Array(2) };
    expect(() => likelihood.predict(moments, { exposure: 0 })).toThrow(/^exposure: expected finite numbers above 0, got 0/);
    expect(() => likelihood.predict(moments, { exposure: [1, 2, 3] })).toThrow(/^exposure: expected a number, or 2 x 1, got 3 x 1/);
    expect(() => likelihood.predict(moments).interval(2)).toThrow(/^level: /);
    expect(() => likelihood.predict(moments).probability(0.5)).toThrow(/^count: expected a whole number of at least 0, got 0\.5/);
  });
});

describe("a Poisson prediction", () => {
  it.each([[0, 0.01], [1, 0.3], [3, 0.05], [2, 0], [-2, 0.8]])("has the moments of its probabilities, for a log rate %d +- sqrt(%d)", (m, s2) => {
    const prediction = predicted(m, s2);
    const p = Array.from({ length: 1500 }, (_, t) => prediction.probability(t).get(0, 0));
    const moment = (of: (t: number) => number): number => p.reduce((sum, value, t) => sum + value * of(t), 0);
    const mean = prediction.mean.get(0, 0);
    expectClose([moment(() => 1), moment((t) => t), moment((t) => (t - mean) ** 2)], [1, mean, prediction.totalVariance.get(0, 0)], 1e-6);
    expect(prediction.totalVariance.get(0, 0)).toBeCloseTo(prediction.variance.get(0, 0) + prediction.noiseVariance.get(0, 0), 12);
    const atMost = (c: number): number => p.slice(0, c + 1).reduce((a, b) => a + b, 0);
    const { lower, upper } = prediction.interval(0.8);
    for (const [end, level] of [[lower.get(0, 0), 0.1], [upper.get(0, 0), 0.9]]) {
      expect(atMost(end)).toBeGreaterThan(level - 1e-4);
      expect(atMost(end - 1)).toBeLessThan(level + 1e-4);
    }
  });

  it("has the integrals of the Poisson probability over the log rate", () => {
    fc.assert(
      fc.property(fc.double({ min: -5, max: 8, noNaN: true }), fc.double({ min: 0.01, max: 4, noNaN: true }), fc.nat(3000), (m, s, count) => {
        const log = (z: number): number => count * (m + s * z) - Math.exp(m + s * z) - 0.5 * z * z;
        const largest = Array.from({ length: 4001 }, (_, i) => log((i - 2000) / 20)).reduce((a, b) => Math.max(a, b));
        let integral = 0;
        for (let z = -100; z <= 100; z += 1e-3) integral += 1e-3 * Math.exp(log(z) - largest);
        let logFactorial = 0;
        for (let t = 2; t <= count; t++) logFactorial += Math.log(t);
        const expected = largest + Math.log(integral) - logFactorial - 0.5 * Math.log(2 * Math.PI);
        expectRelativelyClose(predicted(m, s * s).logDensity([count]), [expected], 1e-10);
      }),
      { numRuns: 25 },
    );
  });

  it("takes exposures", () => {
    const moments = { rows: 2, outputs: 1, mean: Float64Array.of(1, 2), covariance: Float64Array.of(0.2, 0.5) };
    const [once, twice] = [likelihood.predict(moments), likelihood.predict(moments, { exposure: [1, 10] })];
    expect(twice.mean.get(0, 0)).toBe(once.mean.get(0, 0));
    expectRelativelyClose([twice.mean.get(1, 0), twice.variance.get(1, 0), twice.rateInterval().lower.get(1, 0)], [10 * once.mean.get(1, 0), 100 * once.variance.get(1, 0), 10 * once.rateInterval().lower.get(1, 0)], 1e-13);
    expect(twice.logRate).toEqual(once.logRate);
    // Counts that are scored bring their own exposures.
    const scored = poisson({ exposure: true }).predict(moments).logDensity([[3, 1], [80, 10]]);
    expectClose(scored, twice.logDensity([3, 80]).map((_, n) => [once.logDensity([3, 0])[0], likelihood.predict({ ...moments, mean: Float64Array.of(1, 2 + Math.log(10)) }).logDensity([3, 80])[1]][n]), 1e-12);
  });

  it("stays a number far out", () => {
    for (const [m, s2] of [[800, 0.1], [-800, 2000], [0, 1e4], [100, 0], [710, 0]]) {
      const prediction = predicted(m, s2);
      const { lower, upper } = prediction.interval();
      const numbers = [prediction.mean, prediction.variance, prediction.totalVariance, lower, upper, prediction.probability(3)].map((matrix) => matrix.get(0, 0));
      for (const value of [...numbers, prediction.logDensity([5])[0]]) expect(value).not.toBeNaN();
      expect(lower.get(0, 0)).toBeLessThanOrEqual(upper.get(0, 0));
    }
  });
});

describe("counts, in one call", () => {
  it("are fitted, with honest intervals", async () => {
    const source = random(3);
    const draw = (rate: number): number => {
      let [count, product] = [0, source.uniform()];
      for (; product > Math.exp(-rate); count++) product *= source.uniform();
      return count;
    };
    const sample = (count: number): { inputs: number[][]; targets: number[] } => {
      const inputs = Array.from({ length: count }, () => [4 * source.uniform() - 2]);
      return { inputs, targets: inputs.map(([x]) => draw(Math.exp(1 + Math.sin(2 * x)))) };
    };
    const fitted = await fit(mlp([1, 5, 1], { seed: 1 }), likelihood, sample(100));
    expect(fitted.posterior.distanceFromMode).toBeLessThan(0.1);
    const test = sample(400);
    const prediction = await fitted.predict(test.inputs);
    const worst = test.inputs.map(([x], n) => Math.abs(prediction.logRate.get(n, 0) - 1 - Math.sin(2 * x))).reduce((a, b) => Math.max(a, b));
    expect(worst).toBeLessThan(0.8);
    const { lower, upper } = prediction.interval(0.9);
    const inside = test.targets.filter((t, n) => lower.get(n, 0) <= t && t <= upper.get(n, 0)).length / 400;
    expect(inside).toBeGreaterThan(0.88);
  });
});
