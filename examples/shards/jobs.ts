/** What producer, workers and demonstration agree on: queues, what their jobs say, and how long a lock lasts. */
import type { SavedPosterior } from "laplace-ts";

/** The queue of shards to fit. */
export const SHARDS = "shards";
/** The queue of merges; each waits for its shards, which are its children. */
export const MERGES = "merges";

/** A job of {@link SHARDS}: so many rows of the table, at the weights of a network. */
export interface Shard {
  /** The trained network, with likelihood, prior, curvature and structure. A large one belongs in a store that all can read, and its address here. */
  readonly network: SavedPosterior;
  readonly from: number;
  readonly to: number;
}

/** How far a worker has come with a shard. */
export interface ShardProgress {
  readonly worker: string;
  /** Rows read. */
  readonly done: number;
}

/** A job of {@link MERGES}, and what must come out. */
export interface Merge {
  /** The ids of the shards' jobs. */
  readonly shards: readonly string[];
  readonly examples: number;
}

/** What a merge returns. */
export interface Merged {
  readonly posterior: SavedPosterior;
  /** The ids of the jobs whose posteriors were added up, in that order. */
  readonly shards: readonly string[];
}

/**
 * A worker renews the lock of its job at half this time; when it no longer does, the next check gives the job to another. Short, for a
 * demonstration: BullMQ's own 30 s suit shards of minutes. A shard may change hands a few times before it counts as one that kills its workers.
 */
export const LOCKS = { lockDuration: 2000, stalledInterval: 1000, maxStalledCount: 5 };

/** How to reach the Redis server, by default that of this machine. */
export function connectionTo(url = "redis://127.0.0.1:6379"): { readonly url: string; readonly maxRetriesPerRequest: null } {
  return { url, maxRetriesPerRequest: null };
}
