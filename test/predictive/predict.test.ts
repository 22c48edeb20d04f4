import { Matrix } from "ml-matrix";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { InvalidArgumentError, NotFiniteError } from "../../src/errors.ts";
import { bernoulli } from "../../src/likelihood/bernoulli.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { extendedMacKay } from "../../src/likelihood/extended-mackay.ts";
import { laplaceBridge } from "../../src/likelihood/laplace-bridge.ts";
import { monteCarlo, probit } from "../../src/likelihood/link.ts";
import { softmax } from "../../src/likelihood/softmax.ts";
import { mlp } from "../../src/model/mlp.ts";
import type { Evaluation } from "../../src/model/model.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { rebuilt } from "../../src/posterior/posterior.ts";
import type { Posterior } from "../../src/posterior/posterior.ts";
import { jointCovariance } from "../../src/predictive/joint-covariance.ts";
import { predict, type PredictOptions } from "../../src/predictive/predict.ts";
import { isotropic } from "../../src/prior/isotropic.ts";
import type { Progress } from "../../src/progress.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { full } from "../../src/structure/full.ts";
import type { Curvature } from "../../src/structure/structure.ts";
import { expectClose } from "../support/close.ts";
import { plainOutputs } from "../support/plain-network.ts";
import { normalTable, normals } from "../support/random-numbers.ts";
import { plane, trainedSine, type Problem } from "../support/regression.ts";

const rowsOf = ({ data, rows, columns }: { data: Float64Array; rows: number; columns: number }): number[][] => Array.from({ length: rows }, (_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));

/** The posterior with predictions of one row at a time. */
function oneByOne<P extends Posterior>(posterior: P): P {
  const { data } = posterior;
  const precision: Curvature["precision"] = (prior, scale) => ({ ...data.curvature.precision(prior, scale), batchRows: () => 1 });
  return rebuilt(posterior, { data: { ...data, curvature: { ...data.curvature, precision } } }) as P;
}

describe.each([full(), diagonal()])("predictions of a $name posterior", (structure) => {
  const network = mlp([2, 3, 2], { seed: 1 });
  const data = { inputs: rowsOf(normalTable(9, 2, 1)), targets: rowsOf(normalTable(9, 2, 2)) };
  const x = rowsOf(normalTable(6, 2, 3));
  let posterior: Posterior<typeof network, ReturnType<typeof gaussian>>;
  beforeAll(async () => {
    posterior = await laplace(network, gaussian({ noise: 0.4 }), data, { structure });
  });

  it("have the joint covariance's blocks and diagonal", async () => {
    const joint = jointCovariance(posterior, x);
    const prediction = await predict(posterior, x);
    expect([joint.rows, joint.columns, joint.isSymmetric()]).toEqual([12, 12, true]);
    expectClose(prediction.variance.to1DArray(), joint.diagonal(), 1e-13);
    x.forEach((_, n) => expectClose(prediction.outputCovariance(n).to1DArray(), joint.subMatrix(2 * n, 2 * n + 1, 2 * n, 2 * n + 1).to1DArray(), 1e-13));
    expectClose(prediction.totalVariance.to1DArray(), joint.diagonal().map((v) => v + 0.16), 1e-13);
    expectClose(prediction.mean.to1DArray(), x.flatMap((row) => plainOutputs({ sizes: [2, 3, 2], activations: ["tanh", "identity"], biases: true }, network.parameters, row)), 1e-13);
  });

  it("are those of the linearised model at weights drawn from the posterior", async () => {
    const { variance } = await predict(posterior, x);
    const count = 4000;
    const draws = posterior.sample(count, { seed: 3 });
    const j = network.evaluate({ data: Float64Array.from(x.flat()), rows: 6, columns: 2 }).jacobian();
    const deviations = draws.clone().subRowVector(Array.from(posterior.mean));
    const outputs = deviations.mmul(Matrix.from1DArray(12, network.parameters.length, j).transpose());
    variance.to1DArray().forEach((v, i) => {
      const sampled = outputs.getColumn(i).reduce((sum, f) => sum + (f * f) / count, 0);
      expect(Math.abs(sampled / v - 1)).toBeLessThan(5 * Math.sqrt(2 / count));
    });
  });

  it("do not depend on how many rows are taken at a time", async () => {
    const one = oneByOne(posterior);
    const steps: Progress[] = [];
    const prediction = await predict(one, x, { onProgress: (progress) => steps.push(progress) });
    expectClose(prediction.variance.to1DArray(), (await predict(posterior, x)).variance.to1DArray(), 1e-14);
    expect(steps).toHaveLength(6);
    expect(steps[5]).toEqual({ stage: "prediction", done: 6, total: 6 });
    const controller = new AbortController();
    await expect(predict(one, x, { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) })).rejects.toThrow("enough");
  });
});

