import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { temperatureScaling } from "../../src/calibration/temperature-scaling.ts";
import { UnsupportedError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { meanLogDensity } from "../../src/predictive/scores.ts";
import { random } from "../../src/random.ts";
import fc from "../support/fast-check.ts";

interface Fixture {
  readonly classes: { readonly logits: number[][]; readonly targets: number[]; readonly temperature: number; readonly log_loss_at_temperature: number };
  readonly logits: { readonly logits: number[]; readonly targets: number[]; readonly temperature: number };
}

const { classes, logits: binary } = JSON.parse(readFileSync(new URL("../fixtures/scikit-learn-calibration.json", import.meta.url), "utf8")) as Fixture;

describe("temperatureScaling", () => {
  it("has the temperature that SciPy's root finder gives, and scikit-learn's log loss there", () => {
    const scaling = temperatureScaling(categorical(), classes.logits, classes.targets);
    expect(scaling.temperature).toBeCloseTo(classes.temperature, 10);
    expect(-meanLogDensity(scaling.predict(classes.logits), classes.targets)).toBeCloseTo(classes.log_loss_at_temperature, 10);
    expect(temperatureScaling(bernoulli(), binary.logits, binary.targets).temperature).toBeCloseTo(binary.temperature, 10);
  });

  it("gives softmax and sigmoid of logits divided by it, with the labels as they were", () => {
    const scaling = temperatureScaling(categorical(), classes.logits, classes.targets);
    const { temperature } = scaling;
    const { probabilities, labels } = scaling.predict([[1, 2, 0, -1]]);
    expect(probabilities.to1DArray()).toEqual(Array.from(softmax([1, 2, 0, -1].map((f) => f / temperature))));
    expect(labels).toEqual([1]);
    const two = temperatureScaling(bernoulli(), binary.logits, binary.targets);
    expect(two.predict([3]).probability.get(0, 0)).toBeCloseTo(1 / (1 + Math.exp(-3 / two.temperature)), 14);
  });

  it("is the best of all temperatures, and scales with the logits, however large or small they are", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 0, max: 1000 }), fc.double({ min: -300, max: 300, noNaN: true }), (columns, seed, exponent) => {
        const source = random(seed);
        const logits = Array.from({ length: 12 * columns }, () => Array.from({ length: columns }, () => 3 * source.normal()));
        const targets = logits.map((row) => {
          const top = row.indexOf(Math.max(...row));
          return source.uniform() < 0.7 ? top : (top + 1) % columns;
        });
        // One is certainly right and one wrong, so that there is a temperature.
        [targets[0], targets[1]] = [logits[0].indexOf(Math.max(...logits[0])), logits[1].indexOf(Math.min(...logits[1]))];
        const scaling = temperatureScaling(categorical(), logits, targets);
        const { temperature } = scaling;
        const scoreAt = (t: number): number => meanLogDensity(categorical().predict({ rows: logits.length, outputs: columns, mean: Float64Array.from(logits.flat(), (f) => f / t) }), targets);
        for (const factor of [0.5, 0.99, 1.01, 2]) expect(scoreAt(temperature)).toBeGreaterThan(scoreAt(factor * temperature));
        const size = 10 ** exponent;
        expect(temperatureScaling(categorical(), logits.map((row) => row.map((f) => size * f)), targets).temperature / (size * temperature)).toBeCloseTo(1, 9);
      }),
      { numRuns: 30 },
    );
  });

  it("is the same for a logit and for two classes, and for constants added to the logits of an example", () => {
    const { temperature } = temperatureScaling(bernoulli(), binary.logits, binary.targets);
    const shifted = binary.logits.map((f, n) => [n, n + f]);
    expect(temperatureScaling(categorical(), shifted, binary.targets).temperature / temperature).toBeCloseTo(1, 9);
  });

  it("undoes what logits were multiplied by", () => {
    const source = random(8);
    const truth = Array.from({ length: 20000 }, () => source.normal());
    const targets = truth.map((f) => (source.uniform() < 1 / (1 + Math.exp(-f)) ? 1 : 0));
    expect(temperatureScaling(bernoulli(), truth.map((f) => 4 * f), targets).temperature / 4).toBeCloseTo(1, 1);
  });

  it("refuses examples that are all right, for which the best temperature is 0", () => {
    expect(() => temperatureScaling(categorical(), [[2, 0], [0, 1]], [0, 1])).toThrow(/^logits: .*best temperature is 0.*not trained on/);
    expect(() => temperatureScaling(bernoulli(), [1, -2], [1, 0])).toThrow(/best temperature is 0/);
    expect(() => temperatureScaling(categorical(), [[2, 0], [1, 1]], [0, 1])).toThrow(/best temperature is 0/);
  });

  it("refuses logits that are no better than chance, for which it is infinite", () => {
    expect(() => temperatureScaling(categorical(), [[2, 0], [0, 1]], [1, 0])).toThrow(/^logits: .*better than chance.*infinite/);
    expect(() => temperatureScaling(bernoulli(), [0, 0], [1, 0])).toThrow(/infinite/);
    expect(() => temperatureScaling(bernoulli(), [1, 1], [1, 0])).toThrow(/infinite/);
  });

  it("refuses other likelihoods, and what does not fit", () => {
    expect(() => temperatureScaling(gaussian() as never, [1], [1])).toThrow(UnsupportedError);
    expect(() => temperatureScaling("categorical" as never, [1], [1])).toThrow(/^likelihood: /);
    expect(() => temperatureScaling(categorical(), [[1, 2]], [0, 1])).toThrow(/^targets: /);
    expect(() => temperatureScaling(categorical(), [[1, Number.NaN]], [0])).toThrow(/^logits: expected finite/);
    expect(() => temperatureScaling(categorical(), classes.logits, classes.targets).predict([[1, 2]])).toThrow(/^logits: expected N x 4, got 1 x 2/);
  });
});
