/** What may befall workers: one is killed in the middle of a shard, another frozen in the middle of another until it is thought dead. */
import type { ChildProcess } from "node:child_process";
import type { QueueEvents } from "bullmq";
import type { ShardProgress } from "./jobs.ts";

/** A worker has an accident when it has read so many cars of a shard. */
const FATAL_CARS = 28;

/** Sees to it that both happen, once a first shard is done; `tell` hears of the worker, what happens to it and the job. */
export function arrangeAccidents(events: QueueEvents, workers: ReadonlyMap<string, ChildProcess>, tell: (worker: string, what: string, job: string) => void): void {
  let begun = false;
  let killed: string | undefined;
  let frozen: { readonly worker: string; readonly job: string } | undefined;
  const signal = (worker: string, name: NodeJS.Signals, what: string, job: string): void => {
    workers.get(worker)!.kill(name);
    tell(worker, what, job);
  };
  events.on("progress", ({ jobId: job, data }) => {
    const { worker, done } = data as unknown as ShardProgress;
    // Both are at it now, and the one that awakes is ahead; but the lock is no longer its own.
    if (done === 0 && job === frozen?.job) signal(frozen.worker, "SIGCONT", "awakes, and goes on with", job);
    if (!begun || done !== FATAL_CARS) return;
    if (killed === undefined) {
      killed = worker;
      signal(worker, "SIGKILL", "is killed in the middle of", job);
    } else if (frozen === undefined && worker !== killed) {
      frozen = { worker, job };
      signal(worker, "SIGSTOP", "is frozen in the middle of", job);
    }
  });
  events.on("completed", () => {
    begun = true;
  });
}
