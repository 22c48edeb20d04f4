import { afterAll, describe, expect, it } from "vitest";
import { exact, outerProduct } from "../../../src/curvature/curvature.ts";
import { NotPositiveDefiniteError, UnsupportedError } from "../../../src/errors.ts";
import { evidence } from "../../../src/evidence/evidence.ts";
import { withEvidence } from "../../../src/evidence/with-evidence.ts";
import { fit } from "../../../src/fit.ts";
import { bernoulli } from "../../../src/likelihood/bernoulli.ts";
import { categorical } from "../../../src/likelihood/categorical.ts";
import { gaussian } from "../../../src/likelihood/gaussian.ts";
import type { Likelihood } from "../../../src/likelihood/likelihood.ts";
import { averagePooling2d } from "../../../src/model/graph/average-pooling.ts";
import { convolution2d } from "../../../src/model/graph/convolution.ts";
import { dense } from "../../../src/model/graph/dense.ts";
import { embedding } from "../../../src/model/graph/embedding.ts";
import { network, type Network } from "../../../src/model/graph/network.ts";
import { flatten } from "../../../src/model/graph/reshape.ts";
import { residual } from "../../../src/model/graph/residual.ts";
import { sizeOf } from "../../../src/model/graph/shape.ts";
import { byName } from "../../../src/model/selection.ts";
import { subnetwork } from "../../../src/model/subnetwork.ts";
import { dataTerm } from "../../../src/posterior/data-term.ts";
import { laplace } from "../../../src/posterior/laplace.ts";
import { loadPosterior, savePosterior } from "../../../src/posterior/save.ts";
import { predict } from "../../../src/predictive/predict.ts";
import { isotropic } from "../../../src/prior/isotropic.ts";
import { perLayer } from "../../../src/prior/per-layer.ts";
import { random } from "../../../src/random.ts";
import { blockDiagonal } from "../../../src/structure/block-diagonal.ts";
import { diagonal } from "../../../src/structure/diagonal.ts";
import { full } from "../../../src/structure/full.ts";
import { kronecker } from "../../../src/structure/kronecker.ts";
import { lowRank } from "../../../src/structure/low-rank.ts";
import type { Structure } from "../../../src/structure/structure.ts";
import { adam } from "../../../src/training/adam.ts";
import { train } from "../../../src/training/train.ts";
import { stopWorkers } from "../../../src/workers/pool.ts";
import { packed, unpacked } from "../../../src/workers/packing.ts";
import { expectClose } from "../../support/close.ts";
import fc from "../../support/fast-check.ts";
import { normalTable } from "../../support/random-numbers.ts";
import { LAYER_CASES } from "./layer-cases.ts";

afterAll(stopWorkers);

/** Images of 6 x 6 with a bar that stands (1) or lies (0), somewhere, in noise. */
function bars(count: number, seed: number): { readonly inputs: number[][]; readonly targets: number[] } {
  const source = random(seed);
  const targets = Array.from({ length: count }, (_, n) => n % 2);
  const inputs = targets.map((standing) => {
    const at = source.integer(6);
    return Array.from({ length: 36 }, (_, i) => ((standing === 1 ? i % 6 : Math.floor(i / 6)) === at ? 1.5 : 0) + 0.3 * source.normal());
  });
  return { inputs, targets };
}

const data = bars(60, 1);
const tests = bars(40, 2);
const untrained = network([1, 6, 6], [convolution2d({ filters: 3, kernel: 3, activation: "tanh" }), averagePooling2d(2), "softplus", flatten(), dense(2)], { seed: 1 });
const trained = train(untrained, categorical(), data, { prior: isotropic(0.1) });

