import { fileURLToPath } from "node:url";
import { conversation } from "./conversation.ts";
import type { Answer, Greeting, Refusal, Request } from "./protocol.ts";

/** A program that does the jobs of a comparison, in a process of its own. */
export interface Side extends Greeting {
  /** Rejected when the program ends instead, as when its memory does not suffice. */
  ask(request: Request): Promise<Answer | Refusal>;
  stop(): void;
}

/** Starts a program that speaks the protocol, or gives `undefined` where it does not start. */
async function start(command: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Side | undefined> {
  const program = await conversation(command, args, environment);
  if (program === undefined) return undefined;
  const greeting = program.greeting as Greeting;
  return {
    ...greeting,
    async ask(request) {
      const answer = (await program.ask(request)) as Answer | Refusal | undefined;
      if (answer === undefined) throw new Error(`${greeting.name} ended without an answer. Was there enough memory?`);
      return answer;
    },
    stop: () => program.stop(),
  };
}

/** laplace-ts with the given kernels, `"native"` or as setKernels() takes them, and the loader of TypeScript that this process runs with. */
export async function startOurs(kernels = "automatic"): Promise<Side> {
  const side = await start(process.execPath, [...process.execArgv, fileURLToPath(new URL("ours.ts", import.meta.url)), kernels]);
  if (side === undefined) throw new Error("bench/ours.ts did not start.");
  return side;
}

/**
 * A program that does what laplace-torch does, in the first of the given libraries (`"torch"`, `"numpy"`) that a Python here has; `undefined`
 * where it has none. The command `python3` may be one of several, so the system's is tried too, and `PYTHON` names another.
 */
export async function startPeer(libraries: readonly string[], threads: number): Promise<Side | undefined> {
  const count = String(threads);
  const environment = { OPENBLAS_NUM_THREADS: count, OMP_NUM_THREADS: count, MKL_NUM_THREADS: count };
  const program = fileURLToPath(new URL("peer/program.py", import.meta.url));
  for (const library of libraries) {
    for (const python of [process.env.PYTHON, "python3", "/usr/bin/python3"]) {
      const side = python === undefined ? undefined : await start(python, [program, library, count], environment);
      if (side !== undefined) return side;
    }
  }
  return undefined;
}
