import { EigenvalueDecomposition, Matrix, determinant } from "ml-matrix";
import { afterAll, describe, expect, it } from "vitest";
import { empiricalFisher, monteCarloFisher, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { evidence } from "../../src/evidence/evidence.ts";
import { evidenceGradient } from "../../src/evidence/evidence-gradient.ts";
import { gridSearch } from "../../src/evidence/grid-search.ts";
import { importanceSampling } from "../../src/evidence/importance-sampling.ts";
import { maximizeEvidence } from "../../src/evidence/maximize-evidence.ts";
import { withEvidence } from "../../src/evidence/with-evidence.ts";
import { fit } from "../../src/fit.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace, withMoreData, type LaplaceOptions } from "../../src/posterior/laplace.ts";
import { mergePosteriors } from "../../src/posterior/merge.ts";
import { posteriorAsPrior } from "../../src/posterior/posterior-as-prior.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { loadPosterior, savePosterior } from "../../src/posterior/save.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import type { Prior } from "../../src/prior/prior.ts";
import { blockDiagonal } from "../../src/structure/block-diagonal.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import type { Structure } from "../../src/structure/structure.ts";
import { adam } from "../../src/training/adam.ts";
import { lbfgs } from "../../src/training/lbfgs.ts";
import { train } from "../../src/training/train.ts";
import { stopWorkers } from "../../src/workers/pool.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import fc from "../support/fast-check.ts";
import { normals } from "../support/random-numbers.ts";
import { differences } from "../support/sixth-order-differences.ts";

interface Examples {
  readonly inputs: number[][];
  readonly targets: number[][];
}

function table(rows: number, inputs: number, outputs: number, seed: number): Examples {
  const [x, t] = [normals(inputs * rows, seed), normals(outputs * rows, seed + 1000)];
  return { inputs: Array.from({ length: rows }, (_, n) => [...x.subarray(n * inputs, (n + 1) * inputs)]), targets: Array.from({ length: rows }, (_, n) => [...t.subarray(n * outputs, (n + 1) * outputs)]) };
}

const joined = (days: readonly Examples[]): Examples => ({ inputs: days.flatMap(({ inputs }) => inputs), targets: days.flatMap(({ targets }) => targets) });

const likelihood = gaussian({ noise: 0.3, fixed: true });

async function fitted<M extends Model>(model: M, data: Examples, prior: Prior, structure: Structure, noise: Likelihood = likelihood): Promise<Posterior<M>> {
  const trained = await train(model, noise, data, { prior, gradientTolerance: 1e-13 });
  return laplace(trained.model, noise, data, { prior: trained.prior, structure });
}

/** Day after day, each with the posterior of the last as its prior. */
async function dayByDay<M extends Model>(model: M, days: readonly Examples[], prior: Prior, structures: readonly Structure[]): Promise<Posterior<M>[]> {
  const posteriors: Posterior<M>[] = [];
  for (const [i, day] of days.entries()) posteriors.push(await fitted(model, day, i === 0 ? prior : posteriorAsPrior(posteriors[i - 1]), structures[i % structures.length]));
  return posteriors;
}

function expectSame(days: readonly Posterior[], all: Posterior): void {
  const last = days[days.length - 1];
  expectClose(last.mean, all.mean, 1e-10);
  expectClose(last.covariance().to1DArray(), all.covariance().to1DArray(), 1e-11);
  expectClose(last.precisionMatrix().to1DArray(), all.precisionMatrix().to1DArray(), 1e-11);
  expectClose([days.reduce((sum, { logEvidence }) => sum + logEvidence, 0)], [all.logEvidence], 1e-10);
  // Of a sum of Kronecker factors the new data have the share of their deltas alone, which is tested below.
  if (all.structure.name !== "kronecker") expectClose([last.effectiveParameters], [last.mean.length - last.covariance().mmul(days[days.length - 2].precisionMatrix()).trace()], 1e-9);
}

/** Structures that keep all of the curvature of a linear model: between its outputs there is none, and with several inputs its Kronecker factors are exact. */
const exactFor: readonly { readonly name: string; readonly structures: readonly Structure[]; readonly biases: boolean }[] = [
  { name: "full() in weight space", structures: [full({ space: "weight" })], biases: true },
  { name: "full() in function space", structures: [full({ space: "function" })], biases: true },
  { name: "full() in the smaller space", structures: [full()], biases: true },
  { name: "full() in one space and the other", structures: [full({ space: "weight" }), full({ space: "function" })], biases: true },
  { name: "full() in the other space and the one", structures: [full({ space: "function" }), full({ space: "weight" })], biases: true },
  { name: "blockDiagonal()", structures: [blockDiagonal()], biases: true },
  { name: "blockDiagonal() of units", structures: [blockDiagonal({ blocks: "unit" })], biases: true },
  { name: "kronecker()", structures: [kronecker()], biases: false },
  { name: "lowRank()", structures: [lowRank()], biases: true },
];

const shapes = fc.record({
  inputs: fc.integer({ min: 1, max: 3 }),
  outputs: fc.integer({ min: 1, max: 2 }),
  days: fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 3 }),
  relevance: fc.boolean(),
  seed: fc.integer({ min: 0, max: 1e6 }),
});

