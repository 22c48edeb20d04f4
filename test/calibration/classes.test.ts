import { Matrix } from "ml-matrix";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { brierScore } from "../../src/calibration/brier-score.ts";
import { equalMassBins, equalWidthBins } from "../../src/calibration/bins.ts";
import { expectedCalibrationError, reliabilityBins } from "../../src/calibration/reliability.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { random } from "../../src/random.ts";
import fc from "../support/fast-check.ts";

interface Fixture {
  readonly binary: {
    readonly probability: number[];
    readonly targets: number[];
    readonly brier_score_loss: number;
    readonly calibration_curve: readonly { readonly strategy: "uniform" | "quantile"; readonly n_bins: number; readonly prob_true: number[]; readonly prob_pred: number[] }[];
  };
  readonly classes: { readonly logits: number[][]; readonly targets: number[]; readonly brier: number; readonly ece_top_label_15: number; readonly ece_every_class_15: number };
}

const { binary, classes } = JSON.parse(readFileSync(new URL("../fixtures/scikit-learn-calibration.json", import.meta.url), "utf8")) as Fixture;
const probabilities = classes.logits.map(softmax);

const probability = fc.double({ min: 0, max: 1, noNaN: true });
const labelled = fc.array(fc.record({ probability, target: fc.constantFrom(0, 1) }), { minLength: 1, maxLength: 40 });
const binnings = fc.record({ count: fc.integer({ min: 1, max: 30 }), make: fc.constantFrom(equalWidthBins, equalMassBins) }).map(({ count, make }) => make(count));

describe("reliabilityBins", () => {
  it.each(binary.calibration_curve)("is scikit-learn's calibration_curve: $strategy, $n_bins bins", ({ strategy, n_bins, prob_true, prob_pred }) => {
    const bins = reliabilityBins({ probability: binary.probability }, binary.targets, { of: 0, bins: (strategy === "uniform" ? equalWidthBins : equalMassBins)(n_bins) });
    expect(bins).toHaveLength(prob_true.length);
    bins.forEach((bin, i) => {
      expect(bin.frequency).toBeCloseTo(prob_true[i], 12);
      expect(bin.confidence).toBeCloseTo(prob_pred[i], 12);
    });
  });

  it("has every prediction in one bin, between its ends, whatever ties there are", () => {
    fc.assert(
      fc.property(labelled, fc.boolean(), binnings, (examples, tied, bins) => {
        const given = examples.map(({ probability }) => (tied ? Math.round(4 * probability) / 4 : probability));
        const result = reliabilityBins({ probability: given }, examples.map(({ target }) => target), { of: 0, bins });
        expect(result.reduce((sum, { count }) => sum + count, 0)).toBe(examples.length);
        result.forEach(({ lower, upper, count, confidence, frequency }, i) => {
          expect(count).toBeGreaterThan(0);
          expect(confidence).toBeGreaterThanOrEqual(lower - 1e-12);
          expect(confidence).toBeLessThanOrEqual(upper + 1e-12);
          expect(frequency * count).toBeCloseTo(Math.round(frequency * count), 9);
          if (i > 0) expect(lower).toBeGreaterThanOrEqual(result[i - 1].upper);
          expect(count).toBe(given.filter((p) => p <= upper && (p > lower || i === 0)).length);
        });
      }),
    );
  });

  it("of equal mass hold as many examples each", () => {
    const bins = reliabilityBins({ probability: Array.from({ length: 60 }, (_, i) => (i + 0.5) ** 2 / 3600) }, Array.from({ length: 60 }, () => 1), { of: 0, bins: equalMassBins(6) });
    expect(bins.map(({ count }) => count)).toEqual([10, 10, 10, 10, 10, 10]);
  });

  it("of equal mass end at quantiles, interpolated linearly", () => {
    expect(Array.from(equalMassBins(4).edges(Float64Array.of(0.8, 0, 0.2, 0.4)), (edge) => edge.toFixed(12))).toEqual([0, 0.15, 0.3, 0.5, 0.8].map((edge) => edge.toFixed(12)));
  });

  it("keep equal probabilities together", () => {
    const bins = reliabilityBins({ probability: [0.5, 0.5, 0.5, 0.5] }, [0, 1, 1, 1], { of: 0, bins: equalMassBins(3) });
    expect(bins).toEqual([{ lower: 0.5, upper: 0.5, count: 4, confidence: 0.5, frequency: 0.75 }]);
  });

  it("take the first of classes alike, and of a label the likelier side", () => {
    expect(reliabilityBins({ probabilities: [[0.4, 0.4, 0.2]] }, [1])[0]).toMatchObject({ confidence: 0.4, frequency: 0 });
    expect(reliabilityBins({ probability: [0.2] }, [0])[0]).toMatchObject({ confidence: 0.8, frequency: 1 });
    expect(reliabilityBins({ probability: [0.5] }, [1])[0]).toMatchObject({ confidence: 0.5, frequency: 1 });
  });

  it("take what predict() resolves to, one-hot rows, and several labels", () => {
    const prediction = categorical().predict({ rows: 80, outputs: 4, mean: Float64Array.from(classes.logits.flat()) });
    const oneHot = classes.targets.map((t) => [0, 1, 2, 3].map((k) => (k === t ? 1 : 0)));
    expect(reliabilityBins(prediction, oneHot)).toEqual(reliabilityBins({ probabilities: new Matrix(prediction.probabilities.to2DArray()) }, classes.targets));
    const labels = bernoulli().predict({ rows: 2, outputs: 2, mean: Float64Array.of(1, -2, 3, 0.5) });
    expect(reliabilityBins(labels, [[1, 0], [1, 1]]).reduce((sum, { count }) => sum + count, 0)).toBe(4);
    expect(reliabilityBins(labels, [[1, 0], [1, 1]], { of: 1 }).reduce((sum, { count }) => sum + count, 0)).toBe(2);
  });
});

