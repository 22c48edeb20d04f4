import { InvalidArgumentError, describe, wholeNumber } from "./errors.ts";

/**
 * How far a long computation has come.
 *
 * @category Fitting
 */
export interface Progress {
  /** What is being done: `"training"`, `"curvature"`, `"prediction"`. */
  readonly stage: string;
  /** Steps or examples done. */
  readonly done: number;
  /** Steps or examples in all, where that is known; for an iteration that may stop early, the most there can be. */
  readonly total?: number;
  /** Of {@link fit} where it trains and re-estimates in turn, the round, from 1. */
  readonly round?: number;
  /** The loss (negative log joint density) or another value worth showing. */
  readonly value?: number;
}

/**
 * What every long computation takes.
 *
 * @category Fitting
 */
export interface JobOptions {
  /** Stops the computation: its promise is then rejected with the signal's reason. */
  readonly signal?: AbortSignal;
  /** Called now and then with how far the computation has come. */
  readonly onProgress?: (progress: Progress) => void;
}

/**
 * What every computation takes that goes through data batch by batch.
 *
 * @category Fitting
 */
export interface SharedJobOptions extends JobOptions {
  /**
   * How many threads share the batches: worker threads in Node (from 20.16 on) and Deno, Web Workers in browsers. The results are those of one
   * thread to the last digit, since they are put together in the order of the batches; to rounding where a native library does the algebra here, which the
   * threads do not have. Default 0: all is done where it is asked for.
   *
   * It pays for work of seconds that is divided into several batches of some hundred examples, and even one worker keeps a page
   * responsive. Starting takes about a tenth of a second; the threads are then kept for the next time, and {@link stopWorkers} ends them.
   * The model, likelihood, structure and the like must be made by this library from plain data, as {@link mlp} is and
   * {@link functionModel} is not. Each thread takes memory for a copy of them, and for two batches.
   */
  readonly workers?: number;
}

/** Reports to `onProgress`, honours `signal`, and lets the event loop breathe about 30 times a second. */
export interface Checkpoint {
  (progress: Progress): Promise<void>;
}

/** The checkpoint to await between the steps of a long computation. */
export function checkpoints({ signal, onProgress }: JobOptions): Checkpoint {
  if (onProgress !== undefined && typeof onProgress !== "function") throw new InvalidArgumentError({ argument: "onProgress", expected: "a function", received: describe(onProgress) });
  if (signal !== undefined && typeof (signal as Partial<AbortSignal>).throwIfAborted !== "function") throw new InvalidArgumentError({ argument: "signal", expected: "an AbortSignal, as new AbortController().signal", received: describe(signal) });
  let last = Date.now();
  return async (progress) => {
    signal?.throwIfAborted();
    onProgress?.(progress);
    if (Date.now() - last < 30) return;
    await new Promise((resolve) => setTimeout(resolve));
    last = Date.now();
    signal?.throwIfAborted();
  };
}

/** The options of a job alone, to hand on. */
export function jobOptions({ signal, onProgress, workers }: SharedJobOptions): SharedJobOptions {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }), ...(workers !== undefined && { workers }) };
}

/** How many threads the options ask for; 0 is none but this one. */
export function workerCount({ workers = 0 }: SharedJobOptions): number {
  return wholeNumber("workers", workers, 0);
}
