/**
 * Where a worker thread begins. In JavaScript, so that it has the same URL in the sources as in what is built from them.
 *
 * @module
 */
import { membersInThread } from "./member.ts";
import { termOfBatch } from "./posterior/batch-term.ts";
import { predictionsOfBatches } from "./predictive/batch-prediction.ts";
import { serve } from "./workers/serve.ts";

serve({
  member: membersInThread,
  curvature: (/** @type {import("./posterior/batch-term.ts").DataTermParts} */ parts) => (/** @type {import("./posterior/batch-term.ts").EncodedBatch} */ batch) => termOfBatch(parts, batch),
  prediction: (/** @type {import("./predictive/batch-prediction.ts").PredictionParts} */ parts) => predictionsOfBatches(parts),
});
