import { describe, expect, test } from "vitest";
import type { Entry } from "../../../bench/classification/journal.ts";
import { bestTemperature, plainNetwork } from "../../../bench/classification/plain-network.ts";
import { classificationPicture } from "../../../bench/classification/picture.ts";
import { classificationTables, compare, logLikelihood } from "../../../bench/classification/report.ts";
import { outcome } from "../../../bench/classification/scores.ts";
import { clouds, noiseLike, tasksOf } from "../../../bench/classification/sets.ts";
import { categorical } from "../../../src/likelihood/categorical.ts";
import { random } from "../../../src/random.ts";

describe("tasksOf", () => {
  const { inputs, labels } = clouds(10);
  const tasks = tasksOf("clouds", inputs, labels, 5);
  const noise = tasks.filter(({ unfamiliarKind }) => unfamiliarKind === "noise");
  const leftOut = tasks.filter(({ unfamiliarKind }) => unfamiliarKind === "class");

  test("have noise in each split, as much as familiar examples, within the ranges of what was learned", () => {
    expect(noise).toHaveLength(5);
    for (const { training, familiar, unfamiliar } of noise) {
      expect(training.inputs).toHaveLength(24);
      expect(unfamiliar).toHaveLength(familiar.inputs.length);
      for (const c of [0, 1]) {
        const column = training.inputs.map((row) => row[c]);
        for (const row of unfamiliar) expect(row[c] >= Math.min(...column) && row[c] <= Math.max(...column)).toBe(true);
      }
    }
  });

  test("leave each class out in turn: it is nowhere but among the unfamiliar, and labels have no gap", () => {
    expect(leftOut).toHaveLength(3);
    leftOut.forEach(({ training, familiar, unfamiliar, index }) => {
      const of = (label: number): number[][] => inputs.filter((_, row) => labels[row] === label);
      expect([...unfamiliar].sort()).toEqual(of(index).sort());
      const [first, second] = [0, 1, 2].filter((label) => label !== index);
      for (const { inputs: rows, labels: relabelled, classes } of [training, familiar]) {
        expect(classes).toBe(2);
        rows.forEach((row, n) => expect(of([first, second][relabelled[n]])).toContainEqual(row));
      }
    });
  });

  test("of two classes leave none out", () => {
    expect(tasksOf("pair", inputs, labels.map((label) => label % 2), 3)).toHaveLength(3);
  });

  test("draw other noise for another seed", () => {
    expect(noiseLike(inputs, 3, 1)).toEqual(noiseLike(inputs, 3, 1));
    expect(noiseLike(inputs, 3, 1)).not.toEqual(noiseLike(inputs, 3, 2));
  });
});

describe("the plain network", () => {
  test("has the temperature by which logits were multiplied too much", () => {
    // Labels drawn from the probabilities of logits a; a network that says 3a needs a temperature of 3.
    const source = random(1);
    const held = Array.from({ length: 4000 }, () => {
      const a = 2 * source.normal();
      return { logProbabilities: [0, 3 * a], label: source.uniform() < 1 / (1 + Math.exp(-a)) ? 1 : 0 };
    });
    expect(bestTemperature(held)).toBeCloseTo(3, 0);
    expect(bestTemperature(held.map(({ logProbabilities, label }) => ({ logProbabilities: logProbabilities.map((f) => f / 3), label })))).toBeCloseTo(bestTemperature(held) / 3, 4);
  });

  test("learns, and temperature does not change its labels", async () => {
    const { inputs, labels } = clouds(20);
    const ways = await plainNetwork([2, 4, 3], categorical(), { inputs, labels, classes: 3 });
    const [plain, scaled] = await Promise.all(Object.values(ways).map((predict) => predict(inputs)));
    const label = (p: readonly number[]): number => p.indexOf(Math.max(...p));
    expect(plain.probabilities.map(label)).toEqual(scaled.probabilities.map(label));
    expect(plain.probabilities.filter((p, n) => label(p) === labels[n]).length).toBeGreaterThan(45);
    for (const p of [...plain.probabilities, ...scaled.probabilities]) expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(1, 12);
  });
});

describe("the report", () => {
  const entry = (way: string, index: number, p: number, byEntropy: number): Entry => ({ set: "coins", unfamiliarKind: "noise", index, method: way, way, outcomes: [outcome([1 - p, p], 1)], byEntropy });
  const entries = [entry("ours", 0, 0.5, 0.9), entry("ours", 1, 0.8, 0.7), entry("theirs", 1, 0.4, 0.6), entry("theirs", 0, 0.25, 0.8)];

  test("compares with the first way on the same tasks", () => {
    const [first, second] = compare(entries, logLikelihood);
    expect(first).toMatchObject({ way: "ours", value: expect.closeTo(0.5 * Math.log(0.4), 12) as number, difference: 0, standardError: 0 });
    // Both differences are -log 2, so that there is no error.
    expect(second).toMatchObject({ way: "theirs", difference: expect.closeTo(-Math.LN2, 12) as number, standardError: expect.closeTo(0, 12) as number });
  });

  test("does not compare what was tried on other tasks", () => {
    expect(() => compare([...entries.slice(0, 2), entry("theirs", 2, 0.5, 0.5)], logLikelihood)).toThrow("not tried on the same tasks");
  });

  test("shows what there is", () => {
    const tables = classificationTables(entries);
    expect(tables).toContain("| theirs | −1.151 (−0.693 ± 0.000) |");
    expect(tables).toContain("noise by entropy");
    expect(tables).not.toContain("unknown class");
    const svg = classificationPicture(new Map([["coins", entries]]));
    expect(svg).not.toMatch(/NaN|Infinity|undefined/);
    expect(svg).toContain("theirs");
  });
});
