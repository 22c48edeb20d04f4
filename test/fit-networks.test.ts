import { afterEach, describe, expect, it } from "vitest";
import { fit } from "../src/fit.ts";
import type { FittedNetworks } from "../src/fit-networks.ts";
import { bernoulli } from "../src/likelihood/bernoulli.ts";
import { categorical, type CategoricalLikelihood } from "../src/likelihood/categorical.ts";
import { functionLikelihood } from "../src/likelihood/function-likelihood.ts";
import { gaussian } from "../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../src/likelihood/heteroscedastic.ts";
import type { Likelihood } from "../src/likelihood/likelihood.ts";
import { measurements } from "../src/likelihood/measurements.ts";
import { poisson } from "../src/likelihood/poisson.ts";
import { studentLogDensity, studentDraw } from "../src/likelihood/student-t-density.ts";
import { studentT } from "../src/likelihood/student-t.ts";
import { mlp } from "../src/model/mlp.ts";
import { networks } from "../src/networks.ts";
import { automaticRelevance } from "../src/prior/automatic-relevance.ts";
import { isotropic } from "../src/prior/isotropic.ts";
import { perLayer } from "../src/prior/per-layer.ts";
import { predict } from "../src/predictive/predict.ts";
import { meanLogDensity } from "../src/predictive/scores.ts";
import type { Progress } from "../src/progress.ts";
import { random } from "../src/random.ts";
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

  it("leaves out the networks of a size that end in a bad mode", async () => {
    const source = random(1);
    const inputs = Array.from({ length: 60 }, () => 6 * source.uniform() - 3);
    const waves = { inputs, targets: inputs.map((x) => Math.sin(3 * x) + 0.1 * source.normal()) };
    const evidence = async (weights: "equal" | "stacking"): Promise<number[]> => (await fit(networks({ hidden: [[3]], restarts: 6, folds: 2, weights }), gaussian(), waves, options)).members.map(({ logEvidence }) => logEvidence);
    const all = await evidence("equal");
    expect(all).toHaveLength(6);
    const good = all.filter((value) => value > Math.max(...all) - 0.05 * 60);
    expect(good.length).toBeLessThan(6);
    expect(await evidence("stacking")).toEqual(good);
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

  it("is narrowed where held-out examples scatter less than it says, and not elsewhere", async () => {
    const [z, x] = [normals(200, 3), normals(200, 4)];
    const line = { inputs: x, targets: x.map((value, n) => value + 0.5 * z[n]) };
    const straight = networks({ hidden: [[]] });
    expect((await fit(straight, gaussian(), line)).spread).toBe(1);
    // Variances are said to be four times what they are.
    const wide = await fit(straight, gaussian({ noise: 1, fixed: true }), line);
    expect([0.18, 0.25, 0.35]).toContain(wide.spread);
    const [alone, narrowed] = [await wide.members[0].predict([0.5]), await wide.predict([0.5])];
    for (const part of ["variance", "noiseVariance"] as const) expect(narrowed[part].get(0, 0) / alone[part].get(0, 0)).toBeCloseTo(wide.spread, 8);
    expect(narrowed.mean.get(0, 0)).toBeCloseTo(alone.mean.get(0, 0), 12);
  });

  it("with noise of Student's t distribution predicts by one such distribution, of the scale and the tails that held-out examples have", async () => {
    const [z, x, source] = [normals(400, 3), normals(400, 4), random(5)];
    const outputs = (scale: number): { inputs: Float64Array; targets: number[][] } => ({ inputs: x, targets: Array.from(x, (value, n) => [value + scale * studentDraw(3, source), 10 * value + 5 * z[n]]) });
    const straight = networks({ hidden: [[]] });
    // Squared scales are said to be four times what they are, with tails of a normal distribution.
    const data = { inputs: x, targets: outputs(0.5).targets.map(([first]) => first) };
    const wide = await fit(straight, studentT({ scale: 1, degreesOfFreedom: 1000, fixed: true }), data);
    expect([0.18, 0.25, 0.35]).toContain(wide.spread);
    expect([2.5, 3, 4]).toContain(wide.degreesOfFreedom);
    expect(wide.summary()).toContain(`a t distribution of ${wide.degreesOfFreedom} degrees of freedom, with ${wide.spread.toFixed(2)} of`);
    expect(wide.trends!.map(({ slope }) => slope)).toEqual([0]);
    const [{ mean, variance }, prediction] = [await predict(wide.posterior, [0.5]), await wide.predict([0.5])];
    expect(prediction.mean.get(0, 0)).toBe(mean.get(0, 0));
    const scale = Math.sqrt(wide.spread * (variance.get(0, 0) + 1));
    expect(prediction.logDensity([2])[0]).toBeCloseTo(studentLogDensity((2 - mean.get(0, 0)) / scale, wide.degreesOfFreedom!) - Math.log(scale), 10);
    expect(meanLogDensity(await wide.predict(data.inputs), data.targets)).toBeGreaterThan(meanLogDensity(await predict(wide.posterior, data.inputs), data.targets) + 0.1);

    // Noise that grows with the targets.
    const growing = await fit(straight, studentT(), { inputs: x, targets: x.map((value, n) => value + 0.3 * Math.exp(0.5 * value) * z[n]) });
    expect(growing.trends![0].slope).toBeCloseTo(0.5, 0);
    expect(growing.summary()).toMatch(/the scale changes by 1\.\d\d times with each standard deviation/);
    const ends = await growing.predict([-1, 1]);
    expect(ends.noiseVariance.get(1, 0) / ends.noiseVariance.get(0, 0)).toBeGreaterThan(2);

    // Outputs of other units have noise of their own.
    const two = await fit(straight, studentT(), outputs(0.5));
    expect(two.best.likelihood.scales).toBeDefined();
    const { noiseVariance } = await two.predict([0.5]);
    expect(noiseVariance.get(0, 1) / noiseVariance.get(0, 0)).toBeCloseTo((two.best.likelihood.scales![1] / two.best.likelihood.scales![0]) ** 2, 8);
    // Nothing is held out for equal weights.
    const equal = await fit(networks({ hidden: [[]], weights: "equal" }), studentT(), data);
    expect(equal.degreesOfFreedom).toBeUndefined();
    expect((await equal.predict([0.5])).logDensity([2])).toEqual((await predict(equal.posterior, [0.5])).logDensity([2]));
  });

  it("of classes is narrowed where the posterior is too wide, and not where it is right", async () => {
    const linear = networks({ hidden: [[]] });
    const z = normals(600, 8);
    // Classes far apart: Laplace's Gaussian is wide, and every held-out example is on its side.
    const apart = Array.from({ length: 40 }, (_, n) => [(n % 2 === 0 ? 2 : -2) + 0.5 * z[2 * n], z[2 * n + 1]]);
    const separable = await fit(linear, bernoulli(), { inputs: apart, targets: apart.map((_, n) => n % 2) });
    expect(separable.spread).toBeLessThan(0.1);
    const { logit, logitVariance } = await separable.predict([[1, 1]]);
    const whole = await separable.members[0].predict([[1, 1]]);
    expect(logitVariance.get(0, 0) / whole.logitVariance.get(0, 0)).toBeCloseTo(separable.spread, 8);
    expect(logit.get(0, 0)).toBeCloseTo(whole.logit.get(0, 0), 12);
    // Few examples and labels by chance, with a weak prior that makes the mode too sure of itself.
    const inputs = Array.from({ length: 24 }, (_, n) => Array.from({ length: 6 }, (__, c) => z[6 * n + c]));
    const overfitted = await fit(linear, bernoulli(), { inputs, targets: inputs.map((_, n) => +(z[300 + n] > 0)) }, { prior: isotropic(0.1), reestimate: false });
    expect(overfitted.spread).toBe(1);
  });

  it("of classes has the kind of prior that held-out examples like better", async () => {
    const linear = networks({ hidden: [[]], folds: 4 });
    const z = normals(1200, 12);
    const inputs = Array.from({ length: 120 }, (_, n) => Array.from(z.subarray(8 * n, 8 * (n + 1))));
    const groups: number[] = [];
    for (const signal of [(x: number[]) => 8 * x[0], (x: number[]) => x.reduce((sum, value) => sum + value, 0)]) {
      const data = { inputs, targets: inputs.map((x, n) => +(signal(x) + z[1000 + n] > 0)) };
      const [chosen, relevance, layers] = await Promise.all([fit(linear, bernoulli(), data), fit(linear, bernoulli(), data, { prior: automaticRelevance() }), fit(linear, bernoulli(), data, { prior: perLayer() })]);
      expect(chosen.sizes[0].heldOut).toBe(Math.max(relevance.sizes[0].heldOut!, layers.sizes[0].heldOut!));
      groups.push(chosen.best.posterior.prior.groups.length);
    }
    // One input that matters of eight, and eight that matter alike.
    expect(groups[0]).toBeGreaterThan(8);
    expect(groups[1]).toBeLessThan(3);
  });

  it("judges by no more held-out examples than it takes, and leaves out what is too much work", async () => {
    const rows = 5000;
    const x = normals(rows, 1);
    const steps: Progress[] = [];
    const { sizes } = await fit(networks({ hidden: [[], [400]] }), gaussian(), { inputs: x, targets: x.map((value, n) => value + 0.1 * Math.sin(n)) }, { onProgress: (progress) => steps.push(progress) });
    expect(sizes.map(({ hidden }) => hidden)).toEqual([[]]);
    expect(steps.filter(({ stage }) => stage === "cross-validation")).toHaveLength(1);
  });

  it("fits fewer networks of a size that takes more work", async () => {
    // A linear model takes 40 * 2^2 + 2^3 = 168 operations a step, 3 hidden units 40 * 10^2 + 10^3 = 5000.
    const countsFor = async (work: number): Promise<number[]> => {
      const { members, sizes } = await fit(networks({ hidden: [[], [3]], restarts: 4, weights: "equal", work }), gaussian(), data, { maximumIterations: 10 });
      return sizes.map(({ hidden }) => members.filter((member) => member.hidden === hidden).length);
    };
    expect(await countsFor(3e9)).toEqual([1, 4]);
    expect(await countsFor(5000)).toEqual([1, 3]);
    expect(await countsFor(4999)).toEqual([1]);
    expect(await countsFor(1)).toEqual([1]);
  });

  it("starts noise with heavy tails from least squares", async () => {
    // Outputs of many sizes: the few large ones are no outliers.
    const inputs = Array.from({ length: 60 }, (_, n) => n / 30 - 1);
    const targets = inputs.map((value, n) => Math.exp(5 * value) + 0.05 * Math.sin(7 * n));
    const { best } = await fit(networks({ hidden: [[6]], restarts: 1 }), studentT(), { inputs, targets });
    expect(best.likelihood.scale).toBeLessThan(0.2);
  });

  it("can be weighed by evidence", async () => {
    const { members } = await fit(networks({ hidden: [[2]], restarts: 2, weights: "evidence" }), gaussian(), data);
    expect(members[0].weight / members[1].weight).toBeCloseTo(Math.exp(members[0].logEvidence - members[1].logEvidence), 6);
  });

  it("is the same with workers, to the last digit", async () => {
    const small = networks({ hidden: [[], [2]], restarts: 2, folds: 2 });
    const few = { maximumIterations: 20 };
    const [here, there] = [await fit(small, studentT(), data, few), await fit(small, studentT(), data, { ...few, workers: 2 })];
    expect(there.summary()).toBe(here.summary());
    expect(there.spread).toBe(here.spread);
    expect(there.members.map((member) => member.posterior.mean)).toEqual(here.members.map((member) => member.posterior.mean));
    expect((await there.predict([0.1])).logDensity([0.2])).toEqual((await here.predict([0.1])).logDensity([0.2]));
  }, 30_000);

  it("takes classes: as many outputs as there are labels, one for two classes", async () => {
    const inputs = Array.from(normals(60, 3), (z, n) => [(n % 3) - 1 + 0.3 * z, z]);
    const small = networks({ hidden: [[], [3]], restarts: 1, folds: 2 });
    const three = await fit(small, categorical(), { inputs, targets: inputs.map((_, n) => n % 3) });
    expect((await three.predict([[0, 0]])).probabilities.columns).toBe(3);
    const two = await fit(small, bernoulli(), { inputs, targets: inputs.map((_, n) => +(n % 3 > 0)) });
    expect((await two.predict([[1, 0], [-1, 0]])).probability.to1DArray().map(Math.round)).toEqual([1, 0]);
  });

  it("takes no class for granted that has no row, unless it is told how many there are", async () => {
    const inputs = Array.from({ length: 30 }, (_, n) => n / 15 - 1);
    const small = { hidden: [[]], restarts: 1, folds: 2 };
    const labelled = (labels: readonly number[], outputs?: number): Promise<FittedNetworks<CategoricalLikelihood>> => fit(networks({ ...small, outputs }), categorical(), { inputs, targets: inputs.map((_, n) => labels[n % labels.length]) }, { maximumIterations: 20 });
    await expect(labelled([0, 1, 99])).rejects.toThrow(/^targets: expected all labels 0 \.\. 99, got no row with label 2\. Labels count from 0/);
    await expect(labelled([0, 1, 1e9])).rejects.toThrow(/got no row with label 2\./);
    await expect(labelled([1, 2, 3])).rejects.toThrow(/got no row with label 0\. .* networks\(\{ outputs \}\)/);
    await expect(labelled([0, 1, 0.5])).rejects.toThrow(/^targets: expected whole labels 0, 1, 2, \.\.\., got 0\.5 in row 2\./);
    await expect(labelled([0, -1])).rejects.toThrow(/got -1 in row 1\./);
    await expect(labelled([0, 3], 3)).rejects.toThrow(/^targets: expected whole labels 0 \.\. 2, got 3 in row 1/);
    const { probabilities } = await (await labelled([1, 2, 3], 5)).predict([0]);
    expect(probabilities.columns).toBe(5);
    // Less probable than any that occurs.
    for (const absent of [0, 4]) expect(probabilities.get(0, absent)).toBeLessThan(0.2);
  });

  it("takes a class that a fold lacks", async () => {
    const inputs = Array.from({ length: 30 }, (_, n) => n / 15 - 1);
    const fitted = await fit(networks({ hidden: [[]], restarts: 1, folds: 3 }), categorical(), { inputs, targets: inputs.map((_, n) => (n === 7 ? 2 : n % 2)) }, { maximumIterations: 20 });
    expect((await fitted.predict([0])).probabilities.columns).toBe(3);
  });

  it("takes one that differs among many, which no fold need be able to do without", async () => {
    const inputs = Array.from({ length: 40 }, (_, n) => n / 20 - 1);
    const small = networks({ hidden: [[]], restarts: 1, folds: 4 });
    const outlier = (value: number): { inputs: number[]; targets: number[] } => ({ inputs, targets: inputs.map((_, n) => (n === 30 ? value : 0)) });
    for (const likelihood of [bernoulli(), poisson(), gaussian(), studentT()] as Likelihood[]) {
      const steps: Progress[] = [];
      const fitted = await fit(small, likelihood, outlier(1), { maximumIterations: 20, onProgress: (progress) => steps.push(progress) });
      expect(fitted.sizes[0].heldOut).toSatisfy(Number.isFinite);
      // Noise cannot be estimated where the one is held out: that fold is passed over. Classes and counts are tried with both kinds of prior.
      expect(steps.filter(({ stage }) => stage === "cross-validation")).toHaveLength(likelihood.scaled === undefined ? 8 : 3);
    }
    // All the same of all examples, as the user counts them.
    for (const likelihood of [gaussian(), categorical()] as Likelihood[]) await expect(fit(small, likelihood, outlier(0))).rejects.toThrow(/^data\.targets: expected targets that differ from example to example, got 0 for all 40 examples\. There is nothing to predict/);
  });

  it("takes few rows, if some can be held out", async () => {
    const [small, equal] = [networks({ hidden: [[]] }), networks({ hidden: [[]], weights: "equal" })];
    const rows = (count: number): { inputs: number[]; targets: number[] } => ({ inputs: [0, 1, 2].slice(0, count), targets: [0, 1, 0].slice(0, count) });
    for (const [count, text] of [[1, "1 row"], [2, "2 rows"]] as const) await expect(fit(small, gaussian(), rows(count))).rejects.toThrow(new RegExp(`^data: expected examples that still differ when some of them are held out, got ${text}\\. .*weights: "equal"`));
    await expect(fit(small, bernoulli(), rows(1))).rejects.toThrow(/^data: expected examples/);
    expect((await fit(equal, gaussian(), rows(2))).members).toHaveLength(1);
    for (const likelihood of [gaussian(), bernoulli()] as Likelihood[]) expect((await fit(small, likelihood, rows(3))).sizes[0].heldOut).toSatisfy(Number.isFinite);
  });

  it("takes targets with a column for more than their values", async () => {
    const small = networks({ hidden: [[]], restarts: 1, folds: 2 });
    const inputs = Array.from({ length: 30 }, (_, n) => n / 15 - 1);
    const [z, options] = [normals(30, 2), { maximumIterations: 20 }];
    const outputs = async (likelihood: Likelihood, targets: number[][]): Promise<number> => (await fit(small, likelihood, { inputs, targets }, options)).best.posterior.model.outputs;
    expect(await outputs(measurements(), inputs.map((x, n) => [x + 0.1 * z[n], 0.1]))).toBe(1);
    expect(await outputs(heteroscedastic(), inputs.map((x, n) => [x + 0.1 * z[n]]))).toBe(2);
    expect(await outputs(poisson({ exposure: true }), inputs.map((_, n) => [n % 4, 1 + (n % 2)]))).toBe(1);
    expect(await outputs(categorical(), inputs.map((x) => (x > 0.1 * z[0] ? [0, 0, 1] : [1, 0, 0])))).toBe(3);
    await expect(outputs(measurements(), inputs.map((x) => [x]))).rejects.toThrow(/^data.targets: expected targets as measurements\(\) takes them, got 1 column/);
    await expect(outputs(categorical(), inputs.map((x) => [x]))).rejects.toThrow();
  });

  it("predicts held-out examples as well as it says", async () => {
    const fitted = await fit(family, gaussian(), data, options);
    const test = noisySine(200, 9);
    const found = meanLogDensity(await fitted.predict(test.inputs), test.targets);
    expect(Math.abs(found - fitted.sizes[1].heldOut!)).toBeLessThan(0.4);
  });

  it("tells how far it is, and can be stopped, with workers too", async () => {
    const steps: Progress[] = [];
    const { members } = await fit(family, gaussian(), data, { ...options, onProgress: (progress) => steps.push(progress) });
    expect(steps.filter(({ stage }) => stage === "cross-validation").map(({ done, total }) => `${done}/${total}`)).toEqual(["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]);
    expect(steps.filter(({ stage }) => stage === "networks").map(({ done }) => done)).toEqual(members.map((_, i) => i + 1));
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
    [{ hidden: [[2], [3], [2]] }, /^hidden\[2\]: expected a size that is not in the list yet, got \[2\], which is hidden\[0\] too/],
    [{ outputs: 0 }, /^outputs/],
    [{ restarts: 0 }, /^restarts/],
    [{ folds: 1 }, /^folds/],
    [{ work: 0 }, /^work/],
    [{ weights: "votes" }, /^weights: expected/],
    [{ activation: "sine" }, /activation/],
    [{ seed: 0.5 }, /^seed/],
    [{ size: 3 }, /size/],
  ])("refuses %j", (options, message) => {
    expect(() => networks(options as never)).toThrow(message);
  });
});
