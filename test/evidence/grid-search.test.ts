import { beforeAll, describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, NotPositiveDefiniteError, UnsupportedError } from "../../src/errors.ts";
import { gridSearch, logarithmicGrid, type GridSearchOptions } from "../../src/evidence/grid-search.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import { monteCarlo } from "../../src/likelihood/link.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { predict } from "../../src/predictive/predict.ts";
import { rootMeanSquareError } from "../../src/predictive/scores.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perLayer } from "../../src/prior/per-layer.ts";
import { train } from "../../src/training/train.ts";
import { expectClose, expectRelativelyClose } from "../support/close.ts";
import { noisySine, trainedSine } from "../support/regression.ts";

const heldOut = noisySine(30, 9);
let posterior: Posterior<DenseNetwork, GaussianLikelihood>;
beforeAll(async () => {
  const { model, likelihood, prior, data } = await trainedSine();
  posterior = await laplace(model, likelihood, data, { prior });
});

/** log N(t; m, v), averaged. */
async function meanLogNormal(of: Posterior<DenseNetwork, GaussianLikelihood>): Promise<number> {
  const { mean, totalVariance } = await predict(of, heldOut.inputs);
  const targets = heldOut.targets as number[];
  return targets.reduce((sum, t, n) => sum - 0.5 * ((t - mean.get(n, 0)) ** 2 / totalVariance.get(n, 0) + Math.log(2 * Math.PI * totalVariance.get(n, 0))), 0) / targets.length;
}

describe("logarithmicGrid", () => {
  it("has equal ratios, and its ends to the last digit", () => {
    expect([...logarithmicGrid(3, 0.7, 2)]).toEqual([3, 0.7]);
    const grid = logarithmicGrid(1e-4, 1e4, 17);
    expect([grid[0], grid[16]]).toEqual([1e-4, 1e4]);
    expectRelativelyClose(Array.from(grid.subarray(1), (value, i) => value / grid[i]), new Float64Array(16).fill(Math.sqrt(10)), 1e-12);
  });

  it("refuses ends that are not positive and fewer points than ends", () => {
    expect(() => logarithmicGrid(0, 1, 3)).toThrow(/^from: /);
    expect(() => logarithmicGrid(1, -1, 3)).toThrow(/^to: /);
    expect(() => logarithmicGrid(1, 2, 1)).toThrow(/^count: /);
  });
});

