import { afterAll, describe, expect, it } from "vitest";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { extendedMacKay } from "../../src/likelihood/extended-mackay.ts";
import type { DataTermParts } from "../../src/posterior/batch-term.ts";
import { laplaceBridge } from "../../src/likelihood/laplace-bridge.ts";
import { monteCarlo, probit } from "../../src/likelihood/link.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, withMoreData } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { stopWorkers } from "../../src/workers/pool.ts";
import { STRUCTURES } from "../conformance-rows.ts";
import { normals } from "../support/random-numbers.ts";
import { noisySine } from "../support/regression.ts";
import { expectSameTerm, inBatches, likelihoods, models, numbersOf, structures } from "../support/shared-terms.ts";
import { makeTwin, twinLastLayer, twinSubnetwork } from "../support/twin-models.ts";

afterAll(stopWorkers);

describe.each(structures)("$name, shared by two workers,", ({ structure, kinds, gaps, precisions }) => {
  it.each(likelihoods)("predicts as one thread to the last digit, $name", async (textbook) => {
    for (const model of [models[1], twinLastLayer, twinSubnetwork]) {
      if (gaps.some((gap) => gap.model === model.name && gap.kind === kinds[0].name)) continue;
      const twin = makeTwin(model, textbook, 11, 5);
      const width = twin.model.parameters.length;
      const posterior = await laplace(twin.model, textbook.likelihood, inBatches(twin, 3), { structure, curvature: kinds[0].kind, prior: perWeight(precisions?.(twin.model) ?? new Float64Array(width).fill(0.7)) });
      const inputs = { data: normals(600 * twin.inputs[0].length, 9), shape: [600, twin.inputs[0].length] as const };
      const [one, shared] = [await predict(posterior, inputs), await predict(posterior, inputs, { workers: 2 })];
      expect(numbersAlone(shared)).toEqual(numbersAlone(one));
    }
  });
});

/** What a prediction has but functions. */
function numbersAlone(prediction: object): object {
  return Object.fromEntries(Object.entries(prediction).filter(([, value]) => typeof value !== "function"));
}

describe("results with workers", () => {
  const rows = 1300;
  const x = normals(3 * rows, 1);
  const model = mlp([3, 6, 4], { seed: 1 });
  const data = { inputs: { data: x, shape: [rows, 3] as const }, targets: Float64Array.from({ length: rows }, (_, n) => n % 4) };
  const parts: DataTermParts = { model, likelihood: categorical(), curvature: STRUCTURES[0].kinds[0].kind, structure: diagonal() };

  it("leave what they are given as it is", async () => {
    const kept = x.slice();
    const one = { inputs: { data: x.subarray(0, 30), shape: [10, 3] as const }, targets: data.targets.subarray(0, 10) };
    const posterior = await laplace(model, categorical(), one, { structure: diagonal(), workers: 1 });
    await predict(posterior, one.inputs, { workers: 1 });
    expect(x).toEqual(kept);
    expect(model.parameters).toEqual(mlp([3, 6, 4], { seed: 1 }).parameters);
    expect(posterior.logEvidence).toBe((await laplace(model, categorical(), one, { structure: diagonal() })).logEvidence);
  });

  it("are the same with more data, and in any order of the calls", async () => {
    const [first, second] = [{ inputs: x.subarray(0, 900), targets: x.subarray(900, 1800) }, { inputs: x.subarray(1800, 2700), targets: x.subarray(2700, 3600) }];
    const line = mlp([1, 3, 1], { seed: 2 });
    const start = await laplace(line, gaussian({ noise: 0.5 }), first, { structure: diagonal() });
    const [one, ...shared] = await Promise.all([withMoreData(start, second), withMoreData(start, second, { workers: 2 }), withMoreData(start, second, { workers: 1 })]);
    for (const { data: term } of shared) expect(numbersOf(term)).toEqual(numbersOf(one.data));
  });

  it.each([probit(), monteCarlo({ samples: 30, seed: 4 }), extendedMacKay(), laplaceBridge({ normalize: true })])("take the link along, $name", async (link) => {
    const posterior = await laplace(model, categorical(), data, { structure: diagonal() });
    expect((await predict(posterior, data.inputs, { link, workers: 2 })).probabilities).toEqual((await predict(posterior, data.inputs, { link })).probabilities);
  });

  it("come through fit(), in the units of the data", async () => {
    const sine = noisySine(700);
    const options = { structure: diagonal(), maximumIterations: 30 };
    const [one, shared] = [await fit(mlp([1, 3, 1], { seed: 1 }), gaussian(), sine, options), await fit(mlp([1, 3, 1], { seed: 1 }), gaussian(), sine, { ...options, workers: 2 })];
    expect(shared.logEvidence).toBe(one.logEvidence);
    expect((await shared.predict(sine.inputs, { workers: 2 })).variance).toEqual((await one.predict(sine.inputs)).variance);
    const last = lastLayer(one.posterior.model);
    await expectSameTerm({ ...parts, model: last, likelihood: one.likelihood }, () => sine);
  });

  it("are those of a class of one label", async () => {
    const posterior = await laplace(mlp([3, 2, 1], { seed: 1 }), bernoulli(), { inputs: data.inputs, targets: data.targets.map((label) => label % 2) }, { structure: diagonal(), workers: 2 });
    expect((await predict(posterior, data.inputs, { workers: 2 })).probability).toEqual((await predict(posterior, data.inputs)).probability);
  });
});