describe("a small convolutional network", () => {
  it("learns, and knows what it has not seen", async () => {
    const { model, likelihood, prior, stopped } = await trained;
    expect(stopped).toBe("gradient");
    const posterior = await laplace(model, likelihood, data, { prior });
    const { probabilities } = await predict(posterior, tests.inputs);
    const right = tests.targets.filter((label, n) => probabilities.get(n, label) > 0.5).length;
    expect(right).toBeGreaterThan(34);
    expect(posterior.effectiveParameters).toBeGreaterThan(1);
    // A cross is neither.
    const cross = Array.from({ length: 36 }, (_, i) => (i % 6 === 2 || Math.floor(i / 6) === 2 ? 1.5 : 0));
    const unsure = (await predict(posterior, [cross])).probabilities;
    expect(Math.abs(unsure.get(0, 0) - 0.5)).toBeLessThan(0.45);
  });

  it("has one full posterior in weight and in function space, and with all eigenpairs", async () => {
    const { model, likelihood, prior } = await trained;
    const posteriors = await Promise.all([full({ space: "weight" }), full({ space: "function" }), lowRank({ rank: 100 })].map((structure) => laplace(model, likelihood, data, { prior, structure })));
    const predictions = await Promise.all(posteriors.map((posterior) => predict(posterior, tests.inputs)));
    for (const i of [1, 2]) {
      expect(Math.abs(posteriors[i].logEvidence - posteriors[0].logEvidence)).toBeLessThan(1e-8 * Math.abs(posteriors[0].logEvidence));
      expectClose(predictions[i].probabilities.to1DArray(), predictions[0].probabilities.to1DArray(), 1e-8);
    }
  });

  it("has posteriors of other structures", async () => {
    const { model, likelihood } = await trained;
    const curvatureOf = async (structure: Structure): Promise<Float64Array> => (await dataTerm({ model, likelihood, curvature: outerProduct(), structure }, data, {})).curvature.dense();
    const whole = await curvatureOf(full({ space: "weight" }));
    const layerOf = model.tensors.flatMap(({ layer, rows, columns }) => Array<number>(rows * columns).fill(layer));
    const width = layerOf.length;
    expectClose(await curvatureOf(diagonal()), whole.map((value, i) => (i % (width + 1) === 0 ? value : 0)), 1e-12);
    expectClose(await curvatureOf(blockDiagonal()), whole.map((value, i) => (layerOf[i % width] === layerOf[Math.floor(i / width)] ? value : 0)), 1e-12);
  });

  it("is at a mode: the exact Hessian makes a posterior there, and none at the first weights", async () => {
    const { model, likelihood, prior } = await trained;
    const posterior = await laplace(model, likelihood, data, { prior, curvature: exact() });
    expect(posterior.effectiveParameters).toBeGreaterThan(0);
    await expect(laplace(untrained, likelihood, data, { prior, curvature: exact() })).rejects.toThrow(NotPositiveDefiniteError);
  });

  it("takes a prior for each layer, and frees the layers that are named", async () => {
    const { model, likelihood } = await trained;
    expect(perLayer([1, 2]).bind(model).groups).toEqual(["convolution1", "dense1"]);
    expect(perLayer(1, { separateBiases: true }).bind(model).groups).toEqual(model.tensors.map(({ name }) => name));
    const part = subnetwork(model, byName("dense1"));
    expect(part.parameters).toHaveLength(26);
    await expect(laplace(part, likelihood, data, { structure: full({ space: "weight" }) })).resolves.toBeDefined();
  });

  it("is fitted in one call, with a precision for each layer and pixels as they are", async () => {
    const fitted = await fit(untrained, categorical(), data);
    const { posterior } = fitted;
    expect(posterior.prior.groups).toEqual(["convolution1", "dense1"]);
    const bare = posterior.model.withParameters(posterior.mean);
    expect(bare.evaluate(normalTable(2, 36, 1)).outputs).toEqual(untrained.withParameters(posterior.mean).evaluate(normalTable(2, 36, 1)).outputs);
    const { probabilities } = await fitted.predict(tests.inputs);
    expect(tests.targets.filter((label, n) => probabilities.get(n, label) > 0.5).length).toBeGreaterThan(34);
  });

  it("takes Kronecker factors, and re-estimates a precision for each layer with them while it trains", async () => {
    const fitted = await train(untrained, categorical(), data, { prior: perLayer(1), method: withEvidence(adam({ epochs: 400 })) });
    const posterior = await laplace(fitted.model, categorical(), data, { structure: kronecker(), prior: fitted.prior });
    const { probabilities } = await predict(posterior, tests.inputs);
    expect(tests.targets.filter((label, n) => probabilities.get(n, label) > 0.5).length).toBeGreaterThan(34);
    expect(fitted.prior.precisions.every((alpha) => alpha !== 1)).toBe(true);
    expect(posterior.effectiveParameters).toBeLessThan(posterior.model.parameters.length);
  });

  it("says what wants a chain of dense layers", async () => {
    const { model, likelihood } = await trained;
    const posterior = await laplace(model, likelihood, data, { structure: kronecker() });
    expect(() => evidence(posterior, { symmetries: true })).toThrow(UnsupportedError);
    await expect(laplace(model, likelihood, data, { structure: diagonal(), curvature: exact({ diagonal: "approximate" }) })).rejects.toThrow(UnsupportedError);
  });

  it("goes through a text, and to workers, with the same numbers to the last digit", async () => {
    const { model, likelihood, prior } = await trained;
    for (const structure of [diagonal(), kronecker(), full({ space: "function" })]) {
    const options = { prior, structure };
    const posterior = await laplace(model, likelihood, data, options);
    const loaded = loadPosterior<Network, typeof likelihood>(JSON.parse(JSON.stringify(savePosterior(posterior))));
    const shared = await laplace(model, likelihood, data, { ...options, workers: 2 });
    expect([loaded.logEvidence, shared.logEvidence]).toEqual([posterior.logEvidence, posterior.logEvidence]);
    expect(loaded.model.operations).toEqual(model.operations);
    expect((await predict(loaded, tests.inputs)).probabilities.to1DArray()).toEqual((await predict(posterior, tests.inputs)).probabilities.to1DArray());
    }
  });
});

