import { afterEach, describe, expect, it } from "vitest";
import { fit } from "../src/fit.ts";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { categorical } from "../src/likelihood/categorical.ts";
import { functionLikelihood } from "../src/likelihood/function-likelihood.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { mlp } from "../src/model/mlp.ts";
import { networks } from "../src/networks.ts";
import { meanLogDensity } from "../src/predictive/scores.ts";
import type { Progress } from "../src/progress.ts";
import { stopWorkers } from "../src/workers/pool.ts";
import { normals } from "./support/random-numbers.ts";
import { noisySine } from "./support/regression.ts";

afterEach(stopWorkers);

const data = noisySine(40);
const family = networks({ hidden: [[], [3]], restarts: 2, folds: 3 });
const options = { maximumIterations: 60 };

describe("a family of networks", () => {
  it("finds the size that the data ask for", async () => {
    const curve = await fit(family, gaussian(), data, options);
    expect(curve.sizes.map(({ weight }) => weight)).toEqual([0, 1]);
    expect(curve.sizes[1].heldOut).toBeGreaterThan(curve.sizes[0].heldOut! + 0.5);
    expect(curve.members.map(({ hidden, seed, weight }) => [hidden, seed, weight])).toEqual([[[3], 0, 0.5], [[3], 1, 0.5]]);

    const noise = normals(30, 5);
    const inputs = Array.from(noise, (_, n) => n / 15 - 1);
    const line = await fit(family, gaussian(), { inputs, targets: inputs.map((x, n) => x + 0.5 * noise[n]) }, options);
    expect(line.sizes[0].weight).toBeGreaterThan(0.5);
    // A linear model has one mode, and is fitted once.
    expect(line.members.filter(({ hidden }) => hidden.length === 0)).toHaveLength(1);
  });

  it("has members that are the fits of their size and seed, and mixes their predictions by weight", async () => {
    const fitted = await fit(networks({ hidden: [[], [3]], restarts: 2, weights: "equal", seed: 7 }), gaussian(), data, { maximumIterations: 50 });
    expect(fitted.members.map(({ hidden, seed, weight }) => [hidden, seed, weight])).toEqual([[[], 7, 0.5], [[3], 7, 0.25], [[3], 8, 0.25]]);
    const alone = await fit(mlp([1, 3, 1], { seed: 8 }), gaussian(), data, { maximumIterations: 50, gradientTolerance: 1e-5 });
    expect(fitted.members[2].logEvidence).toBe(alone.logEvidence);
    const { mean } = await fitted.predict([0.3]);
    const means = await Promise.all(fitted.members.map(async (member) => member.weight * (await member.predict([0.3])).mean.get(0, 0)));
    expect(mean.get(0, 0)).toBeCloseTo(means.reduce((sum, value) => sum + value), 12);
    expect(fitted.best.logEvidence).toBe(Math.max(...fitted.members.map(({ logEvidence }) => logEvidence)));
    expect(fitted.logEvidence).toBe(fitted.posterior.logEvidence);
    expect(fitted.sizes[0].heldOut).toBeUndefined();
  });

  it("can be weighed by evidence", async () => {
    const { members } = await fit(networks({ hidden: [[2]], restarts: 2, weights: "evidence" }), gaussian(), data);
    expect(members[0].weight / members[1].weight).toBeCloseTo(Math.exp(members[0].logEvidence - members[1].logEvidence), 6);
  });

  it("is the same with workers, to the last digit", async () => {
    const [here, there] = [await fit(family, gaussian(), data, options), await fit(family, gaussian(), data, { ...options, workers: 2 })];
    expect(there.summary()).toBe(here.summary());
    expect(there.members.map((member) => member.posterior.mean)).toEqual(here.members.map((member) => member.posterior.mean));
    expect((await there.predict([0.1])).logDensity([0.2])).toEqual((await here.predict([0.1])).logDensity([0.2]));
  });

  it("takes classes: as many outputs as there are labels, one for two classes", async () => {
    const inputs = Array.from(normals(60, 3), (z, n) => [(n % 3) - 1 + 0.3 * z, z]);
    const small = networks({ hidden: [[], [3]], restarts: 1, folds: 2 });
    const three = await fit(small, categorical(), { inputs, targets: inputs.map((_, n) => n % 3) });
    expect((await three.predict([[0, 0]])).probabilities.columns).toBe(3);
    const two = await fit(small, bernoulli(), { inputs, targets: inputs.map((_, n) => +(n % 3 > 0)) });
    expect((await two.predict([[1, 0], [-1, 0]])).probability.to1DArray().map(Math.round)).toEqual([1, 0]);
  });

  it("predicts held-out examples as well as it says", async () => {
    const fitted = await fit(family, gaussian(), data, options);
    const test = noisySine(200, 9);
    const found = meanLogDensity(await fitted.predict(test.inputs), test.targets);
    expect(Math.abs(found - fitted.sizes[1].heldOut!)).toBeLessThan(0.4);
  });

  it("tells how far it is, and can be stopped, with workers too", async () => {
    const steps: Progress[] = [];
    await fit(family, gaussian(), data, { onProgress: (progress) => steps.push(progress) });
    expect(steps.filter(({ stage }) => stage === "cross-validation").map(({ done, total }) => `${done}/${total}`)).toEqual(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    expect(steps.filter(({ stage }) => stage === "networks")).toHaveLength(2);
    for (const workers of [0, 1]) {
      const controller = new AbortController();
      const stopped = fit(family, gaussian(), data, { workers, signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
      await expect(stopped).rejects.toThrow("enough");
    }
  });

  it("refuses what it cannot do anything with", async () => {
    await expect(fit(family, gaussian(), { inputs: [1, 2], targets: [1] })).rejects.toThrow(/^targets: expected 2 x 1/);
    await expect(fit(family, gaussian(), [] as never)).rejects.toThrow(/^data: expected/);
    await expect(fit(family, gaussian(), data, { nonsense: 1 } as never)).rejects.toThrow(/nonsense/);
    const own = functionLikelihood({ name: "own", logDensity: ([f], [t]) => -((f - t) ** 2) });
    await expect(fit(family, own, data, { workers: 1 })).rejects.toThrow(/^workers: the likelihood cannot go/);
  });
});

describe("networks()", () => {
  it.each([
    [{ hidden: [] }, /^hidden: expected an array of sizes/],
    [{ hidden: [5] }, /^hidden: expected an array of sizes/],
    [{ hidden: [[0]] }, /^hidden\[0\]\[0\]/],
    [{ restarts: 0 }, /^restarts/],
    [{ folds: 1 }, /^folds/],
    [{ weights: "votes" }, /^weights: expected/],
    [{ activation: "sine" }, /activation/],
    [{ seed: 0.5 }, /^seed/],
    [{ size: 3 }, /size/],
  ])("refuses %j", (options, message) => {
    expect(() => networks(options as never)).toThrow(message);
  });
});
