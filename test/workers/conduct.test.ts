import { afterEach, describe, expect, it } from "vitest";
import { exact } from "../../src/curvature/curvature.ts";
import type { Data } from "../../src/data.ts";
import { InvalidArgumentError, LaplaceError, NotFiniteError, UnsupportedError } from "../../src/errors.ts";
import { fit } from "../../src/fit.ts";
import { categorical } from "../../src/likelihood/categorical.ts";
import { gaussian } from "../../src/likelihood/gaussian.ts";
import { functionModel } from "../../src/model/function-model.ts";
import { mlp } from "../../src/model/mlp.ts";
import { subnetwork } from "../../src/model/subnetwork.ts";
import { laplace, withMoreData } from "../../src/posterior/laplace.ts";
import { predict } from "../../src/predictive/predict.ts";
import type { Progress } from "../../src/progress.ts";
import { diagonal } from "../../src/structure/diagonal.ts";
import { stopWorkers } from "../../src/workers/pool.ts";
import { normals } from "../support/random-numbers.ts";

afterEach(stopWorkers);

const model = mlp([2, 3, 1], { seed: 1 });
const likelihood = gaussian({ noise: 0.5 });
const structure = diagonal();
const rows = 1200;
const data = { inputs: { data: normals(2 * rows, 1), shape: [rows, 2] as const }, targets: normals(rows, 2) };
const workers = 2;

/** The same batch so many times, and how many of them were taken. */
function counted(times: number, count: { taken: number }): Iterable<Data> {
  return (function* () {
    for (let i = 0; i < times; i++) {
      count.taken++;
      yield { inputs: [[i, 1]], targets: [0.5] };
    }
  })();
}

/** What is reported on the way. */
async function progressOf(job: (onProgress: (progress: Progress) => void) => Promise<unknown>): Promise<Progress[]> {
  const seen: Progress[] = [];
  await job((progress) => seen.push(progress));
  return seen;
}

describe("progress with workers", () => {
  it("is that of one thread", async () => {
    const curvature = await progressOf((onProgress) => laplace(model, likelihood, data, { structure, workers, onProgress }));
    expect(curvature).toEqual([512, 1024, 1200].map((done) => ({ stage: "curvature", done })));
    expect(curvature).toEqual(await progressOf((onProgress) => laplace(model, likelihood, data, { structure, onProgress })));
    const posterior = await laplace(model, likelihood, data, { structure });
    const predictions = await progressOf((onProgress) => predict(posterior, data.inputs, { workers, onProgress }));
    expect(predictions).toEqual([512, 1024, 1200].map((done) => ({ stage: "prediction", done, total: 1200 })));
  });

  it("takes no more batches than are in flight", async () => {
    const count = { taken: 0 };
    const ahead: number[] = [];
    await laplace(model, likelihood, counted(30, count), { structure, workers, onProgress: ({ done }) => ahead.push(count.taken - done) });
    expect(count.taken).toBe(30);
    expect(Math.max(...ahead)).toBeLessThanOrEqual(2 * workers);
  });
});

