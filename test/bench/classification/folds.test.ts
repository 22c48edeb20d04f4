import { describe, expect, test } from "vitest";
import { stratifiedFolds, stratifiedSplits } from "../../../bench/classification/folds.ts";
import fc from "../../support/fast-check.ts";

const labels = fc.array(fc.nat(3), { minLength: 1, maxLength: 60 });

describe("stratifiedFolds", () => {
  test("hold out each row once, and train on all others", () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 7 }), fc.nat(100), (of, count, seed) => {
        const folds = stratifiedFolds(of, count, seed);
        expect(folds).toHaveLength(count);
        const all = Array.from(of.keys());
        expect(folds.flatMap(({ test }) => test).sort((a, b) => a - b)).toEqual(all);
        for (const { training, test } of folds) expect([...training, ...test].sort((a, b) => a - b)).toEqual(all);
      }),
    );
  });

  test("have their share of each class and of all rows, give or take one", () => {
    fc.assert(
      fc.property(labels, fc.integer({ min: 2, max: 7 }), fc.nat(100), (of, count, seed) => {
        const sizes = (wanted: (label: number) => boolean): number[] => stratifiedFolds(of, count, seed).map(({ test }) => test.filter((row) => wanted(of[row])).length);
        for (const wanted of [() => true, ...[0, 1, 2, 3].map((label) => (other: number) => other === label)]) {
          const counts = sizes(wanted);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        }
      }),
    );
  });

  test("are shuffled by their seed", () => {
    const of = Array.from({ length: 40 }, (_, i) => i % 2);
    expect(stratifiedFolds(of, 4, 1)).toEqual(stratifiedFolds(of, 4, 1));
    expect(stratifiedFolds(of, 4, 1)[0].test).not.toEqual(stratifiedFolds(of, 4, 2)[0].test);
  });
});

describe("stratifiedSplits", () => {
  const of = Array.from({ length: 30 }, (_, i) => i % 3);

  test("take so many rows of each class, none in both parts, and others in each split", () => {
    const splits = stratifiedSplits(of, 3, { training: 4, test: 5 }, 1);
    for (const { training, test } of splits) {
      for (const [rows, count] of [[training, 4], [test, 5]] as const) for (const label of [0, 1, 2]) expect(rows.filter((row) => of[row] === label)).toHaveLength(count);
      expect(new Set([...training, ...test]).size).toBe(27);
    }
    expect(splits[0].training).not.toEqual(splits[1].training);
  });

  test("of a class that is too small are refused", () => {
    expect(() => stratifiedSplits(of, 1, { training: 6, test: 5 }, 1)).toThrow("A class of 10 examples");
  });
});
