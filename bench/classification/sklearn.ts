/** scikit-learn, in a process of its own: bench/peer/classification.py. */
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Labelled } from "./classifier.ts";

export interface Sklearn {
  readonly version: string;
  readonly sets: Readonly<Record<string, { readonly inputs: number[][]; readonly labels: number[] }>>;
  /** Probabilities of the points by the name of the classifier. */
  classify(data: Labelled, points: Labelled["inputs"]): Promise<Readonly<Record<string, number[][]>>>;
  stop(): void;
}

/** The first Python here that has scikit-learn: `PYTHON`, `python3` or the system's; `undefined` where none has. */
export async function startSklearn(hiddenUnits: number): Promise<Sklearn | undefined> {
  for (const python of [process.env.PYTHON, "python3", "/usr/bin/python3"]) {
    const found = python === undefined ? undefined : await start(python, hiddenUnits);
    if (found !== undefined) return found;
  }
  return undefined;
}

async function start(python: string, hiddenUnits: number): Promise<Sklearn | undefined> {
  const program = spawn(python, [fileURLToPath(new URL("../peer/classification.py", import.meta.url)), String(hiddenUnits)], { stdio: ["pipe", "pipe", "inherit"] });
  program.on("error", () => undefined); // no such command: its output ends at once
  program.stdin.on("error", () => undefined); // nor does it read: as above
  const lines = createInterface({ input: program.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<unknown> => {
    const line = await lines.next();
    return line.done ? undefined : JSON.parse(line.value);
  };
  const greeting = (await next()) as Pick<Sklearn, "version" | "sets"> | undefined;
  if (greeting === undefined) return undefined;
  return {
    ...greeting,
    classify: async ({ inputs, labels }, points) => {
      program.stdin.write(`${JSON.stringify({ inputs, labels, points })}\n`);
      const answer = (await next()) as Record<string, number[][]> | undefined;
      if (answer === undefined) throw new Error("scikit-learn ended without an answer.");
      return answer;
    },
    stop: () => program.stdin.end(),
  };
}