describe("an abort with workers", () => {
  it("stops the computation and the taking of batches", async () => {
    const controller = new AbortController();
    const count = { taken: 0 };
    const reason = new Error("enough");
    const onProgress = ({ done }: Progress): void => {
      if (done === 3) controller.abort(reason);
    };
    await expect(laplace(model, likelihood, counted(1000, count), { structure, workers, signal: controller.signal, onProgress })).rejects.toBe(reason);
    expect(count.taken).toBeLessThan(20);
  });

  it("is heard while threads are at work, and before", async () => {
    const posterior = await laplace(model, likelihood, data, { structure });
    const controller = new AbortController();
    const running = predict(posterior, { data: normals(200_000, 1), shape: [100_000, 2] }, { workers, signal: controller.signal });
    setTimeout(() => controller.abort(new Error("later")), 1);
    await expect(running).rejects.toThrow("later");
    await expect(laplace(model, likelihood, data, { structure, workers, signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
  });

  it("leaves the threads to others", async () => {
    const controller = new AbortController();
    const aborted = laplace(model, likelihood, data, { structure, workers, signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) });
    const other = laplace(model, likelihood, data, { structure, workers });
    await expect(aborted).rejects.toThrow("enough");
    expect((await other).logEvidence).toBe((await laplace(model, likelihood, data, { structure })).logEvidence);
  });
});

describe("errors with workers", () => {
  it("come from the threads as they are thrown there", async () => {
    const posterior = await laplace(mlp([1, 1], { parameters: [1e200, 0] }), likelihood, { inputs: [1e-200], targets: [1] });
    const failed = await predict(posterior, [1e200], { workers }).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(NotFiniteError);
    expect(failed).toMatchObject({ name: "NotFiniteError", message: expect.stringMatching(/overflow at these inputs/) as string });
    const part = subnetwork(model, [0, 3]);
    await expect(laplace(part, likelihood, data, { structure, curvature: exact({ diagonal: "approximate" }), workers })).rejects.toThrow(UnsupportedError);
  });

  it("are those of the data, too", async () => {
    const batches = [{ inputs: [[1, 2]], targets: [1] }, { inputs: [[1, 2]], targets: [Number.NaN] }];
    await expect(laplace(model, likelihood, batches, { structure, workers })).rejects.toThrow(InvalidArgumentError);
    await expect(laplace(model, likelihood, [], { structure, workers })).rejects.toThrow(/^data: expected at least one example/);
    await expect(laplace(model, likelihood, data, { structure, workers, memoryBudget: 10 })).rejects.toThrow(/more than memoryBudget/);
  });

  it("close the source", async () => {
    let closed = false;
    function* source(): Generator<Data> {
      try {
        for (;;) yield { inputs: [[1e200, 1e200]], targets: [1] };
      } finally {
        closed = true;
      }
    }
    const controller = new AbortController();
    await expect(laplace(model, likelihood, source(), { structure, workers, signal: controller.signal, onProgress: () => controller.abort(new Error("enough")) })).rejects.toThrow("enough");
    expect(closed).toBe(true);
  });
});

describe("what cannot go to a worker", () => {
  const advice = /Leave out workers, or use workers: 0\.$/;
  const curve = functionModel({ parameters: [1, 0.5], value: ([a, b], [x]) => a * Math.exp(-b * x) });
  const few = { inputs: [0, 1, 2], targets: [1, 0.6, 0.4] };

  it("is named: a model of one's own", async () => {
    for (const own of [curve, subnetwork(curve, [0]), { ...mlp([1, 1]) }]) {
      const failed = laplace(own, likelihood, few, { workers });
      await expect(failed).rejects.toThrow(UnsupportedError);
      await expect(failed).rejects.toThrow(/^workers: the model cannot go to a worker thread, since model\./);
      await expect(failed).rejects.toThrow(advice);
      await expect(laplace(own, likelihood, few, { workers: 0 })).resolves.toBeDefined();
    }
    await expect(fit(curve, likelihood, few, { workers })).rejects.toThrow(/^workers: the model cannot/);
    await expect(predict(await laplace(curve, likelihood, few), [1], { workers })).rejects.toThrow(/^workers: the model cannot/);
  });

  it("is named: a likelihood, a structure, a link", async () => {
    const line = mlp([1, 1], { seed: 1 });
    await expect(laplace(line, { ...likelihood }, few, { workers })).rejects.toThrow(/^workers: the likelihood cannot/);
    await expect(laplace(line, likelihood, few, { structure: { ...structure }, workers })).rejects.toThrow(/^workers: the structure cannot/);
    const classes = await laplace(mlp([1, 3], { seed: 1 }), categorical(), { inputs: [0, 1, 2], targets: [0, 1, 2] }, { structure });
    const link = { name: "of my own", logProbabilities: (mean: Float64Array) => mean };
    await expect(predict(classes, [1], { link, workers })).rejects.toThrow(/^workers: the link cannot/);
  });
});

describe("the option workers", () => {
  it.each([-1, 1.5, Number.NaN, Infinity, "2", null])("is a whole number from 0, not %s", async (given) => {
    const bad = { workers: given as number };
    const message = /^workers: expected a whole number of at least 0, got /;
    const posterior = await laplace(model, likelihood, data, { structure });
    await expect(laplace(model, likelihood, data, bad)).rejects.toThrow(message);
    await expect(withMoreData(posterior, data, bad)).rejects.toThrow(message);
    await expect(predict(posterior, data.inputs, bad)).rejects.toThrow(message);
    await expect(fit(model, likelihood, data, bad)).rejects.toThrow(message);
  });
});

describe("stopWorkers()", () => {
  it("rejects what is at work, and the next computation starts anew", async () => {
    const posterior = await laplace(model, likelihood, data, { structure, workers });
    const running = predict(posterior, { data: normals(200_000, 1), shape: [100_000, 2] }, { workers, onProgress: stopWorkers });
    await expect(running).rejects.toThrow(LaplaceError);
    await expect(running).rejects.toThrow(/stopWorkers\(\) was called/);
    expect((await predict(posterior, data.inputs, { workers })).variance).toEqual((await predict(posterior, data.inputs)).variance);
    stopWorkers();
    stopWorkers();
  });
});
