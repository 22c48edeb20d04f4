import { execFile } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { Job } from "bullmq";
import { describe, expect, it } from "vitest";
import type { Merge, Merged } from "../../examples/shards/jobs.ts";
import { mergeShards } from "../../examples/shards/merge-shards.ts";
import { redisMissing } from "../../examples/shards/redis-server.ts";
import { gaussian, laplace, loadPosterior, mlp, savePosterior, type SavedPosterior } from "../../src/index.ts";

const skipped = "Deno" in globalThis ? "the workers run under Node with tsx" : redisMissing();

describe.skipIf(skipped !== undefined)(`posteriors from shards${skipped === undefined ? "" : `, skipped: ${skipped}`}`, () => {
  it("are those of one go, each shard counted once, though a worker is killed and another is late", { timeout: 100_000 }, async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", "examples/shards/run.ts"], { cwd: fileURLToPath(new URL("../..", import.meta.url)), timeout: 90_000 });
    expect(stdout).toMatch(/is killed in the middle of shard \d/);
    expect(stdout).toMatch(/is frozen in the middle of shard \d/);
    expect(stdout).toMatch(/shard \d has stalled, and waits again/);
    const rows = Array.from(stdout.matchAll(/^ +(\d) +(\d+) +(\d+) {3}worker/gm), ([, ...numbers]) => numbers.map(Number));
    expect(rows).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((shard) => [shard, 1, 1]));
    const [shards, whole] = Array.from(stdout.matchAll(/^log evidence .* (-\d+\.\d+) +\(392 cars\)$/gm), ([, value]) => Number(value));
    expect(shards / whole).toBeCloseTo(1, 10);
  });
});

describe("a merge", async () => {
  const [model, likelihood] = [mlp([1, 2, 1], { seed: 1 }), gaussian({ noise: 0.1 })];
  const saved = async (inputs: number[]): Promise<SavedPosterior> => savePosterior(await laplace(model, likelihood, { inputs, targets: inputs.map(Math.sin) }));
  const results = { "bull:shards:a": await saved([0, 1, 2]), "bull:shards:b": await saved([3, 4]) };
  const job = (data: Merge): Job<Merge, Merged> => ({ data, getChildrenValues: () => Promise.resolve(results) }) as unknown as Job<Merge, Merged>;

  it("is the posterior of the examples of all shards", async () => {
    const { posterior, shards } = await mergeShards(job({ shards: ["a", "b"], examples: 5 }));
    const inputs = [0, 1, 2, 3, 4];
    const whole = await laplace(model, likelihood, { inputs, targets: inputs.map(Math.sin) });
    expect(loadPosterior(posterior).logEvidence).toBeCloseTo(whole.logEvidence, 10);
    expect(shards).toEqual(["a", "b"]);
  });

  it("fails where a shard is missing, or examples are", async () => {
    await expect(mergeShards(job({ shards: ["a", "b", "c"], examples: 5 }))).rejects.toThrow("The result of c is missing.");
    await expect(mergeShards(job({ shards: ["a"], examples: 5 }))).rejects.toThrow("The shards have 3 examples, the table 5.");
    await expect(mergeShards(job({ shards: ["a", "a", "b"], examples: 5 }))).rejects.toThrow("The shards have 8 examples, the table 5.");
  });
});
