/** What a worker does with a shard. */
import { setTimeout as pause } from "node:timers/promises";
import type { Job } from "bullmq";
import { laplace, loadPosterior, savePosterior, type Data, type SavedPosterior } from "laplace-ts";
import { loadCars } from "../cars-data.ts";
import type { Shard, ShardProgress } from "./jobs.ts";

const ROWS_AT_ONCE = 7;
/** Stands for a slow store or a large network, milliseconds: the demonstration needs time to strike in the middle of a shard. */
const READING = 100;

/** The posterior of the rows of a shard alone, at the network's weights. */
export async function fitShard(job: Job<Shard, SavedPosterior>, worker: string): Promise<SavedPosterior> {
  const { model, likelihood, prior, curvature, structure } = loadPosterior(job.data.network);
  return savePosterior(await laplace(model, likelihood, rows(job, worker), { prior, curvature, structure }));
}

/** The rows of the shard as they are read, a few at a time. */
async function* rows(job: Job<Shard, SavedPosterior>, worker: string): AsyncGenerator<Data> {
  const { from, to } = job.data;
  const { cars } = await loadCars();
  for (let row = from; row < to; row += ROWS_AT_ONCE) {
    await job.updateProgress({ worker, done: row - from } satisfies ShardProgress);
    await pause(READING);
    const end = Math.min(to, row + ROWS_AT_ONCE);
    yield { inputs: cars.inputs.slice(row, end), targets: cars.targets.slice(row, end) };
  }
}
