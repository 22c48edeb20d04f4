import { LaplaceError } from "../errors.ts";
import { chosenKernels } from "../linalg/kernels.ts";
import { buffersOf } from "./buffers.ts";
import { errorOf } from "./error-record.ts";
import type { Answer, Message } from "./messages.ts";
import { startThread } from "./thread.ts";

/** A thread and the batches that it has not answered yet. */
interface PooledThread {
  readonly waiting: ReadonlyMap<number, unknown>;
  tell(message: Message): void;
  /** Gives the batch away: its arrays are empty afterwards. */
  ask(job: number, batch: unknown): Promise<unknown>;
  stop(reason: string): void;
}

/** The threads of all jobs. They are started when they are needed and then kept, since a start takes longer than many a batch. */
const pool: PooledThread[] = [];
let lastNumber = 0;

function addThread(): PooledThread {
  const waiting = new Map<number, { resolve: (result: unknown) => void; reject: (error: Error) => void }>();
  const answered = (message: unknown): void => {
    const answer = message as Answer;
    const one = waiting.get(answer.number);
    waiting.delete(answer.number);
    // Whoever has nothing to do must not keep a program from ending.
    if (waiting.size === 0) thread.keepsAlive(false);
    if ("error" in answer) one?.reject(errorOf(answer.error));
    else one?.resolve(answer.result);
  };
  const thread = startThread(answered, (reason) => pooled.stop(reason));
  const pooled: PooledThread = {
    waiting,
    tell: (message) => thread.post(message, []),
    ask: (job, batch) =>
      new Promise((resolve, reject) => {
        const number = ++lastNumber;
        const message: Message = { kind: "batch", job, number, kernels: chosenKernels(), batch };
        thread.post(message, [...buffersOf(batch)]);
        waiting.set(number, { resolve, reject });
        thread.keepsAlive(true);
      }),
    stop: (reason) => {
      thread.stop();
      const index = pool.indexOf(pooled);
      if (index >= 0) pool.splice(index, 1);
      const advice = reason.includes('file extension ".ts"') ? " From TypeScript sources, threads need Node 22.18 or later, or Deno; or use the built package." : "";
      for (const { reject } of waiting.values()) reject(new LaplaceError(`A worker thread did not finish its work: ${reason}.${advice}`));
      waiting.clear();
    },
  };
  pool.push(pooled);
  return pooled;
}

/** The least busy of the first `most` threads; a further one is started where all are busy. */
function threadFor(most: number): PooledThread {
  const threads = pool.slice(0, most);
  const least = threads.reduce((fewest, { waiting }) => Math.min(fewest, waiting.size), Infinity);
  if (least > 0 && threads.length < most) return addThread();
  return threads.find(({ waiting }) => waiting.size === least) ?? addThread();
}

/** Batches of one computation, on the threads of the pool. */
export interface Job {
  /** The result for a batch, both as plain data. The batch is given away. */
  run(batch: unknown): Promise<unknown>;
  /** Lets the threads forget what the job is about. */
  close(): void;
}

/** A job on at most so many threads. `about` is plain data that all its batches have in common, and goes once to each thread that gets one. */
export function openJob(most: number, task: string, about: unknown): Job {
  const job = ++lastNumber;
  const told = new Set<PooledThread>();
  return {
    run: (batch) => {
      const thread = threadFor(most);
      if (!told.has(thread)) thread.tell({ kind: "open", job, task, about });
      told.add(thread);
      return thread.ask(job, batch);
    },
    close: () => told.forEach((thread) => thread.tell({ kind: "close", job })),
  };
}

/**
 * Ends the worker threads that `workers: n` has started, and gives back their memory; computations that still use them are rejected
 * with a {@link LaplaceError}. Threads without work don't keep a program from ending, so that this is seldom needed: a page may want it
 * when it has done what it was for. The next computation with `workers` starts new ones.
 *
 * @category Fitting
 * @example
 * ```ts
 * import { gaussian, laplace, mlp, stopWorkers } from "laplace-ts";
 * const data = { inputs: [0, 1, 2], targets: [0.1, 0.9, 2.1] };
 * const posterior = await laplace(mlp([1, 1], { parameters: [1, 0] }), gaussian({ noise: 0.1 }), data, { workers: 1 });
 * stopWorkers();
 * console.log(posterior.data.examples); // 3
 * ```
 */
export function stopWorkers(): void {
  for (const thread of [...pool]) thread.stop("stopWorkers() was called");
}