describe("Bayes' rule for a linear model, day by day", () => {
  it.each(exactFor)("has the mean, covariance and evidence of all days at once, for $name", async ({ structures, biases }) => {
    await fc.assert(
      fc.asyncProperty(shapes, async ({ inputs, outputs, days: sizes, relevance, seed }) => {
        const model = mlp([inputs, outputs], { biases, seed });
        const prior = relevance ? automaticRelevance(0.4) : isotropic(0.7, { mean: 0.1 });
        const days = sizes.map((size, i) => table(size, inputs, outputs, seed + i));
        expectSame(await dayByDay(model, days, prior, structures), await fitted(model, joined(days), prior, structures[0]));
      }),
      { numRuns: 8 },
    );
  });

  it("does so in fit(), in the units that the first day has given the model", async () => {
    const line = (count: number, at: number, seed: number): Examples => {
      const [x, noise] = [normals(count, seed), normals(count, seed + 1)];
      return { inputs: Array.from(x, (z) => [at + z]), targets: Array.from(x, (z, n) => [3 * (at + z) + 7 + 0.3 * noise[n]]) };
    };
    const [monday, tuesday] = [line(30, 0, 1), line(10, 20, 3)];
    const options = { structure: full(), reestimate: false, gradientTolerance: 1e-12 };
    const first = await fit(mlp([1, 1]), likelihood, monday, { ...options, prior: isotropic(1) });
    const second = await fit(first.posterior.model, likelihood, tuesday, { ...options, prior: posteriorAsPrior(first.posterior) });
    const both = await fit(first.posterior.model, likelihood, joined([monday, tuesday]), { ...options, prior: isotropic(1) });
    expectRelativelyClose(second.posterior.mean, both.posterior.mean, 1e-8);
    expectRelativelyClose([first.logEvidence + second.logEvidence], [both.logEvidence], 1e-8);
    const [mean, whole] = await Promise.all([second, both].map(async (each) => (await each.predict([[0], [20]])).mean.to1DArray()));
    expectRelativelyClose(mean, whole, 1e-8);
  });

  it("does so for a last layer, and for some of its weights", async () => {
    const network = mlp([2, 4, 2], { seed: 3 });
    const days = [table(5, 2, 2, 1), table(6, 2, 2, 2)];
    for (const model of [lastLayer(network), subnetwork(network, [12, 14, 18, 20])]) {
      expectSame(await dayByDay(model, days, isotropic(0.5), [full()]), await fitted(model, joined(days), isotropic(0.5), full()));
    }
  });

  it("does so with the variances of diagonal(), where inputs are orthogonal", async () => {
    const columns = [[1, 1, -1, -1], [1, -1, 1, -1]];
    const day = (seed: number, scale: number): Examples => ({ inputs: [0, 1, 2, 3].map((n) => columns.map((column) => scale * column[n])), targets: Array.from(normals(4, seed), (t) => [t]) });
    const days = [day(1, 1), day(2, 0.5)];
    const model = mlp([2, 1], { biases: false });
    const posteriors = await dayByDay(model, days, isotropic(0.5), [diagonal()]);
    expectSame(posteriors, await fitted(model, joined(days), isotropic(0.5), diagonal()));
    expect(posteriors[1].prior.name).toBe("per weight");
    expect(posteriors[1].prior.fixed).toBe(true);
  });

  it("forgets correlations when told to, but no variance", async () => {
    const posterior = await fitted(mlp([2, 3, 1], { seed: 1 }), table(10, 2, 1, 3), isotropic(1), full());
    const prior = posteriorAsPrior(posterior, { correlations: false }).bind(posterior.model);
    expectClose(prior.mean, posterior.mean, 0);
    expectRelativelyClose(prior.precisions, posterior.covariance().diagonal().map((v) => 1 / v), 1e-10);
    expect([prior.name, prior.fixed, prior.coupling]).toEqual(["per weight", true, undefined]);
  });
});

