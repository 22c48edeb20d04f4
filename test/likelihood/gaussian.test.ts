import { describe, expect, it } from "vitest";
import type { MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { gaussian, type GaussianOptions } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { forward } from "../../src/model/derivatives.ts";
import reference from "../fixtures/laplace-torch-regression.json" with { type: "json" };

const targets = gaussian().encode([[1, 2], [3, 5]], 2, 2);
const outputs = Float64Array.of(1, 1, 1, 1);

describe("gaussian", () => {
  it("is the density of a normal distribution", () => {
    const likelihood = gaussian({ noise: 0.5 });
    expect([likelihood.noise, likelihood.precision]).toEqual([0.5, 4]);
    const logNormal = (r: number): number => Math.log(Math.exp((-r * r) / (2 * 0.25)) / Math.sqrt(2 * Math.PI * 0.25));
    const density = likelihood.logDensity(outputs, targets);
    expect(density[0]).toBeCloseTo(logNormal(0) + logNormal(1), 12);
    expect(density[1]).toBeCloseTo(logNormal(2) + logNormal(4), 12);
  });

  it("has an energy at unit precision", () => {
    for (const noise of [0.1, 1, 5]) expect(gaussian({ noise }).energy(outputs, targets)).toBe(0.5 * (0 + 1 + 4 + 16));
  });

  it("gives laplace-torch's log likelihood", () => {
    const network = mlp(reference.sizes, { parameters: reference.theta });
    const likelihood = gaussian({ noise: reference.sigma_noise });
    const encoded = likelihood.encode(reference.Y, reference.X.length, 1);
    const energy = likelihood.energy(Float64Array.from(forward(network, reference.X).to1DArray()), encoded);
    const count = reference.X.length;
    expect(Math.abs(likelihood.logLikelihood(energy, count) - reference.results.all_full.log_likelihood)).toBeLessThan(1e-9);
  });

  it("re-estimates the noise as sqrt(2 E_0 / (N K - gamma))", () => {
    const again = gaussian({ noise: 3 }).reestimate(8, 20, 4);
    expect(again.noise).toBeCloseTo(1, 15);
    expect(again.precision).toBeCloseTo((20 - 4) / (2 * 8), 15);
    expect([again.fixed, again.estimated]).toEqual([false, false]);
    // The new noise does not depend on the old one.
    expect(gaussian({ noise: 0.01 }).reestimate(8, 20, 4).noise).toBe(again.noise);
  });

  it("stays finite where parameters outnumber the data", () => {
    expect(gaussian({ noise: 1 }).reestimate(2, 10, 10).noise).toBeCloseTo(Math.sqrt(4 / 0.01), 10);
    expect(gaussian({ noise: 1 }).reestimate(2, 10, 12).noise).toBeCloseTo(Math.sqrt(4 / 0.01), 10);
  });

  it("refuses to estimate noise from a perfect fit, unless the noise is known", () => {
    expect(() => gaussian({ noise: 0.3 }).reestimate(0, 10, 2)).toThrow(/^noise: expected residuals to estimate it from/);
    const known = gaussian({ noise: 0.3, fixed: true });
    expect(known.reestimate(0, 10, 2)).toBe(known);
  });

  it("leaves known noise alone", () => {
    const known = gaussian({ noise: 0.3, fixed: true });
    expect(known.reestimate(8, 20, 4)).toBe(known);
    expect([known.fixed, known.estimated]).toEqual([true, false]);
    expect([known.noiseParameters, gaussian().noiseParameters]).toEqual([0, 1]);
    expect(known.description).toBe("gaussian, noise 0.3000 (known)");
  });

  it("says when its noise is open", () => {
    expect([gaussian().estimated, gaussian().noise, gaussian({ noise: 2 }).estimated]).toEqual([true, 1, false]);
    expect(gaussian({ noise: 2 }).description).toBe("gaussian, noise 2.000");
  });

  it.each<[options: unknown, message: RegExp]>([
    [{ noise: 0 }, /^noise: expected a finite number above 0, got 0/],
    [{ noise: -0.1 }, /^noise: .*got -0\.1/],
    [{ noise: Number.NaN }, /^noise: .*got NaN/],
    [{ noise: "0.1" }, /^noise: .*got "0\.1"/],
    [{ noise: null }, /^noise: .*got null/],
    [{ fixed: true }, /^noise: expected the known standard deviation, as fixed is true, got undefined/],
    [{ sigma: 1 }, /^options\.sigma: expected one of the options noise, fixed/],
  ])("refuses the options %j", (options, message) => {
    expect(() => gaussian(options as GaussianOptions)).toThrow(InvalidArgumentError);
    expect(() => gaussian(options as GaussianOptions)).toThrow(message);
  });

  it.each<[what: string, targets: unknown, message: RegExp]>([
    ["too few rows", [[1, 2]], /expected 2 x 2, a row for each input and a column for each output of the model, got 1 x 2/],
    ["too few columns", [1, 2], /got 2 x 1/],
    ["rows and columns exchanged", [[1, 2, 3], [1, 2, 3]], /got 2 x 3/],
    ["NaN", [[1, 2], [Number.NaN, 3]], /expected finite numbers, got NaN at row 1, column 0/],
    ["strings", [["1", "2"], [1, 2]], /expected numbers, got "1"/],
    ["nothing", [], /expected at least one row/],
    ["undefined", undefined, /got undefined/],
  ])("refuses targets with %s", (_, bad, message) => {
    const encode = (): unknown => gaussian().encode(bad as MatrixLike, 2, 2);
    expect(encode).toThrow(InvalidArgumentError);
    expect(encode).toThrow(/^targets/);
    expect(encode).toThrow(message);
  });
});
