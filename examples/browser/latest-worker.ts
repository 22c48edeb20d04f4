import { latestOnly, type LatestOnly } from "./latest.ts";

/** A worker of its own, of which the newest answer alone is wanted. */
export function latestOfWorker(): LatestOnly {
  return latestOnly(new Worker(new URL("./worker.ts", import.meta.url), { type: "module" }));
}