const network = mlp([2, 3, 2], { seed: 1, activation: "tanh" });
const [monday, tuesday] = [table(6, 2, 2, 5), table(5, 2, 2, 6)];

/** The posterior of tuesday, with that of monday as its prior; at the mode unless said otherwise. */
async function sequence(structure: Structure, options: LaplaceOptions = {}, trained = true): Promise<{ first: Posterior; second: Posterior }> {
  const first = await laplace(network, likelihood, monday, { structure, prior: isotropic(0.5), ...options });
  const prior = posteriorAsPrior(first);
  const { model } = trained ? await train(network, likelihood, tuesday, { prior, gradientTolerance: 1e-12 }) : { model: network.withParameters(network.parameters.map((w) => w + 0.1)) };
  return { first, second: await laplace(model, likelihood, tuesday, { structure, ...options, prior }) };
}

const STRUCTURES = [full({ space: "weight" }), full({ space: "function" }), blockDiagonal(), blockDiagonal({ blocks: "unit" }), kronecker(), kronecker({ damping: 0.1 }), lowRank(), lowRank({ rank: 4 })];

describe.each(STRUCTURES)("a network with yesterday's posterior for a prior, $name", (structure) => {
  it("is trained by every method to the mode of new data and prior", async () => {
    const { first, second } = await sequence(structure);
    expect(second.gradientNorm).toBeLessThan(1e-9);
    const byHand = (w: Float64Array): number => {
      const at = network.withParameters(w).evaluate({ data: Float64Array.from(tuesday.inputs.flat()), rows: tuesday.inputs.length, columns: 2 }).outputs;
      const d = Matrix.columnVector(w.map((value, i) => value - first.mean[i]));
      return at.reduce((sum, f, i) => sum + (f - tuesday.targets.flat()[i]) ** 2 / (2 * 0.3 ** 2), 0) + 0.5 * d.transpose().mmul(first.precisionMatrix()).mmul(d).get(0, 0);
    };
    expectClose(differences((w) => [byHand(w)], second.mean), new Float64Array(second.mean.length), 1e-7);
    const lower = await train(network, likelihood, tuesday, { prior: posteriorAsPrior(first), method: lbfgs(), gradientTolerance: 1e-9 });
    expectClose(lower.model.parameters, second.mean, 1e-6);
    const beside = network.withParameters(second.mean.map((w) => w + 0.05));
    const near = await train(beside, likelihood, tuesday, { prior: posteriorAsPrior(first), method: adam({ epochs: 1000, learningRate: 0.002 }) });
    expectClose([near.loss], [lower.loss], 1e-3);
  });

  it("takes more data as from the start, and merges", async () => {
    const { first, second } = await sequence(structure, {}, false);
    const more = table(3, 2, 2, 7);
    const { model, prior } = second;
    const all = await laplace(model, likelihood, joined([tuesday, more]), { structure, prior });
    const merged = mergePosteriors([second, await laplace(model, likelihood, more, { structure, prior: loadPosterior(JSON.parse(JSON.stringify(savePosterior(second)))).prior })]);
    // A rank that is too low keeps what depends on how data were divided.
    const tolerance = structure.name === "low rank" ? 0.2 : 1e-10;
    for (const posterior of [await withMoreData(second, more), merged]) expectRelativelyClose([posterior.logEvidence], [all.logEvidence], tolerance);
    const another = await laplace(model, likelihood, more, { structure, prior: posteriorAsPrior(first.with({ temperature: 2 })) });
    expect(() => mergePosteriors([second, another])).toThrow(/expected the same prior/);
  });

  it("is saved and loaded to the last digit, and a prior again", async () => {
    const { second } = await sequence(structure, {}, false);
    const again = loadPosterior<typeof network, typeof likelihood>(JSON.parse(JSON.stringify(savePosterior(second))));
    expect(again.logEvidence).toBe(second.logEvidence);
    expect(again.effectiveParametersByGroup).toEqual(second.effectiveParametersByGroup);
    expect(again.summary()).toBe(second.summary());
    const third = (posterior: Posterior): Promise<Posterior> => laplace(network, likelihood, monday, { structure, prior: posteriorAsPrior(posterior) });
    expect((await third(again)).logEvidence).toBe((await third(second)).logEvidence);
  });

  it("predicts and adds up in workers as in one thread", async () => {
    const { second } = await sequence(structure, {}, false);
    const [one, shared] = [await predict(second, monday.inputs), await predict(second, monday.inputs, { workers: 2 })];
    expect(shared.logDensity(monday.targets)).toEqual(one.logDensity(monday.targets));
    expect((await laplace(second.model, likelihood, tuesday, { structure, prior: second.prior, workers: 2 })).logEvidence).toBe(second.logEvidence);
  });

  it("has the derivative of the evidence in the noise", async () => {
    const { second } = await sequence(structure, {}, false);
    const noisy = second.with({ likelihood: gaussian({ noise: 0.3 }) });
    const at = ([log]: Float64Array): number[] => [noisy.with({ likelihood: gaussian({ noise: Math.exp(-log / 2) }) }).logEvidence];
    const gradient = evidenceGradient(noisy);
    expectRelativelyClose([gradient.logNoisePrecision], differences(at, [Math.log(0.3 ** -2)], 0.01), 1e-8);
    expect([...gradient.logPriorPrecisions]).toEqual([0]);
    for (const method of ["fixedPoint", "gradient"] as const) {
      const tuned = maximizeEvidence(noisy, { method });
      expect(tuned.prior).toBe(noisy.prior);
      expect(tuned.logEvidence).toBeGreaterThan(noisy.logEvidence);
      expect(tuned.effectiveParameters).toBeGreaterThan(0);
    }
  });
});

