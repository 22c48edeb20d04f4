/** scikit-learn, in a process of its own: bench/peer/classification.py. */
import { fileURLToPath } from "node:url";
import { conversation } from "../conversation.ts";
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
  const program = await conversation(python, [fileURLToPath(new URL("../peer/classification.py", import.meta.url)), String(hiddenUnits)]);
  if (program === undefined) return undefined;
  return {
    ...(program.greeting as Pick<Sklearn, "version" | "sets">),
    classify: async ({ inputs, labels }, points) => {
      const answer = (await program.ask({ inputs, labels, points })) as Record<string, number[][]> | undefined;
      if (answer === undefined) throw new Error("scikit-learn ended without an answer.");
      return answer;
    },
    stop: () => program.stop(),
  };
}
