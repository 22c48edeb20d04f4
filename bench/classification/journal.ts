/** What is done already, line by line in a file, so that a run that was broken off goes on where it was. */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import type { Outcome } from "./scores.ts";

/** How one way to predict did in one task. */
export interface Entry {
  readonly set: string;
  readonly unfamiliarKind: "noise" | "class";
  readonly index: number;
  readonly method: string;
  readonly way: string;
  readonly outcomes: readonly Outcome[];
  /** How well unfamiliar inputs are told from familiar ones. */
  readonly byEntropy: number;
  readonly byMutualInformation?: number;
}

/** The entries of a file; a line that was cut off in the middle of writing is left out. */
export function readJournal(file: string): Entry[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, "utf8")
    .split("\n")
    .flatMap((line) => {
      try {
        return JSON.parse(line) as Entry[];
      } catch {
        return [];
      }
    });
}

/** Adds what one method did in one task: a line that is whole or not there. */
export function appendToJournal(file: string, entries: readonly Entry[]): void {
  appendFileSync(file, `\n${JSON.stringify(entries)}\n`);
}