describe("effective parameters of new data", () => {
  it("are W - tr(P^-1 P0) for one group of weights in function space, as in weight space", async () => {
    for (const options of [{}, { curvature: empiricalFisher() }, { prior: automaticRelevance() }]) {
      const [weights, functions] = await Promise.all(["weight", "function"].map((space) => sequence(full({ space: space as "weight" }), options, false)));
      const { first, second } = weights;
      expectClose([second.effectiveParameters], [network.parameters.length - second.covariance().mmul(first.precisionMatrix()).trace()], 1e-10);
      expectClose(functions.second.effectiveParametersByGroup, second.effectiveParametersByGroup, 1e-9);
      expectClose([functions.second.logEvidence], [second.logEvidence], 1e-10);
    }
  });

  it("are those of the sum that kronecker() keeps, with every weight in a group of its own", async () => {
    const { first, second } = await sequence(kronecker(), { prior: automaticRelevance([1, 2, 3, 4, 5]) }, false);
    const sum = second.precisionMatrix();
    const [ofSum, ofBoth] = [second.data.curvature.times(1 / 0.09).plus(second.prior.coupling!.matrix), first.prior];
    expectClose(sum.to1DArray(), Matrix.from1DArray(sum.rows, sum.rows, Array.from(ofSum.dense())).add(Matrix.diag(Array.from(ofBoth.groupOf, (g) => ofBoth.precisions[g]))).to1DArray(), 1e-12);
    // What grows with the noise precision of the new data alone, by differences.
    const logDeterminant = (beta: number): number => second.data.curvature.times(beta).plus(second.prior.coupling!.matrix).precision(ofBoth, 1).logDeterminant;
    const slope = differences(([log]) => [logDeterminant(Math.exp(log))], [Math.log(1 / 0.09)], 0.01);
    expectRelativelyClose([second.effectiveParameters], slope, 1e-9);
    const { effectiveParametersByGroup: byGroup } = second;
    expect(byGroup.length).toBe(5);
    expect(Math.min(...byGroup)).toBeGreaterThan(0);
  });
});