describe("honesty of the intervals", () => {
  it("for data drawn from the model itself, they cover what their level says", async () => {
    // Weights from the prior, targets from the weights: the linear model is exactly Gaussian.
    const [repeats, alpha, noise] = [400, 2, 0.3];
    const levels = [0.5, 0.9];
    const inside = levels.map(() => 0);
    const insideMean = levels.map(() => 0);
    const numbers = normals(repeats * 30, 11);
    for (let r = 0; r < repeats; r++) {
      const draw = numbers.subarray(r * 30, (r + 1) * 30);
      const weights = [draw[0] / Math.sqrt(alpha), draw[1] / Math.sqrt(alpha)];
      const inputs = Array.from({ length: 6 }, (_, n) => [draw[2 + 2 * n], draw[3 + 2 * n]]);
      const f = inputs.map(([a, b]) => weights[0] * a + weights[1] * b);
      const t = f.map((value, n) => value + noise * draw[14 + n]);
      // At the mode: one Newton step from anywhere.
      const start = await laplace(mlp([2, 1], { biases: false }), gaussian({ noise }), { inputs: inputs.slice(0, 5), targets: t.slice(0, 5) }, { prior: isotropic(alpha) });
      const step = start.solve(start.gradient);
      const posterior = rebuilt(start, { model: start.model.withParameters(start.mean.map((w, i) => w - step[i])) });
      const prediction = await predict(posterior, [inputs[5]]);
      levels.forEach((level, i) => {
        const { lower, upper } = prediction.interval(level);
        if (lower.get(0, 0) <= t[5] && t[5] <= upper.get(0, 0)) inside[i]++;
        const mean = prediction.meanInterval(level);
        if (mean.lower.get(0, 0) <= f[5] && f[5] <= mean.upper.get(0, 0)) insideMean[i]++;
      });
    }
    levels.forEach((level, i) => {
      const spread = 4 * Math.sqrt((level * (1 - level)) / repeats);
      expect(Math.abs(inside[i] / repeats - level)).toBeLessThan(spread);
      expect(Math.abs(insideMean[i] / repeats - level)).toBeLessThan(spread);
    });
  });
});

describe("predictions of classes", () => {
  it("moderate the logit by its variance", async () => {
    const model = mlp([1, 1], { parameters: [2, 0.5] });
    const posterior = await laplace(model, bernoulli(), { inputs: [-1, 0, 1], targets: [0, 1, 1] });
    const { probability, logit, logitVariance } = await predict(posterior, [-30, 0, 3]);
    const covariance = jointCovariance(posterior, [-30, 0, 3]);
    expectClose(logitVariance.to1DArray(), covariance.diagonal(), 1e-13);
    expectClose(logit.to1DArray(), [-59.5, 0.5, 6.5], 1e-13);
    expectClose(probability.to1DArray(), logit.to1DArray().map((a, n) => 1 / (1 + Math.exp(-a / Math.sqrt(1 + (Math.PI / 8) * covariance.get(n, n))))), 1e-14);
    expect(probability.get(0, 0)).toBeGreaterThan(0.01);
  });

  it("take the link as an option", async () => {
    const posterior = await laplace(mlp([1, 3]), categorical(), { inputs: [-1, 0, 1], targets: [0, 1, 2] });
    const byDefault = await predict(posterior, [0, 4]);
    const sampled = await predict(posterior, [0, 4], { link: monteCarlo({ samples: 500 }) });
    expect(sampled.probabilities.to1DArray()).not.toEqual(byDefault.probabilities.to1DArray());
    for (const { probabilities } of [byDefault, sampled]) for (let n = 0; n < 2; n++) expect(probabilities.getRow(n).reduce((a, b) => a + b)).toBeCloseTo(1, 12);
    expect((await predict(posterior, [0, 4], { link: monteCarlo({ samples: 500 }) })).probabilities).toEqual(sampled.probabilities);
  });
});

describe("memory", () => {
  it("is bounded: with many classes few rows are taken at a time", async () => {
    const classes = 300;
    const posterior = await laplace(mlp([1, classes], { biases: false, seed: 1 }), categorical(), { inputs: [-1, 1], targets: [0, 1] }, { structure: diagonal() });
    const sizes: number[] = [];
    const { data, structure } = posterior;
    // A precision that would take any number of rows, and is quick.
    const eager = (...given: Parameters<typeof data.curvature.precision>): ReturnType<typeof data.curvature.precision> =>
      Object.assign({}, data.curvature.precision(...given), {
        batchRows: () => 512,
        outputVariance: undefined,
        outputCovariance: (_: unknown, { outputs }: Evaluation) => {
          sizes.push(outputs.length * classes);
          return new Float64Array(outputs.length * classes);
        },
      });
    const { probabilities } = await predict(rebuilt(posterior, { structure: { ...structure, batchRows: () => 512 }, data: { ...data, curvature: { ...data.curvature, precision: eager } } }), new Float64Array(100));
    expect(sizes).toEqual([46, 46, 8].map((rows) => rows * classes ** 2));
    expect(probabilities.rows).toBe(100);
  });

  it.each([diagonal(), kronecker()])("does not grow with the square of the classes where a $name posterior and the link need variances alone", async (structure) => {
    const classes = 5;
    for (const model of [mlp([2, classes], { seed: 1 }), mlp([2, 3, classes], { seed: 1 })]) {
      const posterior = await laplace(model, categorical(), { inputs: [[-1, 0], [1, 0.5]], targets: [0, 1] }, { structure });
      const inputs = rowsOf(normalTable(4, 2, 3));
      const expected = await predict(posterior, inputs, { link: extendedMacKay() });
      const outputCovariance = vi.spyOn(posterior.precision, "outputCovariance");
      const { logitVariance, probabilities } = await predict(posterior, inputs, { link: probit() });
      expect(outputCovariance).not.toHaveBeenCalled();
      expectClose(logitVariance.to1DArray(), expected.logitVariance.to1DArray(), 1e-12);
      expectClose(logitVariance.to1DArray(), jointCovariance(posterior, inputs).diagonal(), 1e-12);
      const moderated = (n: number): number[] => expected.logits.getRow(n).map((f, k) => f / Math.sqrt(1 + (Math.PI / 8) * logitVariance.get(n, k)));
      inputs.forEach((_, n) => expectClose(probabilities.getRow(n), softmax(moderated(n)), 1e-13));
      await predict(posterior, inputs, { link: laplaceBridge() });
      expect(outputCovariance).toHaveBeenCalled();
      outputCovariance.mockRestore();
    }
  });
});

