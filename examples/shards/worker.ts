/**
 * A worker process, as many as you like on as many machines: `REDIS_URL=redis://HOST:PORT npx tsx examples/shards/worker.ts NAME`.
 *
 * It fits shards one after the other, and merges when all of a fit are there.
 */
import process from "node:process";
import { Worker } from "bullmq";
import { fitShard } from "./fit-shard.ts";
import { LOCKS, MERGES, SHARDS, connectionTo, type Merge, type Merged, type Shard } from "./jobs.ts";
import { mergeShards } from "./merge-shards.ts";
import type { SavedPosterior } from "laplace-ts";

const name = process.argv[2] ?? `worker ${process.pid}`;
const options = { connection: connectionTo(process.env["REDIS_URL"]), name, ...LOCKS };
const workers = [
  new Worker<Shard, SavedPosterior>(SHARDS, (job) => fitShard(job, name), options),
  new Worker<Merge, Merged>(MERGES, mergeShards, options),
];
for (const worker of workers) worker.on("error", (error) => console.error(`${name}: ${error.message}`));

/** Asked to end, a worker finishes what it is at. */
process.once("SIGTERM", () => {
  void Promise.all(workers.map((worker) => worker.close())).then(() => process.exit());
});