describe("kinds of curvature of another number of columns", () => {
  it("add up in function space as in weight space", async () => {
    const classes = { inputs: monday.inputs, targets: [0, 1, 0, 1, 1, 0] };
    const logEvidences = await Promise.all(
      ["weight", "function"].map(async (space) => {
        const structure = full({ space: space as "weight" });
        const first = await laplace(network, categorical(), classes, { structure, curvature: outerProduct() });
        const second = await laplace(network, categorical(), classes, { structure, curvature: empiricalFisher(), prior: posteriorAsPrior(first) });
        const third = await laplace(network, categorical(), classes, { structure, curvature: monteCarloFisher({ samples: 3 }), prior: posteriorAsPrior(second) });
        return [second.logEvidence, third.logEvidence, second.effectiveParameters, third.effectiveParameters, ...third.marginalVariance];
      }),
    );
    expectClose(logEvidences[1], logEvidences[0], 1e-9);
  });
});

describe("a rank that is too low", () => {
  it("keeps all for today, and for tomorrow the largest eigenpairs", async () => {
    const structure = lowRank({ rank: 4 });
    const { second } = await sequence(structure, {}, false);
    const { coupling } = second.prior;
    const today = Matrix.from1DArray(17, 17, Array.from(second.data.curvature.times(1 / 0.09).dense(), (value, i) => value + coupling!.matrix.dense()[i]));
    expectClose(second.precisionMatrix().to1DArray(), Matrix.add(today, Matrix.eye(17).mul(0.5)).to1DArray(), 1e-10);
    const { realEigenvalues: values, eigenvectorMatrix: vectors } = new EigenvalueDecomposition(today, { assumeSymmetric: true });
    const largest = Matrix.diag(values.map((value, i) => (i < 13 ? 0 : value)));
    const kept = vectors.mmul(largest).mmul(vectors.transpose()).add(Matrix.eye(17).mul(0.5));
    const third = await laplace(network, likelihood, monday, { structure, prior: posteriorAsPrior(second) });
    expectClose(third.precisionMatrix().sub(Matrix.from1DArray(17, 17, Array.from(third.data.curvature.times(1 / 0.09).dense()))).to1DArray(), kept.to1DArray(), 1e-8);
    expect(third.prior.coupling!.logDeterminant).toBeCloseTo(Math.log(determinant(kept)), 8);
  });
});

describe("noise of new data", () => {
  it("is re-estimated in training as by the posterior, and the prior stays", async () => {
    const { first } = await sequence(full(), {}, false);
    const data = table(40, 2, 2, 11);
    const prior = posteriorAsPrior(first);
    const trained = await train(network, gaussian(), data, { prior, reestimate: true });
    const posterior = await laplace(trained.model, trained.likelihood, data, { prior: trained.prior });
    expect(trained.prior.coupling).toBeDefined();
    expect(trained.effectiveParameters).toBeCloseTo(posterior.effectiveParameters, 6);
    expect(2 * trained.likelihood.precision * posterior.data.energy).toBeCloseTo(80 - posterior.effectiveParameters, 2);
    const large = await train(network, gaussian(), data, { prior: posteriorAsPrior((await sequence(kronecker(), {}, false)).first), method: withEvidence(adam({ epochs: 300 })) });
    expect(large.likelihood.noise / trained.likelihood.noise).toBeCloseTo(1, 0);
    const whole = await fit(network, gaussian(), data, { prior, standardize: false });
    expect(whole.likelihood.noise).toBeCloseTo(trained.likelihood.noise, 4);
  });
});

