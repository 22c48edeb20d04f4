/**
 * A posterior from shards, fitted by worker processes that may die: `npm run example:shards`.
 *
 * A network is trained on a quarter of the cars. The posterior of all cars at its weights then comes from eight shards, which three
 * worker processes take from a queue of BullMQ on Redis. One of them is killed in the middle of a shard, another frozen until it is thought dead. Their
 * shards go to others, and the merged posterior must be the one that all cars give in one go, each shard counted once.
 */
import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { Queue, QueueEvents, type Job } from "bullmq";
import { fit, gaussian, laplace, loadPosterior, mlp, predict, savePosterior, type DenseNetwork, type GaussianLikelihood, type Posterior } from "laplace-ts";
import { loadCars, split, type Cars } from "../cars-data.ts";
import { arrangeAccidents } from "./accidents.ts";
import { follow, type History } from "./histories.ts";
import { MERGES, SHARDS, connectionTo, type Merge, type Merged } from "./jobs.ts";
import { addJobs, type Plan } from "./producer.ts";
import { redisMissing, startRedis } from "./redis-server.ts";

const TRAINING_CARS = 98;
const SHARD_COUNT = 8;
const WORKERS = ["worker 1", "worker 2", "worker 3"];
/** Shards add the same numbers in another order: evidence and variances of predictions agree with those of one go to this, relatively. */
const TOLERANCE = 1e-10;
/** Until the merged posterior is there, milliseconds. */
const PATIENCE = 60_000;

type CarsPosterior = Posterior<DenseNetwork, GaussianLikelihood>;

const start = Date.now();

async function main(): Promise<void> {
  const { cars } = await loadCars();
  const { posterior } = await fit(mlp([cars.inputs[0].length, 4, 1], { seed: 1 }), gaussian(), split(cars, TRAINING_CARS, 1).training);
  print(`A network of ${posterior.mean.length} weights, trained on ${TRAINING_CARS} of ${cars.targets.length} cars.`);

  const merged = await fromShards({ network: savePosterior(posterior), examples: cars.targets.length, shards: SHARD_COUNT });
  const { model, likelihood, prior, curvature, structure } = posterior;
  await compare(loadPosterior<DenseNetwork, GaussianLikelihood>(merged.posterior), await laplace(model, likelihood, cars, { prior, curvature, structure }), cars);
}

/** The merged posterior of a plan, with a server and workers of its own, one of which does not live to see it. */
async function fromShards(plan: Plan): Promise<Merged> {
  const redis = await startRedis();
  const connection = connectionTo(redis.url);
  const shards = new Queue(SHARDS, { connection });
  const shardEvents = new QueueEvents(SHARDS, { connection });
  const merges = new Queue(MERGES, { connection });
  const mergeEvents = new QueueEvents(MERGES, { connection });
  const workers = new Map<string, ChildProcess>();
  try {
    await Promise.all([shardEvents.waitUntilReady(), mergeEvents.waitUntilReady()]);
    await addJobs(redis.url, plan);
    const ids = await addJobs(redis.url, plan);
    print(`${plan.shards} shards, added twice under the same ids: ${await shards.count()} jobs are waiting.\n`);

    const label = (id: string): string => `shard ${ids.shards.indexOf(id) + 1}`;
    const histories = follow(shardEvents, ids.shards, (id, what, worker) => tell(worker === undefined ? `${label(id)} ${what}` : `${worker} ${what} ${label(id)}`));
    arrangeAccidents(shardEvents, workers, (worker, what, id) => tell(`${worker} ${what} ${label(id)}`));
    for (const name of WORKERS) workers.set(name, startWorker(name, redis.url));
    const merge = (await merges.getJob(ids.merge)) as Job<Merge, Merged>;
    const merged = await merge.waitUntilFinished(mergeEvents, PATIENCE);
    tell("all shards are merged");
    report(histories, merged);
    return merged;
  } finally {
    await Promise.all([shards, shardEvents, merges, mergeEvents].map((user) => user.close()));
    await Promise.all(Array.from(workers.values(), ended));
    await redis.stop();
  }
}

/** A process of its own, with the loader of TypeScript that this one has. */
function startWorker(name: string, url: string): ChildProcess {
  const worker = fork(fileURLToPath(new URL("worker.ts", import.meta.url)), [name], { env: { ...process.env, REDIS_URL: url } });
  process.once("exit", () => worker.kill("SIGKILL"));
  return worker;
}

/** How often each shard was begun, completed and merged; throws unless the last two are once. */
function report(histories: ReadonlyMap<string, History>, merged: Merged): void {
  print("\nshard   completed   merged   begun by");
  [...histories].forEach(([id, { begun, completed }], shard) => {
    const counted = merged.shards.filter((other) => other === id).length;
    print(`${String(shard + 1).padStart(5)}   ${String(completed).padStart(9)}   ${String(counted).padStart(6)}   ${begun.join(", then ")}`);
    if (completed !== 1 || counted !== 1) throw new Error(`Shard ${shard + 1} was completed ${completed} and merged ${counted} times.`);
  });
  if (![...histories.values()].some(({ begun }) => new Set(begun).size > 1)) throw new Error("No shard changed hands: the accidents came too late.");
}

/** Throws unless evidence and error bars of both are the same. */
async function compare(merged: CarsPosterior, whole: CarsPosterior, { inputs }: Cars): Promise<void> {
  const [some, all] = await Promise.all([merged, whole].map(async (posterior) => [posterior.logEvidence, ...(await predict(posterior, inputs)).variance.to1DArray()]));
  const difference = Math.max(...all.map((value, i) => Math.abs(some[i] / value - 1)));
  print(`\nlog evidence from ${SHARD_COUNT} shards   ${some[0].toFixed(9)}   (${merged.data.examples} cars)`);
  print(`log evidence in one go       ${all[0].toFixed(9)}   (${whole.data.examples} cars)`);
  print(`largest relative difference of evidence and variances of predictions: ${difference.toExponential(1)}`);
  if (!(difference <= TOLERANCE)) throw new Error(`Shards and one go differ by more than ${TOLERANCE}.`);
}

/** Ends a worker that is still there. */
async function ended(worker: ChildProcess): Promise<void> {
  if (worker.exitCode !== null || worker.signalCode !== null) return;
  const exit = once(worker, "exit");
  // In case it is frozen still.
  worker.kill("SIGCONT");
  worker.kill();
  await exit;
}

function tell(text: string): void {
  print(`${((Date.now() - start) / 1000).toFixed(1).padStart(5)} s   ${text}`);
}

function print(text: string): void {
  console.log(text);
}

const missing = redisMissing();
if (missing !== undefined) {
  console.error(missing);
  process.exit(1);
}
// So that the server ends with this process.
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(1));
await main();
