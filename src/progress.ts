import { InvalidArgumentError, describe } from "./errors.ts";

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
export function jobOptions({ signal, onProgress }: JobOptions): JobOptions {
  return { ...(signal && { signal }), ...(onProgress && { onProgress }) };
}
