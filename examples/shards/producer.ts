/** Divides a table into shards and adds a job for each, and one that merges them. */
import { createHash } from "node:crypto";
import { FlowProducer } from "bullmq";
import type { SavedPosterior } from "laplace-ts";
import { MERGES, SHARDS, connectionTo, type Merge, type Shard } from "./jobs.ts";

/** A table in shards of nearly the same size. */
export interface Plan {
  readonly network: SavedPosterior;
  /** Rows of the table. */
  readonly examples: number;
  readonly shards: number;
}

/** The ids of a plan's jobs. */
export interface Ids {
  readonly merge: string;
  readonly shards: readonly string[];
}

/**
 * Adds all jobs or none. Their ids follow from the plan: to add it again, after a crash or by
 * mistake, adds nothing, and another network or another division has jobs of its own.
 */
export async function addJobs(url: string, plan: Plan): Promise<Ids> {
  const { network, examples, shards } = plan;
  const fit = createHash("sha256").update(JSON.stringify(plan)).digest("hex").slice(0, 12);
  const bound = (shard: number): number => Math.floor((shard * examples) / shards);
  const children = Array.from({ length: shards }, (_, shard) => ({
    name: "shard",
    queueName: SHARDS,
    data: { network, from: bound(shard), to: bound(shard + 1) } satisfies Shard,
    opts: { jobId: `${fit}-shard-${shard + 1}`, attempts: 3, failParentOnFailure: true },
  }));
  const ids = { merge: `${fit}-merge`, shards: children.map(({ opts }) => opts.jobId) };
  const data: Merge = { shards: ids.shards, examples };
  const flows = new FlowProducer({ connection: connectionTo(url) });
  try {
    await flows.add({ name: "merge", queueName: MERGES, data, opts: { jobId: ids.merge }, children });
  } finally {
    await flows.close();
  }
  return ids;
}
