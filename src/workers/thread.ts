import { UnsupportedError } from "../errors.ts";
import { nodeThreads } from "./node-threads.ts";

/** A thread that runs the library: a worker thread of Node and Deno, or a Web Worker. */
export interface Thread {
  post(message: unknown, transfer: readonly ArrayBuffer[]): void;
  /** Whether the process waits for it before it ends; a page never does. */
  keepsAlive(busy: boolean): void;
  stop(): void;
}

/** Starts a thread. It fails when its script cannot be loaded, or when it ends before it is stopped. */
export function startThread(onMessage: (message: unknown) => void, onFailure: (reason: string) => void): Thread {
  const Worker = nodeThreads()?.Worker ?? (globalThis as { readonly Worker?: typeof globalThis.Worker }).Worker;
  if (Worker === undefined) throw new UnsupportedError("workers: this platform has no threads. They need Node 20.16 or later, Deno, or a browser. Leave out workers.");
  // Bundlers find the script of a Web Worker by this very form; Node and Deno take it, too.
  const worker = new Worker(new URL("../worker.js", import.meta.url), { type: "module" });
  const post: Thread["post"] = (message, transfer) => worker.postMessage(message, [...transfer]);
  if ("unref" in worker) {
    let stopped = false;
    worker.on("message", onMessage);
    worker.on("error", (error) => onFailure(String(error)));
    worker.on("exit", () => {
      if (!stopped) onFailure("it ended");
    });
    return {
      post,
      keepsAlive: (busy) => (busy ? worker.ref() : worker.unref()),
      stop: () => {
        stopped = true;
        worker.terminate();
      },
    };
  }
  worker.addEventListener("message", ({ data }: MessageEvent<unknown>) => onMessage(data));
  worker.addEventListener("messageerror", () => onFailure("a message could not be read"));
  worker.addEventListener("error", ({ message }) => onFailure(message ?? "its script could not be loaded"));
  return { post, keepsAlive: () => undefined, stop: () => worker.terminate() };
}
