import { Matrix } from "ml-matrix";
import { beforeAll, describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import { hessian } from "../../src/curvature/loss.ts";
import type { Data } from "../../src/data.ts";
import { InvalidArgumentError, NotFiniteError, NotPositiveDefiniteError, UnsupportedError } from "../../src/errors.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace, withMoreData, type LaplaceOptions } from "../../src/posterior/laplace.ts";
import { mixture } from "../../src/posterior/mixture.ts";
import type { DataSource } from "../../src/posterior/data-term.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import type { Progress } from "../../src/progress.ts";
import { expectClose } from "../support/close.ts";
import { eigenvalues } from "../support/dense-twin.ts";
import { noisySine, plane, trainedSine, type Problem } from "../support/regression.ts";

const { model, likelihood, prior, data } = plane(8);
const [inputs, targets] = [data.inputs as number[][], data.targets as number[]];
const part = (from: number, to: number): Data => ({ inputs: inputs.slice(from, to), targets: targets.slice(from, to) });

describe("laplace", () => {
  it("takes data of every form", async () => {
    const { logEvidence } = await laplace(model, likelihood, data, { prior });
    const forms: DataSource[] = [
      { inputs: new Matrix(inputs), targets: Matrix.columnVector(targets) },
      { inputs: { data: Float64Array.from(inputs.flat()), shape: [8, 2] }, targets: Float64Array.from(targets) },
      [part(0, 3), part(3, 8)],
      (function* () {
        yield part(0, 1);
        yield part(1, 8);
      })(),
      (async function* () {
        await Promise.resolve();
        yield part(0, 5);
        yield part(5, 8);
      })(),
    ];
    for (const form of forms) expectClose([(await laplace(model, likelihood, form, { prior })).logEvidence], [logEvidence], 1e-13);
  });

  it("by default is the full outer product with a unit prior at temperature 1", async () => {
    const posterior = await laplace(model, likelihood, data);
    expect([posterior.curvature.name, posterior.structure.name, posterior.prior.name, posterior.prior.precisions[0], posterior.temperature]).toEqual(["outer product", "full", "isotropic", 1, 1]);
  });

  it("does not change its arguments, and works with frozen ones", async () => {
    const frozen = Object.freeze({ inputs: Object.freeze(inputs.map((row) => Object.freeze([...row]))), targets: Object.freeze([...targets]) });
    const weights = model.parameters.slice();
    const flat = { inputs: { data: Float64Array.from(inputs.flat()), shape: [8, 2] as const }, targets: Float64Array.from(targets) };
    await laplace(model, likelihood, frozen, Object.freeze({ prior: Object.freeze(prior) }));
    await laplace(model, likelihood, flat, { prior });
    expect(model.parameters).toEqual(weights);
    expect(Array.from(flat.inputs.data)).toEqual(inputs.flat());
    expect(Array.from(flat.targets)).toEqual(targets);
  });

  it("estimates noise that was left open from the residuals", async () => {
    const posterior = await laplace(model, gaussian(), data, { prior });
    const residuals = inputs.map(([a, b], n) => a - 0.5 * b - targets[n]);
    expect(posterior.likelihood.noise).toBeCloseTo(Math.sqrt(residuals.reduce((sum, r) => sum + r * r, 0) / 8), 12);
    expectClose([posterior.logEvidence], [(await laplace(model, gaussian({ noise: posterior.likelihood.noise }), data, { prior })).logEvidence], 1e-12);
  });

  it("reports progress and stops on a signal", async () => {
    const steps: Progress[] = [];
    await laplace(model, likelihood, [part(0, 3), part(3, 8)], { onProgress: (progress) => steps.push(progress) });
    expect(steps).toEqual([{ stage: "curvature", done: 3 }, { stage: "curvature", done: 8 }]);
    const controller = new AbortController();
    const fit = laplace(model, likelihood, [part(0, 3), part(3, 8)], { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
    await expect(fit).rejects.toThrow("enough");
  });
});

describe("exact curvature", () => {
  let sine: Problem;
  beforeAll(async () => {
    sine = await trainedSine();
  });

  it("works at a mode", async () => {
    const posterior = await laplace(sine.model, sine.likelihood, sine.data, { prior: sine.prior, curvature: exact() });
    expect(posterior.gradientNorm).toBeLessThan(1e-7);
    expect(posterior.distanceFromMode).toBeLessThan(1e-7);
    expect(posterior.summary()).not.toContain("warning");
  });

  it.each([full(), diagonal()])("away from a mode is refused with the smallest eigenvalue, $name", async (structure) => {
    const start = mlp([1, 4, 1], { seed: 2 });
    const h = hessian(start, sine.likelihood, sine.data);
    const precision = (structure.name === "full" ? h : Matrix.diag(h.diagonal())).add(Matrix.eye(13).mul(0.5));
    const smallest = eigenvalues(precision)[0];
    expect(smallest).toBeLessThan(0);
    const error: unknown = await laplace(start, sine.likelihood, sine.data, { prior: sine.prior, curvature: exact(), structure }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(NotPositiveDefiniteError);
    expect((error as NotPositiveDefiniteError).smallestEigenvalue / smallest).toBeCloseTo(1, 9);
    expect((error as Error).message).toMatch(/not at a mode.*train further.*outerProduct\(\)/);
  });

  it("of an untrained network is fine by the outer product, whose summary warns", async () => {
    const posterior = await laplace(mlp([1, 4, 1], { seed: 2 }), sine.likelihood, sine.data, { prior: sine.prior });
    expect(posterior.summary()).toMatch(/warning +the mode is .* posterior standard deviations away: train further/);
  });
});

describe("withMoreData", () => {
  it("is the same as all in one go, and leaves the first posterior alone", async () => {
    const first = await laplace(model, likelihood, part(0, 5), { prior, temperature: 0.7, structure: diagonal() });
    const before = [first.logEvidence, first.data.energy, ...first.data.curvature.dense()];
    const more = await withMoreData(first, [part(5, 6), part(6, 8)]);
    const once = await laplace(model, likelihood, data, { prior, temperature: 0.7, structure: diagonal() });
    expectClose([more.logEvidence, more.effectiveParameters, more.gradientNorm], [once.logEvidence, once.effectiveParameters, once.gradientNorm], 1e-13);
    expect([more.data.examples, more.temperature, more.structure.name]).toEqual([8, 0.7, "diagonal"]);
    expect([first.logEvidence, first.data.energy, ...first.data.curvature.dense()]).toEqual(before);
  });

  it("goes on from other hyperparameters than those of the first data", async () => {
    const first = (await laplace(model, likelihood, part(0, 5), { prior })).with({ likelihood: gaussian({ noise: 0.8 }), prior: isotropic(3) });
    const once = await laplace(model, gaussian({ noise: 0.8 }), data, { prior: isotropic(3) });
    expectClose([(await withMoreData(first, part(5, 8))).logEvidence], [once.logEvidence], 1e-13);
  });

  it("refuses unknown options, other shapes and a promise", async () => {
    const first = await laplace(model, likelihood, part(0, 5), { prior });
    await expect(withMoreData(first, data, { prior } as object)).rejects.toThrow(/^options\.prior: /);
    await expect(withMoreData(first, { inputs: [[1]], targets: [1] })).rejects.toThrow(/^data\.inputs: expected 2 columns/);
    await expect(withMoreData(Promise.resolve(first) as never, data)).rejects.toThrow(/^posterior: expected what laplace\(\) resolves to.*Await it first/);
  });
});

describe("bad input to laplace", () => {
  const bad = <T>(value: unknown): T => value as T;
  const options: [string, unknown, RegExp][] = [
    ["a misspelt option", { strucutre: full() }, /^options\.strucutre: .*got the unknown option "strucutre"/],
    ["a name in place of a structure", { structure: "full" }, /^structure: expected a value made by full\(\), kronecker\(\), blockDiagonal\(\), lowRank\(\) or diagonal\(\), got "full"\. Pass full\(\), what the function returns and not its name/],
    ["a forgotten call of a structure", { structure: full }, /^structure: .*got a function\. Call the function/],
    ["a name in place of a curvature", { curvature: "ggn" }, /^curvature: expected a value made by exact\(\), outerProduct\(\), monteCarloFisher\(\) or empiricalFisher\(\), got "ggn"\. Pass exact\(\)/],
    ["a forgotten call of a curvature", { curvature: exact }, /^curvature: .*Call the function/],
    ["a number in place of a prior", { prior: 1 }, /^prior: expected a value made by isotropic\(\).*got 1/],
    ["a forgotten call of a prior", { prior: isotropic }, /^prior: .*Call the function/],
    ["temperature 0", { temperature: 0 }, /^temperature: expected a finite number above 0, got 0/],
    ["a negative temperature", { temperature: -1 }, /^temperature: .*got -1/],
    ["a memory budget of nothing", { memoryBudget: 0 }, /^memoryBudget: .*got 0/],
  ];
  it.each(options)("%s", async (_, option, message) => {
    const fit = laplace(model, likelihood, data, bad<LaplaceOptions>(option));
    await expect(fit).rejects.toThrow(InvalidArgumentError);
    await expect(fit).rejects.toThrow(message);
  });

  const sources: [string, unknown, RegExp][] = [
    ["inputs of another width", { inputs: [1, 2], targets: [1, 2] }, /^data\.inputs: expected 2 columns, as the model has inputs, got 2 x 1/],
    ["more targets than inputs", { inputs: [[1, 2]], targets: [1, 2] }, /^targets: expected 1 x 1.*got 2 x 1/],
    ["targets of another width", { inputs: [[1, 2]], targets: [[1, 2]] }, /^targets: expected 1 x 1.*got 1 x 2/],
    ["NaN in the inputs", { inputs: [[1, Number.NaN]], targets: [1] }, /^data\.inputs: expected finite numbers, got NaN at row 0, column 1/],
    ["infinite targets", { inputs: [[1, 2]], targets: [Infinity] }, /^targets: expected finite numbers, got Infinity/],
    ["no rows", { inputs: [], targets: [] }, /^data\.inputs: expected at least one row/],
    ["ragged rows", { inputs: [[1, 2], [1]], targets: [1, 2] }, /^data\.inputs: expected rows of 2 numbers/],
    ["no targets", { inputs: [[1, 2]] }, /^data: expected \{ inputs, targets \}/],
    ["nothing", null, /^data: .*got null/],
    ["a number", 5, /^data: .*got number/],
    ["no batches", [], /^data: expected at least one example, got no batches/],
    ["a plain table", [[1, 2]], /^data: expected \{ inputs, targets \}/],
  ];
  it.each(sources)("%s", async (_, source, message) => {
    const fit = laplace(model, likelihood, bad<DataSource>(source));
    await expect(fit).rejects.toThrow(InvalidArgumentError);
    await expect(fit).rejects.toThrow(message);
  });

  it("a promise or the result of train() in place of the model, and a likelihood that is none", async () => {
    await expect(laplace(bad<typeof model>({ posterior: { model } }), likelihood, data)).rejects.toThrow(/^model: expected a model.* got an object with posterior\. Pass its `\.posterior\.model`/);
    const mixed = mixture([await laplace(model, likelihood, data, { prior })]);
    await expect(laplace(bad<typeof model>({ posterior: mixed, best: {}, members: [] }), likelihood, data)).rejects.toThrow(/Pass its `\.best\.posterior\.model`, and where a likelihood is asked for its `\.best\.posterior\.likelihood`/);
    await expect(laplace(bad<typeof model>(likelihood), likelihood, data)).rejects.toThrow(/^model: expected a model.*The model comes first, then the likelihood/);
    await expect(laplace(bad<typeof model>(Promise.resolve(model)), likelihood, data)).rejects.toThrow(/^model: expected a value made by mlp\(\) or functionModel\(\).*Await it first/);
    await expect(laplace(bad<typeof model>({ model, likelihood }), likelihood, data)).rejects.toThrow(/^model: .*got an object with model, likelihood/);
    await expect(laplace(model, bad<typeof likelihood>(gaussian), data)).rejects.toThrow(/^likelihood: .*Call the function/);
    await expect(laplace(model, bad<typeof likelihood>("gaussian"), data)).rejects.toThrow(/^likelihood: expected a value made by gaussian\(\), categorical\(\) or another likelihood, got "gaussian"/);
  });

  it("labels out of range, and likelihoods that the outputs do not fit", async () => {
    const three = mlp([2, 3]);
    await expect(laplace(three, categorical(), { inputs: [[1, 2]], targets: [3] })).rejects.toThrow(/^targets: expected whole labels 0 \.\. 2, got 3/);
    await expect(laplace(three, categorical(), { inputs: [[1, 2]], targets: [0.5] })).rejects.toThrow(/^targets: .*got 0\.5/);
    await expect(laplace(three, bernoulli(), { inputs: [[1, 2]], targets: [1] })).rejects.toThrow(/^targets: expected 1 x 3 labels, .*Use categorical\(\)/);
    await expect(laplace(model, categorical(), { inputs: [[1, 2]], targets: [1] })).rejects.toThrow(/^model: expected an output for each of two or more classes/);
    await expect(laplace(model, bernoulli(), { inputs: [[1, 2]], targets: [2] })).rejects.toThrow(/^targets: expected labels 0 or 1, got 2/);
  });

  it("more weights than the memory budget has room for", async () => {
    const fit = laplace(mlp([2, 20, 1]), likelihood, data, { memoryBudget: 1000 });
    await expect(fit).rejects.toThrow(UnsupportedError);
    await expect(fit).rejects.toThrow(/^structure: full curvature of 81 parameters and 8 examples takes [0-9e.-]+ MB, more than memoryBudget, 0\.00100 MB\. .*, as kronecker\(\) or diagonal\(\), or lastLayer\(model\); or if the machine has the memory, pass memoryBudget: (\d\.?\d?e\d) \(bytes\)/);
    const advised = /memoryBudget: (\S+)/.exec(String(await fit.catch((error: unknown) => error)))![1];
    await expect(laplace(mlp([2, 20, 1]), likelihood, data, { memoryBudget: Number(advised) })).resolves.toBeDefined();
    await expect(laplace(mlp([2, 20, 1]), likelihood, data, { memoryBudget: 2000, structure: diagonal() })).resolves.toBeDefined();
  });

  it("data that overflow", async () => {
    const tiny = mlp([1, 1], { biases: false, parameters: [1e-200] });
    for (const structure of [full(), diagonal()]) await expect(laplace(tiny, likelihood, { inputs: [1e200], targets: [1] }, { structure })).rejects.toThrow(NotFiniteError);
    await expect(laplace(mlp([1, 1], { biases: false, parameters: [1e200] }), likelihood, { inputs: [1e200], targets: [1] })).rejects.toThrow(/^The model's outputs or their derivatives are not finite/);
  });

  it("the approximate diagonal of a model without layers", async () => {
    const curve = functionModel({ parameters: [1], value: ([w], [x]) => w * x });
    const fit = laplace(curve, likelihood, noisySine(3), { curvature: exact({ diagonal: "approximate" }), structure: diagonal() });
    await expect(fit).rejects.toThrow(UnsupportedError);
  });
});
