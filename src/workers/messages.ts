import type { Kernels } from "../linalg/kernels.ts";
import type { ErrorRecord } from "./error-record.ts";

/** What a thread is told. */
export type Message =
  /** There is a job: batches of it will come. `about` is what they have in common. */
  | { readonly kind: "open"; readonly job: number; readonly task: string; readonly about: unknown }
  /** A batch of a job, to be answered under its number, and by the same kernels as here: others round differently. */
  | { readonly kind: "batch"; readonly job: number; readonly number: number; readonly kernels: Kernels; readonly batch: unknown }
  /** No more batches of the job will come. */
  | { readonly kind: "close"; readonly job: number };

/** What a thread answers to a batch. */
export type Answer = { readonly number: number; readonly result: unknown } | { readonly number: number; readonly error: ErrorRecord };
