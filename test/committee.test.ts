import { describe, expect, it } from "vitest";
import { committee } from "../src/committee.ts";
import { fit, type Fitted } from "../src/fit.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { mlp } from "../src/model/mlp.ts";
import { meanLogDensity } from "../src/predictive/scores.ts";
import { noisySine } from "./support/regression.ts";

const data = noisySine(25);
const member = (seed: number): ReturnType<typeof fit<ReturnType<typeof mlp>, ReturnType<typeof gaussian>>> => fit(mlp([1, 4, 1], { seed }), gaussian(), data);

describe("a committee", () => {
  it("is none where the seed is forgotten", async () => {
    await expect(committee(2, () => member(1))).rejects.toThrow(/^fitMember: expected fits from different starts.*Pass the seed on/);
  });

  it("has members of seeds that follow each other, and averages their predictions", async () => {
    const seeds: number[] = [];
    const fitted = await committee(
      3,
      (seed) => {
        seeds.push(seed);
        return member(seed);
      },
      { seed: 5 },
    );
    expect(seeds).toEqual([5, 6, 7]);
    const predictions = await Promise.all(fitted.members.map((one) => one.predict([0.3])));
    const { mean } = await fitted.predict([0.3]);
    expect(mean.get(0, 0)).toBeCloseTo(predictions.reduce((sum, one) => sum + one.mean.get(0, 0) / 3, 0), 12);
    expect(Array.from(fitted.weights)).toEqual([1 / 3, 1 / 3, 1 / 3]);
    expect(fitted.logEvidence).toBeGreaterThan(Math.max(...fitted.members.map(({ logEvidence }) => logEvidence)));
    expect(fitted.summary().split("\n")).toHaveLength(4);
    expect(fitted.summary()).toMatch(/^seed +weight +log evidence/);
  });

  it("does at least as well as its members do on average, by Jensen's inequality", async () => {
    const fitted = await committee(3, member);
    const test = noisySine(31, 9);
    const inputs = test.inputs as number[];
    const together = meanLogDensity(await fitted.predict(inputs), test.targets);
    const alone = await Promise.all(fitted.members.map(async (one) => meanLogDensity(await one.predict(inputs), test.targets)));
    expect(together).toBeGreaterThanOrEqual(alone.reduce((sum, value) => sum + value / 3, 0));
  });

  it("can go by evidence, of classes too", async () => {
    const classes = { inputs: [-2, -1, 0, 1, 2, 3], targets: [0, 0, 1, 1, 2, 2] };
    const fitted = await committee(2, (seed) => fit(mlp([1, 3, 3], { seed }), categorical(), classes), { weights: "evidence" });
    const [a, b] = fitted.members.map(({ logEvidence }) => logEvidence);
    expect(fitted.weights[0]).toBeCloseTo(1 / (1 + Math.exp(b - a)), 12);
    const { probabilities } = await fitted.predict([0.5]);
    expect(probabilities.getRow(0).reduce((x, y) => x + y)).toBeCloseTo(1, 12);
  });

  it("tells how far it is, and can be stopped", async () => {
    const steps: unknown[] = [];
    await committee(2, member, { onProgress: (progress) => steps.push(progress) });
    expect(steps).toEqual([{ stage: "committee", done: 1, total: 2 }, { stage: "committee", done: 2, total: 2 }]);
    const controller = new AbortController();
    await expect(committee(3, member, { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("refuses what it can't take", async () => {
    await expect(committee(0, member)).rejects.toThrow(/^count: /);
    await expect(committee(2, member(1) as never)).rejects.toThrow(/^fitMember: expected a function of the seed, got a promise\. Pass \(seed\) =>/);
    await expect(committee(1, member, { seed: 0.5 })).rejects.toThrow(/^seed: /);
    await expect(committee(1, member, { members: 2 } as object)).rejects.toThrow(/^options\.members: /);
    await expect(committee(1, () => Promise.resolve({} as Fitted<never, never>))).rejects.toThrow(/^fitMember: expected a value made by fit\(\)/);
  });
});
