import { describe, expect, it } from "vitest";
import { exact, monteCarloFisher } from "../../src/curvature/curvature.ts";
import { InvalidArgumentError, UnsupportedError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { heteroscedastic } from "../../src/likelihood/heteroscedastic.ts";
import type { Likelihood } from "../../src/likelihood/likelihood.ts";
import { measurements } from "../../src/likelihood/measurements.ts";
import { studentT } from "../../src/likelihood/student-t.ts";
import { poisson } from "../../src/likelihood/poisson.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { lastLayer } from "../../src/model/last-layer.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Model } from "../../src/model/model.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace, withMoreData, type LaplaceOptions } from "../../src/posterior/laplace.ts";
import { mergePosteriors } from "../../src/posterior/merge.ts";
import { mixture } from "../../src/posterior/mixture.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { loadPosterior, savePosterior } from "../../src/posterior/save.ts";
import { predict } from "../../src/predictive/predict.ts";
import { automaticRelevance } from "../../src/prior/automatic-relevance.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { perWeight } from "../../src/prior/per-weight.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { lowRank } from "../../src/structure/low-rank.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";

const network = mlp([2, 3, 2], { seed: 1, activation: "silu" });
const inputs = [[0.1, 0.2], [-1, 0.5], [0.3, -2]];
const throughText = (posterior: Posterior): Posterior => loadPosterior(JSON.parse(JSON.stringify(savePosterior(posterior))));

interface Case {
  readonly name: string;
  readonly model: Model;
  readonly likelihood: Likelihood;
  readonly targets: number[] | number[][];
  readonly options?: LaplaceOptions;
}

const weightSpace = { structure: full({ space: "weight" }) };
const two = [[1, 0], [0, 1], [1, 1]];
const cases: readonly Case[] = [
  { name: "gaussian, scales", model: network, likelihood: gaussian({ noise: 0.3, scales: [1, 2], perOutput: true }), targets: two, options: weightSpace },
  { name: "gaussian, weight space, temperature", model: network, likelihood: gaussian(), targets: two, options: { structure: full({ space: "weight" }), temperature: 0.5, prior: automaticRelevance() } },
  { name: "gaussian, function space", model: network, likelihood: gaussian(), targets: two, options: { structure: full({ space: "function" }), prior: automaticRelevance() } },
  { name: "gaussian, low rank, Monte-Carlo Fisher", model: network, likelihood: gaussian(), targets: two, options: { structure: lowRank({ rank: 3 }), curvature: monteCarloFisher({ samples: 2 }) } },
  { name: "exact, diagonal", model: mlp([2, 1], { biases: false }), likelihood: gaussian({ noise: 1, fixed: true }), targets: [1, 2, 3], options: { curvature: exact(), structure: diagonal(), prior: perWeight([1, 2], { mean: 0.3 }) } },
  { name: "categorical, kronecker", model: network, likelihood: categorical(), targets: [0, 1, 1], options: { structure: kronecker(), prior: isotropic(2) } },
  { name: "bernoulli, last layer", model: lastLayer(network), likelihood: bernoulli(), targets: two, options: weightSpace },
  { name: "poisson, subnetwork", model: subnetwork(network, [0, 3, 5]), likelihood: poisson(), targets: two, options: weightSpace },
  { name: "heteroscedastic", model: network, likelihood: heteroscedastic(), targets: [1, 2, 3], options: weightSpace },
  { name: "student t", model: network, likelihood: studentT({ scale: 2, degreesOfFreedom: 6, scales: [1, 3], fixed: "scale" }), targets: two, options: weightSpace },
  { name: "measurements", model: network, likelihood: measurements({ scale: 2, fixed: false }), targets: two.map((row) => [...row, 1, 1]), options: weightSpace },
];

describe.each(cases)("a saved posterior: $name", ({ model, likelihood, targets, options }) => {
  it("comes back with the same numbers to the last digit", async () => {
    const posterior = await laplace(model, likelihood, { inputs, targets }, options);
    const again = throughText(posterior);
    expect(again.logEvidence).toBe(posterior.logEvidence);
    expect(again.mean).toEqual(posterior.mean);
    expect(again.effectiveParametersByGroup).toEqual(posterior.effectiveParametersByGroup);
    expect(again.sample(2, { seed: 3 })).toEqual(posterior.sample(2, { seed: 3 }));
    expect(again.summary()).toBe(posterior.summary());
    const [before, after] = [await predict(posterior, inputs), await predict(again, inputs)];
    expect(after.logDensity(targets)).toEqual(before.logDensity(targets));
  });
});

