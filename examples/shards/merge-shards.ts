/** What a worker does once all shards of a fit are there. */
import type { Job } from "bullmq";
import { loadPosterior, mergePosteriors, savePosterior, type SavedPosterior } from "laplace-ts";
import type { Merge, Merged } from "./jobs.ts";

/**
 * One posterior of all shards. BullMQ keeps one result of a job, however often it was begun: that of the worker that held its lock to the end.
 * Nothing is added to a running sum, so that a merge which is interrupted begins again without harm.
 */
export async function mergeShards(job: Job<Merge, Merged>): Promise<Merged> {
  const results = await job.getChildrenValues<SavedPosterior>();
  const byId = new Map(Object.entries(results).map(([key, saved]) => [key.slice(key.lastIndexOf(":") + 1), saved]));
  const { shards, examples } = job.data;
  // In the order of the plan: rounding depends on the order, and not on who was first.
  const posteriors = shards.map((id) => {
    const saved = byId.get(id);
    if (saved === undefined) throw new Error(`The result of ${id} is missing.`);
    return loadPosterior(saved);
  });
  const merged = mergePosteriors(posteriors);
  if (merged.data.examples !== examples) throw new Error(`The shards have ${merged.data.examples} examples, the table ${examples}.`);
  return { posterior: savePosterior(merged), shards };
}
