import { Matrix } from "ml-matrix";
import { describe, expect, it } from "vitest";
import { toTable, type Data, type MatrixLike } from "../../src/data.ts";
import { InvalidArgumentError } from "../../src/errors.ts";
import { crossValidate, type Predictive } from "../../src/evidence/cross-validate.ts";
import { fit } from "../../src/fit.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { expectClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { noisySine, plane } from "../support/regression.ts";

/** What "fits" nothing and gives the density -input * target. */
const product = (seen: Data[]) => (training: Data): Promise<Predictive> => {
  seen.push(training);
  return Promise.resolve({
    predict: (inputs: MatrixLike) => Promise.resolve({ logDensity: (targets: MatrixLike) => toTable("inputs", inputs).data.map((x, n) => -x * toTable("targets", targets).data[n]) }),
  });
};

describe("crossValidate", () => {
  it("holds every example out once, from a fit to all others, in folds of equal size", async () => {
    await fc.assert(fc.asyncProperty(fc.integer({ min: 2, max: 40 }), fc.integer({ min: 2, max: 12 }), fc.integer(), async (rows, folds, seed) => {
      fc.pre(folds <= rows);
      const inputs = Array.from({ length: rows }, (_, n) => n);
      const targets = inputs.map((n) => 1 + 2 * n);
      const seen: Data[] = [];
      const { logDensity, foldOf, mean, standardError } = await crossValidate({ inputs, targets }, product(seen), { folds, seed });
      expect([...logDensity]).toEqual(inputs.map((n) => -n * (1 + 2 * n)));
      expect(seen.length).toBe(folds);
      const sizes = new Int32Array(folds);
      foldOf.forEach((fold) => sizes[fold]++);
      expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      seen.forEach((training, fold) => {
        expect(new Set(training.inputs as number[])).toEqual(new Set(inputs.filter((n) => foldOf[n] !== fold)));
        expect(training.targets).toEqual((training.inputs as number[]).map((n) => 1 + 2 * n));
      });
      const average = logDensity.reduce((sum, value) => sum + value, 0) / rows;
      const squares = logDensity.reduce((sum, value) => sum + (value - average) ** 2, 0);
      expectClose([mean, standardError], [average, Math.sqrt(squares / (rows - 1) / rows)], 1e-12);
    }));
  });

  it("prints a line for each fold, and one for all", async () => {
    const data = { inputs: Float64Array.from({ length: 5 }, (_, n) => n), targets: new Float64Array(5).fill(2) };
    const result = await crossValidate(data, product([]), { folds: 2 });
    const [head, ...lines] = result.summary().split("\n").map((line) => line.trim().split(/ {2,}/));
    expect(head).toEqual(["examples", "mean log density", "standard error"]);
    const meanOf = (fold: number): number => { const own = [0, 1, 2, 3, 4].filter((n) => result.foldOf[n] === fold); return own.reduce((sum, n) => sum - 2 * n, 0) / own.length; };
    expect(lines.map(([name, , mean]) => [name, Number(mean)])).toEqual([["fold 0", Number(meanOf(0).toPrecision(5))], ["fold 1", Number(meanOf(1).toPrecision(5))], ["all", -4]]);
    expect(lines[2]).toEqual(["all", "5", "-4.0000", Math.sqrt(2).toPrecision(5)]);
  });

  it("shuffles by the seed", async () => {
    const data = { inputs: Array.from({ length: 30 }, (_, n) => n), targets: new Float64Array(30) };
    const division = async (seed?: number): Promise<number[]> => [...(await crossValidate(data, product([]), seed === undefined ? {} : { seed })).foldOf];
    expect(await division(1)).toEqual(await division(1));
    expect(await division(1)).not.toEqual(await division(2));
    expect(await division()).toEqual(await division(0));
    expect(Math.max(...(await division()))).toBe(4);
    expect(await division()).not.toEqual([...(await division())].sort((a, b) => a - b));
  });

  it.each<[string, (rows: number[][]) => MatrixLike]>([
    ["rows", (rows) => rows],
    ["rows of typed arrays", (rows) => rows.map((row) => Float32Array.from(row))],
    ["a Matrix", (rows) => new Matrix(rows)],
    ["a flat array", (rows) => ({ data: rows.flat(), shape: [rows.length, rows[0].length] })],
  ])("takes %s, and the folds come in the same form", async (_, form) => {
    const rows = Array.from({ length: 7 }, (__, n) => [n, n + 0.5]);
    const seen: Data[] = [];
    const { foldOf } = await crossValidate({ inputs: form(rows), targets: Float64Array.from(rows, ([n]) => n) }, async (training) => {
      seen.push(training);
      const { model, likelihood, data } = plane(3);
      return laplace(model, likelihood, data);
    }, { folds: 3 });
    seen.forEach(({ inputs, targets }, fold) => {
      const kept = rows.filter((__, n) => foldOf[n] !== fold);
      expect(targets).toBeInstanceOf(Float64Array);
      expect((inputs as object).constructor).toBe((form(rows) as object).constructor);
      expect(toTable("inputs", inputs).data).toEqual(toTable("inputs", Array.from(targets as Float64Array, (n) => rows[n])).data);
      expect(new Set(targets as Float64Array)).toEqual(new Set(kept.map(([n]) => n)));
    });
  });

  it("tells a line from a curve, by what fit() gives", async () => {
    const data = noisySine(40);
    const line = await crossValidate(data, (training) => fit(mlp([1, 1]), gaussian(), training));
    const curve = await crossValidate(data, (training) => fit(mlp([1, 5, 1], { seed: 1 }), gaussian(), training));
    expect(curve.mean - curve.standardError).toBeGreaterThan(line.mean + line.standardError);
    // Gaussian noise of 0.1: a perfect model would have the expected log density of that.
    expect(curve.mean).toBeLessThan(-0.5 * Math.log(2 * Math.PI * 0.01) - 0.5 + 0.5);
    expect(curve.mean).toBeGreaterThan(0.3);
  });

  it("tells how far it has come, and stops when asked to", async () => {
    const told: unknown[] = [];
    const data = { inputs: [1, 2, 3, 4], targets: [1, 2, 3, 4] };
    await crossValidate(data, product([]), { folds: 2, onProgress: ({ stage, done, total }) => told.push([stage, done, total]) });
    expect(told).toEqual([0, 1, 2].map((done) => ["cross-validation", done, 2]));
    const stop = new AbortController();
    const seen: Data[] = [];
    const aborted = crossValidate(data, async (training) => {
      stop.abort(new Error("enough"));
      return product(seen)(training);
    }, { signal: stop.signal });
    await expect(aborted).rejects.toThrow("enough");
    expect(seen.length).toBe(1);
  });

  it("refuses what it cannot divide or judge", async () => {
    const data = { inputs: [1, 2, 3], targets: [1, 2, 3] };
    const refused = async (promise: Promise<unknown>, message: RegExp): Promise<void> => {
      await expect(promise).rejects.toThrow(InvalidArgumentError);
      await expect(promise).rejects.toThrow(message);
    };
    await refused(crossValidate(data, product([]), { folds: 4 }), /^folds: expected at most 3, the number of examples, got 4/);
    await refused(crossValidate(data, product([]), { folds: 1 }), /^folds: /);
    await refused(crossValidate(data, product([]), { seed: 0.5 }), /^seed: /);
    await refused(crossValidate(data, product([]), { k: 3 } as object), /unknown option "k"/);
    await refused(crossValidate({ inputs: [1], targets: [1] }, product([])), /^data: expected at least two examples/);
    await refused(crossValidate({ inputs: [1, 2], targets: [1] }, product([])), /^data\.targets: expected 2 rows/);
    await refused(crossValidate([data] as unknown as Data, product([])), /^data: .*Put batches together/);
    await refused(crossValidate(data, 3 as never), /^fitFold: /);
    await refused(crossValidate(data, () => Promise.resolve(3 as never)), /^fitFold: .*one that gives 3/);
  });
});
