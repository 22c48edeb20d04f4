import { describe, expect, it } from "vitest";
import { monteCarloFisher, outerProduct } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { functionLikelihood } from "../../src/likelihood/function-likelihood.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { laplace, withMoreData } from "../../src/posterior/laplace.ts";
import { random } from "../../src/random.ts";
import { LIKELIHOODS, MODELS, STRUCTURES } from "../conformance-rows.ts";
import { expectClose } from "../support/close.ts";
import { dataOf, type Twin } from "../support/dense-twin.ts";
import { plane } from "../support/regression.ts";
import { makeTwin } from "../support/twin-models.ts";

const network = MODELS.find(({ name }) => name === "one hidden layer")!;
/** Waiting times with a log rate, with their information and draws besides. */
const waiting = functionLikelihood({ logDensity: ([f], [t]) => f - t * Math.exp(f), information: () => [1], draw: ([f], source) => [-Math.log(1 - source.uniform()) * Math.exp(-f)] });
const twins = LIKELIHOODS.map((textbook): [string, Twin] => {
  const twin = makeTwin(network, textbook, 4, 3);
  return [textbook.name, textbook.name === "function" ? { ...twin, textbook: { ...textbook, likelihood: waiting } } : twin];
});

describe.each(twins)("the Monte-Carlo Fisher information, %s", (_, twin) => {
  const curvatureOf = async (samples: number, seed: number): Promise<Float64Array> => {
    const { data } = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin), { curvature: monteCarloFisher({ samples, seed }) });
    return data.curvature.dense();
  };

  it("has the outer product for its mean", async () => {
    const { data } = await laplace(twin.model, twin.textbook.likelihood, dataOf(twin));
    const expected = data.curvature.dense();
    const runs = await Promise.all(Array.from({ length: 40 }, (__, seed) => curvatureOf(100, seed)));
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    expected.forEach((value, i) => {
      const mean = runs.reduce((sum, run) => sum + run[i], 0) / runs.length;
      const variance = runs.reduce((sum, run) => sum + (run[i] - mean) ** 2, 0) / (runs.length - 1);
      expect(Math.abs(mean - value)).toBeLessThan(5 * Math.sqrt(variance / runs.length) + 1e-9 * largest);
    });
  });

  it("depends on the seed alone", async () => {
    const [one, again, other] = await Promise.all([curvatureOf(2, 1), curvatureOf(2, 1), curvatureOf(2, 2)]);
    expect(again).toEqual(one);
    expect(other).not.toEqual(one);
  });
});

describe("monteCarloFisher()", () => {
  const { model, likelihood, data } = plane(7);
  const curvature = monteCarloFisher({ seed: 4 });

  it.each(STRUCTURES.filter(({ name }) => name !== "lowRank()"))("draws the same however the data are divided, $name", async ({ structure }) => {
    const inputs = data.inputs as number[][];
    const targets = data.targets as number[];
    const part = (from: number, to: number) => ({ inputs: inputs.slice(from, to), targets: targets.slice(from, to) });
    const options = { curvature, structure };
    const once = await laplace(model, likelihood, data, options);
    const streamed = await laplace(model, likelihood, [part(0, 3), part(3, 4), part(4, 7)], options);
    const continued = await withMoreData(await laplace(model, likelihood, part(0, 2), options), part(2, 7));
    for (const posterior of [streamed, continued]) expectClose(posterior.data.curvature.dense(), once.data.curvature.dense(), 1e-12);
  });

  it("grows in proportion to the noise precision, so that noise can be changed later", async () => {
    const quiet = await laplace(model, gaussian({ noise: 0.01 }), data, { curvature });
    const loud = await laplace(model, gaussian({ noise: 10 }), data, { curvature });
    expectClose(quiet.data.curvature.dense(), loud.data.curvature.dense(), 1e-9);
    const all = await laplace(model, gaussian({ noise: 1 }), data, { curvature: outerProduct() });
    expect(quiet.data.curvature.dense()[0] / all.data.curvature.dense()[0]).toBeLessThan(5);
  });

  it("is refused by a likelihood that cannot draw, and for options that are none", async () => {
    const own = functionLikelihood({ logDensity: ([f], [t]) => -0.5 * (t - f) ** 2 - 0.5 * Math.log(2 * Math.PI) });
    const fit = laplace(model, own, data, { curvature });
    await expect(fit).rejects.toThrow(UnsupportedError);
    await expect(fit).rejects.toThrow(/cannot draw targets.*outerProduct\(\)/);
    expect(() => monteCarloFisher({ samples: 0 })).toThrow(InvalidArgumentError);
    expect(() => monteCarloFisher({ seed: 0.5 })).toThrow(InvalidArgumentError);
  });
});

describe("draws of a likelihood", () => {
  it.each([0.3, 5, 200])("of counts have the mean and the variance %d", (rate) => {
    const likelihood: Likelihood = poisson();
    const source = random(2);
    const count = 20000;
    const counts = Array.from({ length: count }, () => likelihood.draw!(Float64Array.of(Math.log(rate / 2)), Float64Array.of(0, Math.LN2), source));
    for (const [value, exposure] of counts) expect([Number.isInteger(value), exposure]).toEqual([true, Math.LN2]);
    const mean = counts.reduce((sum, [value]) => sum + value / count, 0);
    const variance = counts.reduce((sum, [value]) => sum + (value - rate) ** 2 / count, 0);
    expect(Math.abs(mean - rate)).toBeLessThan(5 * Math.sqrt(rate / count));
    expect(Math.abs(variance - rate)).toBeLessThan(5 * Math.sqrt((2 * rate ** 2 + rate) / count));
  });
});
