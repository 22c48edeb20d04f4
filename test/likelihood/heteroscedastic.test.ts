import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import { mlp } from "../../src/model/mlp.ts";
import { coverage } from "../../src/predictive/scores.ts";
import { random } from "../../src/random.ts";
import { expectClose } from "../support/close.ts";

const likelihood = heteroscedastic();

/** One target whose mean and log noise have the given means, variances and covariance. */
const predicted = (m: number, s: number, mm: number, ms: number, ss: number) => likelihood.predict({ rows: 1, outputs: 2, mean: Float64Array.of(m, s), covariance: Float64Array.of(mm, ms, ms, ss) });

describe("heteroscedastic", () => {
  it("is the density of a normal distribution with the predicted noise", () => {
    const f = Float64Array.of(1, 2, Math.log(0.5), Math.log(3));
    const [two] = likelihood.logDensity(f, likelihood.encode([[0.3, -1]], 1, 4));
    const one = (noise: number, m: number, t: number): number => gaussian({ noise }).logDensity(Float64Array.of(m), gaussian().encode([t], 1, 1))[0];
    expect(two).toBeCloseTo(one(0.5, 1, 0.3) + one(3, 2, -1), 13);
    let total = 0;
    for (let t = -20; t < 20; t += 0.01) total += 0.01 * Math.exp(likelihood.logDensity(Float64Array.of(1, 0.4), likelihood.encode([t], 1, 2))[0]);
    expect(total).toBeCloseTo(1, 12);
  });

  it("starts from the mean and spread of the targets", () => {
    const { shift, scale } = likelihood.outputScale(likelihood.encode([[1, 5], [3, 5]], 2, 4), 4);
    expectClose(shift, [2, 5, 0, 0], 1e-15);
    expectClose(scale, [1, 1, 1, 1], 1e-15);
    expectClose(likelihood.outputScale(likelihood.encode([-6, 6], 2, 2), 2).shift, [0, Math.log(6)], 1e-15);
  });

  it("refuses models and targets that do not fit", () => {
    expect(() => likelihood.encode([1, 2], 2, 1)).toThrow(/^model: expected two outputs for each column of targets, the means and then the log standard deviations, got 1 output\./);
    expect(() => likelihood.encode([1, 2], 2, 3)).toThrow(InvalidArgumentError);
    expect(() => likelihood.encode([[1, 2]], 1, 2)).toThrow(/^targets: expected 1 x 1, a row for each input and a column for each two outputs of the model, got 1 x 2/);
    expect(() => likelihood.encode([Number.NaN] as MatrixLike, 1, 2)).toThrow(/finite/);
    expect(() => predicted(0, 0, 1, 0, 1).interval(0)).toThrow(/^level: /);
    expect(() => likelihood.predict({ rows: 1, outputs: 2, mean: new Float64Array(2), covariance: new Float64Array(4) }, { noise: 1 })).toThrow(/^options\.noise: /);
  });
});

