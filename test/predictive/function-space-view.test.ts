import { Matrix } from "ml-matrix";
import { beforeAll, describe, expect, it } from "vitest";
import type { Table } from "../../src/data.ts";
import { NotFiniteError } from "../../src/errors.ts";
import { gaussian, type GaussianLikelihood } from "../../src/likelihood/gaussian.ts";
import { forward, jacobian } from "../../src/model/derivatives.ts";
import type { DenseNetwork } from "../../src/model/dense-network.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { laplace } from "../../src/posterior/laplace.ts";
import { mixture } from "../../src/posterior/mixture.ts";
import { rebuilt, type Posterior } from "../../src/posterior/posterior.ts";
import { functionDraws } from "../../src/predictive/function-draws.ts";
import { crossCovariance, jointCovariance } from "../../src/predictive/joint-covariance.ts";
import { predict } from "../../src/predictive/predict.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { full } from "../../src/structure/full.ts";
import { kronecker } from "../../src/structure/kronecker.ts";
import { expectClose } from "../support/close.ts";
import { normalTable } from "../support/random-numbers.ts";
import { plane } from "../support/regression.ts";

const rowsOf = ({ data, rows, columns }: { data: Float64Array; rows: number; columns: number }): number[][] => Array.from({ length: rows }, (_, n) => Array.from(data.subarray(n * columns, (n + 1) * columns)));
const data = { inputs: rowsOf(normalTable(7, 2, 1)), targets: rowsOf(normalTable(7, 2, 2)) };
const [x, y] = [rowsOf(normalTable(4, 2, 3)), rowsOf(normalTable(3, 2, 4))];

describe.each([full({ space: "weight" }), full({ space: "function" }), diagonal(), kronecker()])("the Gaussian process of a $name posterior", (structure) => {
  const network = mlp([2, 3, 2], { seed: 1 });
  let posterior: Posterior<DenseNetwork, GaussianLikelihood>;
  beforeAll(async () => {
    posterior = await laplace(network, gaussian({ noise: 0.4 }), data, { structure });
  });

  it("has covariances J P^-1 J' within and between sets of inputs", () => {
    const [j, k] = [jacobian(network, x), jacobian(network, y)];
    const covariance = posterior.covariance();
    expectClose(jointCovariance(posterior, x).to1DArray(), j.mmul(covariance).mmul(j.transpose()).to1DArray(), 1e-11);
    const cross = crossCovariance(posterior, x, y);
    expect([cross.rows, cross.columns]).toEqual([8, 6]);
    expectClose(cross.to1DArray(), j.mmul(covariance).mmul(k.transpose()).to1DArray(), 1e-11);
    expectClose(crossCovariance(posterior, x, x).to1DArray(), jointCovariance(posterior, x).to1DArray(), 1e-11);
  });

  it("has draws f + J (w - w_MAP), of that covariance", async () => {
    const count = 3000;
    const draws = await functionDraws(posterior, x, { samples: count, seed: 2 });
    const weights = posterior.sample(count, { seed: 2 });
    const deviation = weights.getRow(5).map((w, i) => w - posterior.mean[i]);
    expectClose(draws[5].to1DArray(), forward(network, x).to1DArray().map((f, i) => f + jacobian(network, x).getRow(i).reduce((sum, d, w) => sum + d * deviation[w], 0)), 1e-12);
    const centre = forward(network, x).to1DArray();
    const sampled = Matrix.zeros(8, 8);
    for (const draw of draws) {
      const d = Matrix.columnVector(draw.to1DArray().map((f, i) => f - centre[i]));
      sampled.add(d.mmul(d.transpose()).div(count));
    }
    const expected = jointCovariance(posterior, x);
    for (let i = 0; i < 8; i++) for (let l = 0; l < 8; l++) expect(Math.abs(sampled.get(i, l) - expected.get(i, l))).toBeLessThan(5 * Math.sqrt((2 * expected.get(i, i) * expected.get(l, l)) / count));
  });

  it("has draws through the network at the same weights", async () => {
    const draws = await functionDraws(posterior, x, { samples: 3, seed: 2, linearized: false });
    const weights = posterior.sample(3, { seed: 2 });
    draws.forEach((draw, s) => expectClose(draw.to1DArray(), forward(network.withParameters(Float64Array.from(weights.getRow(s))), x).to1DArray(), 1e-13));
  });
});