describe("gridSearch", () => {
  it("scores every point by the density of the held-out targets, and finds the best", async () => {
    const [priorPrecisions, noises, temperatures] = [[0.01, 1, 100], [0.05, 0.2], [0.5, 1]];
    const { points, best, posterior: found } = await gridSearch(posterior, heldOut, { priorPrecisions, noises, temperatures });
    expect(points.map(({ priorPrecision, noise, temperature }) => [priorPrecision, noise, temperature])).toEqual(priorPrecisions.flatMap((a) => noises.flatMap((n) => temperatures.map((t) => [a, n, t]))));
    for (const { priorPrecision, noise, temperature, score } of points) {
      expectClose([score], [await meanLogNormal(posterior.with({ prior: isotropic(priorPrecision), likelihood: gaussian({ noise }), temperature }))], 1e-10);
    }
    expect(best.score).toBe(Math.max(...points.map(({ score }) => score)));
    expectRelativelyClose([found.prior.precisions[0], found.likelihood.noise, found.temperature], [best.priorPrecision, best.noise, best.temperature], 1e-14);
  });

  it("searches the prior precision from 1e-4 to 1e4 unless told otherwise, and what it is told alone", async () => {
    const { points } = await gridSearch(posterior, heldOut);
    expect(points.map(({ priorPrecision }) => priorPrecision)).toEqual([...logarithmicGrid(1e-4, 1e4, 17)]);
    expect(new Set(points.map(({ noise, temperature }) => `${noise.toPrecision(10)} ${temperature}`))).toEqual(new Set(["0.1000000000 1"]));
    const { points: temperatures, posterior: found } = await gridSearch(posterior, heldOut, { temperatures: logarithmicGrid(0.1, 10, 5) });
    expect(temperatures.length).toBe(5);
    expect([found.prior.precisions[0], found.likelihood.noise]).toEqual([0.5, 0.1]);
  });

  it("keeps the ratios of a prior of several groups, and its geometric mean is what is searched", async () => {
    const grouped = posterior.with({ prior: perLayer([1, 16]) });
    const { points, posterior: found } = await gridSearch(grouped, heldOut, { priorPrecisions: [4, 40] });
    expect(points.map(({ priorPrecision }) => priorPrecision)).toEqual([4, 40]);
    expectClose([points[0].score], [await meanLogNormal(grouped)], 1e-10);
    expectRelativelyClose([found.prior.precisions[1] / found.prior.precisions[0]], [16], 1e-12);
  });

  it("takes scores of one's own, links, progress and an abort", async () => {
    const classes = { inputs: [-2, -1, 0, 1, 2, 0.5], targets: [0, 0, 1, 1, 2, 0] };
    const { model, likelihood, prior } = await train(mlp([1, 3]), categorical(), classes);
    const told: unknown[] = [];
    const { points, best } = await gridSearch(await laplace(model, likelihood, classes, { prior }), classes, {
      link: monteCarlo({ samples: 50 }),
      priorPrecisions: [0.1, 1],
      score: ({ probabilities }) => -probabilities.get(0, 0),
      onProgress: ({ stage, done, total, value }) => told.push([stage, done, total, value]),
    });
    expect(told).toEqual(points.map(({ score }, i) => ["grid search", i + 1, 2, score]));
    expect(best.score).toBeLessThan(0);
    const stop = new AbortController();
    await expect(gridSearch(posterior, heldOut, { signal: stop.signal, onProgress: () => stop.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("gives nothing to points where there is no Gaussian, and fails if that is all", async () => {
    const saddle = mlp([1, 1, 1], { biases: false, parameters: [0.01, 0.01] });
    const data = { inputs: [1, 2], targets: [1, 2] };
    const start = await laplace(saddle, gaussian({ noise: 1 }), data, { curvature: exact(), prior: isotropic(100) });
    const { points, best } = await gridSearch(start, data, { priorPrecisions: [0.01, 50, 100] });
    expect(points[0].score).toBe(-Infinity);
    expect(best.score).toBeGreaterThan(-Infinity);
    await expect(gridSearch(start, data, { priorPrecisions: [0.01, 0.02] })).rejects.toThrow(NotPositiveDefiniteError);
  });

  it("prints a table", async () => {
    const { best, ...search } = await gridSearch(posterior, heldOut, { noises: [0.1, 10] });
    expect(best.noise).toBe(0.1);
    const [head, first, second] = search.summary().split("\n");
    expect(head).toMatch(/prior precision +noise +temperature +score/);
    expect(first).toMatch(/0\.50000 +0\.10000 +1\.0000 .* best/);
    expect(second).not.toMatch(/best/);
  });

  it("never chooses by what does not depend on what it searches", async () => {
    const byError: GridSearchOptions<GaussianLikelihood> = { score: (prediction, targets) => -rootMeanSquareError(prediction, targets) };
    await expect(gridSearch(posterior, heldOut, byError)).rejects.toThrow(UnsupportedError);
    await expect(gridSearch(posterior, heldOut, byError)).rejects.toThrow(/^score: it is the same for all priorPrecisions/);
    // One that depends on the noise alone does not choose a prior.
    const byNoise: GridSearchOptions<GaussianLikelihood> = { score: ({ noiseVariance }) => -noiseVariance.get(0, 0), noises: [0.1, 1] };
    await expect(gridSearch(posterior, heldOut, { ...byNoise, priorPrecisions: [1, 2] })).rejects.toThrow(/the same for all priorPrecisions/);
    await expect(gridSearch(posterior, heldOut, { ...byNoise, temperatures: [1, 2] })).rejects.toThrow(/the same for all temperatures/);
    expect((await gridSearch(posterior, heldOut, byNoise)).best.noise).toBe(0.1);
  });

  it("refuses what it cannot search", async () => {
    const refused = async (options: unknown, message: RegExp): Promise<void> => {
      await expect(gridSearch(posterior, heldOut, options as GridSearchOptions<GaussianLikelihood>)).rejects.toThrow(InvalidArgumentError);
      await expect(gridSearch(posterior, heldOut, options as GridSearchOptions<GaussianLikelihood>)).rejects.toThrow(message);
    };
    await refused({ priorPrecisions: [] }, /^priorPrecisions: expected numbers above 0, got an empty array/);
    await refused({ priorPrecisions: 3 }, /^priorPrecisions: /);
    await refused({ temperatures: [1, 0] }, /^temperatures\[1\]: /);
    await refused({ noises: [-1] }, /^noises\[0\]: /);
    await refused({ precisions: [1] }, /^options\.precisions: expected one of the options method, workers, signal, onProgress, priorPrecisions, noises, temperatures, score, got the unknown option "precisions"/);
    await refused({ score: () => NaN }, /^score: expected a function that returns a number, got NaN/);
    await refused({ score: "accuracy" }, /^score: /);
    await expect(gridSearch(posterior, { inputs: [[1, 2]], targets: [1] })).rejects.toThrow(/^data\.inputs|^heldOut\.inputs/);
    const classes = await laplace(mlp([1, 1]), bernoulli(), { inputs: [1, 2], targets: [0, 1] });
    await expect(gridSearch(classes, { inputs: [1], targets: [0] }, { noises: [1] })).rejects.toThrow(/^noises: the likelihood \(bernoulli\) has no noise to vary/);
    const known = posterior.with({ likelihood: gaussian({ noise: 0.1, fixed: true }) });
    await expect(gridSearch(known, heldOut, { noises: [1, 2] })).rejects.toThrow(UnsupportedError);
  });
});