describe("fit of a network", () => {
  const line = { inputs: Array.from({ length: 20 }, (_, n) => 1000 + n), targets: Array.from({ length: 20 }, (_, n) => 1e6 + 100 * n + 5 * (n % 3)) };

  it("standardises the columns of a table", async () => {
    const fitted = await fit(network([1], [residual([dense(1)]), dense(1)], { seed: 1 }), gaussian(), line);
    const { mean } = await fitted.predict([1000, 1019]);
    expectClose(mean.to1DArray(), [1_000_000, 1_001_900], 1e-5);
  });

  it("leaves numbers of things alone, and standardises targets", async () => {
    const things = { inputs: line.inputs.map((_, n) => n % 3), targets: line.inputs.map((_, n) => 1e6 + 100 * (n % 3) + (n % 2)) };
    const fitted = await fit(network([1], [embedding(3, 2), flatten(), dense(1)], { seed: 1 }), gaussian(), things);
    const { mean } = await fitted.predict([0, 1, 2]);
    expectClose(mean.to1DArray(), [1_000_000.5, 1_000_100.5, 1_000_200.5], 1e-6);
  });
});

describe("a network without flatten()", () => {
  it("is refused as one whose outputs are no row", async () => {
    const forgotten = network([1, 6, 6], [convolution2d({ filters: 3, kernel: 3 }), dense(2)]);
    const data = { inputs: { data: normalTable(4, 36, 1).data, shape: [4, 36] }, targets: [0, 1, 0, 1] } as const;
    for (const likelihood of [categorical(), gaussian(), bernoulli()] as Likelihood[]) {
      const message = new RegExp(`^model: expected outputs in one row, as ${likelihood.name}\\(\\) takes them, got outputs of 3 x 4 x 2, along several axes\\. End with flatten\\(\\)`);
      await expect(fit<Network, Likelihood>(forgotten, likelihood, data)).rejects.toThrow(message);
      await expect(laplace<Network, Likelihood>(forgotten, likelihood, data)).rejects.toThrow(message);
    }
    // Axes of length 1 make no difference.
    const images = network([1, 6, 6], [convolution2d({ filters: 2, kernel: 6 })]);
    expect(images.outputShape).toEqual([2, 1, 1]);
    await expect(train(images, categorical(), data, { maximumIterations: 2 })).resolves.toBeDefined();
  });
});

describe("what goes to another thread", () => {
  it.each(Object.entries(LAYER_CASES))("is a network with %s", (_, cases) => {
    let tried = 0;
    for (const { shape, layers } of fc.sample(cases, { numRuns: 10, seed: 3 })) {
      let model: Network;
      try {
        model = network(shape, [...layers, flatten(), dense(2)], { seed: 4 });
      } catch {
        continue;
      }
      const again = unpacked(structuredClone(packed(model))) as Network;
      expect([again.parameters, again.tensors, again.operations, again.inputShape]).toEqual([model.parameters, model.tensors, model.operations, model.inputShape]);
      const inputs = normalTable(2, sizeOf(shape), 5);
      expect(again.evaluate(inputs).jacobian()).toEqual(model.evaluate(inputs).jacobian());
      tried++;
    }
    expect(tried).toBeGreaterThan(0);
  });
});