describe("far from the data", () => {
  it("a network is less sure, and a linear one without bound", async () => {
    const { model, likelihood, prior, data }: Problem = await trainedSine();
    const { variance } = await predict(await laplace(model, likelihood, data, { prior }), [0, 6]);
    expect(variance.get(1, 0)).toBeGreaterThan(20 * variance.get(0, 0));
    const line = plane(10);
    const spread = (await predict(await laplace(line.model, line.likelihood, line.data), [[1, 1], [10, 10]])).variance.to1DArray();
    expect(spread[1] / spread[0]).toBeCloseTo(100, 8);
  });
});

describe("bad input to predictions", () => {
  const { model, likelihood, data } = plane(5);
  const fit = () => laplace(model, likelihood, data);
  const bad = (value: unknown): Posterior => value as Posterior;

  it("a promise or something else in place of the posterior", async () => {
    await expect(predict(bad(fit()), [[1, 2]])).rejects.toThrow(/^posterior: expected what laplace\(\) resolves to.*Await it first/);
    await expect(predict(bad(model), [[1, 2]])).rejects.toThrow(InvalidArgumentError);
    expect(() => jointCovariance(bad(fit()), [[1, 2]])).toThrow(/^posterior: .*Await it first/);
    expect(() => jointCovariance(bad(undefined), [[1, 2]])).toThrow(/^posterior: .*got undefined/);
  });

  it("inputs of another width, with NaN, or none", async () => {
    const posterior = await fit();
    await expect(predict(posterior, [1, 2])).rejects.toThrow(/^inputs: expected 2 columns, as the model has inputs, got 2 x 1\. One row is one example/);
    await expect(predict(posterior, [[1, Number.NaN]])).rejects.toThrow(/^inputs: expected finite numbers, got NaN/);
    await expect(predict(posterior, [])).rejects.toThrow(/^inputs: expected at least one row/);
    expect(() => jointCovariance(posterior, [[1]])).toThrow(/^inputs: expected 2 columns/);
  });

  it("options that the likelihood does not have", async () => {
    const option = { link: monteCarlo() } as PredictOptions<typeof likelihood>;
    await expect(predict(await fit(), [[1, 2]], option)).rejects.toThrow(/^options\.link: expected one of the options method, workers, signal, onProgress, got the unknown option "link"/);
    const logit = await laplace(mlp([2, 1]), bernoulli(), { inputs: [[1, 2]], targets: [1] });
    await expect(predict(logit, [[1, 2]], { level: 0.9 } as object)).rejects.toThrow(/^options\.level: /);
    const classes = await laplace(mlp([2, 3]), categorical(), { inputs: [[1, 2]], targets: [1] });
    await expect(predict(classes, [[1, 2]], { samples: 9 } as object)).rejects.toThrow(/^options\.samples: expected one of the options link/);
    await expect(predict(classes, [[1, 2]], { link: monteCarlo as never })).rejects.toThrow(/^link: .* or monteCarlo\(\), got a function\. Call the function/);
  });

  it("levels that are no probabilities", async () => {
    const prediction = await predict(await fit(), [[1, 2]]);
    for (const level of [1.5, 0, 1, -0.1, Number.NaN]) {
      expect(() => prediction.interval(level)).toThrow(/^level: expected a probability between 0 and 1/);
      expect(() => prediction.meanInterval(level)).toThrow(InvalidArgumentError);
    }
  });

  it("inputs at which the model overflows", async () => {
    const posterior = await fit();
    await expect(predict(posterior, [[1e308, -1e308]])).rejects.toThrow(NotFiniteError);
    await expect(predict(posterior, [[1e200, 1e200]])).rejects.toThrow(/overflow at these inputs/);
  });
});