/** A line x + 1/2 with noise 1, prior precision 2 and the data (1, 1), (1, 2). */
const VERSION_1 = `{"format":"laplace-ts posterior","version":1,"parts":{"model":{"maker":"mlp","from":{"sizes":[1,1],"activation":[],"outputActivation":"identity","biases":true,"parameters":{"array":"Float64Array","base64":"AAAAAAAA8D8AAAAAAADgPw=="}}},"likelihood":{"maker":"gaussian","from":{"noise":1,"fixed":false}},"prior":{"maker":"groupedPrior","from":{"name":"isotropic","groups":["all weights"],"groupOf":{"array":"Int32Array","base64":"AAAAAAAAAAA="},"precisions":{"array":"Float64Array","base64":"AAAAAAAAAEA="},"mean":{"array":"Float64Array","base64":"AAAAAAAAAAAAAAAAAAAAAA=="},"fixed":false}},"curvature":{"maker":"outerProduct","from":{}},"structure":{"maker":"full","from":{"space":"weight"}},"temperature":1,"data":{"examples":2,"energy":0.25,"gradient":{"array":"Float64Array","base64":"AAAAAAAAAAAAAAAAAAAAAA=="},"curvature":{"maker":"weightSpaceSum","from":{"values":{"array":"Float64Array","base64":"AAAAAAAAAEAAAAAAAAAAAAAAAAAAAABAAAAAAAAAAEA="},"width":2}}}}}`;

describe("a loaded posterior", () => {
  it("takes more data, and merges with the one that it was", async () => {
    const posterior = await laplace(network, gaussian({ noise: 0.3 }), { inputs, targets: two }, weightSpace);
    const more = { inputs: [[1, 1]], targets: [[0, 1]] };
    const again = throughText(posterior) as typeof posterior;
    expect((await withMoreData(again, more)).logEvidence).toBe((await withMoreData(posterior, more)).logEvidence);
    expect(mergePosteriors([again, posterior]).data.examples).toBe(6);
  });

  it("is what fit() made, in the units of the data", async () => {
    const data = { inputs: [1980, 1990, 2000, 2010, 2020], targets: [500, 630, 740, 860, 1000] };
    const fitted = await fit(mlp([1, 2, 1], { seed: 1 }), gaussian(), data, weightSpace);
    const after = (await predict(throughText(fitted.posterior) as typeof fitted.posterior, [2005])).mean;
    expect(after).toEqual((await fitted.predict([2005])).mean);
  });

  it("may have been saved by version 1 of the format", () => {
    const posterior = loadPosterior(JSON.parse(VERSION_1));
    expect(Array.from(posterior.mean)).toEqual([1, 0.5]);
    expect(posterior.data.examples).toBe(2);
    expect(posterior.logLikelihood).toBeCloseTo(-0.5 * (0.25 + 0.25) - Math.log(2 * Math.PI), 12);
    expect(posterior.precisionMatrix().to2DArray()).toEqual([[4, 2], [2, 4]]);
  });

  it("of many weights has text in pieces that fit together", async () => {
    const posterior = await laplace(mlp([60, 60, 1], { seed: 1 }), gaussian({ noise: 1 }), { inputs: [Array<number>(60).fill(0.1)], targets: [1] }, { structure: diagonal() });
    expect(throughText(posterior).mean).toEqual(posterior.mean);
  });
});

describe("saving and loading", () => {
  it("refuse what can't be saved or is no posterior", async () => {
    const curve = functionModel({ parameters: [1], value: ([a], [t]) => a * t });
    const own = await laplace(curve, gaussian({ noise: 1 }), { inputs: [1], targets: [1] });
    expect(() => savePosterior(own)).toThrow(UnsupportedError);
    expect(() => savePosterior(own)).toThrow(/^savePosterior: the model cannot be saved/);
    const posterior = await laplace(network, gaussian({ noise: 1 }), { inputs, targets: two }, weightSpace);
    expect(() => savePosterior(Promise.resolve(posterior) as unknown as Posterior)).toThrow(/Await it first/);
    expect(() => savePosterior(mixture([posterior, posterior]) as unknown as Posterior)).toThrow(/^posterior: expected one posterior, got a mixture of 2\. Save each of its `\.posteriors`/);
    const saved = savePosterior(posterior);
    expect(() => loadPosterior(JSON.stringify(saved))).toThrow(/^saved: expected what savePosterior\(\) gives.*Parse it first/);
    for (const bad of [null, 3, {}, { format: "other" }]) expect(() => loadPosterior(bad)).toThrow(InvalidArgumentError);
    expect(() => loadPosterior({ ...saved, version: 2 })).toThrow(/^saved: expected version 1 of the format, got 2/);
    expect(() => loadPosterior({ ...saved, parts: { ...saved.parts, model: { maker: "constructor", from: {} } } })).toThrow(/^saved: expected an undamaged posterior.*maker: expected a part that this version knows/);
    expect(() => loadPosterior({ ...saved, parts: {} })).toThrow(/^saved: expected an undamaged posterior/);
  });
});
