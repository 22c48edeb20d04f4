import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { outcomeOf, type Outcome } from "../../bench/uci/outcome.ts";
import { uciTables } from "../../bench/uci/page.ts";
import { uciPicture } from "../../bench/uci/picture.ts";
import { madeUp, readSet } from "../../bench/uci/sets.ts";
import { bestPublished, summaries } from "../../bench/uci/summary.ts";

const outcome = (set: string, split: number, logLikelihood: number, examples = 10): Outcome => ({
  set,
  split,
  seed: 1,
  logLikelihood,
  rmse: 2 + split,
  examples,
  covered: [examples / 2, examples - 1, examples],
  sizes: [
    { name: "linear", weight: split },
    { name: "10", weight: 1 - split },
  ],
  spread: 0.5,
  seconds: 60,
  processorSeconds: 90,
});

// Means -2 and 0.5; standard errors 0.1 and 0.5.
const outcomes = [outcome("boston", 0, -2.1), outcome("boston", 1, -1.9, 30), outcome("another", 0, 0), outcome("another", 1, 1)];

describe("a summary", () => {
  test("has means over splits with standard errors, and coverage over examples", () => {
    const [boston, another] = summaries(outcomes);
    expect(boston.set).toBe("boston");
    expect(boston.logLikelihood.mean).toBeCloseTo(-2, 12);
    expect(boston.logLikelihood.error).toBeCloseTo(0.1, 12);
    expect(another.logLikelihood.error).toBeCloseTo(0.5, 12);
    expect(boston.coverage[1]).toBeCloseTo((9 + 29) / 40, 12);
    expect(boston.sizes).toEqual([{ name: "linear", weight: 0.5 }, { name: "10", weight: 0.5 }]);
  });

  test("knows which published mean is the highest", () => {
    expect(["boston", "concrete", "energy", "yacht"].map((set) => bestPublished(set)?.name)).toEqual(["MC dropout", "MC dropout", "MC dropout", "deep ensembles"]);
    expect(bestPublished("another")).toBeUndefined();
  });
});

describe("the page", () => {
  const page = uciTables(outcomes, 2);

  test("says by how many standard errors a mean is above the best that was published", () => {
    expect(page).toContain("| boston | 2 | −2.00 ± 0.10 | −2.57 | −2.40 | −2.41 | 4.0 |");
    expect(page).toContain("| another | 2 | 0.50 ± 0.50 | — | — | — | — |");
  });

  test("has errors, coverage of each set and of all, sizes in their order, and what it took", () => {
    expect(page).toContain("| boston | 2.50 ± 0.50 | 2.90 | 50.0 % | 95.0 % | 100.0 % |");
    expect(page).toContain("| all |  |  | 50.0 % | 93.3 % | 100.0 % |");
    expect(page).toContain("| set | linear | 10 | spread |");
    expect(page).toContain("4 fits took 4 minutes, 6 of processor time with 2 workers");
  });

  test("shows each method in the picture, and ours twice as wide as its standard error to both sides", () => {
    const { document } = parseHTML(uciPicture(outcomes));
    expect(document.querySelectorAll('[aria-label="dot"] > *').length).toBe(3 + 2); // published, ours
    const bars = [...document.querySelectorAll("line")].filter((line) => line.getAttribute("x1") !== line.getAttribute("x2") && line.getAttribute("y1") === line.getAttribute("y2"));
    expect(bars).toHaveLength(2);
    expect(document.documentElement.outerHTML).toContain("test log likelihood (nats per example)");
    expect(document.documentElement.outerHTML).toContain("boston");
    expect(uciPicture(outcomes)).not.toMatch(/NaN|undefined/);
    expect(uciPicture(outcomes.slice(0, 1))).not.toMatch(/NaN|undefined/);
  });
});

describe("a set", () => {
  test("is read from the files of its folder", () => {
    const directory = mkdtempSync(join(tmpdir(), "laplace-ts-"));
    try {
      mkdirSync(join(directory, "bostonHousing"));
      const files = { data: "1 2 3 \n4 5 6\n7 8 9\n", index_features: "0\n2\n", index_target: "1\n", index_train_0: "0 2", index_test_0: "1" };
      for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, "bostonHousing", `${name}.txt`), text);
      expect(readSet(directory, "boston")).toEqual({ name: "boston", inputs: [[1, 3], [4, 6], [7, 9]], targets: [2, 5, 8], splits: [{ training: [0, 2], test: [1] }] });
      expect(() => readSet(directory, "yacht")).toThrow(/There is no .*yacht.data.txt/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  test("gives the same outcome for the same seed, in which test targets have no part but to be scored", async () => {
    const set = madeUp("small");
    const job = { seed: 1, workers: 0, family: { hidden: [[], [2]], restarts: 1, folds: 2 }, onProgress: () => undefined };
    const { seconds: _, processorSeconds: __, ...first } = await outcomeOf(set, 0, job);
    const shifted = { ...set, targets: set.targets.map((target, n) => (set.splits[0].test.includes(n) ? target + 100 : target)) };
    const { logLikelihood, rmse, ...second } = await outcomeOf(shifted, 0, job);
    expect(second.sizes).toEqual(first.sizes);
    expect(rmse).toBeGreaterThan(99);
    expect(logLikelihood).toBeLessThan(first.logLikelihood);
  });
});