describe("a heteroscedastic prediction", () => {
  it("that knows the noise is Gaussian", () => {
    const [here, there] = [predicted(1, Math.log(0.5), 2, 0, 0), gaussian({ noise: 0.5 }).predict({ rows: 1, outputs: 1, mean: Float64Array.of(1), covariance: Float64Array.of(2) })];
    for (const name of ["mean", "variance", "noiseVariance", "totalVariance"] as const) expectClose(here[name].to1DArray(), there[name].to1DArray(), 1e-14);
    expectClose(here.logDensity([4]), there.logDensity([4]), 1e-13);
    expectClose(here.interval(0.9).upper.to1DArray(), there.interval(0.9).upper.to1DArray(), 1e-8);
    expectClose(here.meanInterval(0.9).upper.to1DArray(), there.meanInterval(0.9).upper.to1DArray(), 1e-13);
  });

  it.each([[0.5, 0.2, 0.3], [0.5, -0.5, 1], [1e-4, 0, 0.01], [4, 1, 0.5]])("has the integral over mean and log noise, with variances %d, %d and %d", (mm, ms, ss) => {
    const prediction = predicted(1, -0.5, mm, ms, ss);
    const [a, b, c] = [Math.sqrt(ss), ms / Math.sqrt(ss), Math.sqrt(mm - (ms * ms) / ss)];
    for (const t of [1, 2, -3, 8]) {
      let integral = 0;
      for (let z = -8; z <= 30; z += 0.05) {
        const s = -0.5 + a * z;
        // Steps that are short beside the noise.
        const h = Math.min(0.1, (0.4 * Math.exp(s)) / c);
        for (let y = -8; y <= 8; y += h) integral += (0.05 * h * Math.exp(-0.5 * (y * y + z * z) - s - 0.5 * ((t - 1 - b * z - c * y) / Math.exp(s)) ** 2)) / (2 * Math.PI) ** 1.5;
      }
      if (integral > 1e-200) expectClose(prediction.logDensity([t]), [Math.log(integral)], 1e-7);
    }
  });

  it("has a density that adds up to one, the total variance, and intervals of their level", () => {
    const prediction = predicted(1, -0.5, 0.3, 0.1, 0.2);
    const { lower, upper } = prediction.interval(0.8);
    const sums = { total: 0, variance: 0, below: 0, above: 0 };
    const h = 0.005;
    for (let t = -60; t <= 60; t += h) {
      const p = h * Math.exp(prediction.logDensity([t])[0]);
      sums.total += p;
      sums.variance += p * (t - 1) ** 2;
      if (t < lower.get(0, 0)) sums.below += p;
      if (t > upper.get(0, 0)) sums.above += p;
    }
    expect(sums.total).toBeCloseTo(1, 8);
    // The mean of the mixture is not moved by the covariance of m and s.
    expect(sums.variance).toBeCloseTo(prediction.totalVariance.get(0, 0), 6);
    expect(sums.below).toBeCloseTo(0.1, 2);
    expect(sums.above).toBeCloseTo(0.1, 2);
    expect(prediction.noiseVariance.get(0, 0)).toBeCloseTo(Math.exp(-1 + 0.4), 13);
    const noise = prediction.noiseInterval(0.8).upper.get(0, 0);
    expect(noise).toBeCloseTo(Math.exp(-0.5 + 1.2815515655446004 * Math.sqrt(0.2)), 10);
  });

  it("knows targets that are far off", () => {
    const prediction = predicted(0, 0, 1e-6, 0, 0.01);
    const log = (s: number): number => -s - 450 * Math.exp(-2 * s) - (s * s) / 0.02 - 0.5 * Math.log(2 * Math.PI) - 0.5 * Math.log(2 * Math.PI * 0.01);
    let integral = 0;
    for (let s = -1; s < 4; s += 1e-4) integral += 1e-4 * Math.exp(log(s) + 150);
    expectClose(prediction.logDensity([30]), [Math.log(integral) - 150], 1e-5);
  });
});

describe("input-dependent noise, in one call", () => {
  it("is found, and intervals are honest where noise is small and where it is large", async () => {
    const source = random(2);
    const noise = (x: number): number => 0.1 + 0.4 * (x > 0 ? x : 0);
    const sample = (count: number) => {
      const inputs = Array.from({ length: count }, () => [4 * source.uniform() - 2]);
      return { inputs, targets: inputs.map(([x]) => 100 + 10 * (Math.sin(x) + noise(x) * source.normal())) };
    };
    const fitted = await fit(mlp([1, 4, 2], { seed: 1 }), likelihood, sample(200));
    expect(fitted.posterior.distanceFromMode).toBeLessThan(0.1);
    const { noiseVariance, mean } = await fitted.predict([[-1], [1.5]]);
    expect(Math.abs(Math.sqrt(noiseVariance.get(0, 0)) / (10 * noise(-1)) - 1)).toBeLessThan(0.3);
    expect(Math.abs(Math.sqrt(noiseVariance.get(1, 0)) / (10 * noise(1.5)) - 1)).toBeLessThan(0.3);
    expect(Math.abs(mean.get(0, 0) - 100 - 10 * Math.sin(-1))).toBeLessThan(1);
    const test = sample(300);
    for (const side of [-1, 1]) {
      const rows = test.inputs.map((_, n) => n).filter((n) => side * test.inputs[n][0] > 0);
      const prediction = await fitted.predict(rows.map((n) => test.inputs[n]));
      const covered = coverage(prediction, rows.map((n) => test.targets[n]), 0.9);
      expect(covered).toBeGreaterThan(0.82);
      expect(covered).toBeLessThan(0.97);
    }
  });
});