describe("what is done with a coupled prior", () => {
  it("agrees with importance sampling, for a linear model to the last digits", async () => {
    const line = mlp([2, 1]);
    const [one, two] = [table(5, 2, 1, 1), table(6, 2, 1, 2)];
    const [, second] = await dayByDay(line, [one, two], isotropic(1), [full()]);
    const { paretoShape, logEvidence } = await importanceSampling(second, two, { samples: 50 });
    expect(logEvidence).toBeCloseTo(second.logEvidence, 8);
    expect(paretoShape).toBeLessThan(0.1);
    const { logPriorExponent, logVolumeRatio } = evidence(second);
    expect(logPriorExponent + logVolumeRatio).toBeCloseTo(second.logEvidence - second.logLikelihood, 10);
  });

  it("varies noise and temperature in a grid, but not the prior", async () => {
    const { second } = await sequence(full());
    const { posterior } = await gridSearch(second, monday, { temperatures: [0.5, 1, 2] });
    expect(posterior.prior).toBe(second.prior);
    await expect(gridSearch(second, monday)).rejects.toThrow(/earlier data gave it.*Vary noise or temperature, or use posteriorAsPrior\(posterior, \{ correlations: false \}\)/);
  });

  it("shows groups without a precision in the summary", async () => {
    const { second } = await sequence(full());
    expect(second.summary()).toMatch(/prior +posterior, 1 group\n +all weights +effective parameters/);
  });

  it("says what it cannot do, and what to do instead", async () => {
    const { first, second } = await sequence(full());
    const prior = posteriorAsPrior(first);
    const factors = posteriorAsPrior(await laplace(network, likelihood, monday, { structure: kronecker() }));
    // Before the data are gone through.
    const unread = { get inputs(): number[][] { throw new Error("read"); }, targets: tuesday.targets };
    const other = laplace(network, likelihood, unread, { structure: kronecker(), prior });
    expect(() => first.with({ prior: factors })).toThrow(/^structure: expected kronecker.*got full/);
    await expect(other).rejects.toThrow(InvalidArgumentError);
    await expect(other).rejects.toThrow(/^structure: expected full, the structure of the posterior that became the prior, got kronecker\. Use that structure, or posteriorAsPrior\(posterior, \{ correlations: false \}\)/);
    expect((await laplace(network, likelihood, tuesday, { structure: blockDiagonal(), prior: posteriorAsPrior(first, { correlations: false }) })).structure.name).toBe("block diagonal");
    await expect(fit(network, likelihood, tuesday, { prior: factors })).rejects.toThrow(/^structure: expected kronecker/);
    expect((await fit(network, likelihood, tuesday, { prior: factors, structure: kronecker(), standardize: false })).posterior.prior.name).toBe("posterior");
    const blocks = await laplace(network, likelihood, monday, { structure: blockDiagonal() });
    await expect(laplace(network, likelihood, tuesday, { structure: blockDiagonal({ blocks: "unit" }), prior: posteriorAsPrior(blocks) })).rejects.toThrow(InvalidArgumentError);
    const part = lastLayer(network);
    expect(() => prior.bind(part)).toThrow(UnsupportedError);
    expect(() => prior.bind(part)).toThrow(/^prior: it couples 17 weights.*of 8 of them.*the same part of the model, or use posteriorAsPrior\(posterior, \{ correlations: false \}\)/);
    expect(() => evidence(second, { symmetries: true })).toThrow(/holds on to one of the equivalent modes/);
    expect(() => posteriorAsPrior(first, { correlations: 1 } as never)).toThrow(/^correlations: expected true or false, got 1/);
    expect(() => posteriorAsPrior(first, { corelations: true } as never)).toThrow(/unknown option/);
    expect(() => posteriorAsPrior(Promise.resolve(first) as unknown as Posterior)).toThrow(/Await it first/);
  });
});

afterAll(stopWorkers);
