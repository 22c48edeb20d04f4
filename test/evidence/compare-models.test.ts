import { describe, expect, it } from "vitest";
import { InvalidArgumentError } from "../../src/errors.ts";
import { compareModels, type Comparable } from "../../src/evidence/compare-models.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { plane } from "../support/regression.ts";

const stub = (logEvidence: number, examples = 10): Comparable => ({ logEvidence, logLikelihood: logEvidence + 5, effectiveParameters: 3.21, data: { examples } });

describe("compareModels", () => {
  it("compares no evidence at different temperatures", async () => {
    const { model, likelihood, data } = plane(5);
    const posterior = await laplace(model, likelihood, data, { prior: isotropic(1) });
    expect(() => compareModels({ cold: posterior, warm: posterior.with({ temperature: 2 }) })).toThrow(/^models\["warm"\]: expected the temperature 1 of "cold", got 2/);
  });

  it("ranks by evidence, with probabilities that are its exponentials", () => {
    const { ranking, best } = compareModels({ small: stub(-12), right: stub(-10), large: stub(-11) });
    expect(ranking.map(({ name }) => name)).toEqual(["right", "large", "small"]);
    expect(best.logEvidence).toBe(-10);
    expect(ranking.map(({ behind }) => behind)).toEqual([0, 1, 2]);
    const total = 1 + Math.exp(-1) + Math.exp(-2);
    ranking.forEach(({ probability, behind }) => expect(probability).toBeCloseTo(Math.exp(-behind) / total, 14));
    expect(ranking.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 14);
  });

  it("does not underflow where evidences are far below 0 or far apart", () => {
    const { ranking } = compareModels({ a: stub(-1e6), b: stub(-1e6 - 1), c: stub(-2e6) });
    expect(ranking.map(({ probability }) => probability)).toEqual([1 / (1 + Math.exp(-1)), Math.exp(-1) / (1 + Math.exp(-1)), 0]);
  });

  it("ranks posteriors", async () => {
    const { model, likelihood, data } = plane(30);
    const fit = (alpha: number) => laplace(model, likelihood, data, { prior: isotropic(alpha) });
    const { ranking, best } = compareModels({ tight: await fit(1e4), fair: await fit(1) });
    expect(ranking[0].name).toBe("fair");
    expect(best.model).toBe(model);
    expect(ranking[0].model).toBe(best);
  });

  it("prints a table with a line for each model", () => {
    const lines = compareModels({ small: stub(-12), right: stub(-10) }).summary().split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[0]).toMatch(/^model +log evidence +behind +probability +log likelihood +effective parameters$/);
    expect(lines[1]).toMatch(/^right +-10\.000 +0\.00 +0\.881 +-5\.0000 +3\.2$/);
    expect(lines[2]).toMatch(/^small +-12\.000 +2\.00 +0\.119 +-7\.0000 +3\.2$/);
    expect(new Set(lines.map((line) => line.length)).size).toBe(1);
  });

  it("refuses nothing, models of other data, and promises", () => {
    expect(() => compareModels({})).toThrow(InvalidArgumentError);
    expect(() => compareModels({})).toThrow(/^models: expected posteriors by name/);
    expect(() => compareModels({ a: stub(-1), b: stub(-2, 11) })).toThrow(/^models\["b"\]: expected a model of the same 10 examples as "a", got one of 11/);
    expect(() => compareModels({ a: stub(-1), b: Promise.resolve(stub(-2)) as unknown as Comparable })).toThrow(/^models\["b"\]: .*Await it first/);
  });
});
