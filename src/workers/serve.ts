import { setKernels } from "../linalg/kernels.ts";
import { buffersOf } from "./buffers.ts";
import { recordOf } from "./error-record.ts";
import type { Answer, Message } from "./messages.ts";
import { nodeThreads } from "./node-threads.ts";
import { packed, unpacked } from "./packing.ts";

/** What can be done with batches: from what they have in common, a function from a batch to its result, or a promise of it. */
export type Tasks = Readonly<Record<string, (about: never) => (batch: never) => unknown>>;

/** What is used of the global scope of a Web Worker. */
interface Scope {
  addEventListener(event: "message", listener: (event: { readonly data: unknown }) => void): void;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
}

/** Does in this thread what it is told to. */
export function serve(tasks: Tasks): void {
  const port = nodeThreads()?.parentPort;
  const scope = globalThis as unknown as Scope;
  const jobs = new Map<number, (batch: unknown) => unknown>();

  // One batch at a time: their kernels may differ.
  let last: Promise<void> = Promise.resolve();
  const answer = async (batch: Message & { kind: "batch" }, job: (batch: unknown) => unknown): Promise<void> => {
    const answered = await answerTo(batch, job);
    (port ?? scope).postMessage(answered, [...buffersOf(answered)]);
  };
  const receive = (message: Message): void => {
    if (message.kind === "close") jobs.delete(message.job);
    else if (message.kind === "open") jobs.set(message.job, lazily(() => (tasks[message.task] as (about: unknown) => (batch: unknown) => unknown)(unpacked(message.about))));
    else {
      const job = jobs.get(message.job)!;
      last = last.then(() => answer(message, job));
    }
  };
  if (port) port.on("message", (message) => receive(message as Message));
  else scope.addEventListener("message", ({ data }) => receive(data as Message));
}

/** The function of the job, made at its first batch, whose answer says if that fails. */
function lazily(make: () => (batch: unknown) => unknown): (batch: unknown) => unknown {
  let made: ((batch: unknown) => unknown) | undefined;
  return (batch) => (made ??= make())(batch);
}

async function answerTo({ number, kernels, batch }: Message & { kind: "batch" }, job: (batch: unknown) => unknown): Promise<Answer> {
  try {
    setKernels(kernels);
    return { number, result: packed(await job(unpacked(batch))) };
  } catch (error) {
    return { number, error: recordOf(error) };
  }
}
