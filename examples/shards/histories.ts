/** What happens to the shards, from the events that BullMQ gives, told as it happens. */
import type { QueueEvents } from "bullmq";
import type { ShardProgress } from "./jobs.ts";

/** Of one shard. */
export interface History {
  /** The workers that began it, in turn. */
  readonly begun: string[];
  /** How often a result was taken for it. */
  completed: number;
}

/** Follows the shards of these ids; `tell` hears which shard, what happens to it and, where it is known, by which worker. */
export function follow(events: QueueEvents, ids: readonly string[], tell: (id: string, what: string, worker?: string) => void): ReadonlyMap<string, History> {
  const histories = new Map<string, History>(ids.map((id) => [id, { begun: [], completed: 0 }]));
  events.on("progress", ({ jobId, data }) => {
    const { worker, done } = data as unknown as ShardProgress;
    if (done > 0) return;
    histories.get(jobId)!.begun.push(worker);
    tell(jobId, "begins", worker);
  });
  events.on("stalled", ({ jobId }) => tell(jobId, "has stalled, and waits again"));
  events.on("completed", ({ jobId }) => {
    histories.get(jobId)!.completed++;
    tell(jobId, "is done");
  });
  return histories;
}