describe("expectedCalibrationError", () => {
  it("is what NumPy makes of scikit-learn's bins", () => {
    expect(expectedCalibrationError({ probabilities }, classes.targets)).toBeCloseTo(classes.ece_top_label_15, 12);
    expect(expectedCalibrationError({ probabilities }, classes.targets, { of: "everyClass" })).toBeCloseTo(classes.ece_every_class_15, 12);
  });

  it("of every class is the mean over classes", () => {
    const each = [0, 1, 2, 3].map((k) => expectedCalibrationError({ probabilities }, classes.targets, { of: k, bins: equalMassBins(5) }));
    expect(expectedCalibrationError({ probabilities }, classes.targets, { of: "everyClass", bins: equalMassBins(5) })).toBeCloseTo(each.reduce((a, b) => a + b) / 4, 12);
  });

  it("is 0 where frequencies are the probabilities, and with one example the distance from what came", () => {
    expect(expectedCalibrationError({ probability: [0.75, 0.75, 0.75, 0.75] }, [1, 0, 1, 1])).toBe(0);
    expect(expectedCalibrationError({ probability: [0.75] }, [0])).toBe(0.75);
    expect(expectedCalibrationError({ probabilities: [[1, 0]] }, [0])).toBe(0);
  });

  it("is between 0 and 1, and with one bin the distance of mean confidence and accuracy", () => {
    fc.assert(
      fc.property(labelled, binnings, (examples, bins) => {
        const [p, t] = [examples.map(({ probability }) => probability), examples.map(({ target }) => target)];
        const error = expectedCalibrationError({ probability: p }, t, { of: 0, bins });
        const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
        const single = expectedCalibrationError({ probability: p }, t, { of: 0, bins: equalWidthBins(1) });
        expect(single).toBeCloseTo(Math.abs(mean(p) - mean(t)), 12);
        expect(error).toBeGreaterThanOrEqual(single - 1e-12);
        expect(error).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("of calibrated predictions is its bias, which falls with the square root of the number of examples", () => {
    const source = random(3);
    for (const count of [500, 8000]) {
      const bins = 10;
      const p = Array.from({ length: count }, () => source.uniform());
      const t = p.map((value) => (source.uniform() < value ? 1 : 0));
      const error = expectedCalibrationError({ probability: p }, t, { of: 0, bins: equalWidthBins(bins) });
      // The mean over bins of sqrt(2 p (1 - p) / (pi n)), whose root of p (1 - p) averages to pi / 8.
      const expected = (Math.PI / 8) * Math.sqrt((2 * bins) / (Math.PI * count));
      expect(error / expected).toBeGreaterThan(0.5);
      expect(error / expected).toBeLessThan(1.6);
    }
  });
});

describe("brierScore", () => {
  it("is twice scikit-learn's brier_score_loss for two classes, and the sum over classes for more", () => {
    expect(brierScore({ probability: binary.probability }, binary.targets)).toBeCloseTo(2 * binary.brier_score_loss, 12);
    expect(brierScore({ probabilities }, classes.targets)).toBeCloseTo(classes.brier, 12);
  });

  it("is the same for a label and for its two classes; 0 at best and 2 at worst", () => {
    fc.assert(
      fc.property(labelled, (examples) => {
        const targets = examples.map(({ target }) => target);
        const score = brierScore({ probability: examples.map(({ probability: p }) => p) }, targets);
        expect(score).toBeCloseTo(brierScore({ probabilities: examples.map(({ probability: p }) => [1 - p, p]) }, targets), 12);
        expect(score).toBeGreaterThanOrEqual(0);
        expect(score).toBeLessThanOrEqual(2);
        expect(brierScore({ probability: targets }, targets)).toBe(0);
        expect(brierScore({ probability: targets.map((t) => 1 - t) }, targets)).toBe(2);
      }),
    );
  });

  it("of labels is the mean over labels", () => {
    expect(brierScore({ probability: [[0.5, 1]] }, [[1, 1]])).toBe(0.25);
  });
});

describe("scores of classes refuse", () => {
  const calls = { brierScore, expectedCalibrationError, reliabilityBins };
  it.each(Object.entries(calls))("%s: what is no prediction, does not fit, or is not probable", (_, score) => {
    expect(() => score(Promise.resolve({ probability: [1] }) as never, [1])).toThrow(/^prediction: .*Await it first/);
    expect(() => score([0.2] as never, [1])).toThrow(/^prediction: expected a prediction of classes/);
    expect(() => score({ probability: [0.2] }, [1, 0])).toThrow(/^targets: /);
    expect(() => score({ probability: [0.2] }, [2])).toThrow(/^targets: expected labels 0 or 1/);
    expect(() => score({ probability: [] }, [])).toThrow(InvalidArgumentError);
    expect(() => score({ probability: [1.2] }, [1])).toThrow(/^prediction\.probability: expected probabilities from 0 to 1, got 1.2/);
    expect(() => score({ probability: [Number.NaN] }, [1])).toThrow(/^prediction\.probability: expected finite/);
    expect(() => score({ probabilities: [[0.2, 0.2]] }, [1])).toThrow(/rows that sum to 1, got the sum 0.4 in row 0/);
    expect(() => score({ probabilities: [[0.5, 0.5]] }, [2])).toThrow(/^targets: expected whole labels 0 .. 1/);
  });

  it("bins and classes that there are not", () => {
    for (const make of [equalWidthBins, equalMassBins]) for (const count of [0, 1.5, Number.NaN]) expect(() => make(count)).toThrow(/^count: /);
    expect(() => reliabilityBins({ probability: [1] }, [1], { of: 1 })).toThrow(/^of: expected a class 0 .. 0, got 1/);
    expect(() => reliabilityBins({ probability: [1] }, [1], { of: "everyClass" as never })).toThrow(/^of: expected "topLabel" or the number/);
    expect(() => expectedCalibrationError({ probability: [1] }, [1], { of: "top" as never })).toThrow(/^of: /);
    expect(() => expectedCalibrationError({ probability: [1] }, [1], { bins: 10 as never })).toThrow(/^bins: expected a value made by equalWidthBins\(\)/);
    expect(() => expectedCalibrationError({ probability: [1] }, [1], { bin: 10 } as never)).toThrow(/unknown option "bin"/);
  });
});
