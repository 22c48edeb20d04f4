import { openJob } from "./pool.ts";

/** Batches in flight for each thread: the one that it works at, and one so that it need not wait for the next. */
const IN_FLIGHT = 2;

/** What is to be done in threads. */
export interface SharedWork {
  /** The name of what each batch goes through, among those that the threads know. */
  readonly task: string;
  /** What all batches have in common. */
  readonly about: object;
  /** Given away one by one: their arrays are empty afterwards. */
  readonly batches: Iterable<object> | AsyncIterable<object>;
}

/**
 * The results for all batches, in the order of the batches, from so many threads.
 *
 * @throws What the first of the batches that fail throws; the signal's reason when it aborts.
 */
export async function* inWorkers<R>(workers: number, { task, about, batches }: SharedWork, signal?: AbortSignal): AsyncGenerator<R> {
  signal?.throwIfAborted();
  // Loaded when it is needed: what makes values again is most of the library, which a page without threads need not fetch.
  const { packed, unpacked } = await import("./packing.ts");
  const job = openJob(workers, task, packed(about));
  const ended = new AbortController();
  const aborted = handled(new Promise<never>((_, reject) => signal?.addEventListener("abort", () => reject(signal.reason as Error), { signal: ended.signal })));
  const results: Promise<unknown>[] = [];
  const next = async (): Promise<R> => unpacked(await Promise.race([results.shift(), aborted])) as R;
  try {
    for await (const batch of batches) {
      results.push(handled(job.run(packed(batch))));
      if (results.length === IN_FLIGHT * workers) yield await next();
    }
    while (results.length > 0) yield await next();
  } finally {
    ended.abort();
    job.close();
  }
}

/** The promise itself, whose rejection is no accident if nobody waits for it any more. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}
