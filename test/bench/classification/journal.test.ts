import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { appendToJournal, readJournal, type Entry } from "../../../bench/classification/journal.ts";

const entry = (index: number): Entry => ({ set: "iris", unfamiliarKind: "noise", index, method: "m", way: "w", outcomes: [], byEntropy: 0.5 });

test("a journal gives back what was written, also around a line that was cut off", () => {
  const folder = mkdtempSync(join(tmpdir(), "laplace-ts-"));
  try {
    const file = join(folder, "journal.jsonl");
    expect(readJournal(file)).toEqual([]);
    appendToJournal(file, [entry(0), entry(1)]);
    appendFileSync(file, '[{"set":"iris","unfam');
    appendToJournal(file, [entry(2)]);
    expect(readJournal(file)).toEqual([entry(0), entry(1), entry(2)]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
