/** What is used of `node:worker_threads`. */
interface NodeThreads {
  readonly Worker: new (script: URL, options: object) => NodeWorker;
  /** The way back to whoever started this thread, if it is one. */
  readonly parentPort: NodePort | null;
}

interface NodePort {
  on(event: string, listener: (value: unknown) => void): unknown;
  postMessage(message: unknown, transfer: readonly ArrayBuffer[]): void;
}

interface NodeWorker extends NodePort {
  ref(): void;
  unref(): void;
  terminate(): unknown;
}

/** Node's threads where there are any: Node from 20.16 on, and Deno. Asked for at run time, so that no bundler looks for them. */
export function nodeThreads(): NodeThreads | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: string): unknown } };
  return process?.getBuiltinModule?.("node:worker_threads") as NodeThreads | undefined;
}