describe("draws of functions", () => {
  it("tell how far they are, and can be stopped", async () => {
    const { model, likelihood, data: line } = plane(5);
    const posterior = await laplace(model, likelihood, line);
    const steps: unknown[] = [];
    await functionDraws(posterior, [[1, 2]], { samples: 2, onProgress: (progress) => steps.push(progress) });
    expect(steps).toEqual([{ stage: "draws", done: 1, total: 2 }, { stage: "draws", done: 2, total: 2 }]);
    expect(await functionDraws(posterior, [[1, 2]])).toHaveLength(10);
    const controller = new AbortController();
    await expect(functionDraws(posterior, [[1, 2]], { signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) })).rejects.toThrow("enough");
  });

  it("are the same however many inputs there are, and make a batch's pass at the mode once", async () => {
    const posterior = await laplace(mlp([1, 3, 1], { seed: 1 }), gaussian({ noise: 0.1 }), { inputs: [0, 1], targets: [1, 0.1] });
    const many = Array.from({ length: 1200 }, (_, n) => n / 600);
    const rows: number[] = [];
    const counted = rebuilt(posterior, { model: Object.assign(Object.create(posterior.model) as typeof posterior.model, { evaluate: (inputs: Table) => (rows.push(inputs.rows), posterior.model.evaluate(inputs)) }) });
    const steps: number[] = [];
    const draws = await functionDraws(counted, many, { samples: 3, seed: 4, onProgress: ({ done }) => steps.push(done) });
    expect(rows).toEqual([512, 512, 176]);
    expect(steps).toEqual([0, 0, 0, 0, 0, 0, 1, 2, 3]);
    const last = await functionDraws(posterior, many.slice(1190), { samples: 3, seed: 4 });
    draws.forEach((draw, s) => expectClose(draw.to1DArray().slice(1190), last[s].to1DArray(), 1e-13));
  });

  it("of a mixture are of its posteriors as often as their weights say, with its moments", async () => {
    const data = { inputs: [0, 1], targets: [1, 0.1] };
    const of = (parameters: number[]): Promise<Posterior<DenseNetwork, GaussianLikelihood>> => laplace(mlp([1, 1], { parameters }), gaussian({ noise: 0.1 }), data);
    const mixed = mixture([await of([1, 0]), await of([-1, 5])], { weights: [0.7, 0.3] });
    const samples = 3000;
    const draws = (await functionDraws(mixed, [0, 2], { samples, seed: 1 })).map((draw) => draw.to1DArray());
    const share = draws.filter(([f]) => f > 2.5).length / samples;
    expect(Math.abs(share - 0.3)).toBeLessThan(4 * Math.sqrt(0.21 / samples));
    const [covariance, { variance, mean }] = [jointCovariance(mixed, [0, 2]), await predict(mixed, [0, 2])];
    expectClose(covariance.diagonal(), variance.to1DArray(), 1e-12);
    expectClose(crossCovariance(mixed, [0], [2]).to1DArray(), [covariance.get(0, 1)], 1e-12);
    const sampled = draws.reduce((sum, [a, b]) => sum + ((a - mean.get(0, 0)) * (b - mean.get(1, 0))) / samples, 0);
    expect(Math.abs(sampled / covariance.get(0, 1) - 1)).toBeLessThan(0.1);
    expect((await functionDraws(mixed, [0], { samples: 2, seed: 1 }))[1]).toEqual((await functionDraws(mixed, [0], { samples: 2, seed: 1 }))[1]);
    // The components do not share their random numbers.
    const deviations = mixed.posteriors.map(({ mean: mode }, i) => draws.filter(([f]) => f > 2.5 === (i === 1)).map(([f]) => f - mode[1]));
    expect(deviations[0][0] / deviations[1][0]).not.toBeCloseTo(Math.sqrt(mixed.posteriors[0].marginalVariance[1] / mixed.posteriors[1].marginalVariance[1]), 3);
  });

  it("work for functions of one's own", async () => {
    const curve = functionModel({ parameters: [1, 2], value: ([a, b], [t]) => a * Math.exp(-b * t) });
    const posterior = await laplace(curve, gaussian({ noise: 0.1 }), { inputs: [0, 1], targets: [1, 0.1] });
    const [draw] = await functionDraws(posterior, [0, 0.5], { samples: 1, linearized: false });
    const [a, b] = posterior.sample(1).getRow(0);
    expectClose(draw.to1DArray(), [a, a * Math.exp(-0.5 * b)], 1e-13);
    expect(crossCovariance(posterior, [0], [1]).get(0, 0)).toBeCloseTo(jointCovariance(posterior, [0, 1]).get(0, 1), 12);
  });

  it("refuse what they can't take", async () => {
    const { model, likelihood, data: line } = plane(5);
    const posterior = await laplace(model, likelihood, line);
    await expect(functionDraws(posterior, [[1, 2]], { samples: 0 })).rejects.toThrow(/^samples: expected a whole number of at least 1, got 0/);
    await expect(functionDraws(posterior, [[1, 2]], { linearized: "no" as unknown as boolean })).rejects.toThrow(/^linearized: expected true or false/);
    await expect(functionDraws(posterior, [[1, 2]], { count: 3 } as object)).rejects.toThrow(/^options\.count: /);
    await expect(functionDraws(posterior, [1, 2])).rejects.toThrow(/^inputs: /);
    await expect(functionDraws(posterior, [[1e308, -1e308]])).rejects.toThrow(NotFiniteError);
    expect(() => crossCovariance(posterior, [[1, 2]], [1, 2])).toThrow(/^others: expected 2 columns/);
    expect(() => crossCovariance(Promise.resolve(posterior) as unknown as Posterior, [[1, 2]], [[1, 2]])).toThrow(/Await it first/);
  });
});
